//! The word that was probably meant.

use strsim::damerau_levenshtein;

/// The nearest of `known`, by at most so many slips of the finger: a letter too many, too few,
/// wrong, or two that changed places.
pub(in crate::cli) fn nearest<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
    slips: usize,
) -> Option<&'a str> {
    let word = word.to_lowercase();
    known
        .into_iter()
        .map(|known| (damerau_levenshtein(&word, &known.to_lowercase()), known))
        .filter(|&(distance, known)| distance <= slips && distance < known.len())
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_off_is_not_near() {
        let known = ["id", "subject", "persist"];
        assert_eq!(nearest("Subjects", known, 2), Some("subject"));
        assert_eq!(nearest("presist", known, 1), Some("persist"));
        assert_eq!(nearest("ix", known, 2), Some("id"));
        assert_eq!(nearest("xy", known, 2), None);
        assert_eq!(nearest("colour", known, 2), None);
    }
}

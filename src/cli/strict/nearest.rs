//! The key that was probably meant.

/// The nearest of `known`, by at most two slips of the finger.
pub(in crate::cli) fn nearest<'a>(key: &str, known: &[&'a str]) -> Option<&'a str> {
    let key = key.to_lowercase();
    known
        .iter()
        .map(|known| (distance(&key, &known.to_lowercase()), *known))
        .filter(|&(slips, known)| slips <= 2 && slips < known.len())
        .min_by_key(|&(slips, _)| slips)
        .map(|(_, known)| known)
}

/// Letters to insert, remove or replace (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut corner = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (to, &above) in b.iter().zip(row.iter().skip(1)) {
            left = (corner + usize::from(from != *to)).min(above + 1).min(left + 1);
            corner = above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_levenshtein() {
        for (a, b, wanted) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("presist", "persist", 2),
            ("id", "id", 0),
        ] {
            assert_eq!(distance(a, b), wanted, "{a} {b}");
        }
    }

    #[test]
    fn far_off_is_not_near() {
        let known = ["id", "subject", "persist"];
        assert_eq!(nearest("Subjects", &known), Some("subject"));
        assert_eq!(nearest("ix", &known), Some("id"));
        assert_eq!(nearest("xy", &known), None);
        assert_eq!(nearest("colour", &known), None);
    }
}

//! Seals: the last field of a JSON object is the SHA-256 of all that stands before it, so that a
//! line, or a manifest, can be judged by itself. This finds damage. It is no signature: whoever
//! changes a line can seal it anew.

use sha2::{Digest, Sha256};

/// Digits of a SHA-256 in hexadecimal.
const DIGITS: usize = 64;

/// How the seal is set into the object.
#[derive(Debug, Clone, Copy)]
pub(super) enum Style {
    /// On one line, as the records are.
    Line,
    /// With indentation, as the manifest is.
    Pretty,
}

impl Style {
    /// What an object ends with, what stands before the digits, and what after.
    const fn glue(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Line => ("}", ",\"check\":\"", "\"}\n"),
            Self::Pretty => ("\n}", ",\n  \"check\": \"", "\"\n}\n"),
        }
    }
}

/// Seals an object of at least one field; a line break ends it.
pub(super) fn seal(object: &str, style: Style) -> String {
    let (end, before, after) = style.glue();
    let mut out = object.strip_suffix(end).unwrap_or(object).to_owned();
    let check = hex::encode(Sha256::digest(out.as_bytes()));
    out.push_str(before);
    out.push_str(&check);
    out.push_str(after);
    out
}

/// Whether these bytes, line break included, are as they were sealed.
pub(super) fn holds(sealed: &[u8], style: Style) -> bool {
    let (_, before, after) = style.glue();
    let body = sealed.strip_suffix(after.as_bytes()).and_then(|rest| {
        let (head, digits) = rest.split_at_checked(rest.len().checked_sub(DIGITS)?)?;
        Some((head.strip_suffix(before.as_bytes())?, digits))
    });
    body.is_some_and(|(body, digits)| hex::encode(Sha256::digest(body)).as_bytes() == digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_of_a_sealed_object_counts() {
        for (object, style) in
            [("{\"a\":1}", Style::Line), ("{\n  \"a\": [\n    1\n  ]\n}", Style::Pretty)]
        {
            let sealed = seal(object, style).into_bytes();
            assert!(holds(&sealed, style));
            let value: serde_json::Value = serde_json::from_slice(&sealed).unwrap();
            assert!(value.get("a").is_some() && value.get("check").is_some());
            for at in 0..sealed.len() {
                for bit in 0..8 {
                    let mut bad = sealed.clone();
                    bad[at] ^= 1 << bit;
                    assert!(!holds(&bad, style), "byte {at}, bit {bit}");
                }
                assert!(!holds(&sealed[..at], style), "cut at {at}");
            }
        }
        assert!(!holds(b"", Style::Line));
    }
}

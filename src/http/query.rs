//! The query, read as the reference's language reads one (Go, `net/url.ParseQuery`).

use crate::domain::PageSize;

/// The `limit` of a query: the first one there is, by the contract's rule. Never fails.
pub(super) fn limit(query: Option<&str>) -> PageSize {
    // A pair with a semicolon or a broken escape is left out, as there.
    let pairs = query.unwrap_or_default().split('&').filter(|pair| !pair.contains(';'));
    let value = pairs
        .filter_map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(key, true)?, decode(value, true)?))
        })
        .find_map(|(key, value)| (key == b"limit").then_some(value));
    // What is no UTF-8 is no number either.
    let text = value.map(|value| String::from_utf8(value).unwrap_or_else(|_| "?".into()));
    PageSize::from_query(text.as_deref())
}

/// Percent-decodes; in a query a plus is a space. None for a broken escape.
pub(super) fn decode(text: &str, plus: bool) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => digit(bytes.next()?)? << 4 | digit(bytes.next()?)?,
            b'+' if plus => b' ',
            other => other,
        });
    }
    Some(out)
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_limit_is_read_as_the_reference_reads_it() {
        for (query, expected) in [
            (None, 200),
            (Some(""), 200),
            (Some("limit"), 200),
            (Some("limit="), 200),
            (Some("limit=3"), 3),
            (Some("limit=-1"), 200),
            (Some("limit=0"), 200),
            (Some("limit=abc"), 200),
            (Some("limit=1001"), 1000),
            (Some("x=1&limit=3&limit=4"), 3),
            (Some("Limit=3"), 200),
            (Some("l%69mit=%33"), 3),
            (Some("limit=+5"), 200),
            (Some("limit=%2B5"), 5),
            (Some("limit=%zz&limit=5"), 5),
            (Some("limit=1;x=2"), 200),
            (Some("limit=%"), 200),
            (Some("limit=%ff"), 200),
            (Some("limit==3"), 200),
            (Some("&&limit=7&"), 7),
            (Some("limit=99999999999999999999"), 200),
        ] {
            assert_eq!(limit(query).get(), expected, "{query:?}");
        }
    }

    proptest! {
        #[test]
        fn any_query_gives_a_limit(query in ".{0,80}") {
            prop_assert!((1..=1000).contains(&limit(Some(&query)).get()));
        }

        #[test]
        fn escapes_come_back(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let text: String = bytes.iter().map(|byte| format!("%{byte:02x}")).collect();
            prop_assert_eq!(decode(&text, true), Some(bytes));
        }
    }
}

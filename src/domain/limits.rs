//! A stream's limits and other fields off their defaults, in words.

use super::escape;
use super::format;
use super::stream::StreamConfig;

/// Fields that remove messages by themselves or keep them from being stored or removed: what may
/// explain a short history.
const LIMITS: [&str; 7] = [
    "max_msgs",
    "max_bytes",
    "max_age",
    "max_msgs_per_subject",
    "discard",
    "deny_delete",
    "deny_purge",
];

/// The limits in force and their values, in the order of the JetStream API's documentation;
/// `long` adds the number on the wire to a duration or a size. Empty for a stream as the contract
/// makes it. Escaped.
pub fn in_force(config: &StreamConfig, long: bool) -> Vec<(&'static str, String)> {
    let set = |name| config.others.iter().find(|(other, _)| other == name);
    let mut limits: Vec<_> = LIMITS
        .into_iter()
        .filter_map(|name| set(name).map(|(_, value)| (name, words(name, value, long))))
        .collect();
    if config.sealed {
        limits.push(("sealed", "true".into()));
    }
    limits
}

/// The limits in one line, `max_msgs 20, max_age 1h`; `None` when there is none.
pub fn line(config: &StreamConfig) -> Option<String> {
    let limits = in_force(config, false);
    let parts: Vec<_> = limits.iter().map(|(name, value)| format!("{name} {value}")).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// A field's value as people read it: a duration `7d (604,800,000,000,000 ns)`, a size with
/// its bytes, a number with its thousands apart. `long` is for the part in
/// parentheses. Escaped.
pub fn words(name: &str, value: &str, long: bool) -> String {
    let Ok(number) = value.parse::<u64>() else {
        return escape::text(value).into_owned();
    };
    let (words, whole) = match name {
        "max_age" | "duplicate_window" | "subject_delete_marker_ttl" => {
            (format::duration(number), format!("{} ns", format::count(number)))
        }
        "max_bytes" | "max_msg_size" if number >= 1024 => {
            (format::bytes(number), format!("{} bytes", format::count(number)))
        }
        _ => return format::count(number),
    };
    if long { format!("{words} ({whole})") } else { words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_in_words_with_the_number_on_the_wire() {
        assert_eq!(words("max_age", "604800000000000", true), "7d (604,800,000,000,000 ns)");
        assert_eq!(words("max_age", "3600000000000", false), "1h");
        assert_eq!(words("max_bytes", "1048576", true), "1.0 MiB (1,048,576 bytes)");
        assert_eq!(words("max_msgs", "2000", true), "2,000");
        assert_eq!(words("discard", "new", true), "new");
        assert_eq!(words("description", "a\u{1b}[2J", true), "a\\x1b[2J");
        assert_eq!(words("placement", "{\"cluster\":\"a\"}", true), "{\"cluster\":\"a\"}");
    }

    #[test]
    fn only_limits_are_listed_and_none_for_the_contract() {
        assert_eq!(line(&StreamConfig::default()), None);
        let others = [("description", "x"), ("max_age", "3600000000000"), ("max_msgs", "20")];
        let others = others.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config = StreamConfig { others: others.to_vec(), ..StreamConfig::default() };
        assert_eq!(line(&config).as_deref(), Some("max_msgs 20, max_age 1h"));
        let sealed = StreamConfig { sealed: true, ..config };
        assert_eq!(line(&sealed).as_deref(), Some("max_msgs 20, max_age 1h, sealed true"));
    }
}

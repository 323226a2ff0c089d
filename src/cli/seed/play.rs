//! A room's script, step by step, on a real server.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use crate::domain::format::count;
use crate::domain::{StreamConfig, StreamName};
use crate::store::StoreError;
use crate::store::embedded::{RawFrame, Step};
use crate::store::nats::{Seed, Seeder};

/// Messages between two words of progress.
const CHUNK: u64 = 20_000;

/// The configuration as the server takes it.
pub(super) fn config(config: &StreamConfig) -> Value {
    let mut fields = Map::new();
    for (name, value) in &config.others {
        let value = serde_json::from_str(value).unwrap_or_else(|_| json!(value));
        fields.insert(name.clone(), value);
    }
    fields.insert("subjects".into(), json!(config.subjects));
    fields.insert("retention".into(), json!(config.retention));
    fields.insert("storage".into(), json!(config.storage));
    fields.insert("num_replicas".into(), json!(config.replicas));
    Value::Object(fields)
}

/// Plays the steps; gives how many frames could not be published.
pub(super) async fn steps(
    seeder: &Seeder,
    stream: &StreamName,
    steps: &[Step],
) -> Result<u64, StoreError> {
    let mut last = 0;
    let mut left_out = 0;
    for step in steps {
        match step {
            Step::Publish { count, shape, .. } => {
                for (start, end) in chunks(last + 1, last + count) {
                    let frames = (start..=end).map(|seq| seed(shape.frame(seq)));
                    last = seeder.publish(&shape.subject, frames).await?.max(last);
                    progress(stream, "published", end, *count);
                }
            }
            Step::PublishThese { frames, .. } => {
                for frame in frames {
                    if is_publishable(frame) {
                        let subject = frame.subject.clone();
                        last = seeder.publish(&subject, [seed(frame.clone())]).await?.max(last);
                    } else {
                        left_out += 1;
                    }
                }
            }
            Step::Delete(window) => {
                for (start, end) in chunks(window.start(), window.end()) {
                    seeder.delete(stream, start..=end).await?;
                    progress(stream, "deleted", end - window.start() + 1, window.len());
                }
            }
            Step::PurgeBelow(seq) => {
                seeder.purge(stream, Some(*seq)).await?;
            }
            Step::PurgeAll => {
                seeder.purge(stream, None).await?;
            }
            // A command that ends can publish nothing later.
            Step::KeepArriving { .. } => {}
        }
    }
    Ok(left_out)
}

/// Headers that the client library has no way to send: without a value, or not UTF-8.
fn is_publishable(frame: &RawFrame) -> bool {
    frame.headers.iter().all(|header| {
        let value = header.value.as_deref().unwrap_or(b"\xff");
        header.name.iter().all(|byte| byte.is_ascii_graphic() && *byte != b':')
            && std::str::from_utf8(value).is_ok()
    })
}

fn seed(frame: RawFrame) -> Seed {
    Seed { headers: frame.headers, payload: frame.payload }
}

fn chunks(start: u64, end: u64) -> impl Iterator<Item = (u64, u64)> {
    let mut next = start;
    std::iter::from_fn(move || {
        let first = next;
        if first > end {
            return None;
        }
        let last = end.min(first + CHUNK - 1);
        next = last + 1;
        Some((first, last))
    })
}

/// One line a chunk, for steps of more than one.
fn progress(stream: &StreamName, done: &str, so_far: u64, all: u64) {
    if all > CHUNK {
        let (so_far, all) = (count(so_far), count(all));
        let _ = writeln!(io::stderr(), "{stream}: {so_far} of {all} {done}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Header;

    #[test]
    fn chunks_cover_a_range_once() {
        let all: Vec<_> = chunks(1, 2 * CHUNK + 1).collect();
        assert_eq!(all, [(1, CHUNK), (CHUNK + 1, 2 * CHUNK), (2 * CHUNK + 1, 2 * CHUNK + 1)]);
        assert_eq!(chunks(3, 2).count(), 0);
    }

    #[test]
    fn a_configuration_keeps_what_the_contract_does_not_own() {
        let found = StreamConfig {
            subjects: vec!["a".into()],
            retention: "limits".into(),
            storage: "file".into(),
            replicas: 1,
            others: vec![("max_age".into(), "5".into()), ("discard".into(), "\"new\"".into())],
            ..StreamConfig::default()
        };
        let wanted = json!({
            "subjects": ["a"], "retention": "limits", "storage": "file", "num_replicas": 1,
            "max_age": 5, "discard": "new",
        });
        assert_eq!(config(&found), wanted);
    }

    #[test]
    fn a_header_that_cannot_be_sent_is_known_beforehand() {
        let frame = |header| RawFrame::new("a", "").header(header);
        assert!(is_publishable(&frame(Header::new("A", "b"))));
        assert!(!is_publishable(&frame(Header { name: b"A".to_vec(), value: None })));
        assert!(!is_publishable(&frame(Header::new("A: b", "b"))));
        let latin = Header { name: b"A".to_vec(), value: Some(b"\xe9".to_vec()) };
        assert!(!is_publishable(&frame(latin)));
    }
}

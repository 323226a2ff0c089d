//! One history: a stream of some sort, filled, and then some of it removed by what that sort has.

use serde_json::{Value, json};

use super::super::truth::{Truth, ciphertext, digest};
use super::random::Random;
use crate::support::RawNats;
use crate::support::rooms::{go_config, stream};

/// What may remove messages in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// Requests: deletes, with and without erasing, and purges.
    Requests,
    MaxMessages,
    MaxBytes,
    MaxAge,
    MaxPerSubject,
    TimeToLive,
    Rollup,
    WorkQueue,
    Interest,
    /// A mirror of another room, holes included.
    Mirror,
    /// A limit that was lifted, and `deny_delete` and `deny_purge` set afterwards.
    Lifted,
    /// `discard: new`, and full.
    Full,
    FirstSequence,
    Compressed,
    /// Filled and emptied again.
    Emptied,
    /// Expiring while it is read and published to.
    Busy,
}

pub(super) const SORTS: [Sort; 16] = [
    Sort::Requests,
    Sort::MaxMessages,
    Sort::MaxBytes,
    Sort::MaxAge,
    Sort::MaxPerSubject,
    Sort::TimeToLive,
    Sort::Rollup,
    Sort::WorkQueue,
    Sort::Interest,
    Sort::Mirror,
    Sort::Lifted,
    Sort::Full,
    Sort::FirstSequence,
    Sort::Compressed,
    Sort::Emptied,
    Sort::Busy,
];

pub(super) struct History {
    pub(super) id: String,
    pub(super) sort: Sort,
    pub(super) truth: Truth,
}

/// The script of a history, while it is played.
struct Play<'a> {
    raw: &'a mut RawNats,
    random: Random,
    history: History,
    config: Value,
    /// Numbers of the payloads, so that none comes twice.
    next: u64,
}

impl History {
    pub(super) fn play(raw: &mut RawNats, sort: Sort, id: String, random: Random) -> Self {
        let config = go_config(&id, &format!("room.{id}"));
        let history = Self { id, sort, truth: Truth::default() };
        let mut play = Play { raw, random, history, config, next: 0 };
        play.configure();
        play.fill();
        play.history
    }
}

impl Play<'_> {
    fn configure(&mut self) {
        let random = &mut self.random;
        let subject = format!("room.{}", self.history.id);
        let (field, value): (&str, Value) = match self.history.sort {
            Sort::Requests | Sort::Emptied => return self.make("CREATE"),
            Sort::MaxMessages | Sort::Lifted => ("max_msgs", random.from(5, 30).into()),
            Sort::MaxBytes => ("max_bytes", random.from(1_000, 5_000).into()),
            Sort::MaxAge => ("max_age", 200_000_000.into()),
            Sort::Busy => ("max_age", 100_000_000.into()),
            Sort::MaxPerSubject => ("max_msgs_per_subject", random.from(1, 4).into()),
            Sort::TimeToLive => ("allow_msg_ttl", true.into()),
            Sort::Rollup => ("allow_rollup_hdrs", true.into()),
            Sort::WorkQueue => ("retention", "workqueue".into()),
            Sort::Interest => ("retention", "interest".into()),
            Sort::Mirror => return self.mirror(),
            Sort::Full => ("max_msgs", random.from(5, 30).into()),
            Sort::FirstSequence => ("first_seq", random.from(2, 5_000).into()),
            Sort::Compressed => ("compression", "s2".into()),
        };
        self.config[field] = value;
        match self.history.sort {
            Sort::Full => self.config["discard"] = "new".into(),
            Sort::MaxAge | Sort::Busy => self.config["duplicate_window"] = 100_000_000.into(),
            Sort::MaxPerSubject | Sort::Rollup => {
                self.config["subjects"] = json!([subject, format!("{subject}.>")]);
            }
            _ => {}
        }
        self.make("CREATE");
    }

    fn make(&mut self, verb: &str) {
        let name = stream(&self.history.id);
        let done = self.raw.api(&format!("STREAM.{verb}.{}", name.as_str()), &self.config);
        assert!(done.get("error").is_none(), "{}: {done}", self.config);
    }

    /// A mirror is filled by its origin, which is a stream of its own and no room.
    fn mirror(&mut self) {
        let (id, mine) = (self.history.id.clone(), stream(&self.history.id));
        let origin = format!("ORIGIN_{id}");
        self.config["name"] = origin.as_str().into();
        let done = self.raw.api(&format!("STREAM.CREATE.{origin}"), &self.config);
        assert!(done.get("error").is_none(), "{done}");
        let count = self.random.from(10, 40);
        self.publish(count);
        for seq in (1..count).filter(|seq| seq % 4 == 1) {
            let subject = format!("STREAM.MSG.DELETE.{origin}");
            assert_eq!(self.raw.api(&subject, &json!({ "seq": seq }))["success"], true);
        }
        self.config["name"] = mine.as_str().into();
        self.config["subjects"] = json!([]);
        self.config["mirror"] = json!({ "name": origin });
        self.make("CREATE");
        crate::support::rooms::settle(self.raw, &id, count);
    }

    fn publish(&mut self, count: u64) {
        self.history.truth.publish_from(self.raw, &self.history.id, self.next, count, 60);
        self.next += count;
    }

    /// Publishes one under a subject, with a header.
    fn publish_one(&mut self, subject: &str, header: &str) {
        let payload = ciphertext(&self.history.id, self.next, 60);
        self.next += 1;
        let block = format!("NATS/1.0\r\n{header}\r\n\r\n");
        let answer = self.raw.ask_with_headers(subject, block.as_bytes(), &payload);
        let ack: Value = serde_json::from_slice(&answer.payload).unwrap();
        let seq = ack["seq"].as_u64().unwrap_or_else(|| panic!("{header}: {ack}"));
        self.history.truth.acked.entry(seq).or_default().push(digest(&payload));
    }

    fn fill(&mut self) {
        let subject = format!("room.{}", self.history.id);
        let count = self.random.from(20, 60);
        match self.history.sort {
            Sort::Mirror => return,
            Sort::WorkQueue | Sort::Interest => return self.consume(count),
            Sort::MaxPerSubject => {
                for _ in 0..count {
                    let leaf = self.random.from(1, 6);
                    self.publish_one(&format!("{subject}.{leaf}"), "A: 1");
                }
            }
            Sort::TimeToLive => {
                for _ in 0..count {
                    let ttl = ["1s", "never", "1h"][self.random.from(0, 2) as usize];
                    self.publish_one(&subject, &format!("Nats-TTL: {ttl}"));
                }
            }
            Sort::Rollup => {
                for _ in 0..count {
                    let leaf = self.random.from(1, 3);
                    let rolls = self.random.from(0, 9) == 0;
                    let kind = if self.random.chance() { "sub" } else { "all" };
                    let rollup = format!("Nats-Rollup: {kind}");
                    let header = if rolls { rollup.as_str() } else { "A: 1" };
                    self.publish_one(&format!("{subject}.{leaf}"), header);
                }
            }
            _ => self.publish(count),
        }
        self.remove();
    }

    /// What a person may do to it afterwards.
    fn remove(&mut self) {
        let name = stream(&self.history.id);
        for _ in 0..self.random.from(0, 6) {
            let last = self.history.truth.last();
            let seq = self.random.from(1, last);
            let without = self.random.chance();
            let subject = format!("STREAM.MSG.DELETE.{}", name.as_str());
            // It may be gone already.
            let _ = self.raw.api(&subject, &json!({"seq": seq, "no_erase": without}));
        }
        let purge = format!("STREAM.PURGE.{}", name.as_str());
        let last = self.history.truth.last();
        let body = match (self.history.sort, self.random.from(0, 5)) {
            (Sort::Emptied, _) => json!({}),
            (_, 0) => json!({ "seq": self.random.from(1, last) }),
            (_, 1) => json!({ "keep": self.random.from(1, 20) }),
            (Sort::MaxPerSubject | Sort::Rollup, 2) => {
                json!({ "filter": format!("room.{}.2", self.history.id) })
            }
            _ => json!(null),
        };
        if !body.is_null() {
            let done = self.raw.api(&purge, &body);
            assert_eq!(done["success"], true, "{done}");
        }
        if self.history.sort == Sort::Lifted {
            self.config["max_msgs"] = (-1).into();
            self.config["deny_delete"] = true.into();
            self.config["deny_purge"] = true.into();
            self.make("UPDATE");
        }
        if self.history.sort != Sort::Emptied || self.random.chance() {
            let more = self.random.from(0, 10);
            self.publish(more);
        }
    }

    /// Publishes to a consumer that acknowledges some of it.
    fn consume(&mut self, count: u64) {
        let name = stream(&self.history.id);
        let name = name.as_str();
        let consumer = json!({"stream_name": name,
            "config": {"durable_name": "c", "ack_policy": "explicit"}});
        let made = self.raw.api(&format!("CONSUMER.CREATE.{name}.c"), &consumer);
        assert!(made.get("error").is_none(), "{made}");
        self.publish(count);
        for _ in 0..self.random.from(1, count) {
            let message = self.raw.pull(name, "c");
            if self.random.from(0, 3) > 0 {
                self.raw.ask_all(&message.reply, &[b"+ACK".to_vec()]);
            }
        }
    }
}

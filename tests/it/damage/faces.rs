//! What each face of the program says of a room.

use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use roomscope::domain::{History, PageRequest, PageSize, Place, Slot};
use roomscope::store::reader::Reader;
use serde_json::Value;

use super::bundle::bundle;
use super::truth::digest;
use crate::support::program::{Done, run};
use crate::support::rooms::{read_only, stream};
use crate::support::{Http, Serving};

/// What is said of one run of sequences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) start: u64,
    pub(super) end: u64,
    /// `frame`, `unread`, or the cause of what is missing.
    pub(super) cause: String,
    /// Of a frame's payload.
    pub(super) digest: Option<String>,
    pub(super) words: String,
}

/// A face that accounts for sequences, one by one.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) face: &'static str,
    pub(super) said: Vec<Said>,
    /// Where it said nothing of sequences: there is no stream, or it could not be read.
    pub(super) instead: Option<String>,
}

/// What `check` comes to.
#[derive(Debug, Clone, Default)]
pub(super) struct Verdict {
    pub(super) code: i32,
    pub(super) verdict: String,
    pub(super) completeness: String,
    pub(super) report: Value,
    /// The same report for a person, where the word is *whole*.
    pub(super) text: Option<String>,
}

/// What an HTTP answer holds.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) digests: Vec<String>,
    /// The `Roomscope-Missing` header, in a program that knows it.
    pub(super) missing: Option<Option<String>>,
}

/// What all of them say of a room at one moment.
#[derive(Debug, Clone)]
pub(super) struct Faces {
    pub(super) verdict: Verdict,
    pub(super) accounts: Vec<Account>,
    pub(super) answer: Option<Answer>,
    /// What `why` says, in a program that has it.
    pub(super) why: Option<Value>,
}

/// A room on a server, with the file that tells of it.
pub(super) struct At<'a> {
    pub(super) url: &'a str,
    pub(super) id: &'a str,
    pub(super) rooms: &'a Path,
    /// Whether its frames are large, so that only the first faces are asked.
    pub(super) is_large: bool,
}

impl Faces {
    /// Asks them all. `check` is first: it reads everything.
    pub(super) fn ask(at: &At<'_>, serving: Option<&Serving>, knows: Knows) -> Self {
        let verdict = Verdict::ask(at);
        let mut accounts = vec![history(at)];
        if at.is_large {
            return Self { verdict, accounts, answer: None, why: None };
        }
        accounts.push(page(at.url, at.id));
        accounts.push(bundle(at));
        let answer = serving.map(|serving| Answer::ask(serving.port(), at.id, knows));
        let why = knows.why.then(|| run(&at.args(&["why"], &["--json"])).json().first().cloned());
        Self { verdict, accounts, answer, why: why.flatten() }
    }
}

impl At<'_> {
    pub(super) fn args<'b>(&'b self, before: &[&'b str], after: &[&'b str]) -> Vec<&'b str> {
        let common = [self.id, "--server", self.url, "--rooms", self.rooms.to_str().unwrap()];
        [before, &common, &["--read-only", "--no-config", "--retry-for", "1s"], after].concat()
    }
}

impl Verdict {
    pub(super) fn ask(at: &At<'_>) -> Self {
        let done = run(&at.args(&["check"], &["--last", "all", "--json"]));
        let report = done.json().into_iter().next().unwrap_or_default();
        let mut verdict = Self { code: done.code, ..Self::read(report) };
        if verdict.completeness == "whole" {
            verdict.text = Some(run(&at.args(&["check"], &[])).out);
        }
        verdict
    }

    /// One object of `check --json`.
    pub(super) fn read(report: Value) -> Self {
        let text = |key: &str| report[key].as_str().unwrap_or_default().to_owned();
        let (verdict, completeness) = (text("verdict"), text("completeness"));
        Self { code: 0, verdict, completeness, report, text: None }
    }
}

/// `history --format jsonl`.
pub(super) fn history(at: &At<'_>) -> Account {
    let done = run(&at.args(&["history"], &["--last", "all", "--format", "jsonl"]));
    let mut account = Account::of_records("history", &done.out);
    if account.said.is_empty() {
        account.instead = Some(instead(&done));
    }
    account
}

/// What a command says where it gives no records.
pub(super) fn instead(done: &Done) -> String {
    for (said, short) in [("there is no stream", "no stream"), ("holds no messages", "no messages")]
    {
        if done.said.contains(said) {
            return short.to_owned();
        }
    }
    format!("exit {}: {}", done.code, done.said.trim())
}

impl Account {
    pub(super) fn of_records(face: &'static str, records: &str) -> Self {
        let said = records.lines().filter_map(|line| Said::of(&serde_json::from_str(line).ok()?));
        Self { face, said: said.collect(), instead: None }
    }
}

impl Said {
    fn of(record: &Value) -> Option<Self> {
        let text = |key: &str| record[key].as_str().unwrap_or_default().to_owned();
        let mut said = Self {
            start: record["start"].as_u64().unwrap_or_default(),
            end: record["end"].as_u64().unwrap_or_default(),
            cause: text("cause"),
            digest: None,
            words: text("words"),
        };
        match record["type"].as_str()? {
            "frame" => {
                let seq = record["seq"].as_u64()?;
                (said.start, said.end, said.cause) = (seq, seq, "frame".to_owned());
                // A bundle has the payloads in a file of their own, under this digest.
                let bytes = record["base64"].as_str().map(|data| STANDARD.decode(data).unwrap());
                said.digest = Some(bytes.map_or_else(|| text("sha256"), |bytes| digest(&bytes)));
                if said.digest.as_deref() != record["sha256"].as_str() {
                    said.digest = Some("not what its sha256 says".to_owned());
                }
            }
            "gap" => {}
            "unreadable" => said.cause = "unreadable".to_owned(),
            "unread" => (said.cause, said.words) = ("unread".to_owned(), text("error")),
            _ => return None,
        }
        Some(said)
    }
}

/// The page of the newest 1000, as the screen reads it.
pub(super) fn page(url: &str, id: &str) -> Account {
    // On a thread of its own: the caller may be in a runtime.
    let read = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let reader = Reader::new(Arc::new(read_only(url).await));
            let size = PageSize::new(1000).unwrap();
            reader.page(&stream(id), PageRequest::whole(Place::Newest, size), &()).await
        })
    };
    let read = std::thread::scope(|scope| scope.spawn(read).join().unwrap());
    let mut account = Account { face: "page", said: Vec::new(), instead: None };
    let page = match read {
        Ok(History::Page(page)) => page,
        Ok(History::NoStream) => return account.without("no stream"),
        Ok(History::Empty(_)) => return account.without("no messages"),
        Err(error) => return account.without(&error.to_string()),
    };
    let missing = |gap: &roomscope::domain::Gap| Said {
        start: gap.range.start(),
        end: gap.range.end(),
        cause: gap.cause.name().to_owned(),
        digest: None,
        words: gap.words(),
    };
    account.said.extend(page.head.iter().map(missing));
    for slot in page.slots() {
        let (start, end) = (slot.range().start(), slot.range().end());
        account.said.push(match slot {
            Slot::Frame(frame) => Said {
                start,
                end,
                cause: "frame".to_owned(),
                digest: Some(digest(&frame.payload)),
                words: String::new(),
            },
            Slot::Gap(gap) | Slot::Unreadable(gap) => missing(gap),
            Slot::Unread(unread) => Said {
                start,
                end,
                cause: "unread".to_owned(),
                digest: None,
                words: unread.fault.to_string(),
            },
        });
    }
    account
}

impl Account {
    fn without(mut self, why: &str) -> Self {
        self.instead = Some(why.to_owned());
        self
    }
}

impl Answer {
    fn ask(port: u16, id: &str, knows: Knows) -> Self {
        let reply = Http::once(port, &format!("/rooms/{id}/history?limit=1000"));
        let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        let messages = body["messages"].as_array().into_iter().flatten();
        let decode = |data: &Value| digest(&STANDARD.decode(data.as_str().unwrap()).unwrap());
        Self {
            status: reply.status,
            digests: messages.map(decode).collect(),
            missing: knows.header.then(|| reply.headers.get("roomscope-missing").cloned()),
        }
    }
}

/// What this program can say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Knows {
    why: bool,
    header: bool,
}

impl Knows {
    pub(super) fn ask() -> Self {
        let header = run(&["serve", "--help"]).out.contains("Roomscope-Missing");
        Self { why: run(&["why", "--help"]).code == 0, header }
    }
}

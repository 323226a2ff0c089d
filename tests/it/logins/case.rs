//! One configuration, and the answer to it. In arguments, variables and files `{A}` stands for
//! host and port of the first server, `{A.port}` for its port, `{DIR}` for the case's own folder,
//! which is the home folder, and `{CA}`, `{CERT}` and `{KEY}` for files of the servers' authority.

use serde_json::{Value, json};

use crate::support::told::{Kind, Login};

/// What a configuration comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// This server is asked for its streams.
    Connects(char),
    /// It ends with this exit code: 2 before anything is tried, 1 after.
    Fails(i32),
    /// It is only explained, since no server of ours can be there.
    Explained,
}

/// A row of the table.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) args: Vec<&'static str>,
    pub(crate) env: Vec<(&'static str, String)>,
    /// Files in the case's folder, by their path in it.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    pub(crate) servers: Vec<Kind>,
    pub(crate) answer: Answer,
    /// All that each server is told of a login, whenever it is told one, and that it has to be
    /// told it. Servers that are not named are told none.
    pub(crate) told: Vec<(char, Login)>,
    /// What the server connected to hears besides.
    pub(crate) hears: Vec<&'static str>,
    /// Parts of the error, or of the explanation: ` .. ` stands between parts of one line.
    pub(crate) shows: Vec<&'static str>,
    /// Parts of what the explanation says of values that are not used.
    pub(crate) unused: Vec<&'static str>,
    /// What nothing that is printed holds.
    pub(crate) hides: Vec<&'static str>,
    /// Parts of a warning, or that there is none.
    pub(crate) warns: Option<Vec<&'static str>>,
    /// The longest it may take, in seconds.
    pub(crate) within: u64,
    /// Why the nats CLI does something else with it, which is on purpose.
    #[allow(dead_code, reason = "the bench beside the nats CLI holds it")]
    pub(crate) differs: Option<&'static str>,
}

/// A case with one plain server, which is connected to and told no login.
pub(super) fn case(name: &'static str) -> Case {
    Case {
        name,
        args: Vec::new(),
        env: Vec::new(),
        files: Vec::new(),
        servers: vec![Kind::Plain],
        answer: Answer::Connects('A'),
        told: Vec::new(),
        hears: Vec::new(),
        shows: Vec::new(),
        unused: Vec::new(),
        hides: Vec::new(),
        warns: None,
        within: 15,
        differs: None,
    }
}

/// A context as the nats CLI saves it: all keys are there, and empty where they say nothing.
pub(super) fn saved(says: &Value) -> Value {
    let mut all = json!({"name": "", "description": "", "url": "", "socks_proxy": "",
        "token": "", "user": "", "password": "", "creds": "", "nkey": "", "cert": "", "key": "",
        "ca": "", "nsc": "", "jetstream_domain": "", "jetstream_api_prefix": "",
        "jetstream_event_prefix": "", "inbox_prefix": "", "user_jwt": "", "user_seed": "",
        "color_scheme": "", "tls_first": false, "windows_cert_store": "",
        "windows_cert_match_by": "", "windows_cert_match": "", "windows_ca_certs_match": null});
    for (key, value) in says.as_object().unwrap() {
        all[key] = value.clone();
    }
    all
}

impl Case {
    /// Arguments, divided at spaces; `''` is an empty one.
    pub(super) fn args(mut self, args: &'static str) -> Self {
        let all = args.split_whitespace();
        self.args.extend(all.map(|one| if one == "''" { "" } else { one }));
        self
    }

    pub(super) fn env(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.env.push((name, value.into()));
        self
    }

    pub(super) fn file(mut self, path: &str, holds: impl Into<Vec<u8>>) -> Self {
        self.files.push((path.to_owned(), holds.into()));
        self
    }

    /// A context of this name, as the nats CLI saves it.
    pub(super) fn context(self, name: &str, says: &Value) -> Self {
        let text = serde_json::to_string_pretty(&saved(says)).unwrap();
        self.file(&format!(".config/nats/context/{name}.json"), text)
    }

    /// The name in the file that says which context is selected.
    pub(super) fn select(self, name: &str) -> Self {
        self.file(".config/nats/context.txt", name)
    }

    /// A context that is selected.
    pub(super) fn selected(self, says: &Value) -> Self {
        self.context("prod", says).select("prod")
    }

    /// The servers A, B and so on, instead of one that is plain.
    pub(super) fn servers(mut self, kinds: &[Kind]) -> Self {
        self.servers = kinds.to_vec();
        self
    }

    /// A is connected to and told just this.
    pub(super) fn tells(self, login: Login) -> Self {
        self.told('A', login)
    }

    pub(super) fn told(mut self, server: char, login: Login) -> Self {
        self.told.push((server, login));
        self
    }

    pub(super) const fn connects(mut self, server: char) -> Self {
        self.answer = Answer::Connects(server);
        self
    }

    pub(super) fn fails(mut self, code: i32, says: &[&'static str]) -> Self {
        self.answer = Answer::Fails(code);
        self.shows(says)
    }

    pub(super) const fn explained(mut self) -> Self {
        self.answer = Answer::Explained;
        self
    }

    pub(super) fn hears(mut self, part: &'static str) -> Self {
        self.hears.push(part);
        self
    }

    pub(super) fn shows(mut self, parts: &[&'static str]) -> Self {
        self.shows.extend(parts);
        self
    }

    pub(super) fn unused(mut self, parts: &[&'static str]) -> Self {
        self.unused.extend(parts);
        self
    }

    pub(super) fn hides(mut self, part: &'static str) -> Self {
        self.hides.push(part);
        self
    }

    pub(super) fn warns(mut self, parts: &[&'static str]) -> Self {
        self.warns = Some(parts.to_vec());
        self
    }

    pub(super) fn no_warning(self) -> Self {
        self.warns(&[])
    }

    pub(super) const fn within(mut self, seconds: u64) -> Self {
        self.within = seconds;
        self
    }

    pub(super) const fn differs(mut self, why: &'static str) -> Self {
        self.differs = Some(why);
        self
    }
}

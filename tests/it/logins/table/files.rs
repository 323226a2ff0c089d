//! Files of keys: what is in them, where they are, and what `$VAR` and `~` stand for.

use serde_json::json;

use super::{Case, FINDS_HOME, case, drive, keys};
use crate::support::told::Login;

#[test]
fn files_of_keys_are_read_and_what_is_wrong_with_them_is_said() {
    drive::all(cases());
}

pub(super) fn cases() -> Vec<Case> {
    let user = keys::user();
    let creds = user.creds();
    let holds = |name, text: String| {
        case(name).args("-s {A} --creds {DIR}/user.creds").file("user.creds", text)
    };
    let context = |path: &str| json!({"url": "nats://{A}", "creds": path});
    let at = |name| case(name).file("deep/user.creds", keys::user().creds());
    vec![
        holds("creds", creds.clone()).tells(user.by_jwt()),
        holds("creds with a byte order mark", format!("\u{feff}{creds}")).tells(user.by_jwt()),
        holds("creds with CRLF", creds.replace('\n', "\r\n")).tells(user.by_jwt()),
        holds("empty creds", String::new())
            .differs("the nats CLI goes on without a login")
            .fails(2, &["user.creds .. empty"]),
        holds("creds without a seed", creds.split("*****").next().unwrap().into())
            .fails(2, &["user.creds .. seed"]),
        case("creds that are a folder")
            .args("-s {A} --creds {DIR}/user.creds")
            .file("user.creds/x", "x")
            .fails(2, &["read .. user.creds .. directory"]),
        case("creds that are missing")
            .selected(&context("{DIR}/no.creds"))
            .fails(2, &["no.creds .. No such file"]),
        case("an NKey file with a byte order mark")
            .args("-s {A} --nkey {DIR}/user.nk")
            .file("user.nk", format!("\u{feff}{}\r\n", user.seed))
            .differs("the nats CLI reads no NKey file with a byte order mark, only creds with one")
            .tells(user.by_nkey()),
        at("a ~ in a context")
            .differs(FINDS_HOME)
            .selected(&context("~/deep/user.creds"))
            .tells(user.by_jwt()),
        at("a variable in a context")
            .selected(&context("$KEYS/user.creds"))
            .env("KEYS", "{DIR}/deep")
            .tells(user.by_jwt()),
        at("a variable in braces")
            .selected(&context("${KEYS}/user.creds"))
            .env("KEYS", "{DIR}/deep")
            .tells(user.by_jwt()),
        at("a variable goes before the ~")
            .selected(&context("$KEYS/user.creds"))
            .env("KEYS", "~/deep")
            .differs(FINDS_HOME)
            .tells(user.by_jwt()),
        at("a variable in NATS_CREDS")
            .args("-s {A}")
            .env("NATS_CREDS", "$KEYS/user.creds")
            .env("KEYS", "{DIR}/deep")
            .tells(user.by_jwt()),
        at("a ~ in NATS_CREDS")
            .args("-s {A}")
            .env("NATS_CREDS", "~/deep/user.creds")
            .differs(FINDS_HOME)
            .tells(user.by_jwt()),
        at("a ~ in --creds")
            .differs(FINDS_HOME)
            .args("-s {A} --creds ~/deep/user.creds")
            .tells(user.by_jwt()),
        at("a variable in --creds")
            .args("-s {A} --creds $KEYS/user.creds")
            .env("KEYS", "{DIR}/deep")
            .tells(user.by_jwt()),
        case("a variable in --nkey")
            .args("-s {A} --nkey $KEYS/user.nk")
            .file("user.nk", user.seed.as_str())
            .env("KEYS", "{DIR}")
            .tells(user.by_nkey()),
        at("a variable that is not set").selected(&context("$KEYS/x")).fails(2, &["KEYS"]),
        at("a variable that is empty")
            .selected(&context("$KEYS/x"))
            .env("KEYS", "")
            .fails(2, &["KEYS"]),
        at("a variable that is not set and not used")
            .selected(&json!({"url": "nats://{A}", "creds": "$KEYS/x", "user": "me",
                "password": "s3cr3t"}))
            .tells(Login::user("me", "s3cr3t"))
            .unused(&["credentials file"]),
        at("a variable that is not set, below typed creds")
            .selected(&context("$KEYS/x"))
            .args("--creds {DIR}/deep/user.creds")
            .tells(user.by_jwt()),
        case("creds that are missing and not used")
            .selected(&json!({"url": "nats://{A}", "creds": "/nowhere/x", "user": "me",
                "password": "s3cr3t"}))
            .tells(Login::user("me", "s3cr3t")),
    ]
}

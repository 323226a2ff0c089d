//! Where keys go to another host than the one they are for, this is said; and where not, not.

use serde_json::json;

use super::{Case, PLAIN, case, drive, keys};
use crate::support::told::Login;

#[test]
fn keys_that_go_to_another_host_are_warned_of() {
    drive::all(cases());
}

pub(super) fn cases() -> Vec<Case> {
    let context = json!({"url": "nats://{A}", "user": "ctx", "password": "ctx-s3cr3t"});
    let own = json!({"url": "nats://me:s3cr3t@{A}"});
    let ctx = || Login::user("ctx", "ctx-s3cr3t");
    let two = |name| case(name).servers(&[PLAIN; 2]);
    vec![
        two("NATS_URL keeps the context's user")
            .selected(&context)
            .env("NATS_URL", "nats://{B}")
            .told('B', ctx())
            .connects('B')
            .shows(&["server .. {B} .. environment NATS_URL", "user .. context: user"])
            .warns(&["user .. prod", "{A} .. {B} .. NATS_URL"]),
        two("NATS_URL keeps the context's creds")
            .selected(&json!({"url": "nats://{A}", "creds": "{DIR}/user.creds"}))
            .file("user.creds", keys::user().creds())
            .env("NATS_URL", "nats://{B}")
            .told('B', keys::user().by_jwt())
            .connects('B')
            .warns(&["{A} .. {B} .. NATS_URL"]),
        two("NATS_URL keeps the context's token")
            .selected(&json!({"url": "nats://{A}", "token": "s3cr3t"}))
            .env("NATS_URL", "nats://{B}")
            .told('B', Login::token("s3cr3t"))
            .connects('B')
            .warns(&["token .. prod .. {A} .. {B}"]),
        two("NATS_URL does not keep the login in the context's url")
            .selected(&own)
            .env("NATS_URL", "nats://{B}")
            .connects('B')
            .no_warning(),
        two("a typed server keeps the context's user")
            .selected(&context)
            .args("-s {B}")
            .told('B', ctx())
            .connects('B')
            .warns(&["{A} .. {B} .. --server"]),
        case("localhost for 127.0.0.1")
            .selected(&context)
            .env("NATS_URL", "nats://localhost:{A.port}")
            .tells(ctx())
            .no_warning(),
        case("127.0.0.1 for localhost")
            .selected(&json!({"url": "nats://localhost:{A.port}", "token": "s3cr3t"}))
            .args("-s {A}")
            .tells(Login::token("s3cr3t"))
            .no_warning(),
        case("the same host by NATS_URL")
            .selected(&context)
            .env("NATS_URL", "{A}")
            .tells(ctx())
            .no_warning(),
        two("another server, and its own login")
            .selected(&context)
            .args("-s {B} --user me --password s3cr3t")
            .told('B', Login::user("me", "s3cr3t"))
            .connects('B')
            .no_warning(),
        two("another server without a context")
            .selected(&context)
            .args("--no-context -s {B}")
            .connects('B')
            .no_warning(),
        two("another server of a list")
            .selected(&context)
            .args("-s {A},{B}")
            .tells(ctx())
            .warns(&["{B}"]),
        case("NATS_USER and NATS_PASSWORD go to a context's server")
            .selected(&json!({"url": "nats://{A}"}))
            .env("NATS_USER", "me")
            .env("NATS_PASSWORD", "s3cr3t")
            .tells(Login::user("me", "s3cr3t"))
            .warns(&["NATS_USER .. {A}"]),
        case("NATS_USER and NATS_PASSWORD beside NATS_URL")
            .env("NATS_URL", "nats://{A}")
            .env("NATS_USER", "me")
            .env("NATS_PASSWORD", "s3cr3t")
            .tells(Login::user("me", "s3cr3t"))
            .no_warning(),
    ]
}

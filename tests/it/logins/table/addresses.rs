//! Logins in addresses, how addresses are written, and what of them is shown.

use serde_json::json;

use super::{Case, case, drive, keys};
use crate::support::told::Login;

#[test]
fn a_login_in_an_address_is_read_used_and_not_shown() {
    drive::all(cases());
}

pub(super) fn cases() -> Vec<Case> {
    let own = json!({"url": "nats://me:s3cr3t@{A}", "user": "ctx", "password": "ctx-s3cr3t"});
    vec![
        case("a user in an address")
            .args("-s nats://me:s3cr3t@{A}")
            .tells(Login::user("me", "s3cr3t"))
            .shows(&["server .. nats://{A} .. flag --server"]),
        case("a token in an address")
            .args("-s nats://s3cr3t@{A}")
            .tells(Login::token("s3cr3t"))
            .shows(&["server .. nats://{A}"]),
        case("a login in NATS_URL")
            .env("NATS_URL", "nats://me:s3cr3t@{A}")
            .tells(Login::user("me", "s3cr3t")),
        case("a login in a context's url")
            .selected(&json!({"url": "nats://me:s3cr3t@{A}"}))
            .tells(Login::user("me", "s3cr3t"))
            .no_warning(),
        case("a user with an empty password in an address")
            .args("-s nats://me:@{A}")
            .tells(Login::user("me", "")),
        case("a percent-encoded login")
            .args("-s nats://a%40b:s3cr3t%3A%2F%2C%25@{A}")
            .tells(Login::user("a@b", "s3cr3t:/,%")),
        case("a percent-encoded token")
            .args("-s nats://s3cr3t%3Ax%40@{A}")
            .tells(Login::token("s3cr3t:x@")),
        case("a login without a scheme")
            .args("-s me:s3cr3t@{A}")
            .tells(Login::user("me", "s3cr3t"))
            .shows(&["server .. {A}"]),
        case("logins without a scheme in a list")
            .args("-s me:s3cr3t@{A},you:other-s3cr3t@{B}")
            .servers(&[super::REFUSES, super::PLAIN])
            .tells(Login::user("me", "s3cr3t"))
            .told('B', Login::user("you", "other-s3cr3t"))
            .connects('B')
            .shows(&["server .. {A}", "{B}"]),
        case("no scheme and no login").args("-s {A}").shows(&["server .. {A}"]),
        case("a path with an @ in it")
            .args("-s nats://{A}/@shown.example")
            .shows(&["server .. nats://{A}"])
            .hides("shown.example"),
        case("a login and a path with an @ in it")
            .args("-s nats://me:s3cr3t@{A}/@shown.example:4222")
            .tells(Login::user("me", "s3cr3t"))
            .shows(&["server .. nats://{A}"])
            .hides("shown.example"),
        case("a login without a host").args("-s nats://me:s3cr3t").fails(2, &["address"]),
        case("a password with a comma and an address in it")
            .args("-s nats://me:s3cr3t,nats://more-s3cr3t@{A}")
            .fails(2, &["address"]),
        case("a password with a slash in it")
            .args("-s nats://me:s3cr3t/x@{A}")
            .fails(2, &["address"]),
        case("a port that is none in an address of a context")
            .selected(&json!({"url": "nats://me:s3cr3t@h:99999"}))
            .fails(2, &["address"]),
        case("an IPv6 address with a zone")
            .args("-s nats://[::1%25lo]:4333")
            .explained()
            .shows(&["server .. [::1 .. ]:4333"]),
        case("an address's login beats a context's user")
            .selected(&own)
            .tells(Login::user("me", "s3cr3t"))
            .unused(&["user .. context: user", "password"]),
        case("an address's login beats a context's token")
            .selected(&json!({"url": "nats://me:s3cr3t@{A}", "token": "ctx-s3cr3t"}))
            .tells(Login::user("me", "s3cr3t"))
            .unused(&["token .. context: token"]),
        case("an address's token beats a context's token")
            .selected(&json!({"url": "nats://s3cr3t@{A}", "token": "ctx-s3cr3t"}))
            .tells(Login::token("s3cr3t")),
        case("an address's login beats a context's NKey")
            .selected(&json!({"url": "nats://me:s3cr3t@{A}", "nkey": "{DIR}/user.nk"}))
            .file("user.nk", keys::other().seed.as_str())
            .tells(Login::user("me", "s3cr3t"))
            .unused(&["NKey .. context: nkey"]),
        case("a typed address's login beats a context's user")
            .selected(&json!({"url": "nats://{A}", "user": "ctx", "password": "ctx-s3cr3t"}))
            .args("-s nats://me:s3cr3t@{A}")
            .tells(Login::user("me", "s3cr3t")),
        case("an address's login leaves the context's user to other addresses")
            .selected(&json!({"url": "nats://me:s3cr3t@{A},nats://{B}", "user": "ctx",
                "password": "ctx-s3cr3t"}))
            .servers(&[super::REFUSES, super::PLAIN])
            .tells(Login::user("me", "s3cr3t"))
            .told('B', Login::user("ctx", "ctx-s3cr3t"))
            .connects('B'),
        case("a token brings no context's user to an address with its own login")
            .selected(&json!({"url": "nats://{A}", "user": "ctx", "password": "ctx-s3cr3t"}))
            .args("-s nats://me:s3cr3t@{A} --token typed-s3cr3t")
            .differs("in the nats CLI an address's login replaces the token")
            .tells(Login::user("me", "s3cr3t").and_token("typed-s3cr3t")),
        case("a variable's token goes beside the login in a context's address")
            .selected(&json!({"url": "nats://me:s3cr3t@{A}", "user": "ctx",
                "password": "ctx-s3cr3t"}))
            .env("NATS_TOKEN", "typed-s3cr3t")
            .differs("in the nats CLI an address's login replaces the token")
            .tells(Login::user("me", "s3cr3t").and_token("typed-s3cr3t")),
        case("a typed token beats an address's")
            .args("-s nats://other-s3cr3t@{A} --token s3cr3t")
            .differs("in the nats CLI an address's login always goes before")
            .tells(Login::token("s3cr3t")),
    ]
}

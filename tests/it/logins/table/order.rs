//! The kinds of login, of which the first is used; a token goes besides.

use serde_json::{Value, json};

use super::{Case, MERGES, case, drive, keys};
use crate::support::told::Login;

#[test]
fn one_kind_of_login_is_used_and_the_token_besides() {
    drive::all(cases());
}

/// A case with files of keys in its folder.
fn with_keys(name: &'static str) -> Case {
    case(name)
        .file("user.creds", keys::user().creds())
        .file("other.nk", format!("{}\n", keys::other().seed))
}

/// A context with these kinds of login.
fn context(kinds: &str) -> Value {
    let mut says = json!({"url": "nats://{A}"});
    for kind in kinds.split_whitespace() {
        match kind {
            "user" => {
                says["user"] = "me".into();
                says["password"] = "s3cr3t".into();
            }
            "creds" => says["creds"] = "{DIR}/user.creds".into(),
            "nkey" => says["nkey"] = "{DIR}/other.nk".into(),
            "jwt" => {
                says["user_jwt"] = keys::user().jwt.clone().into();
                says["user_seed"] = keys::user().seed.clone().into();
            }
            _ => says[kind] = "tok-s3cr3t".into(),
        }
    }
    says
}

pub(super) fn cases() -> Vec<Case> {
    let (me, user, other) = (Login::user("me", "s3cr3t"), keys::user(), keys::other());
    vec![
        with_keys("creds of a context").selected(&context("creds")).tells(user.by_jwt()),
        with_keys("an NKey of a context").selected(&context("nkey")).tells(other.by_nkey()),
        with_keys("a JWT and seed of a context").selected(&context("jwt")).tells(user.by_jwt()),
        case("a bearer JWT needs no seed")
            .selected(&json!({"url": "nats://{A}", "user_jwt": keys::bearer().jwt}))
            .tells(keys::by_bearer()),
        with_keys("a user goes before creds, NKey and JWT")
            .selected(&context("user creds nkey jwt"))
            .tells(me.clone())
            .unused(&["credentials file", "NKey", "JWT"]),
        with_keys("creds go before NKey and JWT")
            .selected(&context("creds nkey jwt"))
            .tells(user.by_jwt())
            .unused(&["NKey", "user JWT", "user seed"]),
        with_keys("an NKey goes before a JWT")
            .selected(&context("nkey jwt"))
            .tells(other.by_nkey())
            .unused(&["user JWT"]),
        with_keys("a token besides a user")
            .selected(&context("user token"))
            .tells(me.clone().and_token("tok-s3cr3t")),
        with_keys("a token besides creds")
            .selected(&context("creds token"))
            .tells(user.by_jwt().and_token("tok-s3cr3t")),
        with_keys("a token besides an NKey")
            .selected(&context("nkey token"))
            .tells(other.by_nkey().and_token("tok-s3cr3t")),
        with_keys("typed creds go before a context's user")
            .selected(&context("user"))
            .args("--creds {DIR}/user.creds")
            .tells(user.by_jwt())
            .differs(MERGES)
            .shows(&["flag --creds"])
            .unused(&["user .. context: user", "password"]),
        with_keys("a typed NKey goes before a context's creds")
            .selected(&context("creds"))
            .args("--nkey {DIR}/other.nk")
            .differs(MERGES)
            .tells(other.by_nkey())
            .unused(&["credentials file .. context: creds"]),
        with_keys("a typed user goes before a context's creds")
            .selected(&context("creds"))
            .args("--user me --password s3cr3t")
            .tells(me.clone())
            .unused(&["credentials file"]),
        with_keys("a typed token goes besides a context's user")
            .selected(&context("user"))
            .args("--token tok-s3cr3t")
            .tells(me.and_token("tok-s3cr3t")),
        case("a JWT and seed of the environment")
            .args("-s {A}")
            .env("NATS_JWT", &user.jwt)
            .env("NATS_SEED", &user.seed)
            .tells(user.by_jwt()),
        with_keys("creds of the environment")
            .args("-s {A}")
            .env("NATS_CREDS", "{DIR}/user.creds")
            .tells(user.by_jwt()),
        with_keys("an NKey of the environment")
            .args("-s {A}")
            .env("NATS_NKEY", "{DIR}/other.nk")
            .tells(other.by_nkey()),
    ]
}

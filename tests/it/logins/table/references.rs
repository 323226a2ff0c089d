//! Values that say where the secret is: `file://`, `data:` and `env://`.

use serde_json::json;

use super::{Case, case, drive, keys};
use crate::support::told::Login;

#[test]
fn secrets_by_reference_are_resolved() {
    drive::all(cases());
}

pub(super) fn cases() -> Vec<Case> {
    let (user, other) = (keys::user(), keys::other());
    let token = |value: &str| json!({"url": "nats://{A}", "token": value});
    let password = |value: &str| json!({"url": "nats://{A}", "user": "me", "password": value});
    let jwt = |jwt: String, seed: String| json!({"url": "nats://{A}", "user_jwt": jwt, "user_seed": seed});
    let with_files = |name| {
        case(name)
            .file("word", "s3cr3t")
            .file("user.jwt", keys::user().jwt.as_str())
            .file("user.nk", keys::user().seed.as_str())
            .file("user.creds", keys::user().creds())
    };
    let (as_token, as_me) = (Login::token("s3cr3t"), Login::user("me", "s3cr3t"));
    let data = keys::data;
    vec![
        with_files("a token in a file")
            .selected(&token("file://{DIR}/word"))
            .tells(as_token.clone()),
        case("a token in a file that ends with a line break")
            .selected(&token("file://{DIR}/word"))
            .file("word", "s3cr3t\r\n")
            .tells(as_token.clone()),
        case("a token in itself").selected(&token(&data("s3cr3t"))).tells(as_token.clone()),
        case("a token in a variable")
            .selected(&token("env://WORD"))
            .env("WORD", "s3cr3t")
            .tells(as_token.clone()),
        with_files("a password in a file")
            .selected(&password("file://{DIR}/word"))
            .tells(as_me.clone()),
        case("a password in itself").selected(&password(&data("s3cr3t"))).tells(as_me.clone()),
        case("a password in a variable")
            .selected(&password("env://WORD"))
            .env("WORD", "s3cr3t")
            .tells(as_me.clone()),
        with_files("a JWT and seed in files")
            .selected(&jwt("file://{DIR}/user.jwt".into(), "file://{DIR}/user.nk".into()))
            .tells(user.by_jwt()),
        case("a JWT and seed embedded")
            .selected(&jwt(data(&user.jwt), data(&user.seed)))
            .tells(user.by_jwt()),
        case("a JWT and seed in variables")
            .selected(&jwt("env://MY_JWT".into(), "env://MY_SEED".into()))
            .env("MY_JWT", &user.jwt)
            .env("MY_SEED", &user.seed)
            .tells(user.by_jwt()),
        case("a bearer JWT embedded")
            .selected(&jwt(data(&keys::bearer().jwt), String::new()))
            .tells(keys::by_bearer()),
        case("creds embedded")
            .selected(&json!({"url": "nats://{A}", "creds": data(&user.creds())}))
            .tells(user.by_jwt()),
        with_files("creds by file://")
            .selected(&json!({"url": "nats://{A}", "creds": "file://{DIR}/user.creds"}))
            .tells(user.by_jwt()),
        case("creds in a variable")
            .selected(&json!({"url": "nats://{A}", "creds": "env://MY_CREDS"}))
            .env("MY_CREDS", user.creds())
            .tells(user.by_jwt()),
        case("an NKey embedded")
            .selected(&json!({"url": "nats://{A}", "nkey": data(&other.seed)}))
            .tells(other.by_nkey()),
        case("an NKey in a variable")
            .selected(&json!({"url": "nats://{A}", "nkey": "env://MY_NKEY"}))
            .env("MY_NKEY", &other.seed)
            .tells(other.by_nkey()),
        with_files("an NKey by file://")
            .selected(&json!({"url": "nats://{A}", "nkey": "file://{DIR}/user.nk"}))
            .tells(user.by_nkey()),
        with_files("NATS_TOKEN by file://")
            .args("-s {A}")
            .env("NATS_TOKEN", "file://{DIR}/word")
            .tells(as_token.clone()),
        case("NATS_PASSWORD in itself")
            .args("-s {A} --user me")
            .env("NATS_PASSWORD", data("s3cr3t"))
            .tells(as_me),
        with_files("--token by file://").args("-s {A} --token file://{DIR}/word").tells(as_token),
        case("a variable that a reference names and that is not set")
            .selected(&token("env://WORD"))
            .fails(2, &["WORD"]),
        case("a file that a reference names and that is missing")
            .selected(&token("file://{DIR}/word"))
            .fails(2, &["{DIR}/word"]),
        case("a value in itself that is no base64")
            .selected(&token("data:;base64,s3cr3t!"))
            .fails(2, &["token"]),
        case("a secret of 1Password")
            .selected(&token("op://vault/s3cr3t/x"))
            .fails(2, &["token", "op://"]),
        case("creds of nsc")
            .selected(&json!({"url": "nats://{A}", "creds": "nsc://O/A/U"}))
            .fails(2, &["creds", "nsc://"]),
    ]
}

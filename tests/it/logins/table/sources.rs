//! Each value is taken from an option, else from the environment, else from the context.

use serde_json::json;

use super::{Case, case, drive};
use crate::support::told::Login;

#[test]
fn each_value_is_taken_from_its_highest_source() {
    drive::all(cases());
}

pub(super) fn cases() -> Vec<Case> {
    let context = json!({"url": "nats://{A}", "user": "ctx", "password": "ctx-s3cr3t"});
    let token = json!({"url": "nats://{A}", "token": "ctx-s3cr3t"});
    vec![
        case("nothing is configured")
            .explained()
            .shows(&["Context: none", "server .. nats://127.0.0.1:4222 .. default"]),
        case("options")
            .args("-s {A} --user me --password s3cr3t")
            .tells(Login::user("me", "s3cr3t"))
            .shows(&["server .. {A} .. flag --server", "user .. flag --user", "password .. ***"]),
        case("a token as an option").args("-s {A} --token s3cr3t").tells(Login::token("s3cr3t")),
        case("variables")
            .env("NATS_URL", "nats://{A}")
            .env("NATS_USER", "me")
            .env("NATS_PASSWORD", "s3cr3t")
            .tells(Login::user("me", "s3cr3t"))
            .shows(&["server .. environment NATS_URL", "user .. environment NATS_USER"]),
        case("a token as a variable")
            .args("-s {A}")
            .env("NATS_TOKEN", "s3cr3t")
            .tells(Login::token("s3cr3t"))
            .shows(&["token .. *** .. environment NATS_TOKEN"]),
        case("a selected context")
            .selected(&context)
            .tells(Login::user("ctx", "ctx-s3cr3t"))
            .shows(&["Context: prod", "server .. context: url", "user .. ctx .. context: user"])
            .no_warning(),
        case("options go before variables")
            .args("-s {A} --user me --password s3cr3t")
            .env("NATS_URL", "nats://{B}")
            .env("NATS_USER", "other")
            .env("NATS_PASSWORD", "other-s3cr3t")
            .servers(&[super::PLAIN; 2])
            .tells(Login::user("me", "s3cr3t")),
        case("variables go before a context")
            .selected(&token)
            .env("NATS_TOKEN", "env-s3cr3t")
            .tells(Login::token("env-s3cr3t"))
            .shows(&["token .. environment NATS_TOKEN"]),
        case("all three sources of a token")
            .selected(&token)
            .args("--token typed-s3cr3t")
            .env("NATS_TOKEN", "env-s3cr3t")
            .tells(Login::token("typed-s3cr3t"))
            .shows(&["token .. flag --token", "replaces .. NATS_TOKEN .. context: token"]),
        case("a user of the context with a password of the environment")
            .selected(&context)
            .env("NATS_PASSWORD", "env-s3cr3t")
            .tells(Login::user("ctx", "env-s3cr3t"))
            .shows(&["user .. context: user", "password .. environment NATS_PASSWORD"]),
        case("an option with a variable's password")
            .args("-s {A} --user me")
            .env("NATS_PASSWORD", "s3cr3t")
            .tells(Login::user("me", "s3cr3t")),
        case("a variable's user with an option's password")
            .args("-s {A} --password s3cr3t")
            .env("NATS_USER", "me")
            .tells(Login::user("me", "s3cr3t")),
        case("empty variables")
            .selected(&context)
            .env("NATS_URL", "")
            .env("NATS_USER", "")
            .env("NATS_PASSWORD", "")
            .env("NATS_TOKEN", "")
            .env("NATS_CREDS", "")
            .env("NATS_CONTEXT", "")
            .env("NATS_TIMEOUT", "")
            .env("NATS_SOCKS_PROXY", "")
            .tells(Login::user("ctx", "ctx-s3cr3t"))
            .no_warning(),
        case("empty options")
            .selected(&token)
            .args("--token '' --user '' --password '' --creds '' --nkey ''")
            .tells(Login::token("ctx-s3cr3t")),
        case("an empty option leaves the variable")
            .args("-s {A} --token ''")
            .differs("in the nats CLI an empty option hides its variable")
            .env("NATS_TOKEN", "s3cr3t")
            .tells(Login::token("s3cr3t")),
        case("an empty server")
            .args("--server ''")
            .selected(&token)
            .differs("the nats CLI goes on with the context's")
            .fails(2, &["--server"]),
        case("NATS_USER alone is a token")
            .args("-s {A}")
            .env("NATS_USER", "s3cr3t")
            .tells(Login::token("s3cr3t"))
            .shows(&["token .. *** .. environment NATS_USER"]),
        case("--user alone is a token")
            .args("-s {A} --user s3cr3t")
            .tells(Login::token("s3cr3t"))
            .shows(&["token .. *** .. flag --user"]),
        case("a context's user alone is a user")
            .selected(&json!({"url": "nats://{A}", "user": "me"}))
            .tells(Login::user("me", "")),
        case("a password without a user")
            .args("-s {A}")
            .env("NATS_PASSWORD", "s3cr3t")
            .unused(&["password .. NATS_PASSWORD"]),
    ]
}

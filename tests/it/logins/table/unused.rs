//! What roomscope cannot do is refused where it would be used, and only there.

use serde_json::json;

use super::{Case, LOOKS_AT_ALL, MERGES, case, drive, keys};
use crate::support::told::{Kind, Login};

#[test]
fn what_cannot_be_done_is_refused_only_where_it_would_be_used() {
    drive::all(cases());
}

pub(super) fn cases() -> Vec<Case> {
    let windows = json!({"url": "nats://{A}", "token": "s3cr3t", "user": "",
        "windows_cert_store": "user", "windows_cert_match_by": "subject",
        "windows_cert_match": "me"});
    vec![
        case("a secret of 1Password below a variable")
            .selected(&json!({"url": "nats://{A}", "token": "op://vault/item/x"}))
            .env("NATS_TOKEN", "s3cr3t")
            .tells(Login::token("s3cr3t")),
        case("a password of 1Password below typed creds")
            .selected(&json!({"url": "nats://{A}", "user": "me", "password": "op://v/i/x"}))
            .differs(MERGES)
            .args("--creds {DIR}/user.creds")
            .file("user.creds", keys::user().creds())
            .tells(keys::user().by_jwt())
            .unused(&["password"]),
        case("a password of 1Password without a user")
            .selected(&json!({"url": "nats://{A}", "password": "op://v/i/x"})),
        case("creds of nsc below a user")
            .selected(&json!({"url": "nats://{A}", "user": "me", "password": "s3cr3t",
                "creds": "nsc://O/A/U"}))
            .tells(Login::user("me", "s3cr3t"))
            .unused(&["credentials file"]),
        case("a reference below a typed token")
            .selected(&json!({"url": "nats://{A}", "token": "env://NOT_SET"}))
            .args("--token s3cr3t")
            .tells(Login::token("s3cr3t")),
        case("a seed without its JWT, below a user")
            .selected(&json!({"url": "nats://{A}", "user": "me", "password": "s3cr3t",
                "user_seed": "op://v/i/x"}))
            .tells(Login::user("me", "s3cr3t")),
        case("a SOCKS proxy in a context")
            .selected(&json!({"url": "nats://{A}", "socks_proxy": "socks5://u:s3cr3t@h"}))
            .fails(2, &["socks_proxy"]),
        case("a SOCKS proxy in a context that is not used")
            .selected(&json!({"url": "nats://{A}", "socks_proxy": "socks5://u:s3cr3t@h"}))
            .args("-s {A} --no-context"),
        case("a SOCKS proxy in the environment")
            .args("-s {A}")
            .env("NATS_SOCKS_PROXY", "socks5://u:s3cr3t@h")
            .fails(2, &["NATS_SOCKS_PROXY"]),
        case("an account of nsc")
            .selected(&json!({"url": "nats://{A}", "nsc": "nsc://O/A/U"}))
            .fails(2, &["nsc"]),
        case("an account of nsc below a typed server and creds")
            .selected(&json!({"nsc": "nsc://O/A/U"}))
            .differs(LOOKS_AT_ALL)
            .args("-s {A} --creds {DIR}/user.creds")
            .file("user.creds", keys::user().creds())
            .tells(keys::user().by_jwt()),
        case("a Windows certificate store").selected(&windows).fails(2, &["windows_cert_store"]),
        case("a Windows certificate store below typed files")
            .selected(&windows)
            .args("--tls-cert {CERT} --tls-key {KEY} --tls-ca {CA}")
            .differs(LOOKS_AT_ALL)
            .servers(&[Kind::Tls])
            .tells(Login::token("s3cr3t")),
        case("WebSocket").args("-s ws://{A}").fails(2, &["WebSocket"]),
        case("WebSocket in a context")
            .selected(&json!({"url": "wss://u:s3cr3t@{A}"}))
            .fails(2, &["WebSocket"]),
        case("WebSocket in a context below a typed server")
            .selected(&json!({"url": "ws://u:s3cr3t@elsewhere.example"}))
            .args("-s {A}"),
        case("WebSocket in NATS_URL below a typed server")
            .env("NATS_URL", "ws://u:s3cr3t@elsewhere.example")
            .args("-s {A}"),
    ]
}

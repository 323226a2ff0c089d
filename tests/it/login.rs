//! Tokens and credentials files that work, through the program and without a trace of them.

use std::path::Path;

use nkeys::KeyPair;
use serde_json::{Value, json};

use crate::support::{NatsServer, Pty};

/// Starts the program, waits until it is connected, and looks for the secret in all it wrote.
fn connects(args: &[&str], secret: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let mut pty = Pty::start(&[args, &["--log", log.to_str().unwrap()]].concat());
    pty.wait_for("● connected");
    pty.wait_for("No rooms");
    pty.send("c");
    let text = pty.wait_for("No consumer is ever made");
    pty.send("qq");
    assert_eq!(pty.ended().code, 0);
    let written = String::from_utf8_lossy(&pty.bytes()).into_owned();
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("started"), "{log}");
    assert!(!written.contains(secret) && !log.contains(secret), "{written}\n{log}");
    text
}

#[test]
fn a_token_is_taken_from_its_option_and_from_the_address() {
    let server = NatsServer::with_config("authorization { token: \"s3cr3t:/t\" }");
    connects(&["--server", &server.url(), "--token", "s3cr3t:/t"], "s3cr3t");
    connects(&["--server", &server.url_as("s3cr3t%3A%2Ft")], "s3cr3t");
    // The option goes before the address.
    let args = ["--server", &server.url_as("other"), "--token", "s3cr3t:/t"];
    connects(&args, "s3cr3t");
    let pty = Pty::start(&["--server", &server.url_as("s3cr3t")]);
    let refused = pty.wait_for("refused the credentials");
    assert!(!refused.contains("s3cr3t"), "{refused}");
}

/// A JWT as NATS has it: claims of `issuer` about `subject`, signed.
fn jwt(issuer: &KeyPair, subject: &KeyPair, name: &str, nats: Value) -> String {
    let part = |value: Value| encode(value.to_string().as_bytes());
    let header = part(json!({"typ": "JWT", "alg": "ed25519-nkey"}));
    let claims = part(json!({"jti": name, "iat": 1_700_000_000, "iss": issuer.public_key(),
        "sub": subject.public_key(), "name": name, "nats": nats}));
    let signed = format!("{header}.{claims}");
    let signature = encode(&issuer.sign(signed.as_bytes()).unwrap());
    format!("{signed}.{signature}")
}

fn encode(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// A credentials file for a new user of an account.
pub(crate) fn write_creds(path: &Path, account: &KeyPair) -> String {
    let user = KeyPair::new_user();
    let claims = json!({"type": "user", "version": 2, "pub": {}, "sub": {}, "subs": -1,
        "data": -1, "payload": -1});
    let token = jwt(account, &user, "user", claims);
    let seed = user.seed().unwrap();
    let text = format!(
        "-----BEGIN NATS USER JWT-----\n{token}\n------END NATS USER JWT------\n\n\
         -----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n"
    );
    std::fs::write(path, text).unwrap();
    seed
}

#[test]
fn a_credentials_file_is_taken_by_a_server_with_an_operator() {
    let operator = KeyPair::new_operator();
    let (system, chat) = (KeyPair::new_account(), KeyPair::new_account());
    let itself = json!({"type": "operator", "version": 2, "system_account": system.public_key()});
    let account = |storage: i64| {
        json!({"type": "account", "version": 2,
            "default_permissions": {"pub": {}, "sub": {}},
            "limits": {"subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1,
                "wildcards": true, "conn": -1, "leaf": -1, "mem_storage": storage,
                "disk_storage": storage, "streams": storage, "consumer": storage}})
    };
    let server = NatsServer::with_config(&format!(
        "operator: {}\nsystem_account: {}\nresolver: MEMORY\nresolver_preload: {{\n{}: {}\n{}: {}\n}}",
        jwt(&operator, &operator, "operator", itself),
        system.public_key(),
        system.public_key(),
        jwt(&operator, &system, "SYS", account(0)),
        chat.public_key(),
        jwt(&operator, &chat, "CHAT", account(-1)),
    ));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("user.creds");
    let seed = write_creds(&file, &chat);
    let args = ["--server", &server.url(), "--creds", file.to_str().unwrap()];
    let told = connects(&args, &seed);
    assert!(told.contains("CHAT"), "{told}");

    // Well-formed, but of an account that the operator does not know.
    let seed = write_creds(&file, &KeyPair::new_account());
    let pty = Pty::start(&args);
    let refused = pty.wait_for("refused the credentials");
    assert!(!refused.contains(&seed), "{refused}");
}

//! Tokens and credentials files that work, through the program and without a trace of them.

use std::path::Path;
use std::time::Duration;

use nkeys::KeyPair;
use roomscope::domain::Connection;
use roomscope::store::HistoryStore;
use roomscope::store::nats::{ConnectOptions, NatsStore};
use serde_json::{Value, json};

use crate::support::{NatsServer, Pty, wait};

/// Starts the program, waits until it is connected, and looks for the secret in all it wrote.
fn connects(args: &[&str], secret: &str) -> String {
    connects_with(args, &[], secret)
}

/// The same with variables in its environment.
fn connects_with(args: &[&str], variables: &[(&str, &str)], secret: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let args = [args, &["--log", log.to_str().unwrap()]].concat();
    let mut pty = Pty::start_with(&args, variables);
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

/// The JWT and the seed of a new user of an account.
fn new_user(account: &KeyPair) -> (String, String) {
    let user = KeyPair::new_user();
    let claims = json!({"type": "user", "version": 2, "pub": {}, "sub": {}, "subs": -1,
        "data": -1, "payload": -1});
    (jwt(account, &user, "user", claims), user.seed().unwrap())
}

/// A credentials file for a new user of an account.
pub(crate) fn write_creds(path: &Path, account: &KeyPair) -> String {
    let (token, seed) = new_user(account);
    let text = format!(
        "-----BEGIN NATS USER JWT-----\n{token}\n------END NATS USER JWT------\n\n\
         -----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n"
    );
    std::fs::write(path, text).unwrap();
    seed
}

/// A server with an operator, and an account of it.
fn with_operator() -> (NatsServer, KeyPair) {
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
    (server, chat)
}

#[test]
fn a_credentials_file_is_taken_by_a_server_with_an_operator() {
    let (server, chat) = with_operator();
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
    // Once the file holds what works, so does the program.
    write_creds(&file, &chat);
    pty.wait_for("● connected");
}

#[test]
fn a_user_jwt_and_its_seed_are_taken_from_the_environment() {
    let (server, chat) = with_operator();
    let (token, seed) = new_user(&chat);
    let url = server.url();
    let variables = [("NATS_URL", &*url), ("NATS_JWT", &token), ("NATS_SEED", &seed)];
    let told = connects_with(&[], &variables, &seed);
    assert!(told.contains("CHAT"), "{told}");
    assert!(!told.contains(&token), "{told}");
}

fn with_nkey(user: &KeyPair) -> String {
    format!("authorization {{ users: [{{ nkey: {} }}] }}", user.public_key())
}

#[test]
fn an_nkey_is_taken_from_its_file() {
    let user = KeyPair::new_user();
    let server = NatsServer::with_config(&with_nkey(&user));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("user.nk");
    let seed = user.seed().unwrap();
    std::fs::write(&file, format!("{seed}\n")).unwrap();
    let file = file.to_str().unwrap();
    connects(&["--server", &server.url(), "--nkey", file], &seed);
}

#[tokio::test]
async fn a_rotated_key_is_taken_on_reconnecting() {
    let (old, new) = (KeyPair::new_user(), KeyPair::new_user());
    let mut server = NatsServer::with_config(&with_nkey(&old));
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), old.seed().unwrap()).unwrap();
    let mut options = ConnectOptions::new(server.url());
    options.nkey = Some(file.path().to_owned().into());
    let store = NatsStore::connect_now(&options, Duration::from_secs(10)).await.unwrap();
    server.kill();
    server.reconfigure(&with_nkey(&new));
    server.restart();
    let mut connection = store.connection();
    let denied = |now: &Connection| matches!(now, Connection::Denied { was_up: true, .. });
    wait::for_state(&mut connection, "a denial of the old key", denied).await;
    std::fs::write(file.path(), new.seed().unwrap()).unwrap();
    wait::for_state(&mut connection, "a connection with the new key", Connection::is_up).await;
    assert_eq!(store.names(0).await.unwrap().total, 0);
}

#[tokio::test]
async fn a_token_goes_besides_other_credentials() {
    let server = NatsServer::with_config("authorization { token: s3cr3t }");
    let mut options = ConnectOptions::new(server.url());
    options.user = Some("somebody".into());
    options.password = Some("else".into());
    options.token = Some("s3cr3t".into());
    NatsStore::connect_now(&options, Duration::from_secs(10)).await.unwrap();
}

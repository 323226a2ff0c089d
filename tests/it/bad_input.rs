//! Options that cannot work: each says what is wrong and what to do, at once.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use roomscope::domain::FaultKind;
use roomscope::store::nats::{ConnectOptions, NatsStore};

use crate::support::NatsServer;

const LIMIT: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_refused_port_and_an_unknown_host_say_so() {
    let mut server = NatsServer::start();
    let url = server.url();
    server.kill();
    for (url, why) in [
        (url.as_str(), "connection refused"),
        ("nats://u:s3cr3t@no-such-host.invalid:4222", "host name cannot be resolved"),
    ] {
        let started = Instant::now();
        let options = ConnectOptions::new(url);
        let error = NatsStore::connect_now(&options, LIMIT).await.unwrap_err();
        assert_eq!(error.kind, FaultKind::Disconnected, "{error}");
        assert!(error.to_string().contains(why), "{error}");
        assert!(!format!("{error:?}").contains("s3cr3t"), "{error:?}");
        assert!(started.elapsed() < LIMIT, "{:?}", started.elapsed());
    }
}

#[tokio::test]
async fn what_answers_but_is_no_nats_server_is_named() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let options = ConnectOptions::new(format!("nats://127.0.0.1:{port}"));
    let limit = Duration::from_millis(300);
    let error = NatsStore::connect_now(&options, limit).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::Timeout, "{error}");
}

#[test]
fn options_are_checked_before_anything_is_tried() {
    let options = |url: &str| ConnectOptions::new(url);
    let text = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(text.path(), "s3cr3t").unwrap();
    let missing = || Some(PathBuf::from("/nowhere/x.creds"));
    let here = || Some(text.path().to_owned());
    let with = |change: &dyn Fn(&mut ConnectOptions)| {
        let mut options = options("nats://h");
        change(&mut options);
        options
    };
    for (options, parts) in [
        (options(""), ["none was given", "nats://127.0.0.1:4222"]),
        (options("http://u:s3cr3t@h"), ["'http'", "nats:// or tls://"]),
        (options("nats://u:s3cr3t@h:x"), ["server address", "port"]),
        (options("nats://u:s3cr3t"), ["server address", "port"]),
        (options("nats://h,nats://u:s3cr3t,nats://x@i"), ["address 2 of 3", "%2C"]),
        (with(&|o| o.creds = missing().map(Into::into)), ["/nowhere/x.creds", "--creds"]),
        (with(&|o| o.creds = here().map(Into::into)), ["credentials file", "JWT"]),
        (with(&|o| o.tls_ca = missing()), ["/nowhere/x.creds", "--tls-ca"]),
        (with(&|o| o.tls_ca = here()), ["no certificate", "--tls-ca"]),
        (with(&|o| o.user = Some("s3cr3t".into())), ["--user", "--password"]),
        (with(&|o| o.password = Some("s3cr3t".into())), ["--password", "--user"]),
        (
            with(&|o| {
                o.jwt = Some("s3cr3t".into());
                o.creds = here().map(Into::into);
            }),
            ["several kinds", "--jwt"],
        ),
        (with(&|o| o.jwt = Some("s3cr3t".into())), ["user JWT", "--jwt"]),
        (with(&|o| o.nkey = here().map(Into::into)), ["NKey file", "SU"]),
        (with(&|o| o.nkey = missing().map(Into::into)), ["/nowhere/x.creds", "--nkey"]),
        (with(&|o| o.tls_cert = here()), ["--tls-cert", "--tls-key"]),
        (with(&|o| o.tls_key = here()), ["--tls-key", "--tls-cert"]),
        (
            with(&|o| {
                o.tls_cert = here();
                o.tls_key = here();
            }),
            ["client certificate", "no certificate"],
        ),
        (with(&|o| o.timeout = Some(Duration::ZERO)), ["timeout", "zero"]),
    ] {
        let error = options.check().unwrap_err();
        assert_eq!(error.kind, FaultKind::Usage, "{error}");
        for part in parts {
            assert!(error.to_string().contains(part), "{error} says nothing of {part}");
        }
        assert!(
            !format!("{error:?} {error} {options:?}").contains("s3cr3t"),
            "{error:?} {options:?}"
        );
    }
    let two = options("nats://u:p@h,nats://v:q@i , nats://j");
    two.check().unwrap();
    assert_eq!(two.redacted(), "nats://h, nats://i, nats://j");
}

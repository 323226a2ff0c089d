//! A server that wants TLS: reached with the right authority, and a clear refusal otherwise.

use std::path::PathBuf;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair,
};
use roomscope::domain::FaultKind;
use roomscope::store::nats::{ConnectOptions, NatsStore};
use roomscope::store::{HistoryStore, StoreError};

use crate::support::program::command;
use crate::support::{NatsServer, Pty};

const LIMIT: Duration = Duration::from_secs(10);

/// An authority and a server's certificate of it, as files.
struct Pki {
    folder: tempfile::TempDir,
}

impl Pki {
    fn new(host: &str) -> Self {
        Self::with(host, |_| {})
    }

    /// The same, with something changed in the server's certificate.
    fn with(host: &str, change: fn(&mut CertificateParams)) -> Self {
        let pki = Self { folder: tempfile::tempdir().unwrap() };
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, "Test authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        std::fs::write(pki.path("ca.pem"), ca.pem()).unwrap();
        for (host, name) in [(host, ""), ("support", "client-")] {
            let key = KeyPair::generate().unwrap();
            let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
            if name.is_empty() {
                change(&mut params);
            }
            let cert = params.signed_by(&key, &ca).unwrap();
            std::fs::write(pki.path(&format!("{name}cert.pem")), cert.pem()).unwrap();
            std::fs::write(pki.path(&format!("{name}key.pem")), key.serialize_pem()).unwrap();
        }
        pki
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A server that takes no connection without TLS.
    fn server(&self) -> NatsServer {
        NatsServer::with_config(&self.config(""))
    }

    /// Its configuration, with more in its TLS block.
    fn config(&self, more: &str) -> String {
        let (cert, key) = (self.path("cert.pem"), self.path("key.pem"));
        let ca = self.path("ca.pem");
        format!("tls {{ cert_file: {cert:?}, key_file: {key:?}, ca_file: {ca:?}{more} }}")
    }
}

/// Connects once, trusting the authority of `pki` or whatever the system trusts.
async fn connect(url: &str, pki: Option<&Pki>) -> Result<NatsStore, StoreError> {
    let mut options = ConnectOptions::new(url);
    options.tls_ca = pki.map(|pki| pki.path("ca.pem"));
    NatsStore::connect_now(&options, LIMIT).await
}

fn over_tls(url: &str) -> String {
    url.replace("nats://", "tls://")
}

#[tokio::test]
async fn the_right_authority_connects() {
    let pki = Pki::new("127.0.0.1");
    let server = pki.server();
    for url in [server.url(), over_tls(&server.url())] {
        let store = connect(&url, Some(&pki)).await.unwrap();
        assert_eq!(store.names(0).await.unwrap().total, 0);
    }
}

#[tokio::test]
async fn a_wrong_or_missing_authority_is_said_and_so_is_a_wrong_name() {
    let pki = Pki::new("127.0.0.1");
    let server = pki.server();
    let other = Pki::new("127.0.0.1");
    let elsewhere = Pki::new("elsewhere.example");
    let far = elsewhere.server();
    for (case, url, ca) in [
        ("wrong", server.url(), Some(&other)),
        ("missing, by the scheme", over_tls(&server.url()), None),
        ("missing, a plain address", server.url(), None),
        ("another host's", far.url(), Some(&elsewhere)),
    ] {
        let error = connect(&url, ca).await.unwrap_err();
        assert_eq!(error.kind, FaultKind::Disconnected, "{case}: {error}");
        for part in ["TLS failed", "certificate", "--tls-ca", "127.0.0.1"] {
            assert!(error.to_string().contains(part), "{case}: {error} says nothing of {part}");
        }
    }
}

#[tokio::test]
async fn tls_is_never_given_up_for_a_server_without_it() {
    let server = NatsServer::start();
    let pki = Pki::new("127.0.0.1");
    for (url, ca) in [(server.url(), Some(&pki)), (over_tls(&server.url()), None)] {
        let error = connect(&url, ca).await.unwrap_err();
        assert_eq!(error.kind, FaultKind::Disconnected, "{error}");
        for part in ["speaks no TLS", "nats://", "--tls-ca"] {
            assert!(error.to_string().contains(part), "{error} says nothing of {part}");
        }
    }
}

#[test]
fn the_screen_says_why_and_what_to_check() {
    let pki = Pki::new("127.0.0.1");
    let server = pki.server();
    let pty = Pty::start(&["--server", &server.url()]);
    pty.wait_for("TLS failed");
    pty.wait_for("--tls-ca");
    let ca = pki.path("ca.pem");
    let pty = Pty::start(&["--server", &server.url(), "--tls-ca", ca.to_str().unwrap()]);
    pty.wait_for("● connected");
}

#[tokio::test]
async fn a_server_that_wants_a_client_certificate_gets_it() {
    let pki = Pki::new("127.0.0.1");
    let server = NatsServer::with_config(&pki.config(", verify: true"));
    let with = |cert: &Pki| {
        let mut options = ConnectOptions::new(server.url());
        options.tls_ca = Some(pki.path("ca.pem"));
        options.tls_cert = Some(cert.path("client-cert.pem"));
        options.tls_key = Some(cert.path("client-key.pem"));
        options
    };
    let store = NatsStore::connect_now(&with(&pki), LIMIT).await.unwrap();
    assert_eq!(store.names(0).await.unwrap().total, 0);

    let error = connect(&server.url(), Some(&pki)).await.unwrap_err();
    assert!(error.to_string().contains("--tls-cert"), "{error}");
    let other = Pki::new("127.0.0.1");
    let error = NatsStore::connect_now(&with(&other), LIMIT).await.unwrap_err();
    assert!(error.to_string().contains("--tls-cert"), "{error}");
    let mut mixed = with(&pki);
    mixed.tls_key = Some(other.path("client-key.pem"));
    let error = NatsStore::connect_now(&mixed, LIMIT).await.unwrap_err();
    assert!(error.to_string().contains("--tls-key"), "{error}");
}

#[tokio::test]
async fn a_connection_may_begin_with_tls() {
    let pki = Pki::new("127.0.0.1");
    let server = NatsServer::behind_tls(&pki.config(", handshake_first: true"));
    let mut options = ConnectOptions::new(server.url());
    options.tls_ca = Some(pki.path("ca.pem"));
    let error = NatsStore::connect_now(&options, LIMIT).await.unwrap_err();
    assert!(error.to_string().contains("--tls-first"), "{error}");
    options.tls_first = true;
    let store = NatsStore::connect_now(&options, LIMIT).await.unwrap();
    assert_eq!(store.names(0).await.unwrap().total, 0);

    // A server that greets first speaks no TLS yet.
    let greets = pki.server();
    options.servers = vec![greets.url()];
    let error = NatsStore::connect_now(&options, LIMIT).await.unwrap_err();
    assert!(error.to_string().contains("--tls-first"), "{error}");
}

#[tokio::test]
async fn a_certificate_that_is_not_taken_is_named_with_the_remedy() {
    type Change = fn(&mut CertificateParams);
    let cases: [(Change, [&str; 2]); 4] = [
        (
            |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth],
            ["not made for servers", "serverAuth"],
        ),
        (
            |params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
            ["an authority (CA)", "one of its own"],
        ),
        (|params| params.not_after = rcgen::date_time_ymd(2021, 2, 3), ["2021-02-03", "renewed"]),
        (|params| params.not_before = rcgen::date_time_ymd(2190, 2, 3), ["2190-02-03", "clock"]),
    ];
    for (change, parts) in cases {
        let pki = Pki::with("127.0.0.1", change);
        let server = pki.server();
        let error = connect(&server.url(), Some(&pki)).await.unwrap_err();
        for part in parts {
            assert!(error.to_string().contains(part), "{error} says nothing of {part}");
        }
        assert!(!error.to_string().contains("credentials"), "{error}");
    }
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/tls");
    for (name, parts) in [("rsa1024", ["RSA", "2048 bits"]), ("p521", ["P-521", "P-384"])] {
        let (cert, key) =
            (folder.join(format!("{name}.pem")), folder.join(format!("{name}-key.pem")));
        let server =
            NatsServer::with_config(&format!("tls {{ cert_file: {cert:?}, key_file: {key:?} }}"));
        let mut options = ConnectOptions::new(server.url());
        options.tls_ca = Some(folder.join("authority.pem"));
        let error = NatsStore::connect_now(&options, LIMIT).await.unwrap_err();
        for part in parts {
            assert!(error.to_string().contains(part), "{error} says nothing of {part}");
        }
        // As one's own, it is refused before anything is tried.
        options.tls_cert = Some(cert);
        options.tls_key = Some(key);
        let error = options.check().unwrap_err();
        assert!(error.to_string().contains("RSA of 2048 bits"), "{error}");
    }
}

#[test]
fn junk_among_the_systems_authorities_stops_nothing() {
    let pki = Pki::new("127.0.0.1");
    let server = pki.server();
    let authorities = tempfile::tempdir().unwrap();
    let rooms = |authorities: &std::path::Path| {
        command(&["rooms", "--json", "--server", &server.url()])
            .env("SSL_CERT_DIR", authorities)
            .output()
            .unwrap()
    };
    let junk = "-----BEGIN CERTIFICATE-----\n%%%\n-----END CERTIFICATE-----\n";
    std::fs::write(authorities.path().join("junk.pem"), junk).unwrap();
    let alone = rooms(authorities.path());
    let said = String::from_utf8_lossy(&alone.stderr);
    assert_eq!(alone.status.code(), Some(1), "{said}");
    assert!(said.contains("SSL_CERT_DIR") && said.contains("--tls-ca"), "{said}");
    std::fs::copy(pki.path("ca.pem"), authorities.path().join("ca.pem")).unwrap();
    let beside = rooms(authorities.path());
    assert!(beside.status.success(), "{beside:?}");
    let nowhere = command(&["rooms", "--json", "--server", &server.url()])
        .env("SSL_CERT_DIR", authorities.path())
        .env("TMPDIR", "/nonexistent")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&nowhere.stderr);
    assert!(said.contains("set TMPDIR"), "{said}");
}

#[tokio::test]
async fn a_damaged_certificate_among_those_to_trust_is_passed_over() {
    let pki = Pki::new("127.0.0.1");
    let server = pki.server();
    let good = std::fs::read_to_string(pki.path("ca.pem")).unwrap();
    let with = |text: &str| {
        std::fs::write(pki.path("many.pem"), text).unwrap();
        let mut options = ConnectOptions::new(server.url());
        options.tls_ca = Some(pki.path("many.pem"));
        options
    };
    let (cut, _) = good.split_at(good.len() / 2);
    let block =
        |text: &str| format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
    let key = block("%%%").replace("CERTIFICATE", "PRIVATE KEY");
    for junk in [block("%%%"), block("AAAA"), format!("{cut}\n"), key] {
        NatsStore::connect_now(&with(&format!("{junk}{good}")), LIMIT).await.unwrap();
        NatsStore::connect_now(&with(&format!("{good}{junk}")), LIMIT).await.unwrap();
    }
    for before in ["\u{feff}", "# mine: ", "\u{0}"] {
        NatsStore::connect_now(&with(&format!("{before}{good}")), LIMIT).await.unwrap();
    }
    let options = with("");
    std::fs::write(pki.path("many.pem"), [b"# caf\xe9\n", good.as_bytes()].concat()).unwrap();
    NatsStore::connect_now(&options, LIMIT).await.unwrap();
    let error = with(&block("AAAA")).check().unwrap_err();
    assert!(error.to_string().contains("none that can be used"), "{error}");
}

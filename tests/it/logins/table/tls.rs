//! TLS: asked for, required, first, and with a client's certificate.

use serde_json::json;

use super::{Case, FINDS_HOME, IGNORES_HALF, case, drive};
use crate::support::told::{Kind, Login};

#[test]
fn tls_is_used_where_it_is_asked_for_and_nothing_is_told_without_it() {
    drive::all(cases());
}

pub(super) fn cases() -> Vec<Case> {
    let tls =
        |name, args| case(name).args(args).servers(&[Kind::Tls]).tells(Login::token("s3cr3t"));
    let bad = |name, args| case(name).args(args);
    let context = |more: &[(&str, &str)]| {
        let mut says = json!({"url": "nats://{A}", "token": "s3cr3t"});
        for (key, value) in more {
            says[*key] = (*value).into();
        }
        says
    };
    vec![
        tls("a server that requires TLS", "-s nats://{A} --token s3cr3t --tls-ca {CA}"),
        tls("a tls:// address", "-s tls://s3cr3t@{A} --tls-ca {CA}"),
        tls("localhost", "-s tls://s3cr3t@localhost:{A.port} --tlsca {CA}"),
        tls("NATS_CA", "-s {A} --token s3cr3t").env("NATS_CA", "{CA}"),
        tls("an authority of a context", "").selected(&context(&[("ca", "{CA}")])),
        tls("an authority by ~", "")
            .selected(&context(&[("ca", "~/link.pem")]))
            .differs(FINDS_HOME)
            .file("link.pem", ca()),
        tls("a client's certificate", "-s {A} --token s3cr3t --tls-ca {CA}")
            .args("--tls-cert {CERT} --tls-key {KEY}"),
        tls("a client's certificate of a context", "")
            .selected(&context(&[("ca", "{CA}"), ("cert", "$F"), ("key", "{KEY}")]))
            .env("F", "{CERT}"),
        tls("TLS first", "-s {A} --token s3cr3t --tls-ca {CA} --tls-first")
            .servers(&[Kind::TlsFirst]),
        tls("TLS first of a context", "")
            .servers(&[Kind::TlsFirst])
            .selected(&json!({"url": "nats://{A}", "token": "s3cr3t", "ca": "{CA}",
                "tls_first": true}))
            .shows(&["TLS first .. context: tls_first"]),
        bad("an authority that is not trusted", "-s tls://s3cr3t@{A}")
            .servers(&[Kind::Tls])
            .fails(1, &["certificate"]),
        bad("tls:// and a server without TLS", "-s tls://s3cr3t@{A}").fails(1, &["TLS"]),
        bad("an authority and a server without TLS", "-s s3cr3t@{A} --tls-ca {CA}")
            .fails(1, &["TLS"]),
        bad("a certificate without a key", "-s {A} --tls-cert {CERT}")
            .differs(IGNORES_HALF)
            .fails(2, &["--tls-key"]),
        bad("a key without a certificate", "-s {A}")
            .env("NATS_KEY", "{KEY}")
            .differs(IGNORES_HALF)
            .fails(2, &["--tls-cert"]),
        bad("a certificate without a key in a context", "")
            .selected(&context(&[("cert", "{CERT}")]))
            .differs(IGNORES_HALF)
            .fails(2, &["--tls-key"]),
        bad("an authority that is missing", "-s {A} --tls-ca {DIR}/no.pem").fails(2, &["no.pem"]),
        bad("a variable that is not set in ca", "")
            .selected(&context(&[("ca", "$NOT_SET/ca.pem")]))
            .fails(2, &["NOT_SET"]),
    ]
}

fn ca() -> Vec<u8> {
    std::fs::read(crate::support::told::Certificate::of_all().ca()).unwrap()
}

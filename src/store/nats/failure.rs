//! Why a server could not be connected to, in a person's words.

use std::error::Error;
use std::panic::PanicHookInfo;
use std::time::Duration;

use async_nats::{ConnectError, ConnectErrorKind};
use jiff::Timestamp;
use rustls::{AlertDescription, CertificateError};

use super::plan::Proof;
use super::url::Address;
use crate::domain::FaultKind;
use crate::store::StoreError;

/// What this program's TLS can check.
const KEYS: &str =
    "this program's TLS takes RSA of 2048 bits or more with SHA-2, P-256, P-384 and Ed25519";

/// The client library's words for authorities of the system that cannot be read.
const UNREADABLE: &str = "could not load platform certs";

/// Why one server was not connected to.
#[derive(Clone)]
pub(super) struct Failed {
    kind: FaultKind,
    detail: String,
}

impl Failed {
    /// It did not answer for so long.
    pub(super) fn silent(waited: Duration) -> Self {
        let tenths = (waited.as_secs_f32() * 10.0).round() / 10.0;
        let within = if tenths > 0.0 { format!("{tenths} s") } else { format!("{waited:?}") };
        let detail = format!(
            "no answer within {within}; check the address, and that no firewall is in between, \
             or wait longer (--timeout)"
        );
        Self { kind: FaultKind::Timeout, detail }
    }

    /// It is waited for.
    pub(super) fn not_yet() -> Self {
        Self { kind: FaultKind::Timeout, detail: "no answer yet".into() }
    }

    /// What the client library says of it, after so long, of a server that was told `proof`. The
    /// server's own words go through `hide`.
    pub(super) fn new(
        error: &ConnectError,
        proof: Proof,
        waited: Duration,
        hide: impl Fn(&str) -> String,
    ) -> Self {
        let text = error.to_string();
        let lower = text.to_lowercase();
        let is_over =
            lower.contains("authentication expired") || lower.contains("authentication revoked");
        let denied = match error.kind() {
            ConnectErrorKind::AuthorizationViolation => match proof {
                Proof::Login => "the server refused the credentials",
                Proof::Certificate => {
                    "the server wants credentials besides a client certificate, or another one"
                }
                Proof::None => "the server wants credentials, and there were none",
            },
            ConnectErrorKind::Authentication => {
                "the server's challenge could not be signed; check the seed"
            }
            ConnectErrorKind::TimedOut => return Self::silent(waited),
            _ if is_over => "the server refused the credentials: they ran out or were revoked",
            _ => {
                let by_tls = tls(error).and_then(by_tls);
                let detail = by_tls.unwrap_or_else(|| unreachable_because(&text, &lower, hide));
                return Self { kind: FaultKind::Disconnected, detail };
            }
        };
        Self { kind: FaultKind::Denied(FaultKind::CREDENTIALS.into()), detail: denied.into() }
    }

    pub(super) const fn is_denied(&self) -> bool {
        matches!(self.kind, FaultKind::Denied(_))
    }

    pub(super) fn detail(&self) -> &str {
        &self.detail
    }
}

/// All that failed, in one error; servers that failed alike are named together.
pub(super) fn of_all(tried: &str, failed: &[(&Address, Failed)]) -> StoreError {
    // Only what is true of each of them is said of all.
    let kind = match failed.split_first() {
        Some(((_, first), rest)) if rest.iter().all(|(_, one)| one.kind == first.kind) => {
            first.kind.clone()
        }
        _ => FaultKind::Disconnected,
    };
    let mut alike: Vec<(&str, Vec<String>)> = Vec::new();
    for (address, one) in failed {
        match alike.iter_mut().find(|(detail, _)| *detail == one.detail) {
            Some((_, names)) => names.push(address.shown()),
            None => alike.push((&one.detail, vec![address.shown()])),
        }
    }
    let (what, text) = match alike.as_slice() {
        [(detail, _)] => (format!("connect to {tried}"), (*detail).to_owned()),
        all => {
            let told = |(why, names): &(&str, Vec<String>)| format!("{}: {why}", names.join(", "));
            let told: Vec<_> = all.iter().map(told).collect();
            (format!("connect to any of {} servers", failed.len()), told.join(". "))
        }
    };
    StoreError::new(kind, what, text)
}

/// Whether the client library panicked, in one of its tasks. It does at some lines that no server
/// sends; the connection is then lost, and nothing else.
pub fn is_library_panic(panic: &PanicHookInfo<'_>) -> bool {
    panic.location().is_some_and(|place| place.file().contains("async-nats"))
}

/// Whether some of the system's authorities could not be read, and so none is used.
pub(super) fn is_junk(error: &ConnectError) -> bool {
    error.to_string().contains(UNREADABLE)
}

/// The TLS library's error, if it is one.
fn tls(error: &ConnectError) -> Option<&rustls::Error> {
    let io = error.source()?.downcast_ref::<std::io::Error>()?;
    io.get_ref()?.downcast_ref()
}

/// What is wrong with the TLS of the other side, and what to do; `None` for what the library
/// itself says well.
fn by_tls(error: &rustls::Error) -> Option<String> {
    let why = match error {
        rustls::Error::InvalidCertificate(error) => by_certificate(error)?,
        rustls::Error::AlertReceived(AlertDescription::HandshakeFailure) => format!(
            "the server found no key, cipher or signature in common: its certificate may have a \
             P-521 key, or it wants a client certificate (--tls-cert), or its log says more; {KEYS}"
        ),
        rustls::Error::AlertReceived(AlertDescription::ProtocolVersion)
        | rustls::Error::PeerIncompatible(_) => {
            "the server's TLS and this program's have no version, cipher or extension in common; \
             it needs TLS 1.2 or 1.3"
                .into()
        }
        _ => return None,
    };
    Some(format!("TLS failed: {why}"))
}

fn by_certificate(error: &CertificateError) -> Option<String> {
    let date = |time: &rustls::pki_types::UnixTime| {
        let seconds = i64::try_from(time.as_secs()).ok();
        let time = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
        time.map_or_else(|| "a time that is no date".to_owned(), |time| time.to_string())
    };
    Some(match error {
        CertificateError::ExpiredContext { not_after, .. } => format!(
            "a certificate of the server ran out at {}; it must be renewed there (or this \
             machine's clock is wrong)",
            date(not_after)
        ),
        CertificateError::NotValidYetContext { not_before, .. } => format!(
            "a certificate of the server is not valid before {}; check this machine's clock",
            date(not_before)
        ),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "the server's certificate is not made for servers (its extended key usage lacks \
             serverAuth); the server needs one that is"
                .into()
        }
        CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
            "the server shows the certificate of an authority (CA) as its own, which this \
             program's TLS does not take; the server needs one of its own, signed by that authority"
                .into()
        }
        CertificateError::Other(other) if other.to_string().contains("UnsupportedCertVersion") => {
            "the server's certificate is not of X.509 version 3, which has the names it is for; the \
             server needs one that is"
                .into()
        }
        CertificateError::BadSignature => format!(
            "a signature on the server's certificate, or made with its key, does not hold: either \
             the trusted authority (--tls-ca) is another of the same name, or an RSA key is \
             shorter than 2048 bits; {KEYS}"
        ),
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => format!(
            "the server's certificate is signed in another way than its trusted authority can, \
             or in one that is not taken, such as P-521 and SHA-1: either that authority \
             (--tls-ca) is another of the same name, or the server needs another certificate; \
             {KEYS}"
        ),
        _ => return None,
    })
}

fn unreachable_because(text: &str, lower: &str, hide: impl Fn(&str) -> String) -> String {
    let has = |part: &str| lower.contains(part);
    let text = text.strip_prefix("IO error: ").unwrap_or(text);
    if has("connection refused") {
        "connection refused; check that a server runs there and the port is right".into()
    } else if has("dns error") || has("lookup address") {
        "the host name cannot be resolved; check its spelling and the network".into()
    } else if has("tls required") {
        "the server takes connections by TLS only; give tls:// instead of nats://".into()
    } else if has("expected info") || has("invalid server operation") || has("line 1 column") {
        "what answers there is not a NATS server, or wants TLS first (--tls-first); check the port"
            .into()
    } else if has("corrupt message") || has("invalidcontenttype") {
        "what answers there speaks no TLS, or not yet; it is asked for by tls:// in any of the \
         addresses, --tls-ca, --tls-cert and --tls-first: use nats:// without them, or check the \
         port"
            .into()
    } else if has("alert: certificaterequired") {
        "the server wants a client certificate; give one with --tls-cert and --tls-key".into()
    } else if has("fatal alert") && (has("certificate") || has("unknownca")) {
        format!("the server refused the client certificate: {}; check --tls-cert", hide(text))
    } else if has("could not add certificate or key") {
        "the client certificate and the key do not go together; check --tls-cert and --tls-key"
            .into()
    } else if has(UNREADABLE) {
        let text = text.split_once(UNREADABLE).map_or(text, |(_, rest)| rest);
        format!(
            "TLS failed: the system's authorities cannot be read{text}; check SSL_CERT_FILE and \
             SSL_CERT_DIR, or give a PEM file with --tls-ca"
        )
    } else if has("certificate") || has("tls") {
        format!("TLS failed: {}; check --tls-ca and the host name", hide(text))
    } else {
        hide(text.strip_prefix("nats: ").unwrap_or(text))
    }
}

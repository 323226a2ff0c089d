//! TLS as a person asks for it: whom to trust, who to be, and when to begin.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys, RootCertStore};
use tempfile::NamedTempFile;

use super::options::{ConnectOptions, read, usage};
use crate::store::StoreError;

const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----";

/// Checked TLS options. Any of them makes TLS required, as in the ecosystem's own tool.
#[derive(Clone)]
pub(super) struct Tls {
    /// Some address asks for it, and then it is required of all.
    by_address: bool,
    ca: Option<PathBuf>,
    client: Option<(PathBuf, PathBuf)>,
    first: bool,
    /// What can be read of the system's authorities, where the client library reads none of them
    /// because of one that cannot be: PEM.
    system: Arc<OnceLock<String>>,
}

impl Tls {
    /// Checks that the files can be read and are of the right kind.
    ///
    /// # Errors
    /// What is wrong with which file.
    pub(super) fn check(options: &ConnectOptions, by_address: bool) -> Result<Self, StoreError> {
        if let Some(path) = &options.tls_ca {
            let (text, usable) = authorities(path).map_err(|error| {
                let what = format!("read the CA file {}", path.display());
                usage(what, format!("{error}; check --tls-ca")).from_source(error)
            })?;
            if usable.is_empty() {
                let what = format!("read the CA file {}", path.display());
                let is_there = text.contains(CERTIFICATE);
                let holds = if is_there { "none that can be used" } else { "no certificate" };
                let advice = format!("it holds {holds}; give a PEM file with --tls-ca");
                return Err(usage(what, advice));
            }
        }
        let client = match (&options.tls_cert, &options.tls_key) {
            (None, None) => None,
            (Some(_), None) => {
                return Err(usage("client certificate", "--tls-cert needs --tls-key"));
            }
            (None, Some(_)) => {
                return Err(usage("client certificate", "--tls-key needs --tls-cert"));
            }
            (Some(cert), Some(key)) => {
                if !read(cert, "client certificate", "--tls-cert")?.contains(CERTIFICATE) {
                    let what = format!("read the client certificate {}", cert.display());
                    let advice = "it holds no certificate; give a PEM file with --tls-cert";
                    return Err(usage(what, advice));
                }
                let pem = read(key, "client key", "--tls-key")?;
                let what = || format!("read the client key {}", key.display());
                if pem.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----")
                    || pem.contains("Proc-Type: 4,ENCRYPTED")
                {
                    let advice = "it is encrypted, and roomscope asks for no passphrase; give \
                                  one that is not with --tls-key";
                    return Err(usage(what(), advice));
                }
                if !pem.contains(" PRIVATE KEY-----") && !pem.contains("-----BEGIN PRIVATE KEY") {
                    let advice = "it holds no private key; give a PEM file with --tls-key";
                    return Err(usage(what(), advice));
                }
                together(cert, &pem)?;
                Some((cert.clone(), key.clone()))
            }
        };
        Ok(Self {
            by_address,
            ca: options.tls_ca.clone(),
            client,
            first: options.tls_first,
            system: Arc::default(),
        })
    }

    /// Whether a certificate says who connects.
    pub(super) const fn has_client(&self) -> bool {
        self.client.is_some()
    }

    pub(super) fn apply(
        &self,
        mut options: async_nats::ConnectOptions,
        roots: Option<&Path>,
    ) -> async_nats::ConnectOptions {
        if self.by_address || self.ca.is_some() || self.client.is_some() {
            options = options.require_tls(true);
        }
        if let Some(ca) = roots.or(self.ca.as_deref()) {
            options = options.add_root_certificates(ca.to_owned());
        }
        if let Some((cert, key)) = &self.client {
            options = options.add_client_certificate(cert.clone(), key.clone());
        }
        if self.first { options.tls_first() } else { options }
    }

    /// A file of the authorities that can be used, where the client library would read none of
    /// them because of others; it goes with the value.
    pub(super) fn usable(&self) -> std::io::Result<Option<NamedTempFile>> {
        let pem = match &self.ca {
            Some(path) => {
                let (_, usable) = authorities(path)?;
                let by_library = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
                let is_clean = by_library.is_ok_and(|all: Vec<CertificateDer<'_>>| all == usable);
                (!is_clean).then(|| pem(&usable))
            }
            None => self.system.get().cloned(),
        };
        let Some(pem) = pem else { return Ok(None) };
        let written = NamedTempFile::new().and_then(|mut file| {
            file.write_all(pem.as_bytes())?;
            Ok(file)
        });
        written.map(Some).map_err(|error| {
            let why = format!(
                "the authorities to trust hold some that cannot be read, and the others cannot be \
                 written to a temporary file: {}; remove those, or set TMPDIR to a folder that can \
                 be written",
                error.kind()
            );
            std::io::Error::other(why)
        })
    }

    /// Passes over those of the system's authorities that cannot be read, from now on. Whether
    /// there are others, so that this may help.
    pub(super) fn pass_over_junk(&self) -> bool {
        if self.ca.is_some() {
            return false;
        }
        let readable = self.system.get_or_init(|| {
            let found = rustls_native_certs::load_native_certs();
            for error in &found.errors {
                tracing::warn!(%error, "an authority of the system is passed over");
            }
            pem(&found.certs.into_iter().filter(is_usable).collect::<Vec<_>>())
        });
        !readable.is_empty()
    }
}

fn is_usable(cert: &CertificateDer<'static>) -> bool {
    RootCertStore::empty().add(cert.clone()).is_ok()
}

/// The text of a file, and the certificates in it that can be trusted, whatever else it holds.
fn authorities(path: &Path) -> std::io::Result<(String, Vec<CertificateDer<'static>>)> {
    let bytes = std::fs::read(path)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    // Block by block, since the reader stops at one that it cannot read.
    let read = text.split_inclusive("-----END CERTIFICATE-----").filter_map(|block| {
        let block = block.get(block.rfind(CERTIFICATE)?..)?;
        CertificateDer::from_pem_slice(block.as_bytes()).ok()
    });
    let usable = read.filter(is_usable).collect();
    Ok((text, usable))
}

fn pem(certs: &[CertificateDer<'static>]) -> String {
    let block = |cert: &CertificateDer<'_>| {
        let text = STANDARD.encode(cert);
        format!("{CERTIFICATE}\n{text}\n-----END CERTIFICATE-----\n")
    };
    certs.iter().map(block).collect()
}

/// Checks that a client certificate and the text of its key can be used, and belong together.
fn together(cert: &Path, pem: &str) -> Result<(), StoreError> {
    let bad = |why: &str| {
        let what = format!("use the client certificate {} with its key", cert.display());
        usage(what, format!("{why}; check --tls-cert and --tls-key"))
    };
    let chain: Vec<CertificateDer<'_>> = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect)
        .map_err(|error| bad(&format!("the certificate cannot be read: {error}")))?;
    let key = PrivateKeyDer::from_pem_slice(pem.as_bytes())
        .map_err(|_| bad("the key cannot be read as PEM"))?;
    let key = any_supported_type(&key).map_err(|_| {
        bad("the key is of a kind that this program's TLS does not take; it takes RSA of 2048 \
             bits or more, P-256, P-384 and Ed25519")
    })?;
    match CertifiedKey::new(chain, key).keys_match() {
        Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(()),
        Err(Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => {
            Err(bad("the client certificate and the key do not go together"))
        }
        Err(error) => Err(bad(&error.to_string())),
    }
}

//! TLS as a person asks for it: whom to trust, who to be, and when to begin.

use std::path::PathBuf;

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
}

impl Tls {
    /// Checks that the files can be read and are of the right kind.
    ///
    /// # Errors
    /// What is wrong with which file.
    pub(super) fn check(options: &ConnectOptions, by_address: bool) -> Result<Self, StoreError> {
        if let Some(path) = &options.tls_ca
            && !read(path, "CA file", "--tls-ca")?.contains(CERTIFICATE)
        {
            let what = format!("read the CA file {}", path.display());
            return Err(usage(what, "it holds no certificate; give a PEM file with --tls-ca"));
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
                Some((cert.clone(), key.clone()))
            }
        };
        Ok(Self { by_address, ca: options.tls_ca.clone(), client, first: options.tls_first })
    }

    pub(super) fn apply(
        &self,
        mut options: async_nats::ConnectOptions,
    ) -> async_nats::ConnectOptions {
        if self.by_address || self.ca.is_some() || self.client.is_some() {
            options = options.require_tls(true);
        }
        if let Some(ca) = &self.ca {
            options = options.add_root_certificates(ca.clone());
        }
        if let Some((cert, key)) = &self.client {
            options = options.add_client_certificate(cert.clone(), key.clone());
        }
        if self.first { options.tls_first() } else { options }
    }
}

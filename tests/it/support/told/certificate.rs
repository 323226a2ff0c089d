//! One authority for all servers of a test run, and their certificate.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use async_nats::rustls::ServerConfig;
use async_nats::rustls::crypto::ring;
use async_nats::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;

/// Files of an authority, and what servers of it speak TLS with. The certificate is good for a
/// client too.
pub(crate) struct Certificate {
    folder: TempDir,
    pub(super) server: Arc<ServerConfig>,
}

impl Certificate {
    pub(crate) fn of_all() -> &'static Self {
        static ALL: OnceLock<Certificate> = OnceLock::new();
        ALL.get_or_init(Self::new)
    }

    pub(crate) fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    pub(crate) fn cert(&self) -> PathBuf {
        self.folder.path().join("cert.pem")
    }

    pub(crate) fn key(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let hosts = ["127.0.0.1".to_owned(), "localhost".to_owned()];
        let cert = CertificateParams::new(hosts).unwrap().signed_by(&key, &ca).unwrap();
        let der = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let server = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![CertificateDer::from(cert.der().to_vec())], der)
            .unwrap();
        let files = Self { folder: tempfile::tempdir().unwrap(), server: Arc::new(server) };
        std::fs::write(files.ca(), ca.pem()).unwrap();
        std::fs::write(files.cert(), cert.pem()).unwrap();
        std::fs::write(files.key(), key.serialize_pem()).unwrap();
        files
    }
}

//! A certificate authority for one test, and a certificate of it for 127.0.0.1.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use tempfile::NamedTempFile;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// What the stand-in needs to speak TLS, and a client to trust it.
pub struct Tls {
    pub acceptor: TlsAcceptor,
    /// The certificate of the server and its key, for servers that read files.
    pub certificate_pem: String,
    pub key_pem: String,
    ca: NamedTempFile,
}

impl Tls {
    pub fn new() -> Tls {
        let mut authority = CertificateParams::new(Vec::new()).expect("no names, no error");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        authority
            .distinguished_name
            .push(DnType::CommonName, "backup-fetch throwaway test authority");
        let authority_key = KeyPair::generate().expect("a key");
        let authority_certificate = authority
            .self_signed(&authority_key)
            .expect("a certificate");
        let issuer = Issuer::new(authority, authority_key);

        let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
        let mut leaf = CertificateParams::new(names).expect("names that are fit");
        leaf.use_authority_key_identifier_extension = true;
        let leaf_key = KeyPair::generate().expect("a key");
        let certificate = leaf.signed_by(&leaf_key, &issuer).expect("a certificate");

        // The provider is named because another crate in the tree could bring a second one, and the builder that picks
        // by itself would then panic.
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the versions that rustls supports")
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::Pkcs8(leaf_key.serialize_der().into()),
            )
            .expect("a key that fits its certificate");
        let mut ca = NamedTempFile::new().expect("a temporary file");
        ca.write_all(authority_certificate.pem().as_bytes())
            .expect("a temporary file takes bytes");
        Tls {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            certificate_pem: certificate.pem(),
            key_pem: leaf_key.serialize_pem(),
            ca,
        }
    }

    /// The authority's certificate as a PEM file; it goes when this value goes.
    pub fn ca_file(&self) -> &Path {
        self.ca.path()
    }
}

//! TLS 1.2 and 1.3 by rustls: whom to trust, the handshake, what the certificate says.

use super::{NetError, NetStream, Trust};
use chrono::{DateTime, Utc};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::BufReader;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// What is read from the socket at once: about two records of TLS. By itself, rustls reads 4 KB at a time.
const READ_AT_ONCE: usize = 32 * 1024;

/// How long a handshake may take.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(30);

/// Makes a connection without TLS one with TLS (at once for implicit TLS, or after STARTTLS). Nothing that was
/// sent in the clear may be waiting unread in `stream`.
///
/// # Errors
/// The certificate is not trusted, not for `host`, or out of its time; the other side speaks no safe TLS; the CA
/// file cannot be used. In each case nothing but the handshake has been sent.
pub async fn start_tls(stream: NetStream, host: &str, trust: &Trust) -> Result<NetStream, NetError> {
    let failed = |why: &str| NetError::Handshake { host: host.to_owned(), why: why.to_owned() };
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_invalid| NetError::BadHost { host: host.to_owned() })?;
    let config = client_config(trust).await?;
    let tcp = stream.into_plain().ok_or_else(|| failed("TLS is already on"))?;
    let tcp = BufReader::with_capacity(READ_AT_ONCE, tcp);
    match timeout(HANDSHAKE_TIMEOUT, TlsConnector::from(config).connect(name, tcp)).await {
        Ok(Ok(tls)) => Ok(NetStream::tls(tls)),
        Ok(Err(error)) => Err(NetError::from_handshake(host, &error)),
        Err(_elapsed) => Err(failed("no answer within 30 s")),
    }
}

/// Reads the trusted certificates anew each time: connections are few, and a replaced file takes effect at once.
async fn client_config(trust: &Trust) -> Result<Arc<ClientConfig>, NetError> {
    let wanted = trust.clone();
    let roots = tokio::task::spawn_blocking(move || match wanted {
        Trust::System => system_roots(),
        Trust::CaFile(path) => roots_from(&path),
    })
    .await
    .unwrap_or(Err(NetError::NoRoots))?;
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| NetError::Handshake { host: "this machine".to_owned(), why: error.to_string() })?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn system_roots() -> Result<RootCertStore, NetError> {
    let mut roots = RootCertStore::empty();
    // A single unreadable certificate among the system's is no reason to trust none.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() { Err(NetError::NoRoots) } else { Ok(roots) }
}

fn roots_from(path: &Path) -> Result<RootCertStore, NetError> {
    let unusable = |why: String| NetError::CaFile { path: path.to_owned(), why };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| unusable(error.to_string()))? {
        let certificate = certificate.map_err(|error| unusable(error.to_string()))?;
        roots.add(certificate).map_err(|error| unusable(error.to_string()))?;
    }
    if roots.is_empty() { Err(unusable("no certificate in it".to_owned())) } else { Ok(roots) }
}

/// What a server's certificate says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateInfo {
    /// Valid from.
    pub not_before: DateTime<Utc>,
    /// Valid until.
    pub not_after: DateTime<Utc>,
    /// Whom it is for, as a distinguished name.
    pub subject: String,
}

impl CertificateInfo {
    pub(super) fn from_der(der: &[u8]) -> Option<Self> {
        let (_rest, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
        let validity = certificate.validity();
        Some(Self {
            not_before: DateTime::from_timestamp(validity.not_before.timestamp(), 0)?,
            not_after: DateTime::from_timestamp(validity.not_after.timestamp(), 0)?,
            subject: certificate.subject().to_string(),
        })
    }
}

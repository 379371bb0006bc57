//! TCP and TLS connections with timeouts on every step: what IMAP and SMTP stand on. And the one kind of HTTP request that
//! we make ([`http`]).

mod error;
pub mod http;
mod secret;
mod stream;
mod tls;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

pub use error::NetError;
pub use secret::Secret;
pub use stream::NetStream;
pub use tls::{CertificateInfo, start_tls};

/// How long name resolution and all connection attempts may take together.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// When the kernel starts to ask a silent peer whether it is still there.
const KEEPALIVE_AFTER: Duration = Duration::from_secs(60);

/// How often it asks again.
const KEEPALIVE_EVERY: Duration = Duration::from_secs(20);

/// Whose certificates are trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// The system's roots.
    System,
    /// Only the authorities in this PEM file.
    CaFile(PathBuf),
}

/// A server that speaks TLS from the first byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Host name or IP address; the certificate must be for it.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Who may have signed the certificate.
    pub trust: Trust,
}

/// Connects to `host:port` without TLS, within 30 seconds over all its addresses, with TCP_NODELAY and keepalive.
///
/// # Errors
/// The name is not resolved, nobody listens, nobody answers in time.
pub async fn connect_tcp(host: &str, port: u16) -> Result<NetStream, NetError> {
    let deadline = Instant::now() + CONNECT_TIMEOUT;
    let timed_out = || NetError::TimedOut { host: host.to_owned(), port, limit: CONNECT_TIMEOUT };
    let addresses: Vec<SocketAddr> = timeout_at(deadline, tokio::net::lookup_host((host, port)))
        .await
        .map_err(|_elapsed| timed_out())?
        .map_err(|source| NetError::NotResolved { host: host.to_owned(), source })?
        .collect();

    let mut last = timed_out();
    for (tried, address) in addresses.iter().enumerate() {
        // An address that swallows packets (a broken IPv6 route) must leave time for the ones after it.
        let left = u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
        let share = deadline.saturating_duration_since(Instant::now()) / left;
        match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(tcp)) => {
                tune(&tcp).map_err(|source| NetError::from_connect(host, port, source))?;
                return Ok(NetStream::plain(tcp));
            }
            Ok(Err(source)) => last = NetError::from_connect(host, port, source),
            Err(_elapsed) => last = timed_out(),
        }
    }
    Err(last)
}

/// Connects to a server that speaks TLS from the first byte.
///
/// # Errors
/// As [`connect_tcp`] and [`start_tls`].
pub async fn connect_tls(endpoint: &Endpoint) -> Result<NetStream, NetError> {
    let tcp = connect_tcp(&endpoint.host, endpoint.port).await?;
    start_tls(tcp, &endpoint.host, &endpoint.trust).await
}

/// Commands are small and waited for, so they must not be held back; a peer that vanished must be noticed.
fn tune(tcp: &TcpStream) -> std::io::Result<()> {
    tcp.set_nodelay(true)?;
    let keepalive = socket2::TcpKeepalive::new().with_time(KEEPALIVE_AFTER).with_interval(KEEPALIVE_EVERY);
    socket2::SockRef::from(tcp).set_tcp_keepalive(&keepalive)
}

//! [`NetStream`]: TCP with or without TLS, that ends in an error when the other side is silent.

use super::tls::CertificateInfo;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, BufReader, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};
use tokio_rustls::client::TlsStream;

/// Silence after which a connection counts as dead.
const INACTIVITY: Duration = Duration::from_secs(60);

/// A connection. A read or write that makes no progress for the set time (60 s at first) fails with
/// [`io::ErrorKind::TimedOut`].
#[derive(Debug)]
pub struct NetStream {
    transport: Transport,
    read_timer: Timer,
    write_timer: Timer,
}

#[derive(Debug)]
enum Transport {
    Plain(TcpStream),
    Tls(Box<TlsStream<BufReader<TcpStream>>>),
}

/// Runs only while its direction waits: a busy stream pays nothing for it.
#[derive(Debug)]
struct Timer {
    limit: Duration,
    sleep: Pin<Box<Sleep>>,
    running: bool,
}

impl Timer {
    fn new(limit: Duration) -> Self {
        Self { limit, sleep: Box::pin(tokio::time::sleep(limit)), running: false }
    }

    /// Passes a result on; starts the timer when there is none yet, and turns its end into an error.
    fn watch<T>(&mut self, cx: &mut Context<'_>, poll: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if poll.is_ready() {
            self.running = false;
            return poll;
        }
        if !self.running {
            self.running = true;
            self.sleep.as_mut().reset(Instant::now() + self.limit);
        }
        ready!(self.sleep.as_mut().poll(cx));
        self.running = false;
        let text = format!("the other side has been silent for {} s", self.limit.as_secs());
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, text)))
    }
}

impl NetStream {
    pub(super) fn plain(tcp: TcpStream) -> Self {
        Self::new(Transport::Plain(tcp))
    }

    pub(super) fn tls(tls: TlsStream<BufReader<TcpStream>>) -> Self {
        Self::new(Transport::Tls(Box::new(tls)))
    }

    fn new(transport: Transport) -> Self {
        Self { transport, read_timer: Timer::new(INACTIVITY), write_timer: Timer::new(INACTIVITY) }
    }

    /// The TCP stream of a connection without TLS.
    pub(super) fn into_plain(self) -> Option<TcpStream> {
        match self.transport {
            Transport::Plain(tcp) => Some(tcp),
            Transport::Tls(_) => None,
        }
    }

    /// How long the other side may be silent while something is awaited from it.
    pub fn set_read_timeout(&mut self, limit: Duration) {
        self.read_timer.limit = limit;
        self.read_timer.running = false;
    }

    /// How long a write may be stuck.
    pub fn set_write_timeout(&mut self, limit: Duration) {
        self.write_timer.limit = limit;
        self.write_timer.running = false;
    }

    /// The address of the other side.
    ///
    /// # Errors
    /// The connection is already gone.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        match &self.transport {
            Transport::Plain(tcp) => tcp.peer_addr(),
            Transport::Tls(tls) => tls.get_ref().0.get_ref().peer_addr(),
        }
    }

    /// What the server's certificate says; `None` without TLS or if it cannot be read.
    #[must_use]
    pub fn certificate(&self) -> Option<CertificateInfo> {
        match &self.transport {
            Transport::Plain(_) => None,
            Transport::Tls(tls) => CertificateInfo::from_der(tls.get_ref().1.peer_certificates()?.first()?),
        }
    }
}

/// An end without TLS' goodbye, which the TLS library tells with the address of its manual.
fn in_words(error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "the server closed the connection without a word",
        );
    }
    error
}

impl AsyncRead for NetStream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let poll = match &mut this.transport {
            Transport::Plain(tcp) => Pin::new(tcp).poll_read(cx, buf),
            Transport::Tls(tls) => Pin::new(tls).poll_read(cx, buf),
        };
        this.read_timer.watch(cx, poll.map_err(in_words))
    }
}

impl AsyncWrite for NetStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let poll = match &mut this.transport {
            Transport::Plain(tcp) => Pin::new(tcp).poll_write(cx, bytes),
            Transport::Tls(tls) => Pin::new(tls).poll_write(cx, bytes),
        };
        this.write_timer.watch(cx, poll)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let poll = match &mut this.transport {
            Transport::Plain(tcp) => Pin::new(tcp).poll_flush(cx),
            Transport::Tls(tls) => Pin::new(tls).poll_flush(cx),
        };
        this.write_timer.watch(cx, poll)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let poll = match &mut this.transport {
            Transport::Plain(tcp) => Pin::new(tcp).poll_shutdown(cx),
            Transport::Tls(tls) => Pin::new(tls).poll_shutdown(cx),
        };
        this.write_timer.watch(cx, poll)
    }
}

//! [`Greeted`]: the stream that lettre gets.

use crate::net::{CertificateInfo, NetStream};
use lettre::transport::smtp::client::AsyncTokioStream;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A stream on which the server's greeting is read first. After STARTTLS there is none any more (RFC 3207, section 4.2), but
/// lettre waits for one: it gets it from here.
#[derive(Debug)]
pub(super) struct Greeted {
    greeting: &'static [u8],
    stream: NetStream,
}

impl Greeted {
    /// The server will greet.
    pub(super) fn by_server(stream: NetStream) -> Self {
        Self { greeting: b"", stream }
    }

    /// The server has greeted before STARTTLS.
    pub(super) fn before_tls(stream: NetStream) -> Self {
        Self { greeting: b"220 ready\r\n", stream }
    }

    /// How long a read or write may make no progress.
    pub(super) fn set_timeouts(&mut self, limit: Duration) {
        self.stream.set_read_timeout(limit);
        self.stream.set_write_timeout(limit);
    }

    /// What the server's certificate says.
    pub(super) fn certificate(&self) -> Option<CertificateInfo> {
        self.stream.certificate()
    }
}

impl AsyncTokioStream for Greeted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }
}

impl AsyncRead for Greeted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.greeting.is_empty() {
            return Pin::new(&mut self.stream).poll_read(cx, buf);
        }
        let (now, later) = self.greeting.split_at(self.greeting.len().min(buf.remaining()));
        buf.put_slice(now);
        self.greeting = later;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Greeted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

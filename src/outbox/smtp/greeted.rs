//! [`Greeted`]: the stream that lettre gets.

use super::replies::Replies;
use crate::net::{CertificateInfo, NetStream};
use lettre::transport::smtp::client::AsyncTokioStream;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// As much is read at once: replies are short.
const READ: usize = 2048;

/// A stream on which the server's greeting is read first, and only what lettre can read. After STARTTLS there is no greeting any
/// more (RFC 3207, section 4.2), but lettre waits for one: it gets it from here.
#[derive(Debug)]
pub(super) struct Greeted {
    replies: Replies,
    stream: NetStream,
}

impl Greeted {
    /// The server will greet.
    pub(super) fn by_server(stream: NetStream) -> Self {
        Self { replies: Replies::default(), stream }
    }

    /// The server has greeted before STARTTLS.
    pub(super) fn before_tls(stream: NetStream) -> Self {
        Self { replies: Replies::of(b"220 ready\r\n"), stream }
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
        while self.replies.is_empty() {
            let mut said = [0; READ];
            let mut said = ReadBuf::new(&mut said);
            ready!(Pin::new(&mut self.stream).poll_read(cx, &mut said))?;
            if said.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            self.replies.take(said.filled())?;
        }
        self.replies.hand_over(buf);
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

//! A TCP proxy that breaks its first connections at a chosen byte; what comes after them passes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests are tests too")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// How a connection breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Break {
    /// Both sides are hung up on (FIN).
    Hangup,
    /// Both sides are reset (RST).
    Reset,
    /// Nothing passes any more and nobody is told: what a router leaves behind that forgets a connection.
    HalfOpen,
}

pub(crate) struct Proxy {
    pub(crate) port: u16,
    passed: Arc<AtomicUsize>,
}

impl Proxy {
    /// In front of `target` on the loopback; the first connection breaks after so many bytes of both directions together.
    pub(crate) async fn start(target: u16, limit: usize, how: Break) -> Self {
        Self::start_breaking(1, target, limit, how).await
    }

    /// The same with each of the first `connections`.
    pub(crate) async fn start_breaking(connections: usize, target: u16, limit: usize, how: Break) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let passed = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&passed);
        tokio::spawn(async move {
            let mut number = 0;
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(("127.0.0.1", target)).await.unwrap();
                let count = if number == 0 { Arc::clone(&counter) } else { Arc::default() };
                let limit = if number < connections { limit } else { usize::MAX };
                number += 1;
                tokio::spawn(pass(client, server, count, limit, how));
            }
        });
        Self { port, passed }
    }

    /// The bytes that the first connection has passed.
    pub(crate) fn passed(&self) -> usize {
        self.passed.load(Ordering::SeqCst)
    }
}

async fn pass(client: TcpStream, server: TcpStream, count: Arc<AtomicUsize>, limit: usize, how: Break) {
    for side in [&client, &server] {
        side.set_nodelay(true).unwrap();
        if how == Break::Reset {
            // Closing it then is a reset.
            socket2::SockRef::from(side).set_linger(Some(Duration::ZERO)).unwrap();
        }
    }
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    tokio::select! {
        () = copy(from_client, to_server, &count, limit, how) => {}
        () = copy(from_server, to_client, &count, limit, how) => {}
    }
}

/// Passes bytes until one side ends or all together have reached the limit.
async fn copy(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    count: &AtomicUsize,
    limit: usize,
    how: Break,
) {
    let mut buffer = [0; 4096];
    while count.load(Ordering::SeqCst) < limit {
        let Ok(read) = from.read(&mut buffer).await else { return };
        let taken = read.min(limit.saturating_sub(count.fetch_add(read, Ordering::SeqCst)));
        if read == 0 || to.write_all(&buffer[..taken]).await.is_err() {
            return;
        }
    }
    if how == Break::HalfOpen {
        std::future::pending::<()>().await;
    }
}

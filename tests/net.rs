//! TCP and TLS: each failure is told apart and told with its remedy, and no limit is forgotten.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "helpers of tests are tests too"
)]

#[path = "support/authority.rs"]
mod authority;

use askback::net::{Endpoint, NetError, Secret, Trust, connect_tcp, connect_tls, start_tls};
use authority::Authority;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A listener that gives each connection to `serve`; its port.
async fn listen<F, Fut>(serve: F) -> u16
where
    F: Fn(tokio::net::TcpStream) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            tokio::spawn(serve(tcp));
        }
    });
    port
}

/// Connects to a TLS server with such a certificate.
async fn handshake(name: &str, from: i32, until: i32) -> Result<askback::net::NetStream, NetError> {
    let authority = Authority::new();
    let acceptor = authority.acceptor(name, from, until);
    let port = listen(move |tcp| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(mut tls) = acceptor.accept(tcp).await {
                let _ = tls.write_all(b"hello").await;
            }
        }
    })
    .await;
    connect_tls(&Endpoint { host: "localhost".into(), port, trust: authority.trust() }).await
}

#[tokio::test]
async fn a_good_certificate_is_accepted_and_described() {
    let mut stream = handshake("localhost", 2020, 2100).await.unwrap();
    let mut greeting = [0; 5];
    stream.read_exact(&mut greeting).await.unwrap();
    assert_eq!(&greeting, b"hello");
    let certificate = stream.certificate().unwrap();
    assert_eq!(certificate.not_after.to_rfc3339(), "2100-01-01T00:00:00+00:00");
}

#[tokio::test]
async fn bad_certificates_are_told_apart() {
    let error = handshake("localhost", 2020, 2021).await.unwrap_err();
    insta::assert_snapshot!(error, @"the certificate of localhost expired on 2021-01-01T00:00:00Z: it must be renewed on the server");
    let error = handshake("localhost", 2090, 2100).await.unwrap_err();
    insta::assert_snapshot!(error, @"the certificate of localhost is not valid before 2090-01-01T00:00:00Z: check this machine's clock");
    let error = handshake("imap.example.org", 2020, 2100).await.unwrap_err();
    insta::assert_snapshot!(error, @"the certificate of localhost is for another name (imap.example.org): use the name that it is for");
}

#[tokio::test]
async fn strangers_are_not_trusted() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let acceptor = theirs.acceptor("localhost", 2020, 2100);
    let port = listen(move |tcp| {
        let acceptor = acceptor.clone();
        async move { drop(acceptor.accept(tcp).await) }
    })
    .await;
    let error =
        connect_tls(&Endpoint { host: "localhost".into(), port, trust: ours.trust() }).await.unwrap_err();
    insta::assert_snapshot!(error, @"the certificate of localhost is signed by an authority that is not trusted: if it is your own, give its certificate as `ca_file`; otherwise somebody may be listening in");
    assert!(!error.is_passing());
}

#[tokio::test]
async fn what_is_not_tls_is_told_from_tls_that_is_too_old() {
    async fn check(answer: &'static [u8]) -> String {
        let port = listen(move |mut tcp| async move {
            let _ = tcp.write_all(answer).await;
            let _ = tcp.read_to_end(&mut Vec::new()).await;
        })
        .await;
        let authority = Authority::new();
        let endpoint = Endpoint { host: "localhost".into(), port, trust: authority.trust() };
        connect_tls(&endpoint).await.unwrap_err().to_string()
    }
    insta::assert_snapshot!(check(b"* OK IMAP4rev1 ready\r\n").await, @"localhost does not speak TLS from the first byte on this port: set `port` to its TLS port (IMAP 993, SMTP 465)");
    insta::assert_snapshot!(check(b"220 mail.example.org ESMTP\r\n").await, @"localhost does not speak TLS from the first byte on this port: set `port` to its TLS port (IMAP 993, SMTP 465)");
    // Alert protocol_version.
    insta::assert_snapshot!(check(b"\x15\x03\x01\x00\x02\x02\x46").await, @"localhost offers no TLS 1.2 or 1.3 with a cipher that is still safe: the server must be updated");
}

#[tokio::test]
async fn a_port_where_nobody_listens() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let error = connect_tcp("127.0.0.1", port).await.unwrap_err();
    assert!(matches!(error, NetError::Refused { .. }), "{error}");
    assert!(error.is_passing());
}

#[tokio::test]
async fn a_ca_file_that_is_of_no_use() {
    let port = listen(|tcp| async move { drop(tcp) }).await;
    let empty = tempfile::NamedTempFile::new().unwrap();
    for (path, why) in
        [(empty.path().to_owned(), "no certificate in it"), ("/nowhere/ca.pem".into(), "No such file")]
    {
        let endpoint = Endpoint { host: "localhost".into(), port, trust: Trust::CaFile(path) };
        let error = connect_tls(&endpoint).await.unwrap_err();
        assert!(matches!(&error, NetError::CaFile { why: told, .. } if told.contains(why)), "{error}");
    }
    let tcp = connect_tcp("localhost", port).await.unwrap();
    let error = start_tls(tcp, "no such host", &Trust::System).await.unwrap_err();
    insta::assert_snapshot!(error, @"`no such host` is neither a host name nor an IP address: correct the configuration");
}

#[tokio::test]
async fn silence_ends_a_read_and_progress_does_not() {
    let port = listen(|mut tcp| async move {
        for _ in 0..5 {
            tokio::time::sleep(Duration::from_millis(60)).await;
            let _ = tcp.write_all(b"x").await;
        }
        let _ = tcp.read_to_end(&mut Vec::new()).await;
    })
    .await;
    let mut stream = connect_tcp("127.0.0.1", port).await.unwrap();
    stream.set_read_timeout(Duration::from_millis(200));
    let mut got = Vec::new();
    let error = stream.read_to_end(&mut got).await.unwrap_err();
    assert_eq!((got.as_slice(), error.kind()), (&b"xxxxx"[..], io::ErrorKind::TimedOut));
}

// The paused clock runs on whenever nothing else is to do.
#[tokio::test(start_paused = true)]
async fn silence_in_a_handshake_ends_it() {
    let port = listen(|mut tcp| async move {
        let _ = tcp.read_to_end(&mut Vec::new()).await;
    })
    .await;
    let (authority, begun) = (Authority::new(), tokio::time::Instant::now());
    let endpoint = Endpoint { host: "localhost".into(), port, trust: authority.trust() };
    let error = connect_tls(&endpoint).await.unwrap_err();
    insta::assert_snapshot!(error, @"the TLS handshake with localhost failed (no answer within 30 s): check that the port is right");
    assert!((30..60).contains(&begun.elapsed().as_secs()));
}

/// Courier does so where there are too many connections from one address.
#[tokio::test]
async fn who_hangs_up_in_the_handshake_may_have_enough_of_us() {
    let port = listen(|tcp| async move { drop(tcp) }).await;
    let authority = Authority::new();
    let endpoint = Endpoint { host: "localhost".into(), port, trust: authority.trust() };
    let error = connect_tls(&endpoint).await.unwrap_err();
    assert!(matches!(error, NetError::HungUp { .. }) && error.is_passing(), "{error}");
    let remedy = "): check that the port is right, and whether the server refuses more connections from here";
    assert!(error.to_string().ends_with(remedy), "{error}");
}

#[tokio::test]
async fn an_end_without_the_goodbye_of_tls_is_told_in_plain_words() {
    let authority = Authority::new();
    let acceptor = authority.acceptor("localhost", 2020, 2100);
    let port = listen(move |tcp| {
        let acceptor = acceptor.clone();
        async move { drop(acceptor.accept(tcp).await) }
    })
    .await;
    let endpoint = Endpoint { host: "localhost".into(), port, trust: authority.trust() };
    let mut stream = connect_tls(&endpoint).await.unwrap();
    let error = stream.read_to_end(&mut Vec::new()).await.unwrap_err();
    assert_eq!(error.to_string(), "the server closed the connection without a word");
}

#[tokio::test]
async fn a_write_that_nobody_takes_ends() {
    let port = listen(|tcp| async move {
        std::future::pending::<()>().await;
        drop(tcp);
    })
    .await;
    let mut stream = connect_tcp("127.0.0.1", port).await.unwrap();
    stream.set_write_timeout(Duration::from_millis(100));
    let error = stream.write_all(&vec![0; 64 << 20]).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
}

#[test]
fn the_other_texts() {
    let host = || "imap.example.org".to_owned();
    let texts: Vec<String> = [
        NetError::NotResolved { host: host(), source: io::Error::other("Name or service not known") },
        NetError::Refused { host: host(), port: 993 },
        NetError::TimedOut { host: host(), port: 993, limit: Duration::from_secs(30) },
        NetError::Network { host: host(), port: 993, source: io::Error::other("No route to host") },
        NetError::Expired { host: host(), when: None },
        NetError::NotYetValid { host: host(), when: None },
        NetError::BadCertificate { host: host(), why: "certificate revoked".into() },
        NetError::Handshake { host: host(), why: "no answer within 30 s".into() },
        NetError::CaFile { path: "/etc/askback/ca.pem".into(), why: "no certificate in it".into() },
        NetError::NoRoots,
    ]
    .iter()
    .map(ToString::to_string)
    .collect();
    insta::assert_snapshot!(texts.join("\n"), @"
    the host name imap.example.org cannot be resolved (Name or service not known): check its spelling and this machine's DNS
    imap.example.org:993 refuses the connection: check the port and whether the server runs
    imap.example.org:993 does not answer within 30 s: check the network and any firewall on the way
    the connection to imap.example.org:993 failed (No route to host): check the network
    the certificate of imap.example.org expired: it must be renewed on the server
    the certificate of imap.example.org is not valid yet: check this machine's clock
    the certificate of imap.example.org is not accepted (certificate revoked): it must be replaced on the server
    the TLS handshake with imap.example.org failed (no answer within 30 s): check that the port is right
    the CA file /etc/askback/ca.pem cannot be used (no certificate in it): it must be readable and hold certificates as PEM
    this system has no trusted certificates: install the package ca-certificates, or set `ca_file`
    ");
    assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(…)");
}

//! Servers whose TLS cannot be trusted: no byte of a password reaches them, by IMAP or by SMTP, and the error names cause
//! and remedy.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "helpers of tests are tests too"
)]

#[path = "support/authority.rs"]
mod authority;

use askback::imap::{Settings as ImapSettings, probe};
use askback::net::{Endpoint, Secret, Trust};
use askback::oauth::Credentials;
use askback::outbox::smtp::{Security, Settings as SmtpSettings, Smtp, Timing};
use authority::{Authority, acceptor};
use data_encoding::BASE64;
use rcgen::{CertificateParams, KeyPair};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

const USER: &str = "support";
const PASSWORD: &str = "hunter2-is-secret";

/// What a client reaches the server by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Imap,
    Smtps,
    StartTls,
}

/// What the server answers to a ClientHello.
#[derive(Clone)]
enum Hello {
    Certificate(TlsAcceptor),
    Bytes(Vec<u8>),
}

/// Everything that has come: as it came, and what TLS made of it.
#[derive(Default)]
struct Heard {
    raw: Vec<u8>,
    secret: Vec<u8>,
}

/// ServerHello of TLS 1.0 with a cipher of its time.
fn tls_1_0() -> Vec<u8> {
    let mut hello = vec![0x16, 3, 1, 0, 42, 2, 0, 0, 38, 3, 1];
    hello.extend([7; 32]);
    hello.extend([0, 0, 0x2f, 0]);
    hello
}

/// Serves connections; gives its port.
async fn serve(way: Way, hello: Hello, heard: Arc<Mutex<Heard>>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            // A client that hangs up is what is wanted.
            let _ = talk(way, hello.clone(), tcp, &heard).await;
        }
    });
    port
}

async fn talk(way: Way, hello: Hello, tcp: TcpStream, heard: &Mutex<Heard>) -> std::io::Result<()> {
    let mut tcp = BufReader::new(tcp);
    if way == Way::StartTls {
        tcp.write_all(b"220 test ESMTP\r\n").await?;
        for answer in ["250-test\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS\r\n", "220 go\r\n"] {
            let mut line = Vec::new();
            tcp.read_until(b'\n', &mut line).await?;
            heard.lock().unwrap().raw.extend(line);
            tcp.write_all(answer.as_bytes()).await?;
        }
    }
    match hello {
        Hello::Bytes(bytes) => {
            let mut first = [0; 2048];
            let read = tcp.read(&mut first).await?;
            heard.lock().unwrap().raw.extend(&first[..read]);
            tcp.write_all(&bytes).await?;
            let mut rest = Vec::new();
            tcp.read_to_end(&mut rest).await?;
            heard.lock().unwrap().raw.extend(rest);
            Ok(())
        }
        Hello::Certificate(acceptor) => {
            let mut tls = acceptor.accept(tcp).await?;
            let (greeting, answer) = match way {
                Way::Imap => ("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\n", "A0001 NO go\r\n"),
                Way::Smtps => ("220 test ESMTP\r\n", "250-test\r\n250 AUTH PLAIN\r\n"),
                Way::StartTls => ("", "250-test\r\n250 AUTH PLAIN\r\n"),
            };
            tls.write_all(greeting.as_bytes()).await?;
            // The login comes at once (IMAP), or after EHLO; then it hangs up.
            for answer in [answer, ""] {
                let mut line = [0; 1024];
                let read = tls.read(&mut line).await?;
                heard.lock().unwrap().secret.extend(&line[..read]);
                tls.write_all(answer.as_bytes()).await?;
            }
            Ok(())
        }
    }
}

/// Tries to log in. Gives the error.
async fn log_in(way: Way, port: u16, trust: Trust) -> String {
    let (host, password) = ("localhost".to_owned(), Secret::new(PASSWORD));
    if way == Way::Imap {
        let endpoint = Endpoint { host, port, trust };
        let credentials = Credentials::Password { user: USER.to_owned(), password };
        return probe(&ImapSettings::new("main", endpoint, credentials), None).await.unwrap_err().to_string();
    }
    let settings = SmtpSettings {
        host,
        port,
        security: if way == Way::Smtps { Security::Tls } else { Security::StartTls },
        trust,
        login: Some(Credentials::Password { user: USER.to_owned(), password }),
        hello: "desk.test".to_owned(),
        bounce_address: None,
        timing: Timing { command: Duration::from_secs(5), ..Timing::default() },
    };
    Smtp::probe(&settings, None).await.unwrap_err()
}

/// Whether the password stands there, in any of the ways in which it is sent.
fn shows_password(text: &str) -> bool {
    let plain = format!("\0{USER}\0{PASSWORD}");
    [PASSWORD.to_owned(), BASE64.encode(PASSWORD.as_bytes()), BASE64.encode(plain.as_bytes())]
        .iter()
        .any(|form| text.contains(form))
}

#[tokio::test]
async fn no_byte_of_a_password_goes_to_a_server_whose_tls_is_bad() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let self_signed = {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        acceptor(&params.self_signed(&key).unwrap(), &key)
    };
    let untrusted = ("not trusted", "give its certificate as `ca_file`");
    let servers = [
        (Hello::Certificate(ours.acceptor("localhost", 2020, 2021)), ("expired on 2021", "must be renewed")),
        (
            Hello::Certificate(ours.acceptor("localhost", 2090, 2100)),
            ("not valid before 2090", "machine's clock"),
        ),
        (
            Hello::Certificate(ours.acceptor("mail.example.org", 2020, 2100)),
            ("for another name", "use the name"),
        ),
        (Hello::Certificate(theirs.acceptor("localhost", 2020, 2100)), untrusted),
        (Hello::Certificate(self_signed), untrusted),
        (Hello::Bytes(tls_1_0()), ("no TLS 1.2 or 1.3", "must be updated")),
        // Alert protocol_version.
        (Hello::Bytes(vec![0x15, 3, 1, 0, 2, 2, 0x46]), ("no TLS 1.2 or 1.3", "must be updated")),
        (Hello::Bytes(b"* OK IMAP4rev1 ready\r\n".to_vec()), ("does not speak TLS", "its TLS port")),
    ];
    let mut refused = 0;
    for way in [Way::Imap, Way::Smtps, Way::StartTls] {
        for (hello, (cause, remedy)) in &servers {
            let heard = Arc::new(Mutex::new(Heard::default()));
            let port = serve(way, hello.clone(), Arc::clone(&heard)).await;
            let error = log_in(way, port, ours.trust()).await;
            assert!(error.contains(cause) && error.contains(remedy), "{way:?}, {cause}: {error}");
            assert!(!error.contains(PASSWORD), "{error}");
            let heard = heard.lock().unwrap();
            assert!(heard.secret.is_empty(), "{way:?}, {cause}: {:?}", heard.secret);
            let raw = String::from_utf8_lossy(&heard.raw);
            assert!(!shows_password(&raw), "{way:?}, {cause}: {raw}");
            refused += 1;
        }
        // With a good certificate it is sent: the test would see it.
        let heard = Arc::new(Mutex::new(Heard::default()));
        let good = Hello::Certificate(ours.acceptor("localhost", 2020, 2100));
        let port = serve(way, good, Arc::clone(&heard)).await;
        let _refused = log_in(way, port, ours.trust()).await;
        let secret = String::from_utf8_lossy(&heard.lock().unwrap().secret).into_owned();
        assert!(shows_password(&secret), "{way:?}: {secret}");
    }
    assert_eq!(refused, 24);
    println!(
        "TLS: {refused} servers that cannot be trusted: no byte of a password sent, each error with its remedy"
    );
}

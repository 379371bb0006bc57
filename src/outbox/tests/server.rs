//! An SMTP server on the loopback that does as it is told.

use rcgen::{CertifiedKey, generate_simple_self_signed};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// What the server does at a stage in place of the usual answer. Stages are `CONNECT`, the commands' names, and `DOT`.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// Says this.
    Say(&'static str),
    /// Sends these bytes.
    Raw(&'static [u8]),
    /// Closes the connection.
    Cut,
    /// Says nothing more.
    Hush,
}

/// The server and what it has seen.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    acts: Mutex<HashMap<&'static str, VecDeque<Option<Act>>>>,
    seen: Mutex<Seen>,
    hushed: Notify,
    tls: Option<TlsAcceptor>,
    implicit: bool,
}

/// What a server has seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    pub(super) connections: usize,
    /// The commands of all connections.
    pub(super) commands: Vec<String>,
    /// The contents as they came, dots still doubled, without the final one.
    pub(super) contents: Vec<Vec<u8>>,
}

/// How the server's connections are protected.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    StartTls,
    Tls,
}

impl Server {
    pub(super) async fn plain() -> Self {
        Self::start(Kind::Plain).await.0
    }

    /// Starts a server; gives its certificate as PEM.
    pub(super) async fn start(kind: Kind) -> (Self, String) {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            acts: Mutex::default(),
            seen: Mutex::default(),
            hushed: Notify::new(),
            tls: (kind != Kind::Plain).then(|| TlsAcceptor::from(Arc::new(config))),
            implicit: kind == Kind::Tls,
        });
        let server = Self { port, shared: shared.clone() };
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                tcp.set_nodelay(true).unwrap();
                shared.seen.lock().unwrap().connections += 1;
                // A client that hangs up in the middle is part of the play.
                tokio::spawn(serve(tcp, shared.clone()));
            }
        });
        (server, cert.pem())
    }

    /// What to do when `stage` is reached the next time that nothing is planned for.
    pub(super) fn act(&self, stage: &'static str, act: Act) {
        self.shared.acts.lock().unwrap().entry(stage).or_default().push_back(Some(act));
    }

    /// `stage` is passed as usual once.
    pub(super) fn pass(&self, stage: &'static str) {
        self.shared.acts.lock().unwrap().entry(stage).or_default().push_back(None);
    }

    /// Resolves when an [`Act::Hush`] has been reached.
    pub(super) async fn hushed(&self) {
        self.shared.hushed.notified().await;
    }

    pub(super) fn seen(&self) -> Seen {
        self.shared.seen.lock().unwrap().clone()
    }
}

async fn serve(tcp: TcpStream, shared: Arc<Shared>) -> std::io::Result<()> {
    let Some(tls) = shared.tls.clone() else { return talk(tcp, &shared, false).await.map(|_| ()) };
    if shared.implicit {
        return talk(tls.accept(tcp).await?, &shared, true).await.map(|_| ());
    }
    if let Some(tcp) = talk(tcp, &shared, false).await? {
        talk(tls.accept(tcp).await?, &shared, true).await?;
    }
    Ok(())
}

/// Speaks SMTP; gives the stream back for TLS after STARTTLS.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    shared: &Shared,
    secure: bool,
) -> std::io::Result<Option<S>> {
    let mut stream = BufReader::new(stream);
    if !(secure && !shared.implicit) && !say(&mut stream, shared, "CONNECT", "220 test ESMTP").await? {
        return Ok(None);
    }
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        let command = line.trim_end().to_owned();
        shared.seen.lock().unwrap().commands.push(command.clone());
        let (stage, usual) = match command.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" if shared.tls.is_some() && !secure => ("EHLO", "250-test\r\n250 STARTTLS"),
            "EHLO" => ("EHLO", "250-test hello\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN LOGIN"),
            "STARTTLS" => ("STARTTLS", "220 go"),
            "AUTH" => ("AUTH", "235 welcome"),
            "MAIL" => ("MAIL", "250 ok"),
            "RCPT" => ("RCPT", "250 ok"),
            "DATA" => ("DATA", "354 go"),
            "RSET" => ("RSET", "250 ok"),
            "QUIT" => ("QUIT", "221 bye"),
            _ => ("OTHER", "500 what?"),
        };
        if !say(&mut stream, shared, stage, usual).await? {
            return Ok(None);
        }
        match stage {
            "STARTTLS" => return Ok(Some(stream.into_inner())),
            "QUIT" => return Ok(None),
            "DATA" => {
                let mut content = Vec::new();
                while !content.ends_with(b"\r\n.\r\n") {
                    if stream.read_until(b'\n', &mut content).await? == 0 {
                        return Ok(None);
                    }
                }
                content.truncate(content.len() - 5);
                shared.seen.lock().unwrap().contents.push(content);
                if !say(&mut stream, shared, "DOT", "250 queued as 7").await? {
                    return Ok(None);
                }
            }
            _ => {}
        }
    }
}

/// Does what is planned for a stage, or gives the usual answer; `false`: the connection ends.
async fn say<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    shared: &Shared,
    stage: &'static str,
    usual: &str,
) -> std::io::Result<bool> {
    let planned = shared.acts.lock().unwrap().get_mut(stage).and_then(VecDeque::pop_front).flatten();
    match planned {
        None => stream.write_all(format!("{usual}\r\n").as_bytes()).await?,
        Some(Act::Say(words)) => stream.write_all(format!("{words}\r\n").as_bytes()).await?,
        Some(Act::Raw(bytes)) => stream.write_all(bytes).await?,
        Some(Act::Cut) => return Ok(false),
        Some(Act::Hush) => {
            shared.hushed.notify_one();
            // Until the other side hangs up.
            while stream.read(&mut [0; 64]).await? > 0 {}
            return Ok(false);
        }
    }
    stream.flush().await?;
    Ok(!usual.is_empty())
}

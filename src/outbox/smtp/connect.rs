//! From nothing to a connection that takes letters: TCP, TLS or STARTTLS, EHLO, login.

use super::greeted::Greeted;
use super::{Security, Settings, bearer, login};
use crate::failpoint;
use crate::net::{self, CertificateInfo, Endpoint, NetError, NetStream};
use crate::oauth::Credentials;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;
use std::future::Future;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::time::timeout;

/// Longest line of an answer before TLS (RFC 5321, section 4.5.3.1.5, says 512), and most lines.
const MAX_LINE: u64 = 2048;
const MAX_LINES: usize = 100;

/// Why there is no connection. For people, with the remedy.
pub(super) enum Unopened {
    /// The server refuses our login for good. Servers lock out who goes on trying, often for IMAP, too.
    Login(String),
    /// Anything else.
    Away(String),
}

impl From<String> for Unopened {
    fn from(why: String) -> Self {
        Self::Away(why)
    }
}

impl From<Unopened> for String {
    fn from(unopened: Unopened) -> Self {
        let (Unopened::Login(why) | Unopened::Away(why)) = unopened;
        why
    }
}

/// Opens a connection and logs in.
pub(super) async fn open(
    settings: &Settings,
) -> Result<(AsyncSmtpConnection, Option<CertificateInfo>), Unopened> {
    let timing = settings.timing;
    let mut stream = match settings.security {
        Security::Tls => Greeted::by_server(implicit_tls(settings).await?),
        Security::StartTls => Greeted::before_tls(start_tls(settings).await?),
        Security::None => Greeted::by_server(plain(settings).await?),
    };
    // Each step has its own limit above; the stream's must not be the shorter one.
    let longest = timing.command.max(timing.content).max(timing.final_dot) + Duration::from_secs(5);
    stream.set_timeouts(longest);
    let certificate = stream.certificate();

    let hello = ClientId::Domain(settings.hello.clone());
    let connecting = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello);
    let mut connection = limited(settings, connecting, |error| no_ehlo(settings, &error)).await?;
    failpoint::hit("smtp.greeted");
    match &settings.login {
        Some(Credentials::Password { user, password }) => {
            login::by_password(settings, &mut connection, user, password).await?
        }
        Some(Credentials::OAuth { user, tokens }) => {
            bearer::log_in(settings, &mut connection, user, tokens).await?
        }
        None => {}
    }
    failpoint::hit("smtp.logged-in");
    Ok((connection, certificate))
}

pub(super) fn no_ehlo(settings: &Settings, error: &str) -> String {
    format!("the mail server {} does not take our EHLO ({error}): check host and port", settings.host)
}

/// Waits for a step of lettre's.
pub(super) async fn limited<T>(
    settings: &Settings,
    step: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
    told: impl Fn(String) -> String,
) -> Result<T, String> {
    match timeout(settings.timing.command, step).await {
        Ok(outcome) => outcome.map_err(|error| told(error.to_string())),
        Err(_) => Err(silent(settings)),
    }
}

fn silent(settings: &Settings) -> String {
    format!(
        "the mail server {} does not answer within {} s: {}",
        settings.host,
        settings.timing.command.as_secs(),
        if_silent(settings)
    )
}

/// What to do about a server that says nothing. One that speaks TLS from the first byte waits for us to begin.
pub(super) fn if_silent(settings: &Settings) -> String {
    let look = "look at the server and the network between";
    match settings.security {
        Security::Tls => look.to_owned(),
        Security::StartTls | Security::None => format!(
            "if port {} is for TLS from the first byte, as 465 is, set `security = \"tls\"` in [smtp]; else {look}",
            settings.port
        ),
    }
}

async fn implicit_tls(settings: &Settings) -> Result<NetStream, String> {
    let endpoint =
        Endpoint { host: settings.host.clone(), port: settings.port, trust: settings.trust.clone() };
    net::connect_tls(&endpoint).await.map_err(|error| {
        if !matches!(error, NetError::NotTls { .. }) {
            return error.to_string();
        }
        format!(
            "{} does not speak TLS from the first byte on port {}: set `security = \"starttls\"` in [smtp], or `port` to its TLS \
             port, mostly 465",
            settings.host, settings.port
        )
    })
}

async fn plain(settings: &Settings) -> Result<NetStream, String> {
    let stream = net::connect_tcp(&settings.host, settings.port).await.map_err(|error| error.to_string())?;
    if stream.peer_addr().is_ok_and(|peer| peer.ip().is_loopback()) {
        return Ok(stream);
    }
    Err(format!(
        "{} is another machine, and letters go there only with TLS: set `security` to \"tls\" or \"starttls\"",
        settings.host
    ))
}

async fn start_tls(settings: &Settings) -> Result<NetStream, String> {
    let mut stream =
        net::connect_tcp(&settings.host, settings.port).await.map_err(|error| error.to_string())?;
    match timeout(settings.timing.command, ask_for_tls(&mut stream, settings)).await {
        Ok(outcome) => outcome?,
        Err(_) => return Err(silent(settings)),
    }
    net::start_tls(stream, &settings.host, &settings.trust).await.map_err(|error| error.to_string())
}

/// The little that is said in the clear. Nothing that came before TLS may be taken for an answer after it: whoever sits in
/// the line could have put it there.
async fn ask_for_tls(stream: &mut NetStream, settings: &Settings) -> Result<(), String> {
    let host = &settings.host;
    let mut stream = BufReader::new(stream);
    let refused = |what: &str, answer: &[String]| {
        let words = answer.last().map(String::as_str).unwrap_or_default();
        format!("the mail server {host} does not take our {what} ({words}): check host and port")
    };
    let greeting = answer(settings, &mut stream).await?;
    if !greeting.iter().all(|line| line.starts_with("220")) {
        return Err(refused("connection", &greeting));
    }
    say(settings, &mut stream, &format!("EHLO {}\r\n", settings.hello)).await?;
    let offers = answer(settings, &mut stream).await?;
    if !offers.iter().all(|line| line.starts_with("250")) {
        return Err(refused("EHLO", &offers));
    }
    let offered = offers
        .iter()
        .any(|line| line.get(4..).is_some_and(|word| word.trim().eq_ignore_ascii_case("STARTTLS")));
    if !offered {
        return Err(format!(
            "the mail server {host} offers no STARTTLS on port {}: use the port that does, mostly 587, or `security = \"tls\"` in [smtp]; if it \
             used to, somebody in between may be removing it",
            settings.port
        ));
    }
    say(settings, &mut stream, "STARTTLS\r\n").await?;
    let ready = answer(settings, &mut stream).await?;
    if !ready.iter().all(|line| line.starts_with("220")) {
        return Err(refused("STARTTLS", &ready));
    }
    if stream.buffer().is_empty() {
        Ok(())
    } else {
        Err(format!("the mail server {host} went on talking before TLS: somebody may be listening in"))
    }
}

fn lost(settings: &Settings, error: &std::io::Error) -> String {
    // The stream has a limit of its own, which may be the shorter one.
    if error.kind() == std::io::ErrorKind::TimedOut {
        return format!(
            "the mail server {} does not answer ({error}): {}",
            settings.host,
            if_silent(settings)
        );
    }
    format!("the connection to the mail server was lost ({error}): check host and port")
}

async fn say(
    settings: &Settings,
    stream: &mut BufReader<&mut NetStream>,
    command: &str,
) -> Result<(), String> {
    let sent = async {
        stream.write_all(command.as_bytes()).await?;
        stream.flush().await
    };
    sent.await.map_err(|error| lost(settings, &error))
}

/// The lines of one answer.
async fn answer(settings: &Settings, stream: &mut BufReader<&mut NetStream>) -> Result<Vec<String>, String> {
    let mut lines = Vec::new();
    loop {
        let mut line = Vec::new();
        let read = (&mut *stream).take(MAX_LINE).read_until(b'\n', &mut line).await;
        read.map_err(|error| lost(settings, &error))?;
        if line.last() != Some(&b'\n') {
            return Err("the mail server closed the connection, or does not speak SMTP: check host, port and `security` in [smtp]"
                .to_owned());
        }
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        let more = text.as_bytes().get(3) == Some(&b'-');
        lines.push(text);
        if !more {
            return Ok(lines);
        }
        if lines.len() >= MAX_LINES {
            return Err("the mail server gives an endless answer: check host and port".to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::Trust;
    use crate::outbox::smtp::Timing;

    /// The stream's own limit ends the waiting first, and the remedy is the same.
    #[tokio::test]
    async fn whoever_waits_for_tls_is_told_from_whoever_is_away() {
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let settings = Settings {
            host: "127.0.0.1".to_owned(),
            port: silent.local_addr().unwrap().port(),
            security: Security::StartTls,
            trust: Trust::System,
            login: None,
            hello: "localhost".to_owned(),
            bounce_address: None,
            timing: Timing::default(),
        };
        let mut stream = net::connect_tcp(&settings.host, settings.port).await.unwrap();
        stream.set_read_timeout(Duration::from_millis(50));
        let error = ask_for_tls(&mut stream, &settings).await.unwrap_err();
        assert!(error.contains("set `security = \"tls\"` in [smtp]"), "{error}");
    }
}

//! Letters to an SMTP server. lettre speaks the protocol; the stream under it, the time limits over it and the order of
//! the steps are ours: what is known of a letter depends on whether its final dot went out.

mod bearer;
mod connect;
mod crlf;
mod greeted;
mod login;
mod refusal;
mod replies;
mod standing;

use super::mailer::{Mailer, SendOutcome, clean};
use crate::failpoint;
use crate::mail::Address;
use crate::mail::packed::Pieces;
use crate::net::{CertificateInfo, Trust};
use crate::oauth::Credentials;
use connect::Unopened;
use crlf::CrlfPieces;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Quit, Rcpt, Rset};
use lettre::transport::smtp::extension::{Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use refusal::{Blames, blames, is_of_content};
use standing::Standings;
use std::fmt::Display;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// The server that takes our letters.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Host name or IP address; with TLS the certificate must be for it.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Whose certificates are trusted.
    pub trust: Trust,
    /// How to log in; `None`: the server wants no login.
    pub login: Option<Credentials>,
    /// The name that we give in EHLO: a domain.
    pub hello: String,
    /// MAIL FROM where the server refuses the null sender.
    pub bounce_address: Option<Address>,
    /// How long to wait for what.
    pub timing: Timing,
}

/// How an SMTP connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// STARTTLS, which must succeed: never without.
    StartTls,
    /// Nothing; only to this machine.
    None,
}

/// How long to wait for what (RFC 5321, section 4.5.3.2). Tests shorten it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// The greeting and each answer to a command.
    pub command: Duration,
    /// The whole content of a letter.
    pub content: Duration,
    /// The answer to the final dot: the server may be looking for viruses.
    pub final_dot: Duration,
    /// The answer to QUIT.
    pub goodbye: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        let minutes = |n: u64| Duration::from_secs(60 * n);
        Self {
            command: minutes(5),
            content: minutes(5),
            final_dot: minutes(10),
            goodbye: Duration::from_secs(1),
        }
    }
}

/// A client of one SMTP server, with a connection while a burst lasts. Any error drops it: no connection goes on after
/// an answer that may belong to something else.
pub struct Smtp {
    settings: Settings,
    connection: Option<AsyncSmtpConnection>,
    /// The end of the letter in hand is on its way.
    dot_sent: AtomicBool,
    standings: Standings,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Smtp").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// What [`Smtp::probe`] found.
#[derive(Debug)]
pub struct Probed {
    /// The validity of the server's certificate, if there is one.
    pub certificate: Option<CertificateInfo>,
    /// A refusal that may be about us, with what to do about it.
    pub doubt: Option<String>,
}

/// Why a step did not succeed.
enum Failure {
    /// 4xx.
    Later(String),
    /// 5xx, or we cannot send it.
    Never(String),
    /// 5xx that is not about this letter.
    Unwelcome(String),
    /// 421: the server answers that it closes the connection.
    Closing(String),
    /// No answer, or none that can be read.
    Lost(String),
}

/// Why a letter was not accepted over a connection.
enum Undelivered {
    /// The connection is gone, and the letter is not on the other side: another connection may do.
    NoConnection(String),
    /// This is what came of it.
    Outcome(SendOutcome),
}

impl From<Failure> for Undelivered {
    /// Before the final dot: the server does not have the letter.
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Later(why) => Self::Outcome(SendOutcome::Retry { why }),
            Failure::Never(why) => Self::Outcome(SendOutcome::Refused { why }),
            Failure::Unwelcome(why) => Self::Outcome(SendOutcome::Unwelcome { why }),
            Failure::Closing(why) | Failure::Lost(why) => Self::NoConnection(why),
        }
    }
}

impl Mailer for Smtp {
    async fn send<P: Pieces + ?Sized>(
        &mut self,
        envelope_from: Option<&Address>,
        to: &Address,
        content: &P,
    ) -> SendOutcome {
        self.dot_sent.store(false, Ordering::Relaxed);
        // Servers close a connection after some letters or some time: then this letter gets a new one.
        if let Some(connection) = self.connection.take() {
            match self.over(connection, envelope_from, to, content).await {
                Undelivered::Outcome(outcome) => return outcome,
                Undelivered::NoConnection(_) => {}
            }
        }
        let connection = match connect::open(&self.settings).await {
            Ok((connection, _)) => connection,
            Err(Unopened::Login(why)) => return SendOutcome::LoginRefused { why: clean(&why) },
            Err(Unopened::Away(why)) => return SendOutcome::Unreachable { why: clean(&why) },
        };
        match self.over(connection, envelope_from, to, content).await {
            Undelivered::Outcome(outcome) => outcome,
            Undelivered::NoConnection(why) => SendOutcome::Retry { why },
        }
    }

    fn give_up(&mut self) -> SendOutcome {
        self.connection = None;
        let why = "askback stopped while it was being sent".to_owned();
        if self.dot_sent.swap(false, Ordering::Relaxed) {
            SendOutcome::Ambiguous { why }
        } else {
            SendOutcome::Retry { why }
        }
    }

    async fn end_burst(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.part(connection).await;
        }
    }
}

impl Smtp {
    /// Connects with the first letter.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { settings, connection: None, dot_sent: AtomicBool::new(false), standings: Standings::default() }
    }

    /// Logs in, asks whether an automatic letter and one from `sender` would be taken, and leaves again; nothing is sent. For
    /// `doctor`.
    ///
    /// # Errors
    /// What would keep letters from going out, with its remedy.
    pub async fn probe(settings: &Settings, sender: Option<&Address>) -> Result<Probed, String> {
        let (mut connection, certificate) = connect::open(settings).await?;
        let mut smtp = Self::new(settings.clone());
        let taken = smtp.takes_letters(&mut connection, sender).await;
        smtp.connection = Some(connection);
        smtp.end_burst().await;
        Ok(Probed { certificate, doubt: taken? })
    }

    /// What to do about a server that never answers with these settings, for people.
    #[must_use]
    pub fn if_silent(settings: &Settings) -> String {
        connect::if_silent(settings)
    }

    /// Sends one letter over this connection, which is kept only if nothing went wrong.
    async fn over<P: Pieces + ?Sized>(
        &mut self,
        mut connection: AsyncSmtpConnection,
        envelope_from: Option<&Address>,
        to: &Address,
        content: &P,
    ) -> Undelivered {
        match self.deliver(&mut connection, envelope_from, to, content).await {
            Ok(response) => {
                self.connection = Some(connection);
                Undelivered::Outcome(SendOutcome::Accepted { response: shown(&response) })
            }
            Err(Undelivered::Outcome(outcome)) => {
                if !matches!(outcome, SendOutcome::Ambiguous { .. }) {
                    self.part(connection).await;
                }
                Undelivered::Outcome(outcome)
            }
            Err(gone) => gone,
        }
    }

    async fn part(&self, mut connection: AsyncSmtpConnection) {
        let _ = timeout(self.settings.timing.goodbye, connection.command(Quit)).await;
    }

    /// MAIL, RCPT, DATA, content.
    async fn deliver<P: Pieces + ?Sized>(
        &self,
        connection: &mut AsyncSmtpConnection,
        from: Option<&Address>,
        to: &Address,
        content: &P,
    ) -> Result<Response, Undelivered> {
        let parameters = parameters(connection, from, to, content)?;
        let (sender, mut taken) = self.offer(connection, from, to, &parameters).await;
        let said_of_us = matches!(taken, Err(Failure::Unwelcome(_)));
        if let Err(Failure::Never(why)) = &taken
            && blames(why) == Blames::Anyone
            && !self.takes_others(connection, sender, to).await?
        {
            taken = Err(Failure::Unwelcome(why.clone()));
        }
        let sent = match taken {
            Ok(()) => self.transfer(connection, sender, content).await,
            Err(failure) => Err(failure.into()),
        };
        sent.map_err(|undelivered| {
            let Undelivered::Outcome(SendOutcome::Unwelcome { why }) = &undelivered else {
                return undelivered;
            };
            let is_clear = said_of_us || blames(why) == Blames::Us;
            let why = if is_clear { self.unwelcome(why, sender, to) } else { self.unclear(why, sender, to) };
            Undelivered::Outcome(SendOutcome::Unwelcome { why })
        })
    }

    /// DATA and the content.
    async fn transfer<P: Pieces + ?Sized>(
        &self,
        connection: &mut AsyncSmtpConnection,
        sender: Option<&Address>,
        content: &P,
    ) -> Result<Response, Undelivered> {
        // The envelope was taken: what is refused now is this letter, unless the codes say otherwise or letter after letter is.
        let about = |failure| {
            let Failure::Never(why) = failure else { return failure };
            match blames(&why) {
                Blames::Letter => Failure::Never(why),
                Blames::Anyone if self.standings.blames_content(sender) => Failure::Never(why),
                Blames::Us | Blames::Anyone => Failure::Unwelcome(why),
            }
        };
        self.command(connection, Data, 354).await.map_err(about)?;
        failpoint::hit("smtp.data");
        let answer = self.content(connection, content).await.map_err(about);
        let dot_sent = self.dot_sent.load(Ordering::Relaxed);
        let response = match answer {
            Err(Failure::Lost(why)) if dot_sent => {
                return Err(Undelivered::Outcome(SendOutcome::Ambiguous { why }));
            }
            // An answer like any 4xx (RFC 5321, section 4.2.1): it did not take the letter.
            Err(Failure::Closing(why)) if dot_sent => return Err(Failure::Later(why).into()),
            answer => answer?,
        };
        self.standings.taken(sender, Instant::now());
        Ok(response)
    }

    /// The envelope, with the bounce address where the null sender is refused; gives the sender that counts.
    async fn offer<'a>(
        &'a self,
        connection: &mut AsyncSmtpConnection,
        from: Option<&'a Address>,
        to: &Address,
        parameters: &[MailParameter],
    ) -> (Option<&'a Address>, Result<(), Failure>) {
        let taken = self.envelope(connection, from, to, parameters).await;
        match (&taken, from, &self.settings.bounce_address) {
            // Some servers refuse the null sender, at once or with the recipient.
            (Err(Failure::Never(_) | Failure::Unwelcome(_)), None, Some(bounce)) => {
                let again = match self.command(connection, Rset, 250).await {
                    Ok(_) => self.envelope(connection, Some(bounce), to, parameters).await,
                    Err(failure) => Err(failure),
                };
                (Some(bounce), again)
            }
            _ => (from, taken),
        }
    }

    /// MAIL and RCPT. All that MAIL tells of the letter is in its parameters: else a refusal of it is about us.
    async fn envelope(
        &self,
        connection: &mut AsyncSmtpConnection,
        from: Option<&Address>,
        to: &Address,
        parameters: &[MailParameter],
    ) -> Result<(), Failure> {
        let from = from.map(lettre_address).transpose()?;
        let to = lettre_address(to)?;
        match self.command(connection, Mail::new(from, parameters.to_vec()), 250).await {
            Err(Failure::Never(why)) if !is_of_content(&why) => {
                return Err(Failure::Unwelcome(why));
            }
            answer => answer?,
        };
        failpoint::hit("smtp.sender");
        match self.command(connection, Rcpt::new(to, Vec::new()), 250).await {
            Err(Failure::Never(why)) if blames(&why) == Blames::Us => return Err(Failure::Unwelcome(why)),
            answer => answer?,
        };
        failpoint::hit("smtp.recipient");
        Ok(())
    }

    /// Sends a command whose answer must have the code `expect`, or for 250 any that says done.
    async fn command(
        &self,
        connection: &mut AsyncSmtpConnection,
        command: impl Display,
        expect: u16,
    ) -> Result<Response, Failure> {
        let answer = answered(self.settings.timing.command, connection.command(command)).await?;
        expected(answer, expect)
    }

    /// Sends the content and the final dot, and waits for the answer.
    async fn content<P: Pieces + ?Sized>(
        &self,
        connection: &mut AsyncSmtpConnection,
        content: &P,
    ) -> Result<Response, Failure> {
        // The dot is written when the pieces are used up: the empty last one notes that.
        let last = std::iter::once_with(|| {
            self.dot_sent.store(true, Ordering::Relaxed);
            Vec::new()
        });
        let mut sending = pin!(connection.message_iter(CrlfPieces::new(content.pieces()).chain(last)));
        let mut sending = pin!(poll_fn(|cx| {
            let poll = sending.as_mut().poll(cx);
            if poll.is_pending() && self.dot_sent.load(Ordering::Relaxed) {
                failpoint::hit("smtp.dot-sent");
            }
            poll
        }));
        let Timing { content: limit, final_dot, .. } = self.settings.timing;
        let answer = match timeout(limit, &mut sending).await {
            Ok(answer) => answer.map_err(|error| failure(&error))?,
            Err(_) if self.dot_sent.load(Ordering::Relaxed) => answered(final_dot, sending).await?,
            Err(_) => return Err(silent(limit)),
        };
        expected(answer, 250)
    }
}

/// What MAIL has to announce; a failure if the server cannot take the letter as it is.
fn parameters<P: Pieces + ?Sized>(
    connection: &AsyncSmtpConnection,
    from: Option<&Address>,
    to: &Address,
    content: &P,
) -> Result<Vec<MailParameter>, Failure> {
    let (size, is_ascii) = content
        .pieces()
        .fold((0, true), |(size, ascii), piece| (size + piece.len() as u64, ascii && piece.is_ascii()));
    if size != content.size() {
        return Err(Failure::Later("the letter is damaged in memory".to_owned()));
    }
    let server = connection.server_info();
    let mut parameters = Vec::new();
    if !to.as_str().is_ascii() || from.is_some_and(|from| !from.as_str().is_ascii()) {
        if !server.supports_feature(Extension::SmtpUtfEight) {
            let why =
                "the mail server takes no addresses with letters other than a-z before the @ (SMTPUTF8)";
            return Err(Failure::Never(why.to_owned()));
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !is_ascii {
        if !server.supports_feature(Extension::EightBitMime) {
            return Err(Failure::Never("the mail server takes no letters in 8 bits (8BITMIME)".to_owned()));
        }
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    Ok(parameters)
}

async fn answered(
    limit: Duration,
    answer: impl Future<Output = Result<Response, lettre::transport::smtp::Error>>,
) -> Result<Response, Failure> {
    match timeout(limit, answer).await {
        Ok(answer) => answer.map_err(|error| failure(&error)),
        Err(_) => Err(silent(limit)),
    }
}

fn silent(limit: Duration) -> Failure {
    Failure::Lost(format!("the mail server did not answer within {} s", limit.as_secs()))
}

fn expected(response: Response, expect: u16) -> Result<Response, Failure> {
    let code = u16::from(response.code());
    if code == expect || (expect == 250 && code / 100 == 2) {
        Ok(response)
    } else {
        Err(Failure::Lost(format!("the mail server gave an answer out of place: {}", shown(&response))))
    }
}

fn failure(error: &lettre::transport::smtp::Error) -> Failure {
    let said = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    match error.status() {
        Some(code) if u16::from(code) == 421 => Failure::Closing(clean(&format!("{code} {said}"))),
        Some(code) if error.is_transient() => Failure::Later(clean(&format!("{code} {said}"))),
        Some(code) => Failure::Never(clean(&format!("{code} {said}"))),
        None if said == "incomplete response" => {
            Failure::Lost("the mail server closed the connection without an answer".to_owned())
        }
        None if error.is_response() => {
            Failure::Lost(clean(&format!("the mail server's answer cannot be read: {said}")))
        }
        None => Failure::Lost(clean(&format!("the connection to the mail server was lost: {said}"))),
    }
}

fn shown(response: &Response) -> String {
    let words: Vec<&str> = response.message().collect();
    clean(&format!("{} {}", response.code(), words.join(" ")))
}

fn lettre_address(address: &Address) -> Result<lettre::Address, Failure> {
    let wrong = |error| Failure::Never(format!("no letter can be sent to such an address: {error}"));
    address.as_str().parse().map_err(|error: lettre::address::AddressError| wrong(error))
}

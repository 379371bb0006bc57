//! From nothing to a connection that is logged in.

use super::protocol::{Connection, Part, Stop, Tag, Tagged};
use crate::imap::error::{ImapError, Reply};
use crate::imap::settings::{Limits, Settings};
use crate::net::{Endpoint, Secret, connect_tls};
use crate::oauth::{Credentials, Mechanism, Tokens, challenge_words};
use data_encoding::BASE64;

/// Connects by TLS and logs in. The password goes out only after the certificate has been accepted.
pub(crate) async fn open(settings: &Settings, mut stop: Stop) -> Result<Connection, ImapError> {
    let stream = tokio::select! {
        biased;
        () = super::protocol::stopped(&mut stop) => return Err(ImapError::Stopped),
        stream = connect_tls(&settings.endpoint) => stream?,
    };
    let mut told = stop.clone();
    let mut connection =
        Connection::greeted(stream, max_literal(&settings.limits), settings.timing, stop).await?;
    if !connection.preauthenticated {
        connection.learn_capabilities().await?;
        connection.expect_new_capabilities();
        // A token endpoint can take its time.
        tokio::select! {
            biased;
            () = super::protocol::stopped(&mut told) => return Err(ImapError::Stopped),
            done = log_in(&mut connection, &settings.credentials, &settings.endpoint) => {
                done.map_err(|error| withheld(error, &settings.credentials))?;
            }
        }
    }
    connection.learn_capabilities().await?;
    Ok(connection)
}

/// Sizes that servers tell are hints, so twice the size up to which mails are fetched whole is still taken.
pub(crate) fn max_literal(limits: &Limits) -> u64 {
    limits.partial_over.saturating_mul(2).max(u64::from(limits.part_bytes)).saturating_add(64 * 1024)
}

async fn log_in(
    connection: &mut Connection,
    credentials: &Credentials,
    endpoint: &Endpoint,
) -> Result<(), ImapError> {
    let tagged = match credentials {
        Credentials::Password { user, password } => {
            if user.contains('\0') || password.expose().contains('\0') {
                return Err(ImapError::NoLogin("user name or password contain a NUL character".to_owned()));
            }
            by_password(connection, user, password.expose()).await?
        }
        Credentials::OAuth { user, tokens } => return by_token(connection, user, tokens, endpoint).await,
    };
    match tagged {
        Tagged::Ok(_) => Ok(()),
        Tagged::No(reply) | Tagged::Bad(reply) => Err(refusal(&reply)),
    }
}

/// Why a login failed: what a person must put right, or what passes.
fn refusal(reply: &Reply) -> ImapError {
    ImapError::from_words(reply, ImapError::LoginRefused)
}

/// The same error without the server's words if they repeat what was secret in our login: some servers quote a command that they
/// do not understand.
fn withheld(error: ImapError, credentials: &Credentials) -> ImapError {
    // What repeats an access token is withheld where the token is known.
    let Credentials::Password { password: secret, .. } = credentials else { return error };
    let told = |text: String| secret.keep_out_of(&text).to_owned();
    match error {
        ImapError::Lost(text) => ImapError::Lost(told(text)),
        ImapError::Bye(text) => ImapError::Bye(told(text)),
        ImapError::LoginRefused(text) => ImapError::LoginRefused(told(text)),
        ImapError::Throttled { text, full, wait } => ImapError::Throttled { text: told(text), full, wait },
        ImapError::Refused { key, what, text } => ImapError::Refused { key, what, text: told(text) },
        // What these say is ours.
        ImapError::Net(_)
        | ImapError::Excess(_)
        | ImapError::NoLogin(_)
        | ImapError::TokenRefused(_)
        | ImapError::NoToken(_)
        | ImapError::SentIsRead(_)
        | ImapError::MadeAnew(_)
        | ImapError::Stopped
        | ImapError::Sink(_) => error,
    }
}

async fn by_password(connection: &mut Connection, user: &str, password: &str) -> Result<Tagged, ImapError> {
    let login_disabled = connection.has("LOGINDISABLED");
    if connection.has("AUTH=PLAIN") {
        let tagged = sasl(connection, "PLAIN", format!("\0{user}\0{password}").as_bytes()).await?;
        let another_way = match &tagged {
            Tagged::Ok(_) => false,
            // The mailbox of somebody else: Exchange takes its name in LOGIN only. Others' wrong passwords must not count twice.
            Tagged::No(reply) => user.contains(['\\', '/']) && !reply.is_throttling(),
            // Announced but not understood.
            Tagged::Bad(_) => true,
        };
        if !another_way || login_disabled {
            return Ok(tagged);
        }
    }
    if login_disabled {
        let text =
            "it takes no password here (LOGINDISABLED); use OAuth, or ask its administrator".to_owned();
        return Err(ImapError::NoLogin(text));
    }
    let (mut quoted_user, mut quoted_password) = (String::new(), String::new());
    let parts = [
        Part::Text("LOGIN "),
        Part::string(user, &mut quoted_user),
        Part::Text(" "),
        Part::string(password, &mut quoted_password),
    ];
    match connection.send_parts(&parts).await? {
        Ok(tag) => connection.finish(&tag, |_| ()).await,
        Err(tagged) => Ok(tagged),
    }
}

/// With the token that there is; once more with another if the server refuses it, because it may have been revoked.
async fn by_token(
    connection: &mut Connection,
    user: &str,
    tokens: &Tokens,
    endpoint: &Endpoint,
) -> Result<(), ImapError> {
    let Some(mechanism) = Mechanism::choose(|name| connection.has(&format!("AUTH={name}"))) else {
        let text =
            "it has neither AUTH=OAUTHBEARER nor AUTH=XOAUTH2; use a password, or ask its administrator";
        return Err(ImapError::NoLogin(text.to_owned()));
    };
    let mut token = tokens.access().await?;
    loop {
        let refused = match present(connection, mechanism, user, endpoint, &token).await? {
            Ok(()) => return Ok(()),
            Err(refused @ ImapError::TokenRefused(_)) => refused,
            Err(error) => return Err(error),
        };
        token = tokens.instead_of(&token).await?.ok_or(refused)?;
    }
}

/// Presents a token; the inner error is the server's answer.
async fn present(
    connection: &mut Connection,
    mechanism: Mechanism,
    user: &str,
    endpoint: &Endpoint,
    token: &Secret,
) -> Result<Result<(), ImapError>, ImapError> {
    let message = mechanism.message(user, &endpoint.host, endpoint.port, token);
    let (why, tagged) = match begin(connection, mechanism.into(), message.expose()).await? {
        Ok((tag, challenge)) => {
            connection.send_line(mechanism.after_challenge()).await?;
            (challenge_words(&challenge, token), connection.finish(&tag, |_| ()).await?)
        }
        Err(tagged) => (String::new(), tagged),
    };
    let (Tagged::No(reply) | Tagged::Bad(reply)) = tagged else { return Ok(Ok(())) };
    let reply = Reply { text: token.keep_out_of(&reply.text).to_owned(), ..reply };
    let told = |text| ImapError::TokenRefused(if why.is_empty() { text } else { format!("{text}; {why}") });
    Ok(Err(ImapError::from_words(&reply, told)))
}

/// AUTHENTICATE with the only message of a mechanism. A challenge, which these do not have, ends it.
async fn sasl(connection: &mut Connection, mechanism: &str, message: &[u8]) -> Result<Tagged, ImapError> {
    match begin(connection, mechanism, &BASE64.encode(message)).await? {
        Err(tagged) => Ok(tagged),
        Ok((tag, _challenge)) => {
            connection.send_line("").await?;
            connection.finish(&tag, |_| ()).await
        }
    }
}

/// AUTHENTICATE with the first message of a mechanism, in base64 (RFC 4959 sends it along where the server can). Gives what
/// the server wants to hear more, or the end of the command.
async fn begin(
    connection: &mut Connection,
    mechanism: &str,
    message: &str,
) -> Result<Result<(Tag, String), Tagged>, ImapError> {
    let tag = if connection.has("SASL-IR") {
        connection.send(&format!("AUTHENTICATE {mechanism} {message}")).await?
    } else {
        let tag = connection.send(&format!("AUTHENTICATE {mechanism}")).await?;
        if let Err(tagged) = connection.continuation(&tag).await? {
            return Ok(Err(tagged));
        }
        connection.send_line(message).await?;
        tag
    };
    Ok(connection.continuation(&tag).await?.map(|challenge| (tag, challenge)))
}

//! From nothing to a connection that is logged in.

use super::error::{ImapError, Reply};
use super::protocol::{Connection, Part, Stop, Tagged};
use super::settings::{Credentials, Limits, OAuthMechanism, Settings};
use crate::net::{Endpoint, connect_tls};
use data_encoding::BASE64;

/// Connects by TLS and logs in. The password goes out only after the certificate has been accepted.
pub(super) async fn open(settings: &Settings, mut stop: Stop) -> Result<Connection, ImapError> {
    let stream = tokio::select! {
        biased;
        () = super::protocol::stopped(&mut stop) => return Err(ImapError::Stopped),
        stream = connect_tls(&settings.endpoint) => stream?,
    };
    let mut connection =
        Connection::greeted(stream, max_literal(&settings.limits), settings.timing, stop).await?;
    if !connection.preauthenticated {
        connection.learn_capabilities().await?;
        connection.expect_new_capabilities();
        let done = log_in(&mut connection, &settings.credentials, &settings.endpoint).await;
        done.map_err(|error| withheld(error, &settings.credentials))?;
    }
    connection.learn_capabilities().await?;
    Ok(connection)
}

/// Sizes that servers tell are hints, so twice the size up to which mails are fetched whole is still taken.
fn max_literal(limits: &Limits) -> u64 {
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
        Credentials::OAuth { user, mechanism, token } => {
            let (name, words) = present(*mechanism, user, token.expose(), endpoint);
            if !connection.has(&format!("AUTH={name}")) {
                return Err(ImapError::NoLogin(format!("it has no AUTH={name}")));
            }
            sasl(connection, name, words.as_bytes()).await?
        }
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
    let (Credentials::Password { password: secret, .. } | Credentials::OAuth { token: secret, .. }) =
        credentials;
    let told = |text: String| secret.keep_out_of(&text).to_owned();
    match error {
        ImapError::Lost(text) => ImapError::Lost(told(text)),
        ImapError::Bye(text) => ImapError::Bye(told(text)),
        ImapError::LoginRefused(text) => ImapError::LoginRefused(told(text)),
        ImapError::Throttled { text, wait } => ImapError::Throttled { text: told(text), wait },
        ImapError::Refused { what, text } => ImapError::Refused { what, text: told(text) },
        // What these say is ours.
        ImapError::Net(_)
        | ImapError::Excess(_)
        | ImapError::NoLogin(_)
        | ImapError::Stopped
        | ImapError::Sink(_) => error,
    }
}

async fn by_password(connection: &mut Connection, user: &str, password: &str) -> Result<Tagged, ImapError> {
    let login_disabled = connection.has("LOGINDISABLED");
    if connection.has("AUTH=PLAIN") {
        let tagged = sasl(connection, "PLAIN", format!("\0{user}\0{password}").as_bytes()).await?;
        // BAD: announced but not understood.
        if !matches!(tagged, Tagged::Bad(_)) || login_disabled {
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

/// AUTHENTICATE with the first and only message of a mechanism (RFC 4959 sends it along where the server can).
async fn sasl(connection: &mut Connection, mechanism: &str, message: &[u8]) -> Result<Tagged, ImapError> {
    let message = BASE64.encode(message);
    let initial = connection.has("SASL-IR");
    let tag = if initial {
        connection.send(&format!("AUTHENTICATE {mechanism} {message}")).await?
    } else {
        let tag = connection.send(&format!("AUTHENTICATE {mechanism}")).await?;
        if let Err(tagged) = connection.continuation(&tag).await? {
            return Ok(tagged);
        }
        connection.send_line(&message).await?;
        tag
    };
    // A further challenge tells why a token is refused, and wants an empty answer (XOAUTH2; RFC 7628, section 3.2.3).
    match connection.continuation(&tag).await? {
        Err(tagged) => Ok(tagged),
        Ok(_why) => {
            connection.send_line(if mechanism == "OAUTHBEARER" { "AQ==" } else { "" }).await?;
            connection.finish(&tag, |_| ()).await
        }
    }
}

fn present(
    mechanism: OAuthMechanism,
    user: &str,
    token: &str,
    endpoint: &Endpoint,
) -> (&'static str, String) {
    match mechanism {
        OAuthMechanism::XOAuth2 => ("XOAUTH2", format!("user={user}\x01auth=Bearer {token}\x01\x01")),
        OAuthMechanism::OAuthBearer => {
            let user = user.replace('=', "=3D").replace(',', "=2C");
            let Endpoint { host, port, .. } = endpoint;
            let words = format!("n,a={user},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01");
            ("OAUTHBEARER", words)
        }
    }
}

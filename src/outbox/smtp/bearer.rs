//! Logging in by an access token (RFC 4954; RFC 7628 for OAUTHBEARER, and its forerunner XOAUTH2). lettre knows only the
//! latter, and gives up where a server tells why it refuses.

use super::Settings;
use super::connect::{Unopened, limited, no_ehlo};
use super::login::{Refusal, refusal};
use crate::mail::HeaderText;
use crate::net::Secret;
use crate::oauth::{Mechanism, Tokens, challenge_words};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::response::Response;

/// A longer command must not have the token in it (RFC 4954, section 4): it goes in a line of its own.
const MAX_COMMAND: usize = 512;

/// Logs in with the token that there is; once more with another if the server refuses it, because it may have been revoked.
pub(super) async fn log_in(
    settings: &Settings,
    connection: &mut AsyncSmtpConnection,
    user: &str,
    tokens: &Tokens,
) -> Result<(), Unopened> {
    let host = &settings.host;
    let mechanism = offered(settings, connection).await?.ok_or_else(|| {
        format!("the mail server {host} offers no login by OAuth (XOAUTH2, OAUTHBEARER): check the port, or use a password")
    })?;
    let mut token = tokens.access().await.map_err(|error| error.to_string())?;
    loop {
        let why = match present(settings, connection, mechanism, user, &token).await {
            Ok(()) => return Ok(()),
            Err(Refusal::Passing(why)) => return Err(Unopened::Away(why)),
            Err(Refusal::Credentials(why)) => why,
        };
        let next = tokens.instead_of(&token).await.map_err(|error| error.to_string())?;
        token = next.ok_or_else(|| {
            Unopened::Login(format!(
                "the mail server {host} refuses the access token ({why}): check that `user` is the account that the token \
                 is for, that `scope` covers SMTP, and that SMTP with login is switched on for the account"
            ))
        })?;
    }
}

/// What the server offers. lettre does not keep what it does not know, so the server is asked again.
async fn offered(
    settings: &Settings,
    connection: &mut AsyncSmtpConnection,
) -> Result<Option<Mechanism>, String> {
    let hello = connection.command(format!("EHLO {}\r\n", settings.hello));
    let offers = limited(settings, hello, |error| no_ehlo(settings, &error)).await?;
    let auth: Vec<String> = offers
        .message()
        .filter_map(|line| line.get(..5).filter(|word| word.eq_ignore_ascii_case("AUTH ")).and(line.get(5..)))
        .flat_map(|names| names.split_ascii_whitespace().map(str::to_ascii_uppercase))
        .collect();
    Ok(Mechanism::choose(|name| auth.iter().any(|offer| offer == name)))
}

async fn present(
    settings: &Settings,
    connection: &mut AsyncSmtpConnection,
    mechanism: Mechanism,
    user: &str,
    token: &Secret,
) -> Result<(), Refusal> {
    let message = mechanism.message(user, &settings.host, settings.port, token);
    let clean = |text: &str| HeaderText::new(token.keep_out_of(text), 300).to_string();
    let name: &str = mechanism.into();
    let at_once = format!("AUTH {name} {}\r\n", message.expose());
    let first = if at_once.len() <= MAX_COMMAND {
        say(settings, connection, &at_once, &clean).await?
    } else {
        let go_on = say(settings, connection, &format!("AUTH {name}\r\n"), &clean).await?;
        if !is_challenge(&go_on) {
            return Err(Refusal::Passing(format!(
                "the mail server {} takes no token after AUTH {name}: check the port, or use a password",
                settings.host
            )));
        }
        say(settings, connection, &format!("{}\r\n", message.expose()), &clean).await?
    };
    if !is_challenge(&first) {
        return Ok(());
    }
    // It tells why not, and waits for our answer before it says so.
    let why = challenge_words(&first.message().collect::<String>(), token);
    match say(settings, connection, &format!("{}\r\n", mechanism.after_challenge()), &clean).await {
        Err(Refusal::Credentials(said)) if !why.is_empty() => {
            Err(Refusal::Credentials(format!("{said}; {why}")))
        }
        Err(refusal) => Err(refusal),
        Ok(_) => Err(Refusal::Credentials(why)),
    }
}

fn is_challenge(response: &Response) -> bool {
    u16::from(response.code()) == 334
}

/// One line and its answer: 2xx or 3xx.
async fn say(
    settings: &Settings,
    connection: &mut AsyncSmtpConnection,
    line: &str,
    clean: &(impl Fn(&str) -> String + Sync),
) -> Result<Response, Refusal> {
    let answer = async { Ok(connection.command(line).await) };
    match limited(settings, answer, |error| error).await.map_err(Refusal::Passing)? {
        Ok(response) => Ok(response),
        Err(error) => Err(refusal(settings, &error, clean)),
    }
}

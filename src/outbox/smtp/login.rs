//! Logging in by a password, and what the server's answer to any login means.

use super::Settings;
use super::connect::{Unopened, limited};
use crate::net::Secret;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;

/// Why a login did not succeed.
pub(super) enum Refusal {
    /// 5xx: it does not take these credentials, and will not. What it said.
    Credentials(String),
    /// Not now. For people, with the remedy.
    Passing(String),
}

/// What an answer to a login means. `clean` keeps the secret out of the server's words.
pub(super) fn refusal(settings: &Settings, error: &Error, clean: impl Fn(&str) -> String) -> Refusal {
    let host = &settings.host;
    let said = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let said = clean(&said.replace(": ", ", "));
    match error.status().map(u16::from) {
        // Not about the credentials: it knows no AUTH, or not here (RFC 5321, section 4.2.4).
        Some(code @ (500 | 502..=504)) => Refusal::Passing(format!(
            "the mail server {host} takes no login here, or not now ({code} {said}): check port and `security`, or remove user and \
             password if it wants none"
        )),
        Some(code) if error.is_permanent() => Refusal::Credentials(format!("{code} {said}")),
        Some(code) => Refusal::Passing(format!(
            "the mail server {host} does not take the login now ({code} {said}): nothing to do, it is tried again"
        )),
        None => Refusal::Passing(format!(
            "the connection to the mail server {host} was lost during the login ({said}): check host and port"
        )),
    }
}

/// Logs in by a password.
pub(super) async fn by_password(
    settings: &Settings,
    connection: &mut AsyncSmtpConnection,
    user: &str,
    password: &Secret,
) -> Result<(), Unopened> {
    let host = &settings.host;
    let mechanisms = [Mechanism::Plain, Mechanism::Login];
    if connection.server_info().get_auth_mechanism(&mechanisms).is_none() {
        return Err(Unopened::Away(format!(
            "the mail server {host} offers no login by password: check the port, or remove user and password if it wants none"
        )));
    }
    let credentials = Credentials::new(user.to_owned(), password.expose().to_owned());
    let answer = async { Ok(connection.auth(&mechanisms, &credentials).await) };
    let Err(error) = limited(settings, answer, |error| error).await? else { return Ok(()) };
    Err(match refusal(settings, &error, |said| password.keep_out_of(said).to_owned()) {
        Refusal::Credentials(said) => Unopened::Login(format!(
            "the mail server {host} refuses the login ({said}): check user name and password"
        )),
        Refusal::Passing(why) => Unopened::Away(why),
    })
}

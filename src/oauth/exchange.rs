//! What is asked of the token endpoint, and how its answer is read (RFC 6749, sections 4.4, 5 and 6). Pure.

use super::{OAuthError, Settings};
use crate::mail::HeaderText;
use crate::net::http::{Answer, HttpError};
use crate::net::{NetError, Secret};
use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;
use url::form_urlencoded::Serializer;

/// The life of an access token whose server does not tell it (RFC 6749, section 4.2.2, calls it recommended).
const USUAL_LIFE: Duration = Duration::from_secs(3600);

/// No access token lives longer for us, whatever a server says.
const LONGEST_LIFE: Duration = Duration::from_secs(400 * 86_400);

/// No token is longer. Microsoft's have some 3 KB.
const MAX_TOKEN: usize = 16 << 10;

/// What the endpoint gives.
#[derive(Clone, Debug)]
pub(super) struct Granted {
    pub(super) access: Secret,
    /// How long it is good for from now on.
    pub(super) life: Duration,
    /// A refresh token in place of the old one.
    pub(super) refresh: Option<Secret>,
    /// How long the refresh token is good for from now on.
    pub(super) refresh_life: Option<Duration>,
}

/// The form that asks for an access token, with a refresh token or as the client itself. The client names itself in it, as Google, Microsoft and Yandex want it.
pub(super) fn form(settings: &Settings, refresh: Option<&Secret>) -> String {
    let mut form = Serializer::new(String::new());
    match refresh {
        Some(token) => {
            form.append_pair("grant_type", "refresh_token").append_pair("refresh_token", token.expose())
        }
        None => form.append_pair("grant_type", "client_credentials"),
    };
    form.append_pair("client_id", &settings.client_id);
    if let Some(secret) = &settings.client_secret {
        form.append_pair("client_secret", secret.expose());
    }
    if let Some(scope) = &settings.scope {
        form.append_pair("scope", scope);
    }
    form.finish()
}

/// The success and the error of RFC 6749, sections 5.1 and 5.2, in one.
#[derive(Deserialize)]
struct Said {
    access_token: Option<String>,
    token_type: Option<String>,
    expires_in: Option<Value>,
    refresh_token: Option<String>,
    /// Google and Microsoft.
    refresh_token_expires_in: Option<Value>,
    /// Keycloak; 0 is never.
    refresh_expires_in: Option<Value>,
    error: Option<Value>,
    error_description: Option<Value>,
}

/// Reads an answer. `refresh` is the refresh token that was sent: neither it nor the client's secret gets into an error.
pub(super) fn read(
    settings: &Settings,
    refresh: Option<&Secret>,
    outcome: Result<Answer, HttpError>,
) -> Result<Granted, OAuthError> {
    let name = settings.name.clone();
    let answer = outcome.map_err(|error| {
        let passing = match &error {
            HttpError::Net(error) => error.is_passing() || matches!(error, NetError::NoRoots),
            HttpError::Unprotected { .. } => false,
            HttpError::TimedOut { .. } | HttpError::TooLarge { .. } | HttpError::Broken { .. } => true,
        };
        OAuthError::NoAnswer { name: name.clone(), why: error.to_string(), passing }
    })?;
    let status = answer.status;
    let bad = |why: &str| OAuthError::BadAnswer { name: name.clone(), status, why: why.to_owned() };
    match status {
        429 | 500.. => {
            return Err(OAuthError::Later { name, why: format!("status {status}") });
        }
        300..400 => return Err(bad("it points to another address, and redirects are not followed")),
        _ => {}
    }
    let said: Said =
        serde_json::from_slice(&answer.body).map_err(|_| bad("it is not what JSON of OAuth looks like"))?;
    if let Some(error) = &said.error {
        let texts = [Some(error), said.error_description.as_ref()].into_iter().flatten();
        let words: Vec<&str> = texts.filter_map(Value::as_str).collect();
        let said = if words.is_empty() { "no reason given".to_owned() } else { words.join(", ") };
        let secrets = [refresh, settings.client_secret.as_ref()].into_iter().flatten();
        let told = secrets.fold(said.as_str(), |told, secret| secret.keep_out_of(told));
        // A colon would look like the one before the remedy.
        let why = HeaderText::new(&told.replace(": ", ", "), 300).to_string();
        return Err(match error.as_str().unwrap_or_default() {
            "invalid_grant" if refresh.is_some() => OAuthError::InvalidGrant { name, why },
            "invalid_client" | "unauthorized_client" => OAuthError::InvalidClient { name, why },
            "temporarily_unavailable" | "server_error" | "slow_down" => OAuthError::Later { name, why },
            _ => OAuthError::Refused { name, why },
        });
    }
    if !(200..300).contains(&status) {
        return Err(bad("it names no error"));
    }
    let access = said.access_token.ok_or_else(|| bad("it has no access_token"))?;
    // Both go into lines of IMAP and SMTP, where another character would end the token.
    if access.is_empty() || access.len() > MAX_TOKEN || !access.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(bad("its access_token has characters that a token cannot have"));
    }
    if said.token_type.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
        return Err(bad("its token_type is not Bearer"));
    }
    let refresh = said.refresh_token.filter(|token| !token.is_empty());
    if refresh.as_ref().is_some_and(|token| {
        token.len() > MAX_TOKEN || !token.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
    }) {
        return Err(bad("its refresh_token has characters that a token cannot have"));
    }
    let refresh_life = seconds(said.refresh_token_expires_in.or(said.refresh_expires_in).as_ref());
    Ok(Granted {
        access: Secret::new(access),
        life: seconds(said.expires_in.as_ref()).unwrap_or(USUAL_LIFE).min(LONGEST_LIFE),
        refresh: refresh.map(Secret::new),
        refresh_life,
    })
}

/// Seconds as a number, or as digits in quotes, as some servers have them; 0 and what is neither tell nothing.
fn seconds(value: Option<&Value>) -> Option<Duration> {
    let value = value?;
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
    number.filter(|seconds| *seconds > 0).map(Duration::from_secs)
}

#[cfg(test)]
mod tests;

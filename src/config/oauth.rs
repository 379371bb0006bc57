//! `[[oauth]]`: accounts that are logged in to by access tokens in place of a password.

use super::checker::{Checker, Given};
use super::problem::Flaw;
use super::secret::{SecretSource, source};
use super::server::{is_any_given, is_loopback, trust};
use super::value;
use crate::net::Trust;
use serde::Deserialize;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;
use toml::Spanned;
use url::Url;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct OAuthFile {
    name: Given<String>,
    grant: Given<String>,
    token_url: Given<String>,
    client_id: Given<String>,
    client_secret_file: Given<String>,
    client_secret_credential: Given<String>,
    scope: Given<String>,
    refresh_token_file: Given<String>,
    refresh_token_credential: Given<String>,
    refresh_token_lifetime: Given<String>,
    ca_file: Given<String>,
}

/// An account at an authorization server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthConfig {
    /// What `[[mailbox]]` and `[smtp]` call it. Unique.
    pub name: String,
    /// The token endpoint: `https:`, or `http:` on this machine.
    pub token_url: Url,
    /// The client id that askback is registered with.
    pub client_id: String,
    /// Where the client's secret is; a public client has none.
    pub client_secret: Option<SecretSource>,
    /// What the token is to be good for.
    pub scope: Option<String>,
    /// What tokens are asked for with.
    pub grant: OAuthGrant,
    /// Whose certificates are trusted.
    pub trust: Trust,
}

/// What tokens are asked for with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OAuthGrant {
    /// With a refresh token.
    RefreshToken {
        /// Where the first one is.
        first: SecretSource,
        /// How long one lives where the server does not tell.
        lifetime: Option<Duration>,
    },
    /// As the client itself.
    ClientCredentials,
}

pub(super) fn check_oauth(
    checker: &mut Checker<'_>,
    files: &[Spanned<OAuthFile>],
    base: &Path,
) -> Vec<OAuthConfig> {
    let mut accounts: Vec<OAuthConfig> = Vec::new();
    for section in files {
        let Some(account) = check_account(checker, section.span(), section.get_ref(), base) else { continue };
        if accounts.iter().any(|other| other.name == account.name) {
            let at = section.get_ref().name.as_ref().map_or(section.span(), Spanned::span);
            let what = format!("two sections are called \"{}\"", account.name);
            checker.problem(at, &what, "give each [[oauth]] a `name` of its own");
        }
        accounts.push(account);
    }
    accounts
}

fn check_account(
    checker: &mut Checker<'_>,
    section: Range<usize>,
    file: &OAuthFile,
    base: &Path,
) -> Option<OAuthConfig> {
    let name = checker.required(section.clone(), "name", &file.name, name, "\"support\"");
    let example = "\"https://oauth2.googleapis.com/token\"";
    let token_url = checker.required(section.clone(), "token_url", &file.token_url, token_url, example);
    let client_id = checker.required(section.clone(), "client_id", &file.client_id, value::line, "\"…\"");
    let client_secret =
        secret(checker, &file.client_secret_file, &file.client_secret_credential, "client_secret", base);
    let scope = checker.optional(&file.scope, value::line);
    let refresh = [&file.refresh_token_file, &file.refresh_token_credential, &file.refresh_token_lifetime];
    let grant = if checker.choice(
        &file.grant,
        &[("refresh_token", true), ("client_credentials", false)],
        true,
    ) {
        let first =
            secret(checker, &file.refresh_token_file, &file.refresh_token_credential, "refresh_token", base);
        if !is_any_given(&[&file.refresh_token_file, &file.refresh_token_credential]) {
            let remedy = "name the file that has the first refresh token, refresh_token_file = \
                          \"/etc/askback/refresh-token\", or a systemd credential, refresh_token_credential = \
                          \"refresh-token\"";
            checker.missing(section, "refresh_token_file", remedy);
        }
        let day = Duration::from_secs(86_400);
        let lifetime = checker
            .optional(&file.refresh_token_lifetime, |text| value::duration(text, day / 24..=3650 * day));
        first.map(|first| OAuthGrant::RefreshToken { first, lifetime })
    } else {
        for given in refresh.into_iter().flatten() {
            let what = "with grant = \"client_credentials\" there is no refresh token";
            checker.problem(given.span(), what, "remove the line, or set grant = \"refresh_token\"");
        }
        if !is_any_given(&[&file.client_secret_file, &file.client_secret_credential]) {
            let remedy = "a client that asks in its own name proves who it is: add client_secret_file or \
                          client_secret_credential";
            checker.missing(section, "client_secret_file", remedy);
        }
        Some(OAuthGrant::ClientCredentials)
    };
    let trust = trust(checker, &file.ca_file, base);
    Some(OAuthConfig {
        name: name?,
        token_url: token_url?,
        client_id: client_id?,
        client_secret,
        scope,
        grant: grant?,
        trust,
    })
}

/// The name of a file is made of it.
fn name(text: &str) -> Result<String, Flaw> {
    if super::secret::is_plain_name(text) && text.len() <= 60 {
        return Ok(text.to_owned());
    }
    let what = format!("\"{text}\" cannot be a name here");
    Err(Flaw::new(what, "give a short word of letters a-z, digits, - and _: \"support\""))
}

fn token_url(text: &str) -> Result<Url, Flaw> {
    let url = Url::parse(text).map_err(|error| {
        Flaw::new(
            format!("\"{text}\" is not a web address: {error}"),
            "give the token endpoint as the provider documents it: \"https://oauth2.googleapis.com/token\"",
        )
    })?;
    let host = url.host_str().unwrap_or_default();
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(host.trim_matches(['[', ']'])) => {}
        "http" => {
            let what = format!("secrets would go unprotected to {host}");
            return Err(Flaw::new(what, "use https://; http:// is for a server on this machine"));
        }
        other => {
            return Err(Flaw::new(format!("{other}: is not the way to a token endpoint"), "use https://"));
        }
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        let remedy = "give the bare address; the client is named by client_id and its secret";
        return Err(Flaw::new("it has a user, a password or a # in it", remedy));
    }
    Ok(url)
}

/// Where a secret is whose two keys begin with `what`.
fn secret(
    checker: &mut Checker<'_>,
    file: &Given<String>,
    credential: &Given<String>,
    what: &str,
    base: &Path,
) -> Option<SecretSource> {
    let keys = (format!("{what}_file"), format!("{what}_credential"));
    source(checker, file, credential, (&keys.0, &keys.1), base)
}

//! Logging in by OAuth 2.0 access tokens in place of a password (RFC 6749, RFC 6750, RFC 7628): [`Tokens`] gets them and
//! renews them before they expire, [`Kept`] has the refresh token that the server gave last, [`Mechanism`] presents them.

mod ending;
mod error;
mod exchange;
mod kept;
mod sasl;
mod tokens;

pub use ending::Ending;
pub use error::OAuthError;
pub use kept::{Kept, KeptFile};
pub use sasl::{Mechanism, challenge_words};
pub use tokens::Tokens;

use crate::net::{Secret, Trust};
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// How to log in to a mail server, IMAP or SMTP.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// By password.
    Password {
        /// User name.
        user: String,
        /// Password.
        password: Secret,
    },
    /// By an access token: OAUTHBEARER or XOAUTH2, whichever the server offers.
    OAuth {
        /// User name.
        user: String,
        /// Where valid ones come from.
        tokens: Tokens,
    },
}

/// One account at an authorization server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// What the configuration calls it.
    pub name: String,
    /// The token endpoint: `https:`, or `http:` on this machine.
    pub token_url: Url,
    /// Whose certificates are trusted there.
    pub trust: Trust,
    /// The client id that askback is registered with.
    pub client_id: String,
    /// Its secret; a public client has none.
    pub client_secret: Option<Secret>,
    /// What the token is to be good for, in the server's words.
    pub scope: Option<String>,
    /// What the token is asked for with.
    pub grant: Grant,
    /// How long a request may take in all. Tests shorten it.
    pub limit: Duration,
}

/// What an access token is asked for with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grant {
    /// With a refresh token (RFC 6749, section 6): somebody has given his consent once.
    RefreshToken {
        /// The refresh token that the operator has put there.
        first: Secret,
        /// Where its successors are kept.
        file: PathBuf,
        /// How long one lives, by the server's documentation, where its answers do not tell.
        lifetime: Option<Duration>,
    },
    /// As the client itself (RFC 6749, section 4.4).
    ClientCredentials,
}

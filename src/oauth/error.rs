//! [`OAuthError`]: why there is no access token.

/// Why there is no access token. Each text names the cause and the remedy, and has no secret in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OAuthError {
    /// The endpoint was not reached, or gave no answer.
    #[error("oauth \"{name}\": no access token: {why}")]
    NoAnswer {
        /// Which section of the configuration.
        name: String,
        /// What happened, with its remedy.
        why: String,
        /// It may pass by itself.
        passing: bool,
    },
    /// An answer that is none.
    #[error(
        "oauth \"{name}\": the token endpoint's answer (status {status}) is of no use, {why}: check token_url; if it is \
         right, look at that server"
    )]
    BadAnswer {
        /// Which section of the configuration.
        name: String,
        /// The status of HTTP.
        status: u16,
        /// What is wrong with it.
        why: String,
    },
    /// The endpoint asks to come back later.
    #[error(
        "oauth \"{name}\": the token endpoint asks to come back later ({why}): nothing to do, it is asked again"
    )]
    Later {
        /// Which section of the configuration.
        name: String,
        /// What it said.
        why: String,
    },
    /// `invalid_grant`: the refresh token is used up, expired or revoked.
    #[error(
        "oauth \"{name}\": the refresh token is not accepted any more ({why}): get a new one by giving the consent again \
         (README, \"Login by OAuth\"), put it in place of the old one, and restart askback"
    )]
    InvalidGrant {
        /// Which section of the configuration.
        name: String,
        /// What the server said.
        why: String,
    },
    /// `invalid_client` or `unauthorized_client`: the client is not accepted.
    #[error(
        "oauth \"{name}\": the client is not accepted ({why}): check client_id and the client secret (it may have \
         expired), and that the client may use this grant"
    )]
    InvalidClient {
        /// Which section of the configuration.
        name: String,
        /// What the server said.
        why: String,
    },
    /// Another error of RFC 6749, section 5.2.
    #[error("oauth \"{name}\": the token endpoint refuses ({why}): check scope, grant and token_url")]
    Refused {
        /// Which section of the configuration.
        name: String,
        /// What the server said.
        why: String,
    },
    /// The refresh token that the server gives could not be kept, or not be read.
    #[error("oauth \"{name}\": the refresh token cannot be kept in {path} ({why}): {remedy}")]
    NotKept {
        /// Which section of the configuration.
        name: String,
        /// The file.
        path: String,
        /// What the system said.
        why: String,
        /// What to do.
        remedy: &'static str,
    },
}

impl OAuthError {
    /// Whether it can pass by itself, as against what a person must put right.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::NoAnswer { passing, .. } => *passing,
            Self::BadAnswer { .. } | Self::Later { .. } | Self::NotKept { .. } => true,
            Self::InvalidGrant { .. } | Self::InvalidClient { .. } | Self::Refused { .. } => false,
        }
    }
}

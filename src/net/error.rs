//! [`NetError`]: what can go wrong before the first byte of a protocol, told with its remedy.

use chrono::{DateTime, SecondsFormat, Utc};
use std::io;
use std::path::PathBuf;
use std::time::Duration;
use tokio_rustls::rustls::{self, AlertDescription, CertificateError, InvalidMessage, pki_types::UnixTime};

/// Why there is no connection. Each text names the cause and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    /// DNS has no answer.
    #[error("the host name {host} cannot be resolved ({source}): check its spelling and this machine's DNS")]
    NotResolved {
        /// The name.
        host: String,
        /// What the resolver said.
        source: io::Error,
    },
    /// Nobody listens.
    #[error("{host}:{port} refuses the connection: check the port and whether the server runs")]
    Refused {
        /// The name.
        host: String,
        /// The port.
        port: u16,
    },
    /// No answer.
    #[error(
        "{host}:{port} does not answer within {} s: check the network and any firewall on the way",
        limit.as_secs()
    )]
    TimedOut {
        /// The name.
        host: String,
        /// The port.
        port: u16,
        /// How long was waited.
        limit: Duration,
    },
    /// Another failure of the network.
    #[error("the connection to {host}:{port} failed ({source}): check the network")]
    Network {
        /// The name.
        host: String,
        /// The port.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// The certificate is signed by somebody we do not trust.
    #[error(
        "the certificate of {host} is signed by an authority that is not trusted: if it is your own, give its \
         certificate as `ca_file`; otherwise somebody may be listening in"
    )]
    UnknownIssuer {
        /// The name.
        host: String,
    },
    /// The certificate is for other names.
    #[error("the certificate of {host} is for another name ({names}): use the name that it is for")]
    WrongName {
        /// The name that was asked for.
        host: String,
        /// The names that it is for.
        names: String,
    },
    /// The certificate has run out.
    #[error("the certificate of {host} expired{}: it must be renewed on the server", at(" on ", *.when))]
    Expired {
        /// The name.
        host: String,
        /// When it ran out.
        when: Option<DateTime<Utc>>,
    },
    /// The certificate is for the future.
    #[error("the certificate of {host} is not valid {}: check this machine's clock", at("before ", *.when))]
    NotYetValid {
        /// The name.
        host: String,
        /// From when on it is valid.
        when: Option<DateTime<Utc>>,
    },
    /// The certificate is wrong in another way.
    #[error("the certificate of {host} is not accepted ({why}): it must be replaced on the server")]
    BadCertificate {
        /// The name.
        host: String,
        /// What is wrong.
        why: String,
    },
    /// No common TLS version or cipher.
    #[error("{host} offers no TLS 1.2 or 1.3 with a cipher that is still safe: the server must be updated")]
    TlsVersion {
        /// The name.
        host: String,
    },
    /// The other side does not speak TLS.
    #[error(
        "{host} does not speak TLS from the first byte on this port: set `port` to its TLS port (IMAP 993, SMTP 465)"
    )]
    NotTls {
        /// The name.
        host: String,
    },
    /// Another failure of the handshake.
    #[error("the TLS handshake with {host} failed ({why}): check that the port is right")]
    Handshake {
        /// The name.
        host: String,
        /// What went wrong.
        why: String,
    },
    /// The server hung up during the handshake.
    #[error(
        "{host} closed the connection during the TLS handshake ({why}): check that the port is right, and whether the \
         server refuses more connections from here"
    )]
    HungUp {
        /// The name.
        host: String,
        /// What the system said.
        why: String,
    },
    /// The host is no name a certificate could be for.
    #[error("`{host}` is neither a host name nor an IP address: correct the configuration")]
    BadHost {
        /// What was configured.
        host: String,
    },
    /// The file of trusted authorities cannot be used.
    #[error("the CA file {} cannot be used ({why}): it must be readable and hold certificates as PEM", path.display())]
    CaFile {
        /// The configured file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// This machine trusts nobody.
    #[error("this system has no trusted certificates: install the package ca-certificates, or set `ca_file`")]
    NoRoots,
}

fn at(before: &str, when: Option<DateTime<Utc>>) -> String {
    match when {
        Some(when) => format!("{before}{}", when.to_rfc3339_opts(SecondsFormat::Secs, true)),
        None if before.starts_with("before") => "yet".to_owned(),
        None => String::new(),
    }
}

impl NetError {
    /// Whether it can pass by itself (the network), as against what a person must put right (configuration,
    /// certificates).
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::NotResolved { .. }
            | Self::Refused { .. }
            | Self::TimedOut { .. }
            | Self::Network { .. }
            | Self::Handshake { .. }
            | Self::HungUp { .. } => true,
            Self::UnknownIssuer { .. }
            | Self::WrongName { .. }
            | Self::Expired { .. }
            | Self::NotYetValid { .. }
            | Self::BadCertificate { .. }
            | Self::TlsVersion { .. }
            | Self::NotTls { .. }
            | Self::BadHost { .. }
            | Self::CaFile { .. }
            | Self::NoRoots => false,
        }
    }

    pub(super) fn from_connect(host: &str, port: u16, source: io::Error) -> Self {
        let host = host.to_owned();
        if source.kind() == io::ErrorKind::ConnectionRefused {
            Self::Refused { host, port }
        } else {
            Self::Network { host, port, source }
        }
    }

    pub(super) fn from_handshake(host: &str, error: &io::Error) -> Self {
        let host = host.to_owned();
        let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) else {
            let why = error.to_string();
            let hung_up = [
                io::ErrorKind::ConnectionReset,
                io::ErrorKind::ConnectionAborted,
                io::ErrorKind::BrokenPipe,
                io::ErrorKind::UnexpectedEof,
            ];
            let is_cut = hung_up.contains(&error.kind());
            return if is_cut { Self::HungUp { host, why } } else { Self::Handshake { host, why } };
        };
        // Foreign enums that grow with each release: what is not named is told in the library's words.
        #[expect(clippy::wildcard_enum_match_arm)]
        match error {
            rustls::Error::InvalidCertificate(error) => Self::from_certificate(host, error),
            rustls::Error::PeerIncompatible(_)
            | rustls::Error::AlertReceived(
                AlertDescription::ProtocolVersion
                | AlertDescription::InsufficientSecurity
                | AlertDescription::HandshakeFailure,
            ) => Self::TlsVersion { host },
            rustls::Error::InvalidMessage(
                InvalidMessage::InvalidContentType
                | InvalidMessage::UnknownProtocolVersion
                | InvalidMessage::MessageTooLarge,
            ) => Self::NotTls { host },
            other => Self::Handshake { host, why: other.to_string() },
        }
    }

    fn from_certificate(host: String, error: &CertificateError) -> Self {
        #[expect(clippy::wildcard_enum_match_arm)]
        match error {
            // A bad signature: signed by another key of an authority with the same name.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => Self::UnknownIssuer { host },
            CertificateError::NotValidForName => Self::WrongName { host, names: "no names in it".to_owned() },
            CertificateError::NotValidForNameContext { presented, .. } => {
                let mut names: Vec<String> = presented.iter().map(|name| readable_name(name)).collect();
                names.truncate(10);
                if names.is_empty() {
                    names.push("no names in it".to_owned());
                }
                Self::WrongName { host, names: names.join(", ") }
            }
            CertificateError::Expired => Self::Expired { host, when: None },
            CertificateError::ExpiredContext { not_after, .. } => {
                Self::Expired { host, when: date(*not_after) }
            }
            CertificateError::NotValidYet => Self::NotYetValid { host, when: None },
            CertificateError::NotValidYetContext { not_before, .. } => {
                Self::NotYetValid { host, when: date(*not_before) }
            }
            other => Self::BadCertificate { host, why: other.to_string() },
        }
    }
}

fn date(time: UnixTime) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(i64::try_from(time.as_secs()).ok()?, 0)
}

/// `DnsName("a.example")` as rustls shows presented names, without its wrapping and without anything that could
/// drive a terminal.
fn readable_name(presented: &str) -> String {
    let bare =
        presented.split_once("(\"").and_then(|(_, rest)| rest.strip_suffix("\")")).unwrap_or(presented);
    bare.chars().filter(|c| !c.is_control()).take(100).collect()
}

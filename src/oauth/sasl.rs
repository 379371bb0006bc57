//! [`Mechanism`]: how a token is presented to a mail server. Pure.

use crate::mail::HeaderText;
use crate::net::Secret;
use data_encoding::BASE64;
use serde_json::Value;

/// How a token is presented.
/// It has its name in SASL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "UPPERCASE")]
pub enum Mechanism {
    /// OAUTHBEARER (RFC 7628).
    OAuthBearer,
    /// XOAUTH2 of Google, Microsoft and Yandex.
    XOAuth2,
}

impl Mechanism {
    /// The one to use with a server that offers these: the standard before its forerunner.
    pub fn choose(offered: impl Fn(&str) -> bool) -> Option<Self> {
        [Self::OAuthBearer, Self::XOAuth2].into_iter().find(|mechanism| offered(mechanism.into()))
    }

    /// The first and only message, in base64. Host and port are those of the mail server.
    #[must_use]
    pub fn message(self, user: &str, host: &str, port: u16, token: &Secret) -> Secret {
        let token = token.expose();
        let words = match self {
            Self::XOAuth2 => format!("user={user}\x01auth=Bearer {token}\x01\x01"),
            Self::OAuthBearer => {
                // RFC 5801, section 4: saslname.
                let user = user.replace('=', "=3D").replace(',', "=2C");
                format!("n,a={user},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01")
            }
        };
        Secret::new(BASE64.encode(words.as_bytes()))
    }

    /// What a server wants to hear after it has told, in a challenge, why it refuses the token, before it says so (RFC 7628,
    /// section 3.2.3): `\x01` in base64, or an empty line.
    #[must_use]
    pub const fn after_challenge(self) -> &'static str {
        match self {
            Self::OAuthBearer => "AQ==",
            Self::XOAuth2 => "",
        }
    }
}

/// Why a token is refused, from the challenge (base64 of JSON, RFC 7628, section 3.2.2): `invalid_token`, `status 401`.
/// Empty if the challenge tells nothing.
#[must_use]
pub fn challenge_words(challenge: &str, token: &Secret) -> String {
    let Some(json) = BASE64.decode(challenge.trim().as_bytes()).ok().filter(|json| json.len() <= 4096) else {
        return String::new();
    };
    let Ok(said) = serde_json::from_slice::<Value>(&json) else { return String::new() };
    let words = ["status", "error", "scope"].into_iter().filter_map(|key| match said.get(key)? {
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(format!("{key} {text}")),
        Value::Number(number) => Some(format!("{key} {number}")),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    });
    let words = words.collect::<Vec<_>>().join(", ");
    HeaderText::new(&token.keep_out_of(&words).replace(": ", ", "), 200).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_is_preferred_and_nothing_else_will_do() {
        let check =
            |offers: &[&str], expect| assert_eq!(Mechanism::choose(|name| offers.contains(&name)), expect);
        check(&["PLAIN", "XOAUTH2", "OAUTHBEARER"], Some(Mechanism::OAuthBearer));
        check(&["PLAIN", "XOAUTH2"], Some(Mechanism::XOAuth2));
        check(&["PLAIN", "LOGIN"], None);
    }

    #[test]
    fn messages() {
        let check = |mechanism: Mechanism, user: &str, expect: &str| {
            let message = mechanism.message(user, "imap.example.com", 993, &Secret::new("ya29.tok"));
            assert_eq!(
                String::from_utf8(BASE64.decode(message.expose().as_bytes()).unwrap()).unwrap(),
                expect
            );
        };
        check(Mechanism::XOAuth2, "a@b.test", "user=a@b.test\x01auth=Bearer ya29.tok\x01\x01");
        check(
            Mechanism::OAuthBearer,
            "a,=b@c.test",
            "n,a=a=2C=3Db@c.test,\x01host=imap.example.com\x01port=993\x01auth=Bearer ya29.tok\x01\x01",
        );
        // The example of RFC 7628, section 4.1, but for the order of its keys.
        let message = Mechanism::OAuthBearer.message(
            "user@example.com",
            "server.example.com",
            143,
            &Secret::new("vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="),
        );
        assert_eq!(
            message.expose(),
            "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB"
        );
    }

    #[test]
    fn challenges_are_read_and_hold_no_token() {
        let check = |json: &str, expect: &str| {
            assert_eq!(challenge_words(&BASE64.encode(json.as_bytes()), &Secret::new("tok-1234")), expect);
        };
        check(
            r#"{"status":"401","schemes":"bearer","scope":"https://mail.google.com/"}"#,
            "status 401, scope https://mail.google.com/",
        );
        check(r#"{"status":"invalid_token"}"#, "status invalid_token");
        check(r#"{"status":400,"error":"bad\r\nX: y\u001b[2J"}"#, "status 400, error bad X, y [2J");
        let hidden = "its words repeat the password or token and are not shown";
        check(r#"{"status":400,"error":"bad tok-1234"}"#, hidden);
        check("[1]", "");
        check("no JSON", "");
        assert_eq!(challenge_words("%%", &Secret::new("x")), "");
    }
}

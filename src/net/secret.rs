//! [`Secret`]: a password or token that does not end up in a log.

use data_encoding::BASE64;
use std::fmt;

/// A text that has so many characters of a secret in a row repeats it; of a shorter secret, all of it.
const TELLING: usize = 8;

/// A password or token. `Debug` hides it, and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the one place that sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// A server's words as they can be shown: some servers quote in an error what was sent to them.
    #[must_use]
    pub fn keep_out_of<'a>(&self, words: &'a str) -> &'a str {
        if self.is_in(words) { "its words repeat the password or token and are not shown" } else { words }
    }

    /// Whether a text repeats a part of the secret, as it is or in base64, wherever in a SASL message it stood.
    fn is_in(&self, text: &str) -> bool {
        let spellings = (0..3).map(|before| {
            let padded = [vec![0; before], self.0.clone().into_bytes()].concat();
            let encoded = BASE64.encode(&padded);
            // The characters at both ends hold bits of the neighbours, too.
            let whole = (before * 8).div_ceil(6)..(padded.len() * 8) / 6;
            encoded.get(whole).unwrap_or_default().to_owned()
        });
        spellings.chain([self.0.clone()]).any(|spelling| repeats(text, &spelling))
    }
}

/// Whether `text` has [`TELLING`] characters of `secret` in a row, in whatever case.
fn repeats(text: &str, secret: &str) -> bool {
    let text = text.to_lowercase();
    let characters: Vec<char> = secret.to_lowercase().chars().collect();
    let mut pieces = characters.windows(TELLING.min(characters.len()).max(1));
    pieces.any(|piece| text.contains(&piece.iter().collect::<String>()))
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn other_words_do_not_repeat_a_secret() {
        let secret = Secret::new("correct horse battery");
        for text in ["", "[AUTHENTICATIONFAILED] wrong", "correct", "battery horse", "Y29ycmV"] {
            assert!(!secret.is_in(text), "{text}");
        }
        assert!(!Secret::new("").is_in("anything"));
        assert!(Secret::new("abc").is_in("LOGIN u \"abc\""));
    }

    proptest! {
        #[test]
        fn a_quoted_login_repeats_the_secret(
            secret in "[ -~]{8,40}|[а-я]{8,20}", user in "[a-z@.]{0,20}", before in ".{0,10}", cut in 12_usize..60,
        ) {
            let plain = format!("{before}LOGIN {user} \"{secret}\" unknown");
            prop_assert!(Secret::new(secret.as_str()).is_in(&plain));
            let message = BASE64.encode(format!("\0{user}\0{secret}").as_bytes());
            let quoted = format!("{before}{message}");
            prop_assert!(Secret::new(secret.as_str()).is_in(&quoted));
            // However much of it is cut away in front.
            let tail = message.get(message.len().saturating_sub(cut)..).unwrap();
            prop_assert!(Secret::new(secret.as_str()).is_in(tail), "{tail}");
        }
    }
}

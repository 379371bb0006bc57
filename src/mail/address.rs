//! [`Address`]: one addr-spec that is safe to put into a header or an SMTP command.

mod provider;

use super::header_text::is_hostile;
use std::fmt;
use unicode_normalization::is_nfkc;

/// One addr-spec (RFC 5322, section 3.4.1): dot-atom local part, domain of labels of letters, digits and inner hyphens, each of at
/// most 63 bytes (RFC 1035, section 2.3.1); or a local part with UTF-8 letters (RFC 6531). At most 254 bytes. An internationalised
/// domain is kept in its A-label form (RFC 5890, `xn--…`), as most programs write it: each mail server takes that. A letter can be written to each. Lower case: nobody runs mailboxes that differ in case only, and `Ivan@`
/// and `ivan@` are one client. No quoted local parts, no domain literals, no control characters, none that is not seen, and none outside
/// ASCII that becomes another one by lower case or normalising.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address(String);

/// Why a text is not an [`Address`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// No `@`, or nothing on one side of it.
    #[error("an address has the form name@domain")]
    Form,
    /// More than 254 bytes (RFC 5321, section 4.5.3.1.3), a local part over 64, or a part of the domain over 63.
    #[error("the address is too long")]
    Length,
    /// A character that a plain address does not have.
    #[error("the address has a character that addresses do not have")]
    Character,
}

impl Address {
    /// Reads an addr-spec without angle brackets or display name.
    ///
    /// # Errors
    /// [`AddressError`] if it is anything but one plain address.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        if is_too_long(text) {
            return Err(AddressError::Length);
        }
        // What is looked at is what is kept: a few letters are longer in lower case, or two.
        let lower = text.to_lowercase();
        if !text.chars().all(is_itself) || !is_nfkc(&lower) {
            return Err(AddressError::Character);
        }
        Self::stored(&lower)
    }

    /// Reads an address that was written down: what was taken once must be read, even if [`Address::parse`] has learnt to refuse it.
    ///
    /// # Errors
    /// [`AddressError`] if it never was one.
    pub fn stored(text: &str) -> Result<Self, AddressError> {
        if is_too_long(text) {
            return Err(AddressError::Length);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(AddressError::Form)?;
        let domain = if domain.is_ascii() { domain.to_owned() } else { to_ascii(domain)? };
        if local.is_empty() || domain.is_empty() {
            return Err(AddressError::Form);
        }
        if local.len() > 64 {
            return Err(AddressError::Length);
        }
        let dots_fine = |part: &str| !part.starts_with('.') && !part.ends_with('.') && !part.contains("..");
        let local_fine = local.chars().all(|c| {
            c.is_ascii_alphanumeric()
                || "!#$%&'*+-/=?^_`{|}~.".contains(c)
                || (!c.is_ascii() && c.is_alphanumeric())
        });
        if domain.split('.').any(|label| label.len() > 63) {
            return Err(AddressError::Length);
        }
        let label_fine = |label: &str| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        };
        if local_fine && dots_fine(local) && domain.split('.').all(label_fine) {
            let address = format!("{local}@{domain}");
            if is_too_long(&address) { Err(AddressError::Length) } else { Ok(Self(address)) }
        } else {
            Err(AddressError::Character)
        }
    }

    /// The whole addr-spec in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the `@`.
    #[must_use]
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// What stands after the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Whether mail to both lies in the same mailbox: the addresses differ at most in their `+tag` (RFC 5233).
    #[must_use]
    pub fn same_mailbox(&self, other: &Self) -> bool {
        self.user() == other.user() && self.domain() == other.domain()
    }

    /// Whether mail to it lies in the mailbox of one of these.
    #[must_use]
    pub fn is_among<'a>(&self, others: impl IntoIterator<Item = &'a Self>) -> bool {
        others.into_iter().any(|other| self.same_mailbox(other))
    }

    /// The local part without its `+tag`.
    fn user(&self) -> &str {
        match self.local().split_once('+') {
            Some((user, _)) if !user.is_empty() => user,
            _ => self.local(),
        }
    }

    /// The address without its `+tag`.
    #[must_use]
    pub fn without_tag(&self) -> Self {
        Self(format!("{}@{}", self.user(), self.domain()))
    }
}

fn is_too_long(text: &str) -> bool {
    text.len() > 254
}

/// Whether a character is seen, and lower case makes no ASCII of it: the sign of Kelvin (U+212A) would become a `k`.
fn is_itself(c: char) -> bool {
    c.is_ascii() || !is_hostile(c) && !c.to_lowercase().any(|lower| lower.is_ascii())
}

/// The A-labels of an internationalised domain of plain letters: what else can be mapped to some (UTS 46), two programs could read
/// differently.
fn to_ascii(domain: &str) -> Result<String, AddressError> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.');
    if !domain.chars().all(plain) {
        return Err(AddressError::Character);
    }
    match url::Host::parse(domain) {
        Ok(url::Host::Domain(domain)) => Ok(domain),
        Ok(url::Host::Ipv4(_) | url::Host::Ipv6(_)) | Err(_) => Err(AddressError::Character),
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_addresses_are_read_in_lower_case() {
        let address = Address::parse("Ivan.Petrov+a1b2@Example.COM").unwrap();
        assert_eq!(address.as_str(), "ivan.petrov+a1b2@example.com");
        assert_eq!(address.without_tag().as_str(), "ivan.petrov@example.com");
        assert_eq!(address.domain(), "example.com");
    }

    #[test]
    fn an_internationalised_domain_is_one_however_it_is_written() {
        let address = Address::parse("Ivan@Почта.РФ").unwrap();
        assert_eq!(address.as_str(), "ivan@xn--80a1acny.xn--p1ai");
        assert_eq!(Address::parse("ivan@xn--80a1acny.xn--p1ai"), Ok(address));
        assert_eq!(Address::parse("иван@почта.рф").unwrap().local(), "иван");
        // A look-alike is another, or none.
        assert_eq!(Address::parse("ivan@ａlfa.test"), Err(AddressError::Character));
        assert_ne!(Address::parse("ivan@аlfa.test"), Address::parse("ivan@alfa.test"));
        let long = |letters: usize| Address::parse(&format!("a@{}.рф", "п".repeat(letters))).map(drop);
        assert_eq!((long(20), long(64)), (Ok(()), Err(AddressError::Length)));
    }

    #[test]
    fn a_tag_does_not_make_another_mailbox() {
        let same = |one: &str, other: &str| {
            let [one, other] = [one, other].map(|text| Address::parse(text).unwrap());
            assert_eq!(one.same_mailbox(&other), one.without_tag() == other.without_tag(), "{one} {other}");
            one.same_mailbox(&other)
        };
        assert!(same("ivan+a@example.com", "Ivan+b@example.com"));
        assert!(same("ivan@example.com", "ivan+b@example.com"));
        assert!(!same("ivan@example.com", "ivan@example.org"));
        assert!(!same("ivan@example.com", "iva@example.com"));
        // A plus at the front divides nothing.
        assert!(!same("+a@example.com", "+b@example.com"));
    }

    #[test]
    fn what_two_programs_could_read_differently_is_refused() {
        for text in [
            "a@b\r\nBcc: c@d",
            "a b@c",
            "@b",
            "a@",
            "a",
            "a@b@c",
            "<a@b>",
            "\"a b\"@c",
            "a@[127.0.0.1]",
            "a..b@c",
            ".a@b",
            "a@b.",
            "a@b,c@d",
            "a@b;",
            "a\u{202e}@b",
            "a\0@b",
            "a@b\u{0}",
            "a@-b.test",
            "a@b-.test",
            "a@b.-",
            "a@İ.test",
            // What becomes ASCII in lower case or by normalising.
            "nikita@trac\u{212a}er.test",
            "ni\u{212a}ita@tracker.test",
            "İvan@b.test",
            "ｉvan@b.test",
            "a\u{17f}@b.test",
            "a@b\u{17f}.test",
            // Letters that are not seen.
            "a\u{3164}@b.test",
            "a\u{1160}@b.test",
            "a\u{115f}@b.test",
            "a@b\u{3164}.test",
            "a@b\u{115f}.test",
            "a\u{ffa0}@b.test",
            "a\u{34f}@b.test",
            "a\u{fe0f}@b.test",
            "a\u{2800}@b.test",
        ] {
            assert!(Address::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(Address::parse(&format!("{}@b", "a".repeat(65))), Err(AddressError::Length));
        assert_eq!(Address::parse(&format!("a@{}.test", "b".repeat(64))), Err(AddressError::Length));
        assert!(Address::parse(&format!("a@{}.test", "b".repeat(63))).is_ok());
    }
}

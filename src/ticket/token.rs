//! Our mark on what we send: a Message-ID and a reply address that nobody else can make, and an X-Loop that nobody else writes.
//!
//! ```text
//! Message-ID  <12.1f.nfxgo4dbon2gk3lq@m2mail.ru>          ticket 12, letter 0x1f, 80 bits of HMAC-SHA-256
//! Reply-To    support+12-mfrggzdfmztwq2lk@m2mail.ru       ticket 12, 80 bits of HMAC-SHA-256
//! ```
//!
//! An agent who is told of a ticket gets a reply address of his own; it also says up to which message of the client he
//! was told, so that an answer which has been overtaken is noticed:
//!
//! ```text
//! Reply-To    support+12.19b0c4e5f60-mfrggzdfmztwq2lk@m2mail.ru       ticket 12, milliseconds since 1970, 80 bits
//! ```
//!
//! The HMAC covers what the token is for, the ticket, the letter and the address of its recipient. So proving a token
//! takes that address: the ticket's client, or the agent. A mail that only claims a token is a [`Claim`]; the sole ways
//! from there to a proof are [`TokenKey::proves`] and, of an agent's notice, [`TokenKey::prove_notice`]. Everything is lower case and letters, digits, dots, hyphens and one plus:
//! programs that change the case of addresses break nothing.

use super::TicketId;
use crate::mail::{Address, Mail, MessageId};
use chrono::{DateTime, Utc};
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;

/// 80 bits: sixteen base32 characters without a remainder. It is guessed only by sending us 2^80 mails.
const MAC_BYTES: usize = 10;

/// Longest local part (RFC 5321, section 4.5.3.1.1).
const MAX_LOCAL: usize = 64;

/// At most so many ids of one mail are looked at: each costs a hash.
const MAX_CLAIMS: usize = 200;

/// The secret that marks our letters: 32 random bytes, made at the first start and kept in the database.
#[derive(Clone)]
pub struct TokenKey([u8; 32]);

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKey(…)")
    }
}

/// Keeps a token of one place from being used in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Purpose {
    MessageId,
    ReplyAddress,
    NoticeAddress,
}

/// A token as a mail shows it: well-formed, not yet proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The ticket it says it is of.
    pub ticket: TicketId,
    purpose: Purpose,
    serial: u64,
    mac: [u8; MAC_BYTES],
}

/// A notice's token that we made for this recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProvedNotice {
    /// The ticket that he was told of.
    pub ticket: TicketId,
    /// When the client's last message arrived that he was told of.
    pub told_until: DateTime<Utc>,
}

impl TokenKey {
    /// Takes 32 random bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The Message-ID of a letter. `serial` makes it unique: the number of the mail it answers, or a random number.
    /// `None` if `domain` cannot stand in a Message-ID (not ASCII, too long).
    #[must_use]
    pub fn message_id(
        &self,
        ticket: TicketId,
        recipient: &Address,
        serial: u64,
        domain: &str,
    ) -> Option<MessageId> {
        let mac = self.mac_text(Purpose::MessageId, ticket, serial, recipient);
        MessageId::parse(&format!("{ticket}.{serial:x}.{mac}@{domain}"))
    }

    /// The address that answers to a ticket's letters go to: `support` with the token as its `+tag`; `support` itself
    /// if that would be longer than an address may be.
    #[must_use]
    pub fn reply_address(&self, ticket: TicketId, recipient: &Address, support: &Address) -> Address {
        let mac = self.mac_text(Purpose::ReplyAddress, ticket, 0, recipient);
        tagged(support, &format!("{ticket}-{mac}")).unwrap_or_else(|| support.clone())
    }

    /// The address through which an agent answers the client: proves that `agent` was told of this ticket, up to the
    /// client's message of `told_until`. `None` if it would be longer than an address may be.
    #[must_use]
    pub fn notice_address(
        &self,
        ticket: TicketId,
        agent: &Address,
        told_until: DateTime<Utc>,
        support: &Address,
    ) -> Option<Address> {
        let serial = u64::try_from(told_until.timestamp_millis()).ok()?;
        let mac = self.mac_text(Purpose::NoticeAddress, ticket, serial, agent);
        tagged(support, &format!("{ticket}.{serial:x}-{mac}"))
    }

    /// Whether we made this token for this client. Takes the same time for every wrong token.
    #[must_use]
    pub fn proves(&self, claim: &Claim, client: &Address) -> bool {
        match claim.purpose {
            Purpose::MessageId | Purpose::ReplyAddress => self.verify(claim, client),
            Purpose::NoticeAddress => false,
        }
    }

    /// What a token proves that is of a notice which we sent to this agent.
    #[must_use]
    pub fn prove_notice(&self, claim: &Claim, agent: &Address) -> Option<ProvedNotice> {
        let told_until = DateTime::from_timestamp_millis(i64::try_from(claim.serial).ok()?)?;
        match claim.purpose {
            Purpose::MessageId | Purpose::ReplyAddress => None,
            Purpose::NoticeAddress => {
                self.verify(claim, agent).then_some(ProvedNotice { ticket: claim.ticket, told_until })
            }
        }
    }

    /// What our letters carry in X-Loop. Nobody else writes it: lists and filters put an address there, which may be ours.
    #[must_use]
    pub fn loop_mark(&self) -> String {
        let mac = self.keyed(b"askback x-loop\0");
        format!("askback-{}", mac_text(mac))
    }

    fn verify(&self, claim: &Claim, recipient: &Address) -> bool {
        let mac = self.mac(claim.purpose, claim.ticket, claim.serial, recipient);
        mac.is_some_and(|mac| mac.verify_truncated_left(&claim.mac).is_ok())
    }

    fn mac_text(&self, purpose: Purpose, ticket: TicketId, serial: u64, recipient: &Address) -> String {
        mac_text(self.mac(purpose, ticket, serial, recipient))
    }

    fn mac(
        &self,
        purpose: Purpose,
        ticket: TicketId,
        serial: u64,
        recipient: &Address,
    ) -> Option<Hmac<Sha256>> {
        let mut mac = self.keyed(match purpose {
            Purpose::MessageId => b"askback message-id\0".as_slice(),
            Purpose::ReplyAddress => b"askback reply-address\0".as_slice(),
            Purpose::NoticeAddress => b"askback notice-address\0".as_slice(),
        })?;
        // Fixed widths first, the one variable part last: no two facts are written the same.
        mac.update(&ticket.0.to_be_bytes());
        mac.update(&serial.to_be_bytes());
        mac.update(recipient.as_str().as_bytes());
        Some(mac)
    }

    /// The beginning of an HMAC for one purpose.
    fn keyed(&self, purpose: &[u8]) -> Option<Hmac<Sha256>> {
        // HMAC takes keys of any length; `None` cannot happen, and would prove nothing if it did.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(purpose);
        Some(mac)
    }
}

fn mac_text(mac: Option<Hmac<Sha256>>) -> String {
    let whole = mac.map(|mac| mac.finalize().into_bytes());
    let cut = whole.as_ref().and_then(|bytes| bytes.get(..MAC_BYTES)).unwrap_or_default();
    BASE32_NOPAD.encode(cut).to_ascii_lowercase()
}

impl Claim {
    /// The token in a Message-ID, if it has the form of ours. The domain does not matter: it may have changed since.
    #[must_use]
    fn in_message_id(id: &MessageId) -> Option<Self> {
        let lower = id.as_str().to_ascii_lowercase();
        let (left, _domain) = lower.rsplit_once('@')?;
        let mut parts = left.split('.');
        let (ticket, serial, mac) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        Some(Self {
            ticket: ticket_number(ticket)?,
            purpose: Purpose::MessageId,
            serial: serial_number(serial)?,
            mac: mac_bytes(mac)?,
        })
    }

    /// The token in the `+tag` of an address, if it has the form of ours.
    #[must_use]
    pub fn in_address(address: &Address) -> Option<Self> {
        let (_support, tag) = address.local().rsplit_once('+')?;
        let (left, mac) = tag.split_once('-')?;
        let mac = mac_bytes(&mac.to_ascii_lowercase())?;
        Some(match left.split_once('.') {
            Some((ticket, serial)) => Self {
                ticket: ticket_number(ticket)?,
                purpose: Purpose::NoticeAddress,
                serial: serial_number(&serial.to_ascii_lowercase())?,
                mac,
            },
            None => Self { ticket: ticket_number(left)?, purpose: Purpose::ReplyAddress, serial: 0, mac },
        })
    }

    /// All tokens in what a mail answers to: its recipients, In-Reply-To, References. To be proved
    /// with the client of the ticket that each names.
    #[must_use]
    pub fn all_in(mail: &Mail) -> Vec<Self> {
        let recipients = mail.to.iter().chain(&mail.cc).chain(&mail.resent);
        let addresses = recipients.filter_map(|mailbox| Self::in_address(&mailbox.address));
        let ids = mail.refers_to().take(MAX_CLAIMS);
        addresses.take(MAX_CLAIMS).chain(ids.filter_map(Self::in_message_id)).collect()
    }
}

/// A ticket number in its one spelling.
pub(super) fn ticket_number(text: &str) -> Option<TicketId> {
    let plain = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok().map(TicketId) } else { None }
}

/// A serial number in its one spelling: no sign, no leading zeros.
fn serial_number(text: &str) -> Option<u64> {
    let number = u64::from_str_radix(text, 16).ok()?;
    (format!("{number:x}") == text).then_some(number)
}

/// An address with a `+tag`; `None` if it would be too long.
fn tagged(support: &Address, tag: &str) -> Option<Address> {
    let local = format!("{}+{tag}", support.local());
    if local.len() > MAX_LOCAL {
        return None;
    }
    Address::parse(&format!("{local}@{}", support.domain())).ok()
}

fn mac_bytes(text: &str) -> Option<[u8; MAC_BYTES]> {
    BASE32_NOPAD.decode(text.to_ascii_uppercase().as_bytes()).ok()?.try_into().ok()
}

/// The ticket number in a subject: the last `[#12]` of it. A hint only: anybody can write it.
#[must_use]
pub fn subject_number(subject: &str) -> Option<TicketId> {
    subject.rmatch_indices("[#").find_map(|(start, mark)| {
        let (number, _rest) = subject.get(start + mark.len()..)?.split_once(']')?;
        ticket_number(number)
    })
}

/// A ticket number as our subjects show it, so that [`subject_number`] finds it again: `[#12]`.
#[must_use]
pub fn subject_mark(ticket: TicketId) -> String {
    format!("[#{ticket}]")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    fn key(byte: u8) -> TokenKey {
        TokenKey::new([byte; 32])
    }

    #[test]
    fn tokens_look_like_this_and_stay_valid_across_versions() {
        let (ivan, support) = (address("ivan@alfa.test"), address("support@m2mail.ru"));
        let id = key(7).message_id(TicketId(12), &ivan, 0x1f, "m2mail.ru").unwrap();
        let reply = key(7).reply_address(TicketId(12), &ivan, &support);
        assert_eq!(id.as_str(), "12.1f.dc2trinj6z46fq33@m2mail.ru");
        assert_eq!(reply.as_str(), "support+12-6p2jkcvyaqd5pscv@m2mail.ru");
        assert_eq!(key(7).loop_mark(), "askback-bgotoyahs6ww636f");
        assert_ne!(key(7).loop_mark(), key(8).loop_mark());
        assert_eq!(format!("{:?}", key(7)), "TokenKey(…)");
    }

    #[test]
    fn a_tag_that_would_be_too_long_is_left_out() {
        let support = address(&format!("{}@m2mail.ru", "s".repeat(60)));
        assert_eq!(key(7).reply_address(TicketId(12), &address("ivan@alfa.test"), &support), support);
    }

    #[test]
    fn other_spellings_and_foreign_ids_are_no_claims() {
        for id in [
            "012.1f.aaaaaaaaaaaaaaaa@x",
            "+12.1f.aaaaaaaaaaaaaaaa@x",
            "12.01f.aaaaaaaaaaaaaaaa@x",
            "12.+1f.aaaaaaaaaaaaaaaa@x",
            "12.1f.aaaaaaaaaaaaaaa@x",
            "12.1f.aaaaaaaaaaaaaaaaa@x",
            "12.1f.aaaaaaaaaaaaaaa1@x",
            "12.1f@x",
            "12.1f.aaaaaaaaaaaaaaaa.b@x",
            "12.1f.aaaaaaaaaaaaaaaa",
            "4294967296.1f.aaaaaaaaaaaaaaaa@x",
            "0.1f.aaaaaaaaaaaaaaaa@x",
            "CAF=x1z@mail.gmail.com",
            "..@x",
        ] {
            assert_eq!(Claim::in_message_id(&MessageId::parse(id).unwrap()), None, "{id}");
        }
        for text in ["support@x.test", "support+sales@x.test", "support+12@x.test", "support+12-aaaa@x.test"]
        {
            assert_eq!(Claim::in_address(&address(text)), None, "{text}");
        }
    }

    #[test]
    fn case_does_not_matter() {
        let ivan = address("ivan@alfa.test");
        let id = key(7).message_id(TicketId(12), &ivan, u64::MAX, "m2mail.ru").unwrap();
        let shouted = MessageId::parse(&id.as_str().to_ascii_uppercase()).unwrap();
        let claim = Claim::in_message_id(&shouted).unwrap();
        assert!(claim.ticket == TicketId(12) && key(7).proves(&claim, &ivan));
    }

    #[test]
    fn a_token_of_one_place_is_none_in_the_other() {
        let ivan = address("ivan@alfa.test");
        let reply = key(7).reply_address(TicketId(12), &ivan, &address("support@m2mail.ru"));
        let mac = reply.local().rsplit_once('-').unwrap().1;
        let forged =
            Claim::in_message_id(&MessageId::parse(&format!("12.0.{mac}@m2mail.ru")).unwrap()).unwrap();
        assert!(!key(7).proves(&forged, &ivan));
    }

    #[test]
    fn the_last_number_in_the_subject_counts() {
        let check = |subject: &str, expect: Option<u32>| {
            assert_eq!(subject_number(subject), expect.map(TicketId), "{subject}");
        };
        check("Re: Отчёт [#12]", Some(12));
        check("[#12] Re: Отчёт", Some(12));
        check("как в [#5], но [#12]", Some(12));
        check("[#12] и [#-1]", Some(12));
        check("Отчёт #12", None);
        check("[# 12]", None);
        check("[#012]", None);
        check("[#0]", None);
        check("[#12", None);
        check("12] Отчёт", None);
        check("[#99999999999]", None);
        check("", None);
        check(&subject_mark(TicketId(u32::MAX)), Some(u32::MAX));
    }

    proptest! {
        #[test]
        fn what_we_made_is_proved(ticket in 1_u32.., serial: u64, who in "[a-z]{1,20}(\\+[a-z]{1,5})?", secret: [u8; 32]) {
            let (key, recipient) = (TokenKey::new(secret), address(&format!("{who}@alfa.test")));
            let id = key.message_id(TicketId(ticket), &recipient, serial, "m2mail.ru").unwrap();
            let reply = key.reply_address(TicketId(ticket), &recipient, &address("support+x@m2mail.ru"));
            for claim in [Claim::in_message_id(&id), Claim::in_address(&reply)] {
                let claim = claim.unwrap();
                prop_assert!(claim.ticket == TicketId(ticket) && key.proves(&claim, &recipient));
            }
        }

        /// Whatever character in front of the domain becomes another one, nothing is proved.
        #[test]
        fn a_changed_character_proves_nothing(place in 0_usize..60, new in "[a-z0-9.=+-]", ticket in 1_u32..100_000) {
            let ivan = address("ivan@alfa.test");
            let id = key(7).message_id(TicketId(ticket), &ivan, 0xbeef, "m2mail.ru").unwrap();
            let end = id.as_str().find('@').unwrap();
            let place = place % end;
            let mut text = id.as_str().to_owned();
            prop_assume!(text.get(place..=place) != Some(new.as_str()));
            text.replace_range(place..=place, &new);
            let claim = MessageId::parse(&text).and_then(|id| Claim::in_message_id(&id));
            prop_assert!(claim.is_none_or(|claim| !key(7).proves(&claim, &ivan)));

            let reply = key(7).reply_address(TicketId(ticket), &ivan, &address("s@m2mail.ru"));
            let mut text = reply.as_str().to_owned();
            let place = 2 + place % (text.find('@').unwrap() - 2);
            prop_assume!(text.get(place..=place) != Some(new.as_str()));
            text.replace_range(place..=place, &new);
            let claim = Address::parse(&text).ok().and_then(|address| Claim::in_address(&address));
            prop_assert!(claim.is_none_or(|claim| !key(7).proves(&claim, &ivan)));
        }

        #[test]
        fn another_recipient_ticket_or_key_proves_nothing(a in "[a-z]{1,9}", b in "[a-z]{1,9}", ticket in 1_u32..1000) {
            prop_assume!(a != b);
            let (a, b) = (address(&format!("{a}@c.test")), address(&format!("{b}@c.test")));
            let mut claim = Claim::in_message_id(&key(7).message_id(TicketId(ticket), &a, 1, "m.test").unwrap()).unwrap();
            prop_assert!(!key(7).proves(&claim, &b));
            prop_assert!(!key(8).proves(&claim, &a));
            claim.ticket.0 += 1;
            prop_assert!(!key(7).proves(&claim, &a));
        }

        #[test]
        fn a_notice_s_token_proves_only_what_its_agent_was_told(
            ticket in 1_u32.., ms in 0_i64..4_000_000_000_000, later in 1_i64..1000,
        ) {
            let (key, olga, support) = (key(7), address("olga@m2m.test"), address("support@m2mail.ru"));
            let at = |ms| DateTime::from_timestamp_millis(ms).unwrap();
            let made = key.notice_address(TicketId(ticket), &olga, at(ms), &support).unwrap();
            let claim = Claim::in_address(&made).unwrap();
            let proved = ProvedNotice { ticket: TicketId(ticket), told_until: at(ms) };
            prop_assert_eq!(key.prove_notice(&claim, &olga), Some(proved));
            // Not for another person, not as a client's token, not with another time.
            prop_assert_eq!(key.prove_notice(&claim, &address("petr@m2m.test")), None);
            prop_assert!(!key.proves(&claim, &olga));
            let forged = Claim { serial: claim.serial + u64::try_from(later).unwrap(), ..claim };
            prop_assert_eq!(key.prove_notice(&forged, &olga), None);
            let client = Claim::in_address(&key.reply_address(TicketId(ticket), &olga, &support)).unwrap();
            prop_assert_eq!(key.prove_notice(&client, &olga), None);
        }

        #[test]
        fn any_text_is_read_without_panic(text in ".{0,80}") {
            let _ = subject_number(&text);
            if let Some(id) = MessageId::parse(&text) { let _ = Claim::in_message_id(&id); }
            if let Ok(address) = Address::parse(&text) { let _ = Claim::in_address(&address); }
        }
    }
}

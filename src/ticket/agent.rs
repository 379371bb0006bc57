//! What an agent's mail is to its ticket: an answer that has gone out, one to be sent on, a note, a client's mail handed
//! over. Pure.

use super::thread::Proof;
use super::token::{Claim, ProvedNotice};
use super::{Ticket, TicketId};
use crate::mail::subject::SubjectPrefix;
use crate::mail::{Address, Mail, Mailbox, SegmentKind, Text};
use chrono::{DateTime, Utc};

/// How an agent's mail came to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// It lay in the support account's folder for sent mail: it has gone out, and only who has the password can put it
    /// there.
    Sent,
    /// Into the mailbox, from one of our own addresses: an agent wrote as support@, with support@ in Cc.
    Account,
    /// Into the mailbox, from an agent's own address.
    Person,
}

/// What is known of an agent's mail.
#[derive(Clone, Debug)]
pub struct AgentFacts<'a> {
    /// The mail.
    pub mail: &'a Mail,
    /// The agent.
    pub author: &'a Address,
    /// How it came.
    pub way: Way,
    /// A trusted server vouches for its sender.
    pub vouched: bool,
    /// The ticket that it mentions, and what proves that.
    pub joined: Option<(&'a Ticket, Proof)>,
    /// The words stand in it that the client opened that ticket with: who wrote it has his mail.
    pub quotes_client: bool,
    /// Who of the client's side wrote last in that ticket.
    pub asker: Option<&'a Address>,
    /// The notice that it replies to, proved for this sender, with its ticket.
    pub notice: Option<(&'a Ticket, ProvedNotice)>,
    /// It replies to a letter that askback wrote to one of us.
    pub answers_a_notice: bool,
    /// It has the subject or words of such a letter, whatever it replies to.
    pub repeats_a_notice: bool,
    /// It is too large to be sent on, or was never fetched.
    pub too_large: bool,
    /// Addresses that are no client's: ours and the agents'.
    pub house: &'a [Address],
}

impl AgentFacts<'_> {
    /// Whether more than its words and its sender's name show that it is an answer: else whom it has in copy stays outside.
    #[must_use]
    pub fn may_bring_in(&self) -> bool {
        self.vouched
            || self.way == Way::Sent
            || (self.notice.is_some() && self.way == Way::Person)
            || self.joined.is_some_and(|(_, proof)| !proof.is_hint())
    }
}

/// What an agent's mail does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Deed {
    /// It has gone to the client.
    Answers(TicketId),
    /// It goes to the client through us, unless a colleague has answered since he was told.
    Relay(TicketId, DateTime<Utc>),
    /// It was to go to the client through us and does not; its author is told why.
    HeldBack(Option<TicketId>, HeldBack),
    /// It stays among us, or is none all the same.
    Note(TicketId, Note),
    /// It hands over the mail of a client, whose ticket this is to be; where [`crate::mail::Text::as_forward`] gives a text, that
    /// is how to read it.
    Forwards(Mailbox),
    /// It begins a conversation with a client.
    Begins(Mailbox),
    /// It is an agent's own request: a new one, or this one of his, by this.
    Asks(Option<(TicketId, Proof)>),
    /// It belongs to no ticket.
    Unrelated,
}

/// Why an agent's mail is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// It did not go to the client, or that it is an agent's is not proved.
    Unproved,
    /// It went to the client, and has neither words, but for a signature, nor files.
    SaysNothing,
}

impl Note {
    /// The reason in the event log.
    #[must_use]
    pub const fn why(self) -> &'static str {
        match self {
            Self::Unproved => "an agent's note: nothing proves that it answers the client",
            Self::SaysNothing => {
                "an agent's note: it went to the client, and says nothing but a signature and what it quotes"
            }
        }
    }
}

/// Why an answer is not sent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(strum::VariantArray))]
pub enum HeldBack {
    /// The client wrote after the notice that it replies to.
    ClientWrote,
    /// There is nothing in it but what it quotes.
    NoWords,
    /// It has a forwarded mail in it, which perhaps is not for the client.
    Forward,
    /// It is too large.
    TooLarge,
    /// It does not say which client it is for.
    NoTicket,
    /// It came from another address than the one that the notice went to.
    OtherAddress,
    /// Its author has sent the client the very same words before.
    Repeated,
    /// The notice stands in it, and cannot be told from its author's words.
    QuotesNotice,
    /// Whole lines that the client has written stand in it, and would reach him as ours.
    QuotesClient,
    /// A colleague has answered since the notice that it replies to.
    Answered,
    /// Its text, or files of it, are packed so that only its program reads them.
    Sealed,
    /// It was sent on before, and did not arrive, as far as is known.
    NotArrived,
}

impl HeldBack {
    /// Whether somebody else has caused it since, so that its author must hear of it each time.
    #[must_use]
    pub const fn is_news(self) -> bool {
        match self {
            Self::ClientWrote | Self::Answered => true,
            Self::NoWords
            | Self::Forward
            | Self::TooLarge
            | Self::NoTicket
            | Self::OtherAddress
            | Self::Repeated
            | Self::QuotesNotice
            | Self::QuotesClient
            | Self::Sealed
            | Self::NotArrived => false,
        }
    }

    /// The reason in the event log.
    #[must_use]
    pub const fn why(self) -> &'static str {
        match self {
            Self::ClientWrote => "the client wrote after the notice that it replies to",
            Self::NoWords => "it has no words of its own",
            Self::Forward => "it has a forwarded mail in it",
            Self::TooLarge => "it is too large",
            Self::NoTicket => "it does not say which client it is for",
            Self::OtherAddress => "it came from another address than the one that the notice went to",
            Self::Repeated => "the client has had the very same words from him before",
            Self::QuotesNotice => "the text of the notice stands in it unmarked",
            Self::QuotesClient => "words of the client stand in it unmarked",
            Self::Answered => "a colleague has answered since the notice that it replies to",
            Self::Sealed => "its text or files are packed so that only its program reads them",
            Self::NotArrived => "it was sent on before, and did not arrive as far as is known",
        }
    }
}

/// Decides what an agent's mail is. The first that fits:
///
/// | it | is |
/// | --- | --- |
/// | belongs to a ticket that is the agent's own, or to a notice of such | his request |
/// | went to the client whose ticket or notice it proves | an answer, or a note if it says nothing |
/// | went to somebody else, a notice for its author in copy | a note |
/// | replies to a notice for its author | sent on, or held back |
/// | belongs to a ticket otherwise | a note |
/// | lay in the Sent folder or came from our own address | no ticket's |
/// | replies to another letter of askback to us, and went to nobody outside | held back |
/// | forwards the mail of somebody outside | his request |
/// | went to somebody outside | the beginning of a conversation |
/// | has the subject or words of a letter of askback to us | held back |
/// | else | an agent's own request |
pub fn deed(facts: &AgentFacts<'_>) -> Deed {
    let mail = facts.mail;
    let own = |ticket: &Ticket| facts.way == Way::Person && ticket.client.same_mailbox(facts.author);
    let notice = facts.notice.filter(|_| facts.way == Way::Person);
    if let Some((ticket, told)) = notice {
        // Nobody answers himself: it would count as an answer, and nobody would be reminded any more.
        if own(ticket) {
            return Deed::Asks(Some((ticket.id, Proof::Token)));
        }
        if went_to(mail, ticket, facts.asker) {
            return gone_out(facts, ticket);
        }
        if is_in_copy(mail, ticket.id) {
            return Deed::Note(ticket.id, Note::Unproved);
        }
        return match held_back(facts, ticket, told) {
            Some(why) => Deed::HeldBack(Some(ticket.id), why),
            None => Deed::Relay(ticket.id, told.told_until),
        };
    }
    if let Some((ticket, proof)) = facts.joined {
        if own(ticket) {
            return Deed::Asks(Some((ticket.id, proof)));
        }
        // Anybody can write a number into a subject and an agent's address into From.
        let proved = !proof.is_hint() || facts.quotes_client || facts.vouched || facts.way == Way::Sent;
        return if proved && went_to(mail, ticket, facts.asker) {
            gone_out(facts, ticket)
        } else {
            Deed::Note(ticket.id, Note::Unproved)
        };
    }
    if facts.way != Way::Person {
        return Deed::Unrelated;
    }
    let outside = |mailbox: &Mailbox| !mailbox.address.is_among(facts.house);
    let recipient = mail.to.iter().chain(&mail.cc).find(|mailbox| outside(mailbox));
    if facts.answers_a_notice && recipient.is_none() {
        return Deed::HeldBack(None, HeldBack::NoTicket);
    }
    if let Some(client) = forwarded_author(mail, recipient.is_some()).filter(outside) {
        return Deed::Forwards(client);
    }
    match recipient {
        Some(client) => Deed::Begins(client.clone()),
        // A program that answers our letters would ask and ask.
        None if facts.repeats_a_notice => Deed::HeldBack(None, HeldBack::NoTicket),
        None => Deed::Asks(None),
    }
}

/// Whose mail an agent's mail forwards; `goes_out`: somebody outside gets it, too. A header block is written above replies and
/// forwards alike: where the words above it do not tell, the subject and the references do, and in doubt it is no forward.
fn forwarded_author(mail: &Mail, goes_out: bool) -> Option<Mailbox> {
    let prefix = mail.subject_prefix();
    if let Some(author) = mail.text.forwarded_author() {
        // «Проверьте, пожалуйста» above a block is his answer where it goes to the client.
        let answers = prefix == Some(SubjectPrefix::Reply) && goes_out;
        return (!answers).then_some(author);
    }
    let forwards = match prefix {
        Some(SubjectPrefix::Forward) => true,
        Some(SubjectPrefix::Reply) => false,
        None => mail.in_reply_to.is_empty() && mail.references.is_empty(),
    };
    if !forwards || goes_out {
        return None;
    }
    mail.text.as_forward()?.forwarded_author()
}

/// Whether a mail is somebody else's, and a notice of the ticket has it in copy: an agent asks a colleague, or the vendor.
fn is_in_copy(mail: &Mail, ticket: TicketId) -> bool {
    let is_notice =
        |to: &&Mailbox| Claim::in_address(&to.address).is_some_and(|claim| claim.ticket == ticket);
    let in_copy = mail.cc.iter().find(is_notice).filter(|_| !mail.to.iter().any(|to| is_notice(&to)));
    in_copy.is_some_and(|notice| mail.to.iter().any(|to| !to.address.same_mailbox(&notice.address)))
}

/// What a mail is that has gone to the client: no answer if there is nothing in it but a signature and what the client has
/// written; of what cannot be read, nobody knows.
fn gone_out(facts: &AgentFacts<'_>, ticket: &Ticket) -> Deed {
    let mail = facts.mail;
    let of_theirs = |author: &Address| ticket.includes(author) || author.is_among(facts.house);
    let says_nothing =
        is_wordless(&mail.text) && !forwards(&mail.text, of_theirs) && !mail.has_files() && !mail.is_sealed();
    if says_nothing { Deed::Note(ticket.id, Note::SaysNothing) } else { Deed::Answers(ticket.id) }
}

/// Whether a forwarded mail is in a text. What looks like a forward of somebody who is `quoted` is the quote of what is answered.
fn forwards(text: &Text, quoted: impl Fn(&Address) -> bool) -> bool {
    text.segments.iter().any(|segment| segment.kind == SegmentKind::Forwarded)
        && !text.forwarded_author().is_some_and(|author| quoted(&author.address))
}

/// Whether a mail went to the ticket's client, or to the colleague of his who wrote last, `asker`.
#[must_use]
pub fn went_to(mail: &Mail, ticket: &Ticket, asker: Option<&Address>) -> bool {
    let is_asker = |address: &Address| address.is_among(std::iter::once(&ticket.client).chain(asker));
    mail.to.iter().chain(&mail.cc).any(|mailbox| is_asker(&mailbox.address))
}

/// Whether somebody has said nothing of his own. What has but a signature («Отправлено с iPhone») he has sent by mistake.
fn is_wordless(text: &Text) -> bool {
    text.without_quotes().is_empty() || text.own().trim().is_empty()
}

fn held_back(facts: &AgentFacts<'_>, ticket: &Ticket, told: ProvedNotice) -> Option<HeldBack> {
    let text = &facts.mail.text;
    let of_ours = |author: &Address| author.is_among(facts.house);
    // First of all: that letter alone has his new words, and a reply to any is taken for written in their knowledge.
    if ticket.last_client_at > told.told_until {
        Some(HeldBack::ClientWrote)
    } else if facts.too_large {
        Some(HeldBack::TooLarge)
    } else if forwards(text, of_ours) {
        Some(HeldBack::Forward)
    } else if is_wordless(text) && facts.mail.is_sealed() {
        Some(HeldBack::Sealed)
    } else if is_wordless(text) && !facts.mail.has_files() {
        Some(HeldBack::NoWords)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::ticket;
    use super::*;
    use chrono::TimeDelta;

    const FORWARD: &str = "Коллеги, посмотрите.\r\n\r\n-------- Пересылаемое сообщение --------\r\n\
        От: Иван <Ivan@alfa.test>\r\nДата: 25.11.2026, 10:15\r\nТема: Отчёт\r\nКому: olga@m2m.test\r\n\r\n\
        В Wialon не строится отчёт.\r\n";

    fn mail(to: &str, body: &str) -> Mail {
        crate::mail::parse(
            format!(
                "From: olga@m2m.test\r\nTo: {to}\r\nSubject: Re\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}"
            )
            .as_bytes(),
        )
    }

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    /// What a mail is that goes to `to`, of an agent who was told of ticket 1 so many minutes after the client's last
    /// message (`Some`), in ticket 1 by `proof`.
    fn what(mail: &Mail, way: Way, proof: Option<Proof>, told_after: Option<i64>, vouched: bool) -> Deed {
        let ticket = ticket(1, "ivan@alfa.test");
        let notice = told_after.map(|minutes| {
            let told_until = ticket.last_client_at + TimeDelta::minutes(minutes);
            (&ticket, ProvedNotice { ticket: ticket.id, told_until })
        });
        let facts = AgentFacts {
            mail,
            author: &address("olga@m2m.test"),
            way,
            vouched,
            joined: proof.map(|proof| (&ticket, proof)),
            quotes_client: false,
            asker: Some(&address("chef@alfa.test")),
            notice,
            answers_a_notice: false,
            repeats_a_notice: false,
            too_large: false,
            house: &[address("support@m2m.test"), address("olga@m2m.test")],
        };
        deed(&facts)
    }

    const T: TicketId = TicketId(1);

    #[test]
    fn what_went_to_the_client_is_an_answer_if_more_than_a_number_proves_it() {
        let both = mail("ivan@alfa.test, support@m2m.test", "Готово.");
        for way in [Way::Sent, Way::Account, Way::Person] {
            for proof in [Proof::Token, Proof::Reference] {
                assert_eq!(what(&both, way, Some(proof), None, false), Deed::Answers(T));
            }
        }
        let number = |way, vouched| what(&both, way, Some(Proof::SubjectNumber), None, vouched);
        assert_eq!(number(Way::Person, false), Deed::Note(T, Note::Unproved), "anybody can write this");
        assert_eq!(number(Way::Person, true), Deed::Answers(T));
        assert_eq!(number(Way::Sent, false), Deed::Answers(T));
        let colleague = mail("chef@alfa.test, support@m2m.test", "Готово.");
        assert_eq!(what(&colleague, Way::Person, Some(Proof::Token), None, false), Deed::Answers(T));
        let third = mail("vendor@x.test, support@m2m.test", "Помогите.");
        assert_eq!(what(&third, Way::Person, Some(Proof::Token), None, true), Deed::Note(T, Note::Unproved));
        let inner = mail("support@m2m.test", "Посмотрю завтра.");
        assert_eq!(what(&inner, Way::Person, Some(Proof::Token), None, true), Deed::Note(T, Note::Unproved));
    }

    #[test]
    fn what_says_nothing_answers_nothing() {
        let bare = FORWARD.trim_start_matches("Коллеги, посмотрите.\r\n\r\n");
        for (body, says) in [
            ("", false),
            ("> Не строится отчёт\r\n", false),
            ("Отправлено с iPhone\r\n", false),
            ("-- \r\nОльга, M2M\r\n", false),
            ("Готово.\r\n\r\nОтправлено с iPhone\r\n", true),
            (FORWARD, true),
            // An empty reply that quotes in this way, and what the vendor says, passed on.
            (bare, false),
            (&bare.replace("Ivan@alfa.test", "help@vendor.test"), true),
        ] {
            let all = mail("support+1.0-x@m2m.test, ivan@alfa.test", body);
            let deed = if says { Deed::Answers(T) } else { Deed::Note(T, Note::SaysNothing) };
            assert_eq!(what(&all, Way::Person, None, Some(0), false), deed, "to a notice: {body}");
            assert_eq!(what(&all, Way::Sent, Some(Proof::Reference), None, false), deed, "{body}");
        }
    }

    #[test]
    fn a_reply_to_a_notice_is_sent_on_once() {
        let reply = mail("support+1.0-x@m2m.test", "Готово.");
        assert!(matches!(what(&reply, Way::Person, None, Some(0), false), Deed::Relay(T, _)));
        assert_eq!(what(&reply, Way::Account, None, Some(0), false), Deed::Unrelated);
        let notice = format!("support+1.0-{}@m2m.test", "a".repeat(16));
        let asks = |to: &str, cc: &str| mail(&format!("{to}\r\nCc: {cc}"), "Коллеги, посмотрите.");
        let beside = what(&asks("help@vendor.test", &notice), Way::Person, None, Some(0), false);
        assert_eq!(beside, Deed::Note(T, Note::Unproved), "he writes to somebody else");
        for (to, cc) in [(&*notice, "petr@m2m.test"), ("support@m2m.test", &*notice)] {
            assert!(
                matches!(what(&asks(to, cc), Way::Person, None, Some(0), false), Deed::Relay(T, _)),
                "{to}"
            );
        }
        let to_both = mail("support+1.0-x@m2m.test, ivan@alfa.test", "Готово.");
        assert_eq!(what(&to_both, Way::Person, None, Some(0), false), Deed::Answers(T), "he has it already");
    }

    #[test]
    fn nobody_answers_himself() {
        let own = ticket(1, "Olga@m2m.test");
        let told = ProvedNotice { ticket: own.id, told_until: own.last_client_at };
        for to in ["support+1.0-x@m2m.test", "support+1.0-x@m2m.test, olga@m2m.test"] {
            for joined in [None, Some((&own, Proof::Token))] {
                let facts = AgentFacts {
                    mail: &mail(to, "Всё ещё не печатает."),
                    author: &address("olga@m2m.test"),
                    way: Way::Person,
                    vouched: true,
                    joined,
                    quotes_client: false,
                    asker: None,
                    notice: Some((&own, told)),
                    answers_a_notice: true,
                    repeats_a_notice: true,
                    too_large: false,
                    house: &[address("support@m2m.test"), address("olga@m2m.test")],
                };
                assert_eq!(deed(&facts), Deed::Asks(Some((own.id, Proof::Token))), "{to}");
            }
        }
    }

    #[test]
    fn what_must_not_go_out_is_held_back() {
        let check = |body: &str, told_after, why| {
            let reply = mail("support+1.0-x@m2m.test", body);
            assert_eq!(
                what(&reply, Way::Person, None, Some(told_after), true),
                Deed::HeldBack(Some(T), why),
                "{body}"
            );
        };
        check("Готово.", -1, HeldBack::ClientWrote);
        check("", -1, HeldBack::ClientWrote);
        check("", 0, HeldBack::NoWords);
        check("> Не строится отчёт\r\n", 0, HeldBack::NoWords);
        check(
            "25.11.2026, 10:15, Support <support@m2m.test> пишет:\r\n> Не строится отчёт\r\n",
            0,
            HeldBack::NoWords,
        );
        check(FORWARD, 0, HeldBack::Forward);
        // Outlook's block above the notice, from an address that does not look like a desk's.
        let reply = "Проверьте, пожалуйста.\r\n\r\nFrom: M2M <olga@m2m.test>\r\nSent: Wednesday, November 25, 2026 10:15 AM\r\n\
                     To: petr@m2m.test\r\nSubject: askback: 1\r\n\r\nНе строится отчёт.\r\n";
        let quotes = mail("support+1.0-x@m2m.test", reply);
        assert!(matches!(what(&quotes, Way::Person, None, Some(0), true), Deed::Relay(T, _)));
        assert_eq!(quotes.text.without_quotes(), "Проверьте, пожалуйста.");
    }

    #[test]
    fn who_forwards_a_client_s_mail_opens_a_ticket_for_the_client() {
        let client = Mailbox { name: "Иван".to_owned(), address: address("Ivan@alfa.test") };
        let forward = mail("support@m2m.test", FORWARD);
        assert_eq!(what(&forward, Way::Person, None, None, false), Deed::Forwards(client));
        let own = mail("support@m2m.test", "Сломался принтер.");
        assert_eq!(what(&own, Way::Person, None, None, false), Deed::Asks(None));
        assert_eq!(what(&own, Way::Sent, None, None, false), Deed::Unrelated);
        let of_us = mail("support@m2m.test", &FORWARD.replace("Ivan@alfa", "support@m2m"));
        assert_eq!(what(&of_us, Way::Person, None, None, false), Deed::Asks(None));
        let letter = mail("petr@beta.test, support@m2m.test", "Добрый день, пришлём завтра.");
        assert!(
            matches!(what(&letter, Way::Person, None, None, false), Deed::Begins(to) if to.address.as_str() == "petr@beta.test")
        );
    }
}

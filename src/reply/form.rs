//! Forms of web sites: a program sends what a person filled in, and names him in Reply-To.

use super::decision::{Signals, is_own};
use super::sender;
use crate::mail::{Address, Mailbox};
use crate::ticket::token::subject_number;

/// Who filled in the form that a mail brings; `None` if it is no such mail. He is asked nothing by himself: anybody can type
/// anybody's address into a form, and Reply-To proves no more.
///
/// It is one if a mailbox that nobody reads, a web server or one of our own addresses sent it, it has exactly one address of a
/// person in Reply-To, and neither a reference nor its subject says that it answers a letter of ours, as a desk's receipt does.
#[must_use]
pub fn filled_in_by<'a>(signals: &Signals<'a>) -> Option<&'a Mailbox> {
    let mail = signals.mail;
    let [client] = mail.reply_to.as_slice() else { return None };
    let author = mail.author_address()?;
    let is_his = |other: &Address| client.address.without_tag() == other.without_tag();
    let by_program = if is_own(signals, author) {
        // With others among its recipients it is what one of us wrote to them.
        mail.to
            .iter()
            .chain(&mail.cc)
            .all(|mailbox| is_own(signals, &mailbox.address) || is_his(&mailbox.address))
    } else {
        sender::sends_forms(author.local())
    };
    let answers = signals.answers_our_letter || subject_number(&mail.subject).is_some();
    let person = !is_his(author) && !is_own(signals, &client.address) && {
        let local = client.address.local();
        !sender::is_machine(local) && !sender::sends_forms(local)
    };
    (by_program && person && !answers).then_some(client)
}

#[cfg(test)]
mod tests {
    use super::super::decision::tests::mail;
    use super::super::{Authentication, SenderPolicy, SentCounts};
    use super::*;
    use std::time::Duration;

    #[track_caller]
    fn check(headers: &str, answers_our_letter: bool, expect: Option<&str>) {
        let mail = mail(headers);
        let own = ["support@m2mail.test", "help@m2mail.test"].map(|text| Address::parse(text).unwrap());
        let signals = Signals {
            mail: &mail,
            own_addresses: &own,
            our_loop_id: "askback-1",
            answers_our_letter,
            is_ours: false,
            authentication: Authentication::None,
            sender_policy: SenderPolicy::Accept,
            list_allowed: false,
            known: false,
            late: false,
            counts: SentCounts::default(),
            age: Duration::ZERO,
        };
        assert_eq!(filled_in_by(&signals).map(|client| client.address.as_str()), expect, "{headers}");
    }

    #[test]
    fn a_form_names_the_person_in_reply_to() {
        let client = Some("ivan@alfa.test");
        for from in [
            "no-reply@m2m.test",
            "noreply-site@m2m.test",
            "WordPress <wordpress@m2m.test>",
            "nobody@m2m.test",
            "www-data@web1.test",
            "support@m2mail.test",
            "Форма <help@m2mail.test>",
        ] {
            check(
                &format!("From: {from}\nTo: support@m2mail.test\nReply-To: Иван <ivan@alfa.test>"),
                false,
                client,
            );
        }
        check(
            "From: support@m2mail.test\nTo: help@m2mail.test\nCc: ivan@alfa.test\nReply-To: ivan@alfa.test",
            false,
            client,
        );
    }

    #[test]
    fn what_is_no_form_names_nobody() {
        for headers in [
            // Nobody, several, a machine, we, the sender himself.
            "From: no-reply@m2m.test",
            "From: no-reply@m2m.test\nReply-To: ivan@alfa.test, petr@beta.test",
            "From: no-reply@m2m.test\nReply-To: noreply@news.test",
            "From: no-reply@m2m.test\nReply-To: mailer-daemon@news.test",
            "From: no-reply@m2m.test\nReply-To: support@m2mail.test",
            "From: no-reply@m2m.test\nReply-To: help+12.a@m2mail.test",
            "From: no-reply@m2m.test\nReply-To: no-reply+17@m2m.test",
            // People have addresses of their own, delivery programs have no visitors.
            "From: petr@beta.test\nReply-To: ivan@alfa.test",
            "From: mailer-daemon@beta.test\nReply-To: ivan@alfa.test",
            "From: fleet-request@beta.test\nReply-To: ivan@alfa.test",
            "From: no-reply@m2m.test, petr@beta.test\nReply-To: ivan@alfa.test",
            // A receipt of another desk.
            "From: no-reply@desk.test\nReply-To: help@desk.test\nSubject: Re: Отчёт [#12]",
            // One of us wrote to somebody.
            "From: support@m2mail.test\nTo: petr@beta.test\nCc: help@m2mail.test\nReply-To: ivan@alfa.test",
        ] {
            check(headers, false, None);
        }
        check("From: no-reply@desk.test\nReply-To: help@desk.test", true, None);
    }
}

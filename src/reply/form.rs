//! Forms of web sites: a program sends what a person filled in, and names him in Reply-To.

use super::decision::{Limits, Signals, is_own, is_report, is_suspect};
use super::{marks, sender};
use crate::mail::{Address, Mailbox};

/// Who filled in the form that a mail brings; `None` if it is no such mail. He is asked nothing by himself: anybody can type
/// anybody's address into a form, and Reply-To proves no more.
///
/// It is one if it has exactly one address of a person in Reply-To, and one of the operator's `forms`, a mailbox that nobody
/// reads, a web server, a site's software or one of our own addresses sent it; whatever else its headers say of programs. What
/// answers us is none, as a desk's receipt does, nor a report. Invoices, receipts and invitations of other people's programs are
/// none: these name their own domain or a role in Reply-To, or bring a calendar; nor are their newsletters, which are lists. Nor is
/// what rows 11, 13 and 14 of the table find fault with.
#[must_use]
pub fn filled_in_by<'a>(signals: &Signals<'a>, limits: &Limits) -> Option<&'a Mailbox> {
    let mail = signals.mail;
    let [client] = mail.reply_to.as_slice() else { return None };
    let author = mail.author_address()?;
    let is_his = |other: &Address| client.address.same_mailbox(other);
    let is_known = is_sites(signals, author);
    let is_list = || !marks::list(mail).is_none_or(marks::is_gateways);
    let are_related = || self::are_related(author.domain(), client.address.domain());
    // A maker of forms has newsletters of its own, which name itself.
    let by_program = is_known && !(is_list() && are_related())
        || if is_own(signals, author) {
            // With others among its recipients it is what one of us wrote to them; row 13 sees that one of ours is among them.
            mail.to
                .iter()
                .chain(&mail.cc)
                .all(|mailbox| is_own(signals, &mailbox.address) || is_his(&mailbox.address))
        } else {
            // A client whom we know may write by a site's software.
            (sender::sends_forms(author.local()) || (!signals.known && marks::is_by_site(mail)))
                && !are_related()
                && !is_list()
        };
    // Visitors of our own site may well write from info@ of their firm.
    let at_home = is_known || signals.own_addresses.iter().any(|own| own.domain() == author.domain());
    let is_reply = marks::auto_submitted(mail).as_deref() == Some("auto-replied");
    let answers = signals.answers_our_letter || signals.numbers_own_ticket || (is_reply && !is_known);
    let person = !is_his(author) && !is_own(signals, &client.address) && {
        let local = client.address.local();
        !sender::is_machine(local) && !sender::sends_forms(local) && (at_home || !sender::is_role(local))
    };
    let invites = mail
        .attachments
        .iter()
        .any(|part| matches!(part.media_type.as_str(), "text/calendar" | "application/ics"));
    let is_other = answers || invites || is_report(mail) || is_suspect(signals, limits);
    (by_program && person && !is_other).then_some(client)
}

/// Whether an address is one that the operator's site sends from.
pub(super) fn is_sites(signals: &Signals<'_>, address: &Address) -> bool {
    address.is_among(signals.forms)
}

/// Whether two domains are the same, or one lies in the other.
fn are_related(one: &str, other: &str) -> bool {
    let within = |inner: &str, outer: &str| {
        inner.strip_suffix(outer).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    within(one, other) || within(other, one)
}

#[cfg(test)]
mod tests {
    use super::super::decision::tests::mail;
    use super::super::{Authentication, SenderPolicy};
    use super::*;
    use crate::ticket::SentCounts;
    use std::time::Duration;

    #[track_caller]
    fn check(headers: &str, answers_our_letter: bool, expect: Option<&str>) {
        check_at(&[], headers, answers_our_letter, expect);
    }

    /// As [`check`], with these addresses of the operator's site.
    #[track_caller]
    fn check_at(forms: &[&str], headers: &str, answers_our_letter: bool, expect: Option<&str>) {
        // Written to us, unless the case says something else.
        let to_us = if headers.contains("\nTo: ") { "" } else { "\nTo: support@m2mail.test" };
        let mail = mail(&format!("{headers}{to_us}"));
        let own = ["support@m2mail.test", "help@m2mail.test"].map(|text| Address::parse(text).unwrap());
        let forms: Vec<Address> = forms.iter().map(|text| Address::parse(text).unwrap()).collect();
        let signals = Signals {
            mail: &mail,
            own_addresses: &own,
            forms: &forms,
            our_loop_id: "askback-1",
            answers_our_letter,
            answers_as_participant: false,
            answers_question: false,
            numbers_own_ticket: headers.contains("[#12]"),
            ticket_subject: None,
            is_ours: false,
            authentication: Authentication::None,
            sender_policy: SenderPolicy::Accept,
            list_allowed: false,
            known: false,
            late: false,
            counts: SentCounts::default(),
            age: Duration::ZERO,
        };
        let form = filled_in_by(&signals, &Limits::default());
        assert_eq!(form.map(|client| client.address.as_str()), expect, "{headers}");
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
        // Who fills in our own form may have a role's address.
        for from in ["no-reply@m2mail.test", "support@m2mail.test"] {
            check(&format!("From: {from}\nReply-To: info@alfa.test"), false, Some("info@alfa.test"));
        }
    }

    #[test]
    fn the_marks_of_programs_are_those_of_forms() {
        for extra in [
            "Return-Path: <>",
            "Auto-Submitted: auto-generated",
            "List-Unsubscribe: <https://form.test/u>",
            "Feedback-ID: 1.eu-west-1.abc=:AmazonSES",
            "Precedence: bulk",
            "X-Autorespond: form",
            "Subject: Заявка с сайта [#77]",
        ] {
            check(
                &format!("From: no-reply@m2m.test\nReply-To: ivan@alfa.test\n{extra}"),
                false,
                Some("ivan@alfa.test"),
            );
        }
        for mark in [
            "X-EVENT_NAME: FEEDBACK_FORM",
            "X-PHP-Originating-Script: 33:mail.php",
            "X-PHP-Script: m2m.test/form.php",
            "X-Mailer: PHPMailer 6.8.0",
            "X-Mailer: WPMailSMTP/Mailer/smtp 3.8",
        ] {
            for from in ["site@m2m.test", "Сайт <info@m2m.test>"] {
                let headers = format!("From: {from}\nReply-To: ivan@alfa.test\n{mark}");
                check(&headers, false, Some("ivan@alfa.test"));
                // A person's other mailbox of the same house, a role, and whoever has no Reply-To.
                check(&headers.replace("ivan@alfa", "ivan@mail.m2m"), false, None);
                check(&headers.replace("ivan@", "sales@"), false, None);
                check(&headers.replace("Reply-To", "X-Reply-To"), false, None);
            }
        }
        check("From: petr@beta.test\nReply-To: ivan@alfa.test\nX-Mailer: The Bat! (v9.5)", false, None);
    }

    #[test]
    fn what_the_operator_s_site_sends_is_a_form_whoever_wrote() {
        let forms = ["site@m2m.test", "noreply@tilda.test"];
        for from in forms {
            for client in ["ivan@alfa.test", "info@alfa.test", "petr@m2m.test", "petr@tilda.test"] {
                for extra in
                    ["X-A: b", "Auto-Submitted: auto-replied", "List-Id: <x.test>", "Return-Path: <>"]
                {
                    let headers = format!("From: {from}\nReply-To: {client}\n{extra}");
                    // A newsletter of the maker of forms.
                    let own_list =
                        extra.starts_with("List") && from.rsplit('@').next() == client.rsplit('@').next();
                    check_at(&forms, &headers, false, (!own_list).then_some(client));
                    check_at(&forms, &headers, true, None);
                }
            }
            for headers in [
                "X-A: b",
                "Reply-To: ivan@alfa.test, petr@beta.test",
                "Reply-To: support@m2mail.test",
                "Reply-To: ivan@alfa.test\nContent-Type: multipart/report; report-type=delivery-status",
                "Reply-To: ivan@alfa.test\nTo: undisclosed-recipients:;",
            ] {
                check_at(&forms, &format!("From: {from}\n{headers}"), false, None);
            }
        }
        check("From: site@m2m.test\nReply-To: ivan@alfa.test", false, None);
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
            "From: no-reply@desk.test\nReply-To: help@desk.test\nSubject: Ваше обращение 4512 зарегистрировано",
            // A vacation program; a newsletter.
            "From: support@m2mail.test\nReply-To: ivan@alfa.test\nAuto-Submitted: auto-replied",
            "From: noreply@news.test\nReply-To: anna@shop.test\nList-Id: <news.test>\nList-Unsubscribe: <x>",
            // An invoice; a person of the sender's own house; an invitation; a mailing that does not name us; a loop.
            "From: noreply@hosting.test\nReply-To: support@hosting.test\nSubject: Счёт на оплату хостинга",
            "From: noreply@mailer.test\nReply-To: Billing@hosting.test",
            "From: noreply@hosting.test\nReply-To: anna@hosting.test",
            "From: noreply@mail.hosting.test\nReply-To: anna@hosting.test",
            "From: noreply@meet.test\nReply-To: anna@firm.test\nContent-Type: text/calendar; method=REQUEST",
            "From: noreply@shop.test\nTo: undisclosed-recipients:;\nReply-To: eve@evil.test",
            // A mailing of ours that comes back.
            "From: support@m2mail.test\nTo: undisclosed-recipients:;\nReply-To: olga@firm.test",
            "From: support@m2mail.test\nTo: olga@firm.test\nReply-To: olga@firm.test",
            // One of us wrote to somebody.
            "From: support@m2mail.test\nTo: petr@beta.test\nCc: help@m2mail.test\nReply-To: ivan@alfa.test",
        ] {
            check(headers, false, None);
        }
        check("From: no-reply@desk.test\nReply-To: ivan@alfa.test", true, None);
        let looped = "Received: from a by b\n".repeat(31);
        check(&format!("{looped}From: no-reply@m2m.test\nReply-To: ivan@alfa.test"), false, None);
    }
}

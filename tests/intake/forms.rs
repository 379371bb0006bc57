//! Forms of web sites: a request whose sender is a program, and whose client stands in Reply-To.

use super::{INCOMPLETE, Office, mail};
use askback::intake::{self, Desk};
use askback::nudge::{Cause, Key};
use askback::reply::SenderPolicy;
use askback::ticket::{Disposition, Standing, State, TicketId};
use chrono::{TimeDelta, Utc};
use std::sync::Arc;

const CLIENT: &str = "ivan@alfa.test";

/// A form from `from`, with more header fields.
fn form(from: &str, extra: &str) -> String {
    mail(from, "f1@site.test", &format!("Reply-To: Иван <{CLIENT}>\r\n{extra}"), "Заявка с сайта", INCOMPLETE)
}

#[tokio::test]
async fn a_form_opens_a_ticket_of_its_client_and_nobody_is_written_to() {
    let senders = [
        "no-reply@m2mail.ru",
        "Сайт <noreply@alfa-trans.test>",
        "wordpress@site.test",
        "support@m2mail.ru",
        "Форма обратной связи <support@m2mail.ru>",
    ];
    for from in senders {
        let mut office = Office::new().await;
        let row = office.receive(&form(from, "")).await;
        assert_eq!(
            (row.disposition, row.ticket),
            (Some(Disposition::Filed), Some(TicketId(1))),
            "{from}: {}",
            row.why
        );
        let ticket = office.ticket(1);
        assert_eq!((ticket.client.as_str(), &*ticket.client_name), (CLIENT, "Иван"), "{from}");
        // The agents' turn at once: they hear of it as of any request.
        assert_eq!((ticket.state, ticket.standing), (State::Open, Standing::Unverified), "{from}");
        assert!(office.letters().is_empty(), "{from}: nobody vouches for what a form names");

        // Explaining it says the same.
        let desk = Office::desk();
        let explained = intake::explain(&desk, &[form(from, "").into_bytes()], Utc::now()).unwrap().remove(0);
        assert_eq!(
            (explained.disposition, explained.letter),
            (Disposition::Filed, None),
            "{from}: {}",
            explained.why
        );
    }
    println!("{} senders of forms", senders.len());
}

#[tokio::test]
async fn a_form_joins_no_ticket_and_does_not_speak_for_its_client() {
    let mut office = Office::new().await;
    office.receive(&mail(CLIENT, "m1@alfa.test", "", "Отчёт", INCOMPLETE)).await;
    office.send_all().await;
    let before = office.letters().len();
    // By the number: a receipt of another desk. By a reference: a note of the ticket.
    let receipt = form("no-reply@desk.test", "").replace("Заявка с сайта", "Re: Отчёт [#1]");
    let row = office.receive(&receipt).await;
    assert_eq!((row.disposition, row.ticket), (Some(Disposition::Automatic), None), "{}", row.why);
    let note = form("no-reply@desk.test", "In-Reply-To: <m1@alfa.test>\r\n").replace("f1@", "f2@");
    let row = office.receive(&note).await;
    assert_eq!(
        (row.disposition, row.ticket),
        (Some(Disposition::Automatic), Some(TicketId(1))),
        "{}",
        row.why
    );
    // A form of his is a request of its own.
    let row = office.receive(&form("no-reply@m2mail.ru", "").replace("f1@", "f3@")).await;
    assert_eq!((row.disposition, row.ticket), (Some(Disposition::Filed), Some(TicketId(2))), "{}", row.why);
    assert_eq!(office.ticket(1).state, State::Incomplete);
    assert_eq!(office.letters().len(), before);
}

#[tokio::test]
async fn what_machines_send_opens_no_ticket() {
    let mut office = Office::new().await;
    for (from, extra) in [
        ("no-reply@shop.test", "List-Id: <news.shop.test>\r\nList-Unsubscribe: <https://shop.test/u>\r\n"),
        ("no-reply@shop.test", "Auto-Submitted: auto-replied\r\n"),
        ("support@m2mail.ru", "Auto-Submitted: auto-replied\r\n"),
        ("mailer-daemon@shop.test", ""),
        ("no-reply@shop.test", "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n"),
    ] {
        let row = office.receive(&form(from, extra)).await;
        assert_eq!(
            (row.disposition, row.ticket),
            (Some(Disposition::Automatic), None),
            "{from} {extra}: {}",
            row.why
        );
    }
    // The agents hear how many there are; what came from us is none of them.
    let tomorrow = Utc::now() + TimeDelta::hours(12);
    let digest = Key { cause: Cause::Digest, subject: 0, clock: tomorrow };
    assert_eq!(office.store.read_now(|reader| reader.of_programs(&digest, 9)).unwrap().count, 4);
    let to_a_client = form("support@m2mail.ru", "Cc: petr@beta.test\r\n");
    let row = office.receive(&to_a_client).await;
    assert_eq!(row.disposition, Some(Disposition::Automatic), "{}", row.why);
}

/// A form that was set aside would be a request that nobody sees.
#[tokio::test]
async fn a_form_is_one_whatever_else_programs_write_on_it() {
    for (from, extra) in [
        ("no-reply@site.test", "Auto-Submitted: auto-generated\r\n"),
        ("no-reply@site.test", "List-Unsubscribe: <https://site.test/u>\r\n"),
        ("no-reply@site.test", "Return-Path: <>\r\n"),
        ("www-data@site.test", "Precedence: bulk\r\n"),
        ("info@site.test", "X-Mailer: PHPMailer 6.8.0\r\n"),
        ("support@m2mail.ru", "Auto-Submitted: auto-generated\r\n"),
        // Our mailbox is a group of Google's, and the client's domain forbids others to write in his name.
        (
            "\"'Иван' via Support\" <support@m2mail.ru>",
            "Mailing-List: list support@m2mail.ru\r\nList-Id: <support.m2mail.ru>\r\nPrecedence: list\r\n",
        ),
    ] {
        let mut office = Office::new().await;
        let raw = form(from, extra);
        let row = office.receive(&raw).await;
        assert_eq!(
            (row.disposition, row.ticket),
            (Some(Disposition::Filed), Some(TicketId(1))),
            "{from} {extra}: {}",
            row.why
        );
        assert_eq!(office.ticket(1).client.as_str(), CLIENT, "{from} {extra}");
        let explained = intake::explain(&office.desk, &[raw.into_bytes()], Utc::now()).unwrap().remove(0);
        assert_eq!(
            (explained.disposition, explained.letter),
            (Disposition::Filed, None),
            "{from} {extra}: {}",
            explained.why
        );
        assert!(office.letters().is_empty(), "{from} {extra}");
    }
}

#[tokio::test]
async fn the_forms_of_the_operator_s_site_are_his_word() {
    let mut office = Office::new().await;
    let site = askback::mail::Address::parse("site@shop.test").unwrap();
    office.desk = Arc::new(Desk { forms: vec![site], ..Office::desk() });
    let raw = form("site@shop.test", "Auto-Submitted: auto-replied\r\n").replace(CLIENT, "info@shop.test");
    office.receive(&raw).await;
    assert_eq!(office.ticket(1).client.as_str(), "info@shop.test");
    // One that names nobody is seen, and nobody is written to.
    let plain = form("site@shop.test", "").replace("Reply-To", "X-Reply-To").replace("f1@", "f3@");
    let row = office.receive(&plain).await;
    assert_eq!((row.disposition, row.ticket), (Some(Disposition::Filed), Some(TicketId(2))), "{}", row.why);
    assert!(office.letters().is_empty());
}

#[tokio::test]
async fn the_client_registry_counts_for_forms_too() {
    let mut office = Office::new().await;
    office.desk = Arc::new(Desk { strangers: SenderPolicy::Quarantine, ..Office::desk() });
    office.register().await;
    let of_a_stranger = form("no-reply@site.test", "").replace(CLIENT, "eve@evil.test");
    let row = office.receive(&of_a_stranger).await;
    assert_eq!((row.disposition, row.ticket), (Some(Disposition::Quarantined), None), "{}", row.why);
    let id = row.id;
    office.store.write(0, move |tx| tx.release_mail(id)).await.unwrap();
    let known = form("no-reply@site.test", "").replace("f1@", "f2@");
    office.receive(&known).await;
    let tickets =
        office.store.read_now(|reader| reader.tickets(None)?.collect::<Result<Vec<_>, _>>()).unwrap();
    let clients: Vec<_> = tickets.iter().map(|ticket| ticket.client.as_str()).collect();
    assert!(clients.contains(&CLIENT) && clients.contains(&"eve@evil.test"), "{clients:?}");
    assert!(office.letters().is_empty());
}

#[tokio::test]
async fn a_form_in_the_name_of_one_of_us_that_is_forged_is_quarantined() {
    let mut office = Office::new().await;
    office.desk = Arc::new(Desk { authserv_id: Some("mx.m2mail.ru".to_owned()), ..Office::desk() });
    let forged = "Authentication-Results: mx.m2mail.ru; dmarc=fail header.from=m2mail.ru\r\n";
    let row = office.receive(&format!("{forged}{}", form("support@m2mail.ru", ""))).await;
    assert_eq!((row.disposition, row.ticket), (Some(Disposition::Quarantined), None), "{}", row.why);
    // Explaining it says the same.
    let explain =
        |mail: String| intake::explain(&office.desk, &[mail.into_bytes()], Utc::now()).unwrap().remove(0);
    let explained = explain(format!("{forged}{}", form("support@m2mail.ru", "")));
    assert_eq!(explained.disposition, Disposition::Quarantined, "{}", explained.why);
    let explained = explain(form("support@m2mail.ru", "Auto-Submitted: auto-replied\r\n"));
    assert_eq!(explained.disposition, Disposition::Automatic, "{}", explained.why);
    let by_bcc =
        form("support@m2mail.ru", "").replace("To: support@m2mail.ru", "To: undisclosed-recipients:;");
    let explained = explain(by_bcc);
    assert_eq!(explained.disposition, Disposition::Automatic, "{}", explained.why);
    // Of a site: no form, so it is a program's mail.
    let row =
        office.receive(&format!("{forged}{}", form("no-reply@m2mail.ru", "").replace("f1@", "f2@"))).await;
    assert_eq!((row.disposition, row.ticket), (Some(Disposition::Automatic), None), "{}", row.why);
    assert!(office.letters().is_empty());
}

#[tokio::test]
async fn what_other_people_s_programs_send_with_a_reply_to_is_no_form() {
    let mut office = Office::new().await;
    let invitation = form("noreply@meet.test", "").replacen(
        "Content-Type: text/plain",
        "Content-Type: text/calendar; method=REQUEST",
        1,
    );
    let mails = [
        form("noreply@hosting.test", "").replace(CLIENT, "support@hosting.test"),
        form("noreply@desk.test", "").replace(CLIENT, "help@helpdesk.test"),
        invitation,
        form("noreply@shop.test", "").replace("To: support@m2mail.ru", "To: undisclosed-recipients:;"),
        form("support@m2mail.ru", "").replace("To: support@m2mail.ru", "To: undisclosed-recipients:;"),
    ];
    for (at, text) in mails.iter().enumerate() {
        let row = office.receive(&text.replace("f1@", &format!("f{at}@"))).await;
        assert_eq!((row.disposition, row.ticket), (Some(Disposition::Automatic), None), "{at}: {}", row.why);
    }
    println!("{} mails of programs that are no form", mails.len());
}

/// A number is nothing that proves: a form that has another's joins nothing, whoever stands in Reply-To.
#[tokio::test]
async fn a_number_in_a_form_joins_no_ticket() {
    let mut office = Office::new().await;
    let cc = "Cc: chef@alfa.test\r\n";
    office.receive(&mail(CLIENT, "m1@alfa.test", cc, "Отчёт", INCOMPLETE)).await;
    let before = office.ticket(1);
    let numbered = |from: &str, id: &str, client: &str| {
        form(from, "").replace("f1@", id).replace(CLIENT, client).replace("Заявка с сайта", "Заявка [#1]")
    };
    let forms = [
        // A stranger's, of somebody who takes part; our own site's, of a stranger; the client's own.
        numbered("no-reply@evil.test", "f2@", "chef@alfa.test"),
        numbered("support@m2mail.ru", "f3@", "olga@gamma.test"),
        numbered("no-reply@m2m.test", "f4@", CLIENT),
    ];
    for (ticket, form) in (2..).zip(forms) {
        let row = office.receive(&form).await;
        assert_eq!(
            (row.disposition, row.ticket),
            (Some(Disposition::Filed), Some(TicketId(ticket))),
            "{}",
            row.why
        );
    }
    assert_eq!(office.ticket(1), before);
}

/// The digest shows a person's mail that was taken for a program's, and an operator lets it in.
#[tokio::test]
async fn what_was_set_aside_is_let_in() {
    let mut office = Office::new().await;
    let gateway = "List-Unsubscribe: <https://gw.delta.test/u>\r\n";
    let row = office.receive(&mail("vera@delta.test", "v1@delta.test", gateway, "Отчёт", INCOMPLETE)).await;
    assert_eq!((row.disposition, row.ticket), (Some(Disposition::Automatic), None), "{}", row.why);
    office.store.write(0, move |tx| tx.release_mail(row.id)).await.unwrap();
    // Whatever comes next, both are filed.
    office.receive(&mail("vera@delta.test", "v2@delta.test", "", "Другое", INCOMPLETE)).await;
    let released = office.store.read_now(|reader| reader.mail(row.id)).unwrap().unwrap();
    assert_eq!(released.disposition, Some(Disposition::Filed), "{}", released.why);
    assert_eq!(office.ticket(1).client.as_str(), "vera@delta.test");
}

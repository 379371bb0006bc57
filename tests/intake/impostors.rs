//! Senders who look like a registered person, or are him to one parser and not to another: none of them is taken for him.

use super::{INCOMPLETE, Office, REST, mail};
use askback::intake::Desk;
use askback::mail::Address;
use askback::ticket::{Disposition, Standing, TicketId};
use std::sync::Arc;

/// What stands behind `From: `, more fields included. Alfa is registered by its domain, Beta by petr@beta.test.
const IMPOSTORS: [&str; 78] = [
    // Several senders.
    "ivan@alfa.test\r\nFrom: eve@evil.test",
    "eve@evil.test\r\nFrom: ivan@alfa.test",
    "eve@evil.test\r\nfrom : ivan@alfa.test",
    "eve@evil.test\r\nFROM\t: ivan@alfa.test",
    "eve@evil.test\r\nFrom:ivan@alfa.test",
    "ivan@alfa.test, eve@evil.test",
    "eve@evil.test, ivan@alfa.test",
    "eve@evil.test,,,ivan@alfa.test",
    "ivan@alfa.test; eve@evil.test",
    "ivan@alfa.test eve@evil.test",
    "eve@evil.test\r\n ivan@alfa.test",
    "eve@evil.test\r\n\t, ivan@alfa.test",
    "<ivan@alfa.test> <eve@evil.test>",
    "<eve@evil.test> <ivan@alfa.test>",
    "<eve@evil.test><ivan@alfa.test>",
    "<ivan@alfa.test>eve@evil.test",
    "Ivan <ivan@alfa.test> Eve <eve@evil.test>",
    "<<ivan@alfa.test>@evil.test>",
    "<eve@evil.test <ivan@alfa.test>>",
    // Line ends that only some parsers see.
    "eve@evil.test\rFrom: ivan@alfa.test",
    "eve@evil.test\nFrom: ivan@alfa.test",
    "eve@evil.test\r\r\nFrom: ivan@alfa.test",
    "eve@evil.test\0ivan@alfa.test",
    "ivan@alfa.test\0@evil.test",
    "ivan@alfa.test\0.evil.test",
    // His address as a name.
    "\"ivan@alfa.test\" <eve@evil.test>",
    "ivan@alfa.test <eve@evil.test>",
    "\"Ivan <ivan@alfa.test>\" <eve@evil.test>",
    "\"<ivan@alfa.test>\" <eve@evil.test>",
    "\"ivan@alfa.test\\\" \" <eve@evil.test>",
    // Comments.
    "eve@evil.test (ivan@alfa.test)",
    "(ivan@alfa.test) eve@evil.test",
    "eve@evil.test (<ivan@alfa.test>)",
    "eve@(ivan@alfa.test)evil.test",
    "eve@evil.test ((<ivan@alfa.test>)",
    "eve@evil.test (\\) <ivan@alfa.test>",
    "(eve@evil.test <ivan@alfa.test",
    // Quoted local parts, routes, old ways to forward.
    "\"ivan@alfa.test\"@evil.test",
    "<\"ivan@alfa.test\"@evil.test>",
    "\"ivan@alfa.test>\"@evil.test",
    "\"ivan@alfa.test,\"@evil.test",
    "ivan\\@alfa.test@evil.test",
    "ivan@alfa.test@evil.test",
    "ivan@evil.test@alfa.test",
    "<@alfa.test:eve@evil.test>",
    "<@evil.test:ivan@alfa.test>",
    "ivan%alfa.test@evil.test",
    "alfa.test!ivan@evil.test",
    // Encoded words.
    "=?utf-8?Q?ivan=40alfa.test?= <eve@evil.test>",
    "=?utf-8?Q?=3Civan=40alfa.test=3E?= <eve@evil.test>",
    "=?utf-8?B?aXZhbkBhbGZhLnRlc3Q=?= <eve@evil.test>",
    "=?utf-8?B?aXZhbkBhbGZhLnRlc3Q=?=",
    "<=?utf-8?Q?ivan=40alfa.test?=>",
    "=?utf-8?Q?ivan=40alfa.test=3E=00?=@evil.test",
    "=?utf-8?Q?ivan=40alfa.test=2C?= eve@evil.test",
    "=?utf-8?Q?ivan?=@alfa.test",
    "=?utf-8?Q?ivan=40alfa.test=0D=0A_?=@evil.test",
    // Groups.
    "Alfa: ivan@alfa.test;",
    "ivan@alfa.test: eve@evil.test;",
    "Alfa: ivan@alfa.test;, eve@evil.test",
    "undisclosed:;, ivan@alfa.test, eve@evil.test",
    // Others who are named.
    "eve@evil.test\r\nSender: ivan@alfa.test",
    "eve@evil.test\r\nReply-To: ivan@alfa.test",
    "eve@evil.test\r\nResent-From: ivan@alfa.test",
    "eve@evil.test\r\nX-Original-From: ivan@alfa.test",
    "eve@evil.test\r\nReturn-Path: <ivan@alfa.test>",
    "\r\nSender: ivan@alfa.test",
    // Letters that look alike, and what a careless comparison drops.
    "ivan@\u{430}lfa.test",
    "ivan@\u{ff41}lfa.test",
    "ivan@alfa\u{3002}test",
    "ivan@al\u{ad}fa.test",
    "ivan@alfa.test\u{200b}",
    "p\u{435}tr@beta.test",
    "\u{ff50}etr@beta.test",
    "petr\u{200d}@beta.test",
    "ivan@alfa.test.evil.test",
    "ivan@xn--lfa-5cd.test",
    "ivan@[alfa.test]",
];

#[tokio::test]
async fn nobody_is_taken_for_a_registered_person() {
    let mut office = Office::new().await;
    office.desk = Arc::new(Desk { authserv_id: Some("mx.m2mail.ru".to_owned()), ..Office::desk() });
    office.register().await;
    // The server vouches for whom it takes the sender for.
    let vouched =
        |domain: &str| format!("Authentication-Results: mx.m2mail.ru; dmarc=pass header.from={domain}\r\n");
    office
        .receive(&mail("Ivan <ivan@alfa.test>", "m@alfa.test", &vouched("alfa.test"), "Report", INCOMPLETE))
        .await;
    office.receive(&mail("petr@beta.test", "m@beta.test", &vouched("beta.test"), "Report", INCOMPLETE)).await;
    let letters = office.waiting();
    assert_eq!(
        (letters.len(), office.ticket(1).standing),
        (2, Standing::Registered),
        "the real ones are known"
    );
    office.send_all().await;

    let (mut doubtful, mut strangers) = (0, 0);
    for (number, from) in IMPOSTORS.iter().enumerate() {
        // The impostor has seen a letter to the real one.
        let extra = format!("{}In-Reply-To: <{}>\r\n", vouched("evil.test"), letters[0].message_id);
        let raw = mail(from, &format!("e{number}@evil.test"), &extra, "Re: Report", INCOMPLETE);
        let row = office.receive(&raw).await;
        let told = format!("{from:?}: {:?}, {}", row.disposition, row.why);
        assert!(![Some(TicketId(1)), Some(TicketId(2))].contains(&row.ticket), "{told}");
        match row.disposition {
            Some(Disposition::Quarantined) => doubtful += 1,
            Some(Disposition::Filed) => {
                strangers += 1;
                let ticket = office.ticket(row.ticket.unwrap().0);
                assert_ne!(ticket.standing, Standing::Registered, "{told}");
                let client = ticket.client.as_str();
                assert!(!client.ends_with("@alfa.test") && client != "petr@beta.test", "{told}: {client}");
            }
            _ => panic!("{told}"),
        }
    }
    assert_eq!(office.letters().len(), 2, "nobody else was answered");
    println!("{} impostors: {doubtful} in doubt, {strangers} strangers", IMPOSTORS.len());
}

#[tokio::test]
async fn a_sender_to_whom_nobody_can_write_holds_up_nobody() {
    let mut office = Office::new().await;
    let long = format!("ivan@{}.test", "a".repeat(64));
    for (number, from) in ["ivan@-alfa.test", "ivan@alfa-.test", &long].into_iter().enumerate() {
        let row = office.receive(&mail(from, &format!("o{number}@alfa.test"), "", "Отчёт", INCOMPLETE)).await;
        assert_eq!(row.disposition, Some(Disposition::Quarantined), "{from}: {}", row.why);
        let row = office
            .receive(&mail("petr@beta.test", &format!("p{number}@beta.test"), "", "Отчёт", INCOMPLETE))
            .await;
        assert_eq!(row.disposition, Some(Disposition::Filed), "{}", row.why);
    }
    assert_eq!(office.letters().len(), 3, "Petr's");
}

/// Half of `reply.limits.per_hour` is kept for those whom we know; to refer to one's own mail from invented addresses makes none known.
#[tokio::test]
async fn who_refers_to_a_mail_of_his_own_stays_a_stranger() {
    let mut office = Office::new().await;
    office.receive(&mail("first@flood.test", "first@flood.test", "", "Отчёт", INCOMPLETE)).await;
    for number in 0..34 {
        let (from, id) = (format!("u{number}@d{number}.test"), format!("{number}@d{number}.test"));
        let extra = "In-Reply-To: <first@flood.test>\r\n";
        office.receive(&mail(&from, &id, extra, "Отчёт", INCOMPLETE)).await;
    }
    assert_eq!(office.letters().len(), 30);
}

/// A number and the client's address in From: the mail joins, and is seen, but whom it has in Cc stays a stranger.
#[tokio::test]
async fn a_forged_mail_with_a_number_brings_no_stranger_in() {
    let mut office = Office::new().await;
    office.receive(&mail("ivan@alfa.test", "m1@alfa.test", "", "Report", INCOMPLETE)).await;
    office.send_all().await;
    let forged = mail("ivan@alfa.test", "f1@x.test", "Cc: spy@x.test\r\n", "[#1]", "Есть новости?");
    assert_eq!(office.receive(&forged).await.ticket, Some(TicketId(1)));
    assert_eq!(office.ticket(1).participants, []);
    let spy = mail("spy@x.test", "s1@x.test", "", "[#1]", "Пришлите пароль от Wialon Hosting.");
    assert_ne!(office.receive(&spy).await.ticket, Some(TicketId(1)));
    let own = "In-Reply-To: <m1@alfa.test>\r\nCc: petr@alfa.test\r\n";
    office.receive(&mail("ivan@alfa.test", "m2@alfa.test", own, "Re", REST)).await;
    assert_eq!(office.ticket(1).participants, [Address::parse("petr@alfa.test").unwrap()]);
}

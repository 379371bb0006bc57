//! Mails without words: a picture alone is a request that lacks everything else, nothing at all is none. One over the size limit has
//! words that nobody has read.

use super::*;
use askback::request::Field;

/// A mail with this text, and a screenshot as a mail program adds it.
fn screenshot(id: &str, text: &str, inline: bool) -> String {
    let picture = data_encoding::BASE64.encode(&[b"\x89PNG\r\n\x1a\n".as_slice(), &[7; 40_000]].concat());
    let lines: Vec<&str> =
        picture.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let place = if inline { "inline" } else { "attachment" };
    format!(
        "From: ivan@alfa.test\r\nTo: support@m2mail.ru\r\nMessage-ID: <{id}>\r\nSubject:\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n\
         --b\r\nContent-Type: image/png; name=\"IMG_0001.png\"\r\nContent-Disposition: {place}; filename=\"IMG_0001.png\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}\r\n--b--\r\n",
        lines.join("\r\n")
    )
}

#[tokio::test]
async fn a_screenshot_alone_is_asked_about() {
    for (text, inline) in
        [("", false), ("", true), ("Отправлено с iPhone", true), ("-- \r\nИван Петров\r\nООО «Альфа»", false)]
    {
        let mut office = Office::new().await;
        let row = office.receive(&screenshot("s1@alfa.test", text, inline)).await;
        let letters = office.waiting();
        let [letter] = letters.as_slice() else { panic!("{text:?}: {letters:?}; {}", row.why) };
        let asked = [Field::Product, Field::Description, Field::Objects, Field::Steps];
        assert_eq!((letter.kind, letter.asked.as_slice()), (LetterKind::Ask, asked.as_slice()), "{text:?}");
    }
}

#[tokio::test]
async fn an_empty_mail_is_shown_to_agents_and_asked_nothing() {
    for body in ["", "\r\n \r\n", "-- \r\nИван Петров"] {
        let mut office = Office::new().await;
        let row = office.receive(&mail("ivan@alfa.test", "e1@alfa.test", "", "", body)).await;
        assert_eq!((row.ticket, office.ticket(1).state), (Some(TicketId(1)), State::Open), "{body:?}");
        assert!(office.letters().is_empty(), "{body:?}: {}", row.why);
    }
}

#[tokio::test]
async fn the_note_in_place_of_a_mail_over_the_size_limit_supplies_nothing() {
    let mut office = Office::new().await;
    let note = "[This mail (80.0 MB) is over the size limit (75.0 MB): its content was not fetched, it is still on the server.]";
    let raw = mail("ivan@alfa.test", "big@alfa.test", "", "Wialon Hosting", note);
    let row = office.receive_sized("support", &raw, Some(Utc::now()), Some(80_000_000)).await;
    assert_eq!(row.ticket, Some(TicketId(1)), "{}", row.why);
    let ticket = office.ticket(1);
    let desk = Office::desk();
    let missing = ticket.answers.missing(&desk.regulation_at(Utc::now()).rules);
    assert_eq!(missing, [Field::Description, Field::Objects, Field::Steps]);
    assert_eq!((ticket.state, ticket.language), (State::Open, desk.language));
}

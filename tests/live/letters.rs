//! Who gets a letter, and what it is like when it arrives.

use super::support::compose::{self, bare, bounce, fixture, mail, mail_with, reply};
use super::support::maildir::{Letter, letters, wait_for_letters};
use super::support::wait_for;
use super::{COMPLETE, Desk, INCOMPLETE, desk, postfix};
use anyhow::{Context, Result};

/// Sends a request and gives the letter that answers it.
fn letter_for(desk: &Desk<'_>, client: &str, text: &str) -> Result<Letter> {
    postfix()?.send(client, &desk.address, &mail(client, &desk.address, "Отчёты", text))?;
    let mut letters = wait_for_letters(&desk.mailbox_of(client), 1).with_context(|| desk.log())?;
    Ok(letters.remove(0))
}

#[test]
fn a_letter_cannot_start_a_loop_and_proves_its_ticket() -> Result<()> {
    let (_dir, desk) = desk("headers")?;
    let _daemon = desk.run()?;
    let client = "Client.One@headers.test";
    let raw = mail(&format!("Пётр <{client}>"), &desk.address, "Отчёты", INCOMPLETE);
    let its_id = compose_id(&raw)?;
    postfix()?.send(client, &desk.address, &raw)?;
    let letter = wait_for_letters(&desk.mailbox_of(client), 1).with_context(|| desk.log())?.remove(0);

    assert_eq!(letter.header("Return-Path")?, "<>", "a null sender cannot bounce");
    assert_eq!(letter.header("Auto-Submitted")?, "auto-replied");
    assert_eq!(letter.header("X-Auto-Response-Suppress")?, "All");
    assert_eq!(letter.header("Precedence")?, "bulk");
    assert_eq!(
        letter.header("To")?.to_lowercase(),
        client.to_lowercase(),
        "no display name of the sender's choice"
    );
    assert_eq!(bare(&letter.header("From")?), desk.address);
    assert_eq!(letter.header("In-Reply-To")?, its_id);
    assert!(letter.header("References")?.contains(&its_id));
    assert_eq!(letter.media_type(), "text/plain");
    assert!(letter.raw.len() < 8192, "{} bytes", letter.raw.len());
    let ours = letter.header("Message-ID")?;
    let domain = desk.address.split('@').next_back().unwrap_or_default();
    assert!(ours.ends_with(&format!("@{domain}>")), "{ours}");
    let answer_to = letter.header("Reply-To")?;
    let (user, rest) = bare(&answer_to).split_once('+').context("no token in Reply-To")?;
    assert_eq!(user, "headers");
    assert!(rest.ends_with("@m2m.test"), "{answer_to}");
    Ok(())
}

fn compose_id(raw: &[u8]) -> Result<String> {
    Letter { raw: raw.to_vec(), flags: String::new() }.header("Message-ID")
}

#[test]
fn answers_under_the_questions_complete_the_ticket() -> Result<()> {
    let (_dir, desk) = desk("followup")?;
    let _daemon = desk.run()?;
    let client = "client@followup.test";
    let ask = letter_for(&desk, client, INCOMPLETE)?;
    let answers = |line: &str| {
        let line = line.to_lowercase();
        let question = line.starts_with(|c: char| c.is_ascii_digit());
        match line {
            line if question && line.contains("действи") => Some(
                "Открываю отчёт «Топливо», выбираю машину, нажимаю «Выполнить» — выходит 180 л.".to_owned(),
            ),
            line if question => {
                Some(format!("А777АА77{}", if line.contains("объект") { "" } else { ", Wialon Hosting" }))
            }
            _ => None,
        }
    };
    let (to, raw) = reply(&ask, client, answers)?;
    postfix()?.send(client, &to, &raw)?;
    let both = wait_for_letters(&desk.mailbox_of(client), 2).with_context(|| desk.log())?;
    assert_ne!(both[0].text(), both[1].text());
    let tickets = desk.rows(&["tickets"])?;
    assert_eq!(tickets.len(), 1, "{tickets:?}");
    assert_eq!(tickets[0]["state"], "open", "{tickets:?}");
    Ok(())
}

#[test]
fn the_token_alone_joins_a_mail_to_its_ticket_but_only_for_its_client() -> Result<()> {
    let (_dir, desk) = desk("token")?;
    let _daemon = desk.run()?;
    let client = "client@token.test";
    let ask = letter_for(&desk, client, INCOMPLETE)?;
    let to = ask.header("Reply-To")?;
    // A mail program that keeps neither In-Reply-To nor the subject.
    postfix()?.send(client, bare(&to), &mail(client, &to, "без темы", "Машина А777АА77."))?;
    desk.wait_for_mails(2)?;
    let tickets =
        |rows: &[serde_json::Value]| rows.iter().map(|row| row["ticket"].to_string()).collect::<Vec<_>>();
    let joined = tickets(&desk.wait_for_mails(2)?);
    assert_eq!(joined[0], joined[1], "the token did not join");

    postfix()?.send(
        "thief@other.test",
        bare(&to),
        &mail("thief@other.test", &to, "Re", "Машина В888ВВ77."),
    )?;
    let rows = desk.wait_for_mails(3)?;
    assert_ne!(tickets(&rows)[2], joined[0], "a stranger joined by somebody else's token");
    Ok(())
}

#[test]
fn machines_get_no_letter() -> Result<()> {
    let (_dir, desk) = desk("silent")?;
    let _daemon = desk.run()?;
    let client = "client@silent.test";
    let ask = letter_for(&desk, client, INCOMPLETE)?;
    let mut postfix = postfix()?;
    postfix.send("", &desk.address, &bounce(&ask, client)?)?;
    postfix.send("a.orlova@zeta.test", &desk.address, &fixture("out-of-office", &desk.address)?)?;
    postfix.send("news@eta.test", &desk.address, &fixture("newsletter", &desk.address)?)?;
    let noreply = "no-reply@shop.test";
    postfix.send(noreply, &desk.address, &mail(noreply, &desk.address, "Ваш заказ", COMPLETE))?;
    let bulk = "robot@bulk.test";
    postfix.send(
        bulk,
        &desk.address,
        &mail_with(bulk, &desk.address, "Рассылка", "Precedence: bulk\r\n", COMPLETE),
    )?;
    let ours = desk.address.clone();
    postfix.send(&ours, &ours, &mail(&ours, &ours, "сами себе", COMPLETE))?;
    desk.wait_for_mails(7)?;
    assert_eq!(desk.wait_for_outbox()?.len(), 1, "only the client's request is answered");
    for nobody in ["a.orlova@zeta-trans.test", "news@eta-media.test", noreply, bulk] {
        assert_eq!(letters(&desk.mailbox_of(nobody))?.len(), 0, "{nobody} got a letter");
    }
    assert_eq!(letters(&desk.mailbox_of(client))?.len(), 1);
    Ok(())
}

#[test]
fn a_copy_of_each_letter_lies_in_the_sent_folder() -> Result<()> {
    let (_dir, desk) = desk("copy")?;
    let _daemon = desk.run()?;
    let letter = letter_for(&desk, "client@copy.test", COMPLETE)?;
    let copies = wait_for_letters(&desk.sent(), 1).with_context(|| desk.log())?;
    assert_eq!(copies[0].header("Message-ID")?, letter.header("Message-ID")?);
    assert_eq!(copies[0].text(), letter.text());
    assert!(copies[0].flags.contains('S'), "our own letter shows as unread");
    Ok(())
}

#[test]
fn a_second_mail_within_the_grace_period_changes_the_letter() -> Result<()> {
    let (_dir, mut desk) = desk("grace")?;
    desk.set("reply.grace", "4s")?;
    let _daemon = desk.run()?;
    let client = "client@grace.test";
    let first = mail(client, &desk.address, "Расход", INCOMPLETE);
    let id = compose_id(&first)?;
    let mut postfix = postfix()?;
    postfix.send(client, &desk.address, &first)?;
    // Postfix may deliver two mails at once in either order.
    wait_for_letters(&desk.inbox(), 1)?;
    let headers = format!("In-Reply-To: {id}\r\nReferences: {id}\r\n");
    let more = "Забыл: машина А777АА77. Открываю отчёт «Топливо», нажимаю «Выполнить» — выходит 180 л.";
    postfix.send(
        client,
        &desk.address,
        &compose::mail_with(client, &desk.address, "Re: Расход", &headers, more),
    )?;
    desk.wait_for_mails(2)?;
    wait_for_letters(&desk.mailbox_of(client), 1).with_context(|| desk.log())?;
    assert_eq!(desk.rows(&["tickets"])?.len(), 1);
    let sent = desk.rows(&["outbox"])?.into_iter().filter(|row| row["state"] == "sent").count();
    assert_eq!(sent, 1, "one letter for both mails");
    Ok(())
}

#[test]
fn a_refused_recipient_is_noted_and_not_tried_for_ever() -> Result<()> {
    let (_dir, desk) = desk("refused")?;
    let _daemon = desk.run()?;
    let client = "client@refused.test";
    postfix()?.send(client, &desk.address, &mail(client, &desk.address, "Отчёты", COMPLETE))?;
    desk.wait_for_mails(1)?;
    wait_for("the refusal to be noted", || {
        Ok(desk
            .rows(&["outbox"])?
            .iter()
            .any(|row| row.to_string().contains("there is nobody"))
            .then_some(()))
    })
    .with_context(|| desk.log())
}

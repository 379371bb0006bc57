//! The second act: an engineer answers, from the support account and by a reply to a notice, and the head hears of what is
//! overdue.

use crate::support::agent::{answer, employ, put_into_sent, reply_address};
use crate::support::compose::{self, SUPPORT};
use crate::support::daemon::{Daemon, Desk};
use crate::support::maildir::{Letter, letters, wait_for_letters};
use crate::support::servers::Servers;
use crate::support::smtp::Smtp;
use crate::support::wait_for;
use anyhow::{Context as _, Result};
use rustix::process::Signal;

/// The agent and the head of config.example.toml.
const ENGINEER: &str = "engineers@m2mail.ru";
const HEAD: &str = "ag@m2mail.ru";

/// The client whose request is answered from the Sent folder, one of the first act.
const ZIMINA: &str = "o.zimina@alfa-trans.test";
/// The client whose request is answered by a reply to the notice.
const SOKOLOVA: &str = "m.sokolova@iota-logist.test";
const REQUEST: &str = "Добрый день!\n\nВ Wialon Hosting не приходит уведомление «Превышение скорости» по объекту Volvo FH \
    К701ОР178. Открываю «Уведомления», включаю его, машина едет 95 км/ч, а письма нет.\n\nМарина Соколова\n";

/// What must come of it, and whether it did.
pub(crate) struct Outcome {
    pub(crate) told: &'static str,
    pub(crate) fine: bool,
}

/// The engineer and the head are hired; clients still read the regulation's hours in their letters.
pub(crate) fn hire(desk: &mut Desk<'_>) -> Result<()> {
    employ(desk, ENGINEER)?;
    desk.set("head.address", HEAD)?;
    desk.set("support.hours.ru", "по будням с 9.00 до 18.00 (GMT+03)")?;
    desk.set("support.hours.en", "on weekdays from 9:00 to 18:00 (GMT+3)")?;
    desk.set("nudges.digest", false)
}

/// Plays the act; the mails that it sends to the support mailbox are dealt with when it ends.
pub(crate) fn play(
    servers: &Servers,
    desk: &mut Desk<'_>,
    daemon: &Daemon,
    postfix: &mut Smtp,
    mails_before: usize,
) -> Result<Vec<Outcome>> {
    let mut outcomes = Vec::new();
    let mut note = |told: &'static str, fine: bool| outcomes.push(Outcome { told, fine });

    println!("   {ZIMINA:<32} is answered by an engineer from the support account");
    let asked = letters(&desk.inbox())?.into_iter().find(|mail| is_from(mail, ZIMINA));
    let asked = asked.context("her request is not in the mailbox")?;
    let raw =
        answer(SUPPORT, ZIMINA, &asked, "", "Здравствуйте! Шаблон исправлен, постройте отчёт ещё раз.")?;
    put_into_sent(servers, desk, &raw)?;
    note(
        "the answer in the Sent folder closes her request preliminarily",
        becomes(desk, ZIMINA, "answered")?,
    );

    println!("   {ZIMINA:<32} says «Спасибо!», and then asks something new");
    let answered = Letter { raw, flags: String::new() };
    let says = |text: &str| answer(ZIMINA, SUPPORT, &answered, "", text);
    postfix.send(ZIMINA, SUPPORT, &says("Спасибо!")?)?;
    desk.wait_for_mails(mails_before + 2)?;
    note("«Спасибо!» leaves it closed", state(desk, ZIMINA)? == "answered");
    postfix.send(ZIMINA, SUPPORT, &says("А как теперь выгрузить этот отчёт в Excel?")?)?;
    note("a new question opens it again", becomes(desk, ZIMINA, "open")?);

    println!("   {SOKOLOVA:<32} has a complete request; an engineer replies to the notice of it");
    let told = |desk: &Desk<'_>| letters(&desk.mailbox_of(ENGINEER));
    postfix.send(SOKOLOVA, SUPPORT, &compose::mail(SOKOLOVA, SUPPORT, "Нет уведомлений", REQUEST))?;
    let notice = wait_for("the notice to the engineer", || {
        Ok(told(desk)?.into_iter().find(|letter| letter.subject().contains("Нет уведомлений")))
    })?;
    show("the engineer's notice", &notice)?;
    let to = reply_address(&notice)?;
    let words = "Марина, здравствуйте!\n\nВ уведомлении не был указан адрес получателя. Указали, проверьте, пожалуйста.\n\n\
                 Ольга, инженер";
    postfix.send(ENGINEER, &to, &answer(ENGINEER, &to, &notice, "", words)?)?;
    let got = wait_for_letters(&desk.mailbox_of(SOKOLOVA), 2)?;
    let relayed = got.last().context("no answer")?;
    show("what the client gets of it", relayed)?;
    let clean =
        relayed.text().trim_end() == words && !String::from_utf8_lossy(&relayed.raw).contains(ENGINEER);
    note("the reply to the notice reaches the client as support's, without the quote", clean);
    note("and closes the request preliminarily", becomes(desk, SOKOLOVA, "answered")?);

    println!(
        "\n8. Now the clock runs fast: the day of reaction takes 3 seconds (a new configuration, SIGHUP)"
    );
    desk.set("regulation.reaction", "3s")?;
    desk.set("nudges.escalate_after", "2s")?;
    daemon.signal(Signal::HUP)?;
    let overdue = number(desk, ZIMINA)?;
    let line = format!("№ {overdue} ");
    let escalated = wait_for("the letter to the head", || {
        Ok(letters(&desk.mailbox_of(HEAD))?.into_iter().find(|letter| letter.text().contains(&line)))
    })
    .with_context(|| desk.log())?;
    show("what the head hears", &escalated)?;
    let answered = format!("№ {} ", number(desk, SOKOLOVA)?);
    let all = letters(&desk.mailbox_of(HEAD))?;
    note("the head hears of the overdue request", true);
    note("and not of the one that is answered", all.iter().all(|letter| !letter.text().contains(&answered)));
    Ok(outcomes)
}

/// The clock of the regulation again: who stays to look in is promised what clients are.
pub(crate) fn slow_down(desk: &mut Desk<'_>, daemon: &Daemon) -> Result<()> {
    desk.set("regulation.reaction", "1d")?;
    desk.set("nudges.escalate_after", "4h")?;
    daemon.signal(Signal::HUP)
}

fn is_from(mail: &Letter, client: &str) -> bool {
    mail.header("From").is_ok_and(|from| from.contains(client))
}

/// A member of the client's ticket as `askback tickets --json` gives it.
fn ticket(desk: &Desk<'_>, client: &str, member: &str) -> Result<serde_json::Value> {
    let tickets = desk.rows(&["tickets"])?;
    let ticket = tickets.iter().find(|ticket| ticket.get("client").is_some_and(|is| is == client));
    ticket.and_then(|ticket| ticket.get(member)).cloned().with_context(|| format!("{client} has no ticket"))
}

fn number(desk: &Desk<'_>, client: &str) -> Result<String> {
    Ok(ticket(desk, client, "number")?.to_string())
}

fn state(desk: &Desk<'_>, client: &str) -> Result<String> {
    Ok(ticket(desk, client, "state")?.as_str().unwrap_or_default().to_owned())
}

/// Waits until the client's ticket is in a state.
fn becomes(desk: &Desk<'_>, client: &str, wanted: &str) -> Result<bool> {
    wait_for(&format!("{client}'s request to be {wanted}"), || {
        Ok((state(desk, client)? == wanted).then_some(true))
    })
    .with_context(|| desk.log())
}

fn show(what: &str, letter: &Letter) -> Result<()> {
    println!("\n── {what} ──");
    crate::print_letter(letter)
}

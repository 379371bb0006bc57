//! Agents answer: from the support account, with support in Cc, by a reply to a notice; and what comes of it.

use super::support::agent::{answer, employ, put_into, put_into_sent, reply_address, wait_for_sent_folder};
use super::support::compose::{bounce, fresh, mail, mail_with_file};
use super::support::daemon::{Daemon, Desk};
use super::support::maildir::{Letter, letters, wait_for_letters};
use super::support::wait_for;
use super::{COMPLETE, desk, postfix, servers};
use anyhow::{Context, Result};
use tempfile::TempDir;

/// A desk with an agent, and a client whose request is complete. Gives the client's mail and the notice about it, too.
struct Scene {
    desk: Desk<'static>,
    agent: String,
    client: String,
    request: Letter,
    notice: Letter,
    daemon: Daemon,
    _dir: TempDir,
}

impl Scene {
    fn new(name: &str) -> Result<Self> {
        Self::with_client(name, &format!("ivan@{name}-client.test"))
    }

    fn with_client(name: &str, client: &str) -> Result<Self> {
        let (dir, mut desk) = desk(name)?;
        let agent = format!("olga@{name}-agents.test");
        employ(&mut desk, &agent)?;
        let daemon = desk.run()?;
        wait_for_sent_folder(&daemon)?;
        postfix()?.send(client, &desk.address, &mail(client, &desk.address, "Отчёты", COMPLETE))?;
        let request = wait_for_letters(&desk.inbox(), 1)?.remove(0);
        let notices = wait_for_letters(&desk.mailbox_of(&agent), 1).with_context(|| desk.log())?;
        let is_new = |notice: &&Letter| notice.subject().contains("новое от клиента");
        let notice = notices.iter().find(is_new).context("no notice of a new request")?.clone();
        Ok(Self { desk, agent, client: client.to_owned(), request, notice, daemon, _dir: dir })
    }

    fn becomes(&self, state: &str) -> Result<()> {
        wait_for(&format!("the ticket to be {state}"), || {
            let tickets = self.desk.rows(&["tickets"])?;
            let [ticket] = tickets.as_slice() else { anyhow::bail!("{tickets:?}") };
            Ok(ticket.get("state").is_some_and(|is| is == state).then_some(()))
        })
        .with_context(|| self.desk.log())
    }

    fn client_writes(&self, to: &Letter, text: &str) -> Result<()> {
        let raw = answer(&self.client, &self.desk.address, to, "", text)?;
        postfix()?.send(&self.client, &self.desk.address, &raw)
    }

    /// The agent's own mailbox: the notices, oldest first.
    fn notices(&self, count: usize) -> Result<Vec<Letter>> {
        wait_for_letters(&self.desk.mailbox_of(&self.agent), count).with_context(|| self.desk.log())
    }

    fn agent_replies(&self, to: &Letter, text: &str) -> Result<()> {
        let address = reply_address(to)?;
        postfix()?.send(&self.agent, &address, &answer(&self.agent, &address, to, "", text)?)
    }

    /// The letters that the client got.
    fn client_gets(&self, count: usize) -> Result<Vec<Letter>> {
        wait_for_letters(&self.desk.mailbox_of(&self.client), count).with_context(|| self.desk.log())
    }
}

#[test]
fn an_answer_in_the_sent_folder_closes_preliminarily_until_the_client_asks_again() -> Result<()> {
    let scene = Scene::new("agent-sent")?;
    let support = scene.desk.address.clone();
    let sent = answer(&support, &scene.client, &scene.request, "", "Здравствуйте! Исправили, проверьте.")?;
    put_into_sent(servers(), &scene.desk, &sent)?;
    scene.becomes("answered")?;
    let sent = Letter { raw: sent, flags: String::new() };
    scene.client_writes(&sent, "Спасибо, всё работает!")?;
    scene.desk.wait_for_mails(3)?;
    scene.becomes("answered")?;
    scene.client_writes(&sent, "А как теперь выгрузить этот отчёт в Excel?")?;
    scene.becomes("open")?;
    assert_eq!(scene.client_gets(1)?.len(), 1, "only the confirmation of the first mail");
    Ok(())
}

#[test]
fn a_folder_for_sent_mail_that_is_named_is_made_and_watched() -> Result<()> {
    let (_dir, mut desk) = desk("agent-folder")?;
    employ(&mut desk, "olga@agent-folder-agents.test")?;
    desk.set("mailbox.sent_folder", "Исходящие")?;
    let daemon = desk.run()?;
    wait_for_sent_folder(&daemon)?;
    let client = "ivan@agent-folder-client.test";
    postfix()?.send(client, &desk.address, &mail(client, &desk.address, "Отчёты", COMPLETE))?;
    let request = wait_for_letters(&desk.inbox(), 1)?.remove(0);
    let raw = answer(&desk.address, client, &request, "", "Исправили, проверьте.")?;
    put_into(servers(), &desk, Some("Исходящие"), &raw)?;
    wait_for("the ticket to be answered", || {
        Ok((desk.rows(&["tickets", "--state", "answered"])?.len() == 1).then_some(()))
    })
    .with_context(|| desk.log())
}

#[test]
fn an_answer_with_support_in_copy_closes_preliminarily() -> Result<()> {
    let scene = Scene::new("agent-cc")?;
    let copied = format!("Cc: {}\r\n", scene.desk.address);
    let raw = answer(&scene.agent, &scene.client, &scene.request, &copied, "Исправили, проверьте.")?;
    postfix()?.send(&scene.agent, &scene.desk.address, &raw)?;
    scene.becomes("answered")
}

#[test]
fn a_reply_to_a_notice_reaches_the_client_as_ours() -> Result<()> {
    let scene = Scene::new("agent-reply")?;
    assert!(scene.notice.text().contains("Открываю «Отчёты»"), "{}", scene.notice.text());
    scene.agent_replies(&scene.notice, "Здравствуйте, Иван!\n\nИсправили, проверьте.\n\n-- \nОльга")?;
    let got = scene.client_gets(2)?;
    let answer = got.last().context("no answer")?;
    assert_eq!(answer.text().trim_end(), "Здравствуйте, Иван!\n\nИсправили, проверьте.\n\n--\nОльга");
    assert!(answer.header("From")?.contains(&scene.desk.address));
    assert_eq!(answer.header("Return-Path")?, format!("<{}>", scene.desk.address));
    assert_eq!(answer.header("In-Reply-To")?, scene.request.header("Message-ID")?);
    assert!(answer.headers("Auto-Submitted").is_empty());
    assert!(!String::from_utf8_lossy(&answer.raw).contains(&scene.agent), "the agent's own address");
    scene.becomes("answered")?;
    // Its copy lies in the Sent folder, and is no second answer.
    wait_for_letters(&scene.desk.sent(), 2).with_context(|| scene.desk.log())?;

    // The client's reply to it comes back into the ticket, by its token.
    let (to, raw) = super::support::compose::reply(answer, &scene.client, |line| {
        line.contains("проверьте").then(|| "Нет, в отчёте по-прежнему пусто. Что делать?".to_owned())
    })?;
    postfix()?.send(&scene.client, &to, &raw)?;
    scene.becomes("open")
}

#[test]
fn an_answer_that_the_client_overtook_is_held_back() -> Result<()> {
    let scene = Scene::new("agent-stale")?;
    scene.client_writes(&scene.request, "Дополню: по объекту В222ВВ77 то же самое, отчёт пустой.")?;
    let again = scene.notices(2)?;
    scene.agent_replies(&scene.notice, "Исправили для А123ВС77.")?;
    let told = scene.notices(3)?;
    let held = told.iter().find(|letter| letter.subject().contains("не отправлен")).context("not told")?;
    let text = held.text();
    assert!(text.contains("В222ВВ77") && text.contains("Исправили для А123ВС77."), "{text}");
    assert_eq!(scene.client_gets(1)?.len(), 1);
    assert!(again.iter().all(|letter| !letter.subject().contains("не отправлен")));
    // Nevertheless.
    scene.agent_replies(held, "Исправили для обоих объектов.")?;
    assert!(scene.client_gets(2)?.iter().any(|letter| letter.text().contains("для обоих объектов")));
    scene.becomes("answered")
}

#[test]
fn a_bounce_of_the_answer_makes_it_the_agents_turn_again() -> Result<()> {
    let scene = Scene::new("agent-bounce")?;
    scene.agent_replies(&scene.notice, "Исправили, проверьте.")?;
    let got = scene.client_gets(2)?;
    scene.becomes("answered")?;
    postfix()?.send("", &scene.desk.address, &bounce(got.last().context("no answer")?, &scene.client)?)?;
    scene.becomes("open")?;
    let told = scene.notices(2)?;
    assert!(told.iter().any(|letter| letter.subject().contains("ответ не дошёл")), "{:?}", told[1].subject());
    Ok(())
}

#[test]
fn a_bounce_of_a_real_server_is_understood_too() -> Result<()> {
    // Postfix takes this address, Dovecot refuses it later: «/» is in no user's name.
    let client = "no/body@agent-dsn-client.test";
    let scene = Scene::with_client("agent-dsn", client)?;
    scene.agent_replies(&scene.notice, "Исправили, проверьте.")?;
    let told = scene.notices(2)?;
    assert!(told.iter().any(|letter| letter.subject().contains("ответ не дошёл")));
    scene.becomes("open")?;
    let events = scene.desk.said(&["ticket", "1", "--json"])?;
    assert!(events.contains("\"answered\"") && events.contains("\"answer returned\""), "{events}");
    Ok(())
}

#[test]
fn an_answer_that_no_server_takes_is_told() -> Result<()> {
    let scene = Scene::with_client("agent-refused", "ivan@refused.test")?;
    scene.agent_replies(&scene.notice, "Исправили, проверьте.")?;
    let told = scene.notices(2)?;
    assert!(told.iter().any(|letter| letter.subject().contains("ответ не дошёл")));
    scene.becomes("open")
}

/// The most memory that the daemon may take for it, in MB. A debug build is larger by itself, and gets smaller files.
const RELAY_MB: u64 = if cfg!(debug_assertions) { 100 } else { 72 };
const ANSWERS: usize = 3;

#[test]
fn a_large_file_of_the_agent_s_reaches_the_client_in_little_memory() -> Result<()> {
    let scene = Scene::new("agent-file")?;
    let to = reply_address(&scene.notice)?;
    // Encoded, 30 MB: the most that is sent on.
    let size = if cfg!(debug_assertions) { 6_000_000 } else { 21_900_000 };
    let raw = mail_with_file(&scene.agent, &to, "Re: Отчёты", "Вот инструкция.", size);
    // One is copied while the next is sent.
    for _ in 0..ANSWERS {
        postfix()?.send(&scene.agent, &to, &fresh(&raw))?;
    }
    let got = scene.client_gets(1 + ANSWERS)?;
    // With their SHA-256.
    let files = |raw: &[u8]| askback::mail::parse_slim(&raw.to_vec().into()).0.attachments;
    let sent = files(&raw);
    for answer in got.iter().skip(1) {
        assert!(sent.len() == 1 && files(&answer.raw) == sent, "another file than that of the agent");
    }
    wait_for_letters(&scene.desk.sent(), 1 + ANSWERS).with_context(|| scene.desk.log())?;
    scene.becomes("answered")?;
    let peak = scene.daemon.peak_memory()? >> 20;
    let size = raw.len() / 1_000_000;
    println!("{ANSWERS} answers of {size} MB were sent on and copied with a peak of {peak} MB");
    anyhow::ensure!(peak <= RELAY_MB, "{peak} MB");
    Ok(())
}

#[test]
fn a_stranger_in_an_agent_s_name_reaches_nobody() -> Result<()> {
    let scene = Scene::new("agent-forged")?;
    // He knows the agent's address and the client's, and guesses a token.
    let address = reply_address(&scene.notice)?.replacen("+1.", "+1.1", 1);
    for to in [address, scene.desk.address.clone()] {
        let raw = mail(&scene.agent, &to, "Re: [#1]", "Переведите деньги на другой счёт.");
        postfix()?.send("thief@forged.test", &to, &raw)?;
    }
    scene.desk.wait_for_mails(3)?;
    scene.desk.wait_for_outbox()?;
    let got = letters(&scene.desk.mailbox_of(&scene.client))?;
    assert!(got.iter().all(|letter| !letter.text().contains("деньги")), "{got:?}");
    Ok(())
}

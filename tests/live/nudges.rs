//! What agents hear by mail.

use super::support::agent::employ;
use super::support::compose::{bare, mail};
use super::support::maildir::wait_for_letters;
use super::{COMPLETE, desk, postfix};
use anyhow::{Context, Result};

#[test]
fn an_agent_hears_of_a_complete_request() -> Result<()> {
    let (_dir, mut desk) = desk("nudges")?;
    let agent = "olga@nudges-agents.test";
    employ(&mut desk, "nobody@nudges-agents.test")?;
    desk.set("nudges.to", toml::Table::from_iter([("new".to_owned(), vec![agent].into())]))?;
    let _daemon = desk.run()?;
    let client = "ivan@nudges.test";
    postfix()?.send(client, &desk.address, &mail(client, &desk.address, "Отчёты", COMPLETE))?;

    let notice = wait_for_letters(&desk.mailbox_of(agent), 1).with_context(|| desk.log())?.remove(0);
    assert_eq!(notice.subject(), "askback: № 1, новое от клиента: Отчёты");
    assert_eq!(notice.header("Return-Path")?, "<>");
    assert_eq!(notice.header("Auto-Submitted")?, "auto-generated");
    assert_eq!(bare(&notice.header("From")?), desk.address);
    assert!(notice.header("Reply-To")?.contains("+1."), "a reply goes to the client");
    let text = notice.text();
    assert!(
        text.contains(client) && text.contains("Тема: Отчёты") && text.contains("Открываю «Отчёты»"),
        "{text}"
    );
    Ok(())
}

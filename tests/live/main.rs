//! askback against Debian's Dovecot and Postfix: `make test`, or `cargo test --test live` where they are installed.
//! All tests share one pair of servers; each has a desk, and so a mailbox and a database, of its own.
#![allow(clippy::expect_used, reason = "no test can go on without servers")]

#[path = "../support/mod.rs"]
mod support;

mod agents;
mod bombs;
mod broken;
mod clock;
mod crash;
mod disk;
mod flood;
mod full;
mod injection;
mod intake;
mod letters;
mod nudges;
mod numbering;
mod oauth;
mod reconcile;
mod restore;
mod secrets;
mod torture;
mod trouble;

use anyhow::Result;
use std::sync::OnceLock;
use support::daemon::Desk;
use support::servers::Servers;
use support::smtp::Smtp;
use tempfile::TempDir;

/// Set where a test has started this program again in surroundings of its own: the folder of the servers that run.
const INSIDE: &str = "ASKBACK_TEST_SERVERS";

/// The servers of this test run. They stop when the program ends, because the script that keeps them notices that.
fn servers() -> &'static Servers {
    static SERVERS: OnceLock<Servers> = OnceLock::new();
    SERVERS.get_or_init(|| match std::env::var_os(INSIDE) {
        None => Servers::start().expect("the mail servers start"),
        Some(dir) => Servers::of_others(dir.into()).expect("the mail servers run"),
    })
}

/// A desk at `NAME@m2m.test` that answers at once. Its files live as long as the folder that comes with it.
fn desk(name: &str) -> Result<(TempDir, Desk<'static>)> {
    let dir = TempDir::new()?;
    let desk = Desk::new(servers(), dir.path(), &format!("{name}@m2m.test"))?;
    Ok((dir, desk))
}

/// A client's connection to Postfix.
fn postfix() -> Result<Smtp> {
    Smtp::connect(servers().smtp_port()?)
}

/// A request that lacks nothing.
const COMPLETE: &str = "Здравствуйте!\n\nВ Wialon Hosting не строится отчёт «Пробег за сутки» по объекту А123ВС77.\n\
    Открываю «Отчёты», выбираю шаблон, нажимаю «Выполнить» — вместо таблицы появляется «Ошибка выполнения отчёта».\n";

/// A request that lacks objects and steps.
const INCOMPLETE: &str = "Добрый день.\n\nСо вчерашнего дня Wialon показывает неверный расход топлива: в отчёте стоит \
    180 литров за смену, а заправили 60. Ждали, что цифры сойдутся с чеком АЗС.\n";

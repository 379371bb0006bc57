//! Logging in by access tokens: Dovecot's oauth2 passdb behind IMAP and, by Postfix, SMTP; a token endpoint of the test's own.

use super::clock::Clock;
use super::support::agent::employ;
use super::support::authorization::{Authorization, Fault};
use super::support::compose::mail;
use super::support::daemon::{Daemon, Desk};
use super::support::maildir::wait_for_letters;
use super::support::servers::Servers;
use super::support::smtp::Smtp;
use super::support::wait_for;
use super::{INCOMPLETE, servers};
use anyhow::{Context, Result, ensure};
use data_encoding::BASE64;
use rustix::process::Signal;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Output;
use std::sync::OnceLock;
use tempfile::TempDir;
use toml::Table;

/// Servers, and whom they ask about tokens.
struct House {
    servers: &'static Servers,
    introspection: Authorization,
}

/// The servers of this test run: they offer both mechanisms.
fn house() -> &'static House {
    static HOUSE: OnceLock<House> = OnceLock::new();
    HOUSE.get_or_init(|| House::new(servers()).expect("the port is free"))
}

/// Servers that offer only XOAUTH2.
fn other_house() -> &'static House {
    static SERVERS: OnceLock<Servers> = OnceLock::new();
    static HOUSE: OnceLock<House> = OnceLock::new();
    HOUSE.get_or_init(|| {
        let servers = SERVERS.get_or_init(|| Servers::start_with("xoauth2").expect("the mail servers start"));
        House::new(servers).expect("the port is free")
    })
}

impl House {
    fn new(servers: &'static Servers) -> Result<Self> {
        Ok(Self { servers, introspection: Authorization::start_at(servers.oauth_port()?)? })
    }
}

/// A desk that logs in by OAuth, and its authorization server.
struct Bench {
    desk: Desk<'static>,
    house: &'static House,
    endpoint: Authorization,
    dir: TempDir,
}

impl Bench {
    fn new(name: &str) -> Result<Self> {
        Self::at(house(), name)
    }

    fn at(house: &'static House, name: &str) -> Result<Self> {
        let dir = TempDir::new()?;
        let desk = Desk::new(house.servers, dir.path(), &format!("{name}@m2m.test"))?;
        let endpoint = Authorization::start()?;
        house.introspection.know(&endpoint);
        let mut bench = Self { desk, house, endpoint, dir };
        bench.consent()?;
        bench.configure(&bench.endpoint.token_url(), Some("refresh-token"), "")?;
        Ok(bench)
    }

    fn secret_file(&self, name: &str, text: &str) -> Result<String> {
        let path = self.dir.path().join(name);
        fs::rename(self.desk.password_file(text)?, &path)?;
        Ok(path.display().to_string())
    }

    /// Somebody gives his consent; his refresh token is put where the configuration says.
    fn consent(&self) -> Result<()> {
        let token = self.endpoint.consent(&self.desk.address);
        self.secret_file("refresh-token", &token).map(|_| ())
    }

    /// Writes the configuration, with `more` keys of the account.
    fn configure(&mut self, url: &str, refresh: Option<&str>, more: &str) -> Result<()> {
        let secret = self.secret_file("client-secret", &self.endpoint.state().client_secret)?;
        let mut account: Table = more.parse()?;
        for (key, value) in [
            ("name", "support"),
            ("token_url", url),
            ("client_id", "askback-client"),
            ("client_secret_file", &secret),
        ] {
            account.insert(key.to_owned(), value.into());
        }
        if let Some(name) = refresh {
            let path = self.dir.path().join(name).display().to_string();
            account.insert("refresh_token_file".to_owned(), path.into());
        }
        self.desk.log_in_by(account)
    }

    /// Where the last refresh token is kept.
    fn kept(&self) -> PathBuf {
        self.dir.path().join("askback.db.oauth-support")
    }

    /// A client writes, and gets his questions.
    fn round_trip(&self, number: usize) -> Result<()> {
        let client = format!("client-{number}@{}", self.desk.address.replace('@', "."));
        let raw = mail(&client, &self.desk.address, &format!("Отчёт {number}"), INCOMPLETE);
        Smtp::connect(self.house.servers.smtp_port()?)?.send(&client, &self.desk.address, &raw)?;
        let letters = wait_for_letters(&self.desk.mailbox_of(&client), 1);
        letters.map(|_| ()).with_context(|| self.desk.log())
    }

    /// Waits until a mail server has logged a login of this desk.
    fn wait_for_login(&self, server: &str, words: &str) -> Result<()> {
        wait_for(&format!("{words} of {} in the log of {server}", self.desk.address), || {
            let log = self.house.servers.log(server);
            let found = log.lines().any(|line| line.contains(&self.desk.address) && line.contains(words));
            Ok(found.then_some(()))
        })
    }

    fn requests(&self) -> usize {
        self.endpoint.state().forms.len()
    }

    fn wait_for_requests(&self, count: usize) -> Result<()> {
        wait_for(&format!("{count} requests for tokens"), || Ok((self.requests() >= count).then_some(())))
            .with_context(|| self.desk.log())
    }
}

fn online(daemon: &Daemon) -> Result<()> {
    daemon.wait_for_log_where("the mailbox to be online", |line| {
        line.contains("mailbox online") && !line.contains("(sent)")
    })
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn both_mechanisms_and_both_grants_log_in_to_imap_and_smtp() -> Result<()> {
    let bench = Bench::new("oauthbearer")?;
    let daemon = bench.desk.run()?;
    bench.round_trip(1)?;
    bench.wait_for_login("dovecot", "method=OAUTHBEARER")?;
    bench.wait_for_login("postfix", "sasl_method=OAUTHBEARER")?;
    wait_for_letters(&bench.desk.sent(), 1)?;
    daemon.stop()?;
    ensure!(bench.requests() == 1, "one token for all who log in");

    let mut bench = Bench::at(other_house(), "xoauth2")?;
    // A short token goes along with AUTH, a long one in a line of its own.
    bench.endpoint.state().length = 0;
    let daemon = bench.desk.run()?;
    bench.round_trip(1)?;
    bench.wait_for_login("dovecot", "method=XOAUTH2")?;
    bench.wait_for_login("postfix", "sasl_method=XOAUTH2")?;
    daemon.stop()?;

    bench.endpoint.state().own_user = bench.desk.address.clone();
    bench.configure(&bench.endpoint.token_url(), None, "grant = \"client_credentials\"")?;
    let daemon = bench.desk.run()?;
    bench.round_trip(2)?;
    daemon.stop()?;
    let last = bench.endpoint.state().forms.last().cloned().unwrap_or_default();
    ensure!(last.starts_with("grant_type=client_credentials&"), "{last}");
    println!("2 mechanisms and 2 grants logged in to IMAP and SMTP; 3 clients were answered");
    Ok(())
}

#[test]
fn tokens_are_renewed_before_they_end_and_refresh_tokens_survive_restarts_and_kills() -> Result<()> {
    let bench = Bench::new("renewal")?;
    bench.endpoint.state().life = 4;
    let daemon = bench.desk.run()?;
    online(&daemon)?;
    // Three seconds each; every refresh token can be used once.
    bench.wait_for_requests(4)?;
    bench.round_trip(1)?;
    daemon.kill()?;
    let daemon = bench.desk.run()?;
    let before = bench.requests();
    bench.round_trip(2)?;
    bench.wait_for_requests(before + 1)?;
    // doctor takes a turn beside the daemon, and neither takes the other's token away.
    let doctor = said(&bench.desk.askback(&["doctor"])?);
    ensure!(
        doctor.contains("the token endpoint gives tokens") && doctor.contains("Everything works"),
        "{doctor}"
    );
    let before = bench.requests();
    bench.wait_for_requests(before + 2)?;
    bench.round_trip(3)?;
    daemon.stop()?;
    ensure!(!bench.desk.log().contains("not accepted any more"), "{}", bench.desk.log());
    println!(
        "{} tokens, each by a refresh token that was good once; 3 clients were answered",
        bench.requests()
    );
    Ok(())
}

#[test]
fn it_dies_around_the_keeping_of_a_refresh_token() -> Result<()> {
    let (mut deaths, mut lost) = (0, 0);
    for (point, strict) in [("oauth.kept", true), ("oauth.answered", false), ("oauth.answered", true)] {
        let bench = Bench::new(&format!("{}-{strict}", point.replace('.', "-")))?;
        bench.endpoint.state().strict = strict;
        let daemon = bench.desk.spawn_with(true, &format!("{point}:1"))?;
        let status = daemon.wait(super::support::PATIENCE)?;
        ensure!(!status.success(), "{point} is never hit");
        deaths += 1;
        let daemon = bench.desk.run()?;
        if point == "oauth.answered" && strict {
            // The window: the server has taken the old one away, and the new one was not on disk.
            daemon.wait_for_log("the refresh token is not accepted any more")?;
            lost += 1;
            daemon.stop()?;
            bench.consent()?;
            let daemon = bench.desk.run()?;
            bench.round_trip(1)?;
            daemon.stop()?;
        } else {
            bench.round_trip(1)?;
            daemon.stop()?;
        }
    }
    println!("{deaths} deaths around a new refresh token: {lost} needed a new consent, all worked after it");
    Ok(())
}

#[test]
fn an_endpoint_that_is_down_comes_up() -> Result<()> {
    let mut bench = Bench::new("endpoint-down")?;
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    bench.configure(&format!("http://127.0.0.1:{port}/token"), Some("refresh-token"), "")?;
    let daemon = bench.desk.run()?;
    let log = daemon.wait_for_log("refuses the connection: check the port and whether the server runs")?;
    ensure!(!log.contains("mailbox online"), "{log}");
    let output = bench.desk.askback(&["doctor"])?;
    ensure!(
        !output.status.success() && said(&output).contains("remedy: check the port"),
        "{}",
        said(&output)
    );

    bench.endpoint = Authorization::start_at(port)?;
    bench.house.introspection.know(&bench.endpoint);
    bench.consent()?;
    online(&daemon)?;
    bench.round_trip(1)?;
    daemon.stop()
}

#[test]
fn a_slow_endpoint_does_not_hold_up_the_end() -> Result<()> {
    let bench = Bench::new("slow-endpoint")?;
    bench.endpoint.state().faults.push_back(Fault::Late(std::time::Duration::from_secs(20)));
    let daemon = bench.desk.run()?;
    bench.wait_for_requests(1)?;
    daemon.signal(Signal::TERM)?;
    let status = daemon.wait(std::time::Duration::from_secs(8))?;
    ensure!(status.success(), "{status}: {}", bench.desk.log());
    Ok(())
}

#[test]
fn a_revoked_consent_is_told_with_its_remedy_and_a_new_one_works() -> Result<()> {
    let bench = Bench::new("revoked")?;
    bench.endpoint.state().refresh.clear();
    let daemon = bench.desk.run()?;
    let log = daemon.wait_for_log("the refresh token is not accepted any more")?;
    ensure!(log.contains("get a new one by giving the consent again"), "{log}");
    let output = bench.desk.askback(&["doctor"])?;
    ensure!(!output.status.success() && said(&output).contains("remedy: get a new one"), "{}", said(&output));
    bench.consent()?;
    daemon.signal(Signal::HUP)?;
    bench.round_trip(1)?;
    daemon.stop()
}

#[test]
fn a_token_that_is_revoked_early_is_replaced() -> Result<()> {
    let bench = Bench::new("revoked-early")?;
    let daemon = bench.desk.run()?;
    bench.round_trip(1)?;
    let given = std::time::Instant::now();
    // A token that was given just now would not be replaced.
    while given.elapsed().as_secs() < 11 {
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    bench.endpoint.state().access.values_mut().for_each(|issued| issued.revoked = true);
    // The burst's connection to SMTP is gone: the next letter logs in anew.
    bench.round_trip(2)?;
    daemon.stop()?;
    ensure!(bench.requests() == 2, "{} requests", bench.requests());
    Ok(())
}

#[test]
fn a_dying_refresh_token_is_told_of_days_ahead() -> Result<()> {
    let mut bench = Bench::new("dying")?;
    let agent = "olga@dying-agents.test";
    employ(&mut bench.desk, agent)?;
    {
        // The server tells its end; two thirds of 3 seconds later it is near, and it is not replaced.
        let mut state = bench.endpoint.state();
        (state.rotates, state.life, state.refresh_life) = (false, 4, Some(3));
    }
    let daemon = bench.desk.run()?;
    let log = daemon.wait_for_log("the refresh token is about to end")?;
    ensure!(log.contains("get a new one"), "{log}");
    let letters = wait_for_letters(&bench.desk.mailbox_of(agent), 1)?;
    let subject = letters.first().map(|letter| letter.subject()).unwrap_or_default();
    ensure!(subject.starts_with("askback: вход в почту закончится "), "{subject}");
    let output = bench.desk.askback(&["doctor"])?;
    ensure!(said(&output).contains("! oauth \"support\": the refresh token ends on "), "{}", said(&output));
    // Nobody is told twice, whatever is started again.
    daemon.stop()?;
    let daemon = bench.desk.run()?;
    daemon.wait_for_log("the refresh token is about to end")?;
    bench.round_trip(1)?;
    daemon.stop()?;
    let told = |letter: &&super::support::maildir::Letter| letter.subject().contains("закончится");
    let letters = super::support::maildir::letters(&bench.desk.mailbox_of(agent))?;
    ensure!(letters.iter().filter(told).count() == 1, "told more than once");
    Ok(())
}

#[test]
fn a_wrong_clock_lets_no_login_end() -> Result<()> {
    let mut bench = Bench::new("early-end")?;
    let agent = "olga@early-end-agents.test";
    employ(&mut bench.desk, agent)?;
    let clock = Clock::of(&mut bench.desk)?;
    {
        let mut state = bench.endpoint.state();
        (state.rotates, state.refresh_life) = (false, Some(30 * 86_400));
    }
    let daemon = bench.desk.run()?;
    online(&daemon)?;
    daemon.stop()?;

    // Started in a year in which the token, of whose end the server says no more, would be long dead.
    bench.endpoint.state().refresh_life = None;
    clock.set(90 * 365 * 86_400)?;
    let daemon = bench.desk.run()?;
    daemon.wait_for_log("this machine's clock is not believed")?;
    daemon.wait_for_log("mailbox offline")?;
    clock.set(0)?;
    daemon.wait_for_log("is believed again")?;
    bench.round_trip(1)?;
    daemon.stop()?;
    let log = bench.desk.log();
    ensure!(!log.contains("the refresh token is about to end"), "{log}");
    let letters = super::support::maildir::letters(&bench.desk.mailbox_of(agent))?;
    ensure!(!letters.iter().any(|letter| letter.subject().contains("закончится")), "it was told");
    Ok(())
}

#[test]
fn tokens_and_secrets_are_in_no_log_no_database_and_no_output() -> Result<()> {
    let mut bench = Bench::new("oauth-canary")?;
    bench.desk.set("log.level", "trace")?;
    bench.endpoint.state().life = 4;
    let mut seen: Vec<(String, Vec<u8>)> = Vec::new();
    let look = |bench: &Bench, seen: &mut Vec<(String, Vec<u8>)>| -> Result<()> {
        for command in [&["doctor"][..], &["doctor", "--json"], &["check-config"], &["export"], &["outbox"]] {
            let output = bench.desk.askback(command)?;
            seen.push((command.join(" "), [output.stdout, output.stderr].concat()));
        }
        Ok(())
    };
    let daemon = bench.desk.run()?;
    bench.round_trip(1)?;
    bench.wait_for_requests(3)?;
    seen.push(("cmdline".to_owned(), fs::read(format!("/proc/{}/cmdline", daemon.pid()?))?));
    look(&bench, &mut seen)?;
    // All access tokens refused, and the endpoint of no use: that is where errors quote.
    bench.endpoint.state().access.values_mut().for_each(|issued| issued.revoked = true);
    bench.endpoint.state().life = 0;
    bench.endpoint.state().faults.extend([Fault::Say(200, "text/html", "<html>"), Fault::Close]);
    look(&bench, &mut seen)?;
    bench.endpoint.state().refresh.clear();
    look(&bench, &mut seen)?;
    daemon.wait_for_log("not accepted any more")?;
    daemon.stop()?;
    for entry in fs::read_dir(bench.dir.path())? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let ours = name.starts_with("askback") && path != bench.kept();
        if ours && path.is_file() {
            seen.push((name, fs::read(&path)?));
        }
    }
    let state = bench.endpoint.state();
    let mut secrets: BTreeSet<String> =
        state.access.keys().map(|token| token.chars().take(24).collect()).collect();
    secrets.extend(state.known_refresh.iter().cloned());
    secrets.insert(state.client_secret.clone());
    drop(state);
    for secret in &secrets {
        for spelling in spellings(secret) {
            for (place, bytes) in &seen {
                let found = bytes.windows(spelling.len()).any(|window| window == spelling.as_bytes());
                ensure!(!found, "{secret} is in {place}");
            }
        }
    }
    // The eyes are good.
    let kept = fs::read_to_string(bench.kept())?;
    ensure!(secrets.iter().any(|secret| kept.contains(secret)), "the last refresh token is kept");
    let mode = std::os::unix::fs::MetadataExt::mode(&fs::metadata(bench.kept())?);
    ensure!(mode & 0o777 == 0o600, "{mode:o}");
    let log = seen.iter().find(|(name, _)| name == "askback.log").map_or(0, |(_, log)| log.len());
    ensure!(log > 500 && seen.len() > 15 && secrets.len() > 5, "{log} {} {}", seen.len(), secrets.len());
    println!("{} secrets looked for in {} places, {log} bytes of log among them", secrets.len(), seen.len());
    Ok(())
}

/// As it is, and in base64 wherever it stands in what is encoded.
fn spellings(secret: &str) -> Vec<String> {
    let encoded = (0..3).filter_map(|before| {
        let padded = [vec![0; before], secret.as_bytes().to_vec()].concat();
        let whole = (before * 8).div_ceil(6)..padded.len() * 8 / 6;
        Some(BASE64.encode(&padded).get(whole)?.to_owned())
    });
    encoded.chain([secret.to_owned()]).collect()
}

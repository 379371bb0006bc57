//! An IMAP server over TLS that behaves, except where a test tells it not to.

#[path = "scripted_imap/mails.rs"]
mod mails;

use super::authority::Authority;
use askback::imap::Settings;
use askback::net::{Endpoint, Secret};
use askback::oauth::Credentials;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// What a test lets happen instead of, or before, the answer to a command.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// These bytes; `{tag}` stands for the command's tag.
    Answer(String),
    /// These bytes, then the connection is closed.
    AnswerAndClose(String),
    /// Nothing, for ever.
    Silence,
    /// These bytes first, then the usual answer.
    Before(String),
    /// The mail of this UID is expunged first (no EXPUNGE is told before the next NOOP).
    Expunge(u32),
    /// The usual answer, but after that to the next command.
    Hold,
    /// These bytes again and again, for ever.
    Drip(String),
}

/// How a part of a mail is handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parts {
    /// As asked for.
    Right,
    /// All of the mail from there on, however little was asked for.
    TooMuch,
    /// The whole mail, as if nothing had been said of parts.
    Whole,
    /// At most so many bytes at once, however many were asked for.
    Few(usize),
}

#[derive(Clone, Debug)]
pub(crate) struct Mail {
    pub(crate) raw: Vec<u8>,
    /// What RFC822.SIZE says.
    pub(crate) size: u64,
    pub(crate) flags: Vec<String>,
    /// INTERNALDATE, or `NIL`.
    pub(crate) date: &'static str,
}

/// What the server has and what it was asked.
pub(crate) struct State {
    pub(crate) greeting: String,
    pub(crate) capabilities: String,
    pub(crate) password: String,
    pub(crate) uid_validity: Option<u32>,
    pub(crate) uid_next: Option<u32>,
    pub(crate) mails: BTreeMap<u32, Mail>,
    /// Mails that SEARCH names and FETCH does not show.
    pub(crate) hidden: BTreeSet<u32>,
    /// Mails whose size and date cannot be told: FETCH ends in NO after those of all others.
    pub(crate) unlistable: BTreeSet<u32>,
    pub(crate) parts: Parts,
    /// Mails that can be neither marked nor moved, nor any others with them.
    pub(crate) stuck: BTreeSet<u32>,
    /// Copies and moves to a folder that is not there end in OK.
    pub(crate) copies_nowhere: bool,
    pub(crate) folders: BTreeMap<String, Vec<Vec<u8>>>,
    /// Says by COPYUID what it has copied.
    pub(crate) names_copies: bool,
    /// How long it looks at a letter, or a copy, before it says that it has it.
    pub(crate) append_takes: Duration,
    pub(crate) list: String,
    /// (a command that contains this, how often yet, what happens)
    pub(crate) rules: Vec<(String, usize, Act)>,
    /// All lines that came, without tags.
    pub(crate) log: Vec<String>,
    pub(crate) connections: usize,
    /// Bytes that came through TLS.
    pub(crate) received: usize,
}

pub(crate) struct ScriptedImap {
    state: Arc<Mutex<State>>,
    news: watch::Sender<()>,
    authority: Authority,
    port: u16,
}

impl ScriptedImap {
    pub(crate) async fn start() -> Self {
        Self::start_as("localhost", 2020, 2100).await
    }

    /// With a certificate for this name and these years.
    pub(crate) async fn start_as(name: &str, from: i32, until: i32) -> Self {
        let authority = Authority::new();
        let acceptor = authority.acceptor(name, from, until);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State {
            greeting: "* OK ready\r\n".to_owned(),
            capabilities: "IMAP4rev1 IDLE MOVE UIDPLUS SASL-IR AUTH=PLAIN".to_owned(),
            password: "secret".to_owned(),
            uid_validity: Some(7),
            uid_next: Some(1),
            mails: BTreeMap::new(),
            hidden: BTreeSet::new(),
            unlistable: BTreeSet::new(),
            parts: Parts::Right,
            stuck: BTreeSet::new(),
            copies_nowhere: false,
            folders: BTreeMap::new(),
            names_copies: false,
            append_takes: Duration::ZERO,
            list: "* LIST (\\HasNoChildren) \"/\" INBOX\r\n".to_owned(),
            rules: Vec::new(),
            log: Vec::new(),
            connections: 0,
            received: 0,
        }));
        let news = watch::Sender::new(());
        let server = (Arc::clone(&state), news.clone());
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let (acceptor, (state, news)) = (acceptor.clone(), server.clone());
                state.lock().unwrap().connections += 1;
                tokio::spawn(async move {
                    let Ok(tls) = acceptor.accept(tcp).await else { return };
                    // A client that leaves in the middle is none of our business.
                    let _ = talk(tls, state).run(news.subscribe()).await;
                });
            }
        });
        Self { state, news, authority, port }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Where it listens on the loopback.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// From now on, the next `times` commands that contain `command` meet with this.
    pub(crate) fn rule(&self, command: &str, times: usize, act: Act) {
        self.state().rules.push((command.to_owned(), times, act));
    }

    /// Adds mails of this many bytes with the next UIDs; tells clients in IDLE.
    pub(crate) fn deliver(&self, sizes: &[usize]) {
        {
            let mut state = self.state();
            for size in sizes {
                let uid = state.next_uid();
                let mut raw = format!("Subject: mail {uid}\r\n\r\n").into_bytes();
                raw.resize((*size).max(raw.len()), b'x');
                state.uid_next = state.uid_next.map(|_| uid + 1);
                state.mails.insert(
                    uid,
                    Mail {
                        size: raw.len() as u64,
                        raw,
                        flags: Vec::new(),
                        date: " 1-Feb-2026 03:04:05 +0300",
                    },
                );
            }
        }
        self.news.send_replace(());
    }

    /// Gives all mails the Message-ID that a mail has which has been sent.
    pub(crate) fn number_mails(&self) {
        for (uid, mail) in &mut self.state().mails {
            mail.raw.splice(0..0, format!("Message-ID: <{uid}@sent>\r\n").into_bytes());
            mail.size = mail.raw.len() as u64;
        }
    }

    /// A watcher's settings for this server, with short times.
    pub(crate) fn settings(&self) -> Settings {
        let endpoint = Endpoint { host: "localhost".into(), port: self.port, trust: self.authority.trust() };
        let (user, password) = ("support".to_owned(), Secret::new("secret"));
        let mut settings = Settings::new("main", endpoint, Credentials::Password { user, password });
        let brief = Duration::from_millis(20);
        settings.timing.inactivity = Duration::from_secs(1);
        settings.timing.append = Duration::from_secs(1);
        settings.timing.poll_without_idle = brief;
        settings.timing.retry_first = brief;
        settings.timing.retry_max = brief * 4;
        settings.timing.throttled = brief;
        settings.timing.refused_first = brief;
        settings.timing.refused_max = brief * 4;
        settings.timing.login_every = Duration::ZERO;
        settings
    }

    /// How many connections there were, and how many bytes came through their TLS.
    pub(crate) fn contact(&self) -> (usize, usize) {
        let state = self.state();
        (state.connections, state.received)
    }

    /// The commands that came and contain this.
    pub(crate) fn asked(&self, what: &str) -> Vec<String> {
        self.state().log.iter().filter(|line| line.contains(what)).cloned().collect()
    }
}

impl State {
    pub(crate) fn next_uid(&self) -> u32 {
        self.uid_next.unwrap_or_else(|| self.mails.keys().last().map_or(1, |last| last + 1))
    }

    fn act(&mut self, command: &str) -> Option<Act> {
        let (_, times, act) =
            self.rules.iter_mut().find(|(part, times, _)| *times > 0 && command.contains(part.as_str()))?;
        *times -= 1;
        Some(act.clone())
    }

    /// What happens in place of the greeting: the rule for the command `GREETING`.
    fn act_at_greeting(&mut self) -> Option<Act> {
        let at = self.rules.iter().position(|(part, times, _)| *times > 0 && part == "GREETING")?;
        Some(self.rules.remove(at).2)
    }

    /// The usual answer to a command, without its end. `Err` is the end if there is no answer.
    fn answer(&mut self, command: &str) -> Result<Vec<u8>, String> {
        let words: Vec<&str> = command.split(' ').collect();
        let text = match words.as_slice() {
            ["CAPABILITY"] => format!("* CAPABILITY {}\r\n", self.capabilities),
            ["LOGIN", ..] if command.contains(&format!("\"{}\"", self.password)) => String::new(),
            ["AUTHENTICATE", "PLAIN", words] => {
                let expect = data_encoding::BASE64.encode(format!("\0support\0{}", self.password).as_bytes());
                if *words != expect {
                    return Err("NO [AUTHENTICATIONFAILED] wrong".to_owned());
                }
                String::new()
            }
            ["LOGIN", ..] => return Err("NO wrong".to_owned()),
            ["SELECT" | "EXAMINE", ..] => {
                let mut text = format!("* FLAGS (\\Seen)\r\n* {} EXISTS\r\n", self.mails.len());
                for (name, value) in [("UIDVALIDITY", self.uid_validity), ("UIDNEXT", self.uid_next)] {
                    if let Some(value) = value {
                        write!(text, "* OK [{name} {value}] told\r\n").unwrap();
                    }
                }
                text
            }
            ["LIST", ..] => self.list.clone(),
            ["CREATE", name] => {
                self.folders.insert(name.trim_matches('"').to_owned(), Vec::new());
                String::new()
            }
            ["UID", "FETCH", set, items @ ..] => return Ok(self.fetch(set, &items.join(" "))),
            ["FETCH", number, "(UID)"] => {
                let uid = number.parse::<usize>().ok().and_then(|number| self.mails.keys().nth(number - 1));
                uid.map_or_else(String::new, |uid| format!("* {number} FETCH (UID {uid})\r\n"))
            }
            ["UID", "SEARCH", key @ ..] => self.search(key),
            ["UID", "STORE" | "MOVE" | "COPY", set, ..]
                if self.members(set).iter().any(|uid| self.stuck.contains(uid)) =>
            {
                return Err("NO cannot do that to one of them".to_owned());
            }
            ["UID", "STORE", set, _, flag] => {
                for uid in self.members(set) {
                    self.mails.get_mut(&uid).unwrap().flags.push(flag.trim_matches(['(', ')']).to_owned());
                }
                String::new()
            }
            ["UID", verb @ ("MOVE" | "COPY"), set, name] => {
                let name = name.trim_matches('"').to_owned();
                if !self.folders.contains_key(&name) {
                    let end = if self.copies_nowhere { "OK done" } else { "NO [TRYCREATE] no such folder" };
                    return Err(end.to_owned());
                }
                for uid in self.members(set) {
                    let raw = self.mails[&uid].raw.clone();
                    self.folders.get_mut(&name).unwrap().push(raw);
                    if *verb == "MOVE" {
                        self.mails.remove(&uid);
                    }
                }
                String::new()
            }
            ["UID", "EXPUNGE", set] => {
                let members = self.members(set);
                self.mails.retain(|uid, mail| {
                    !(members.contains(uid) && mail.flags.contains(&"\\Deleted".to_owned()))
                });
                String::new()
            }
            ["STATUS", name, ..] => match self.folders.get(name.trim_matches('"')) {
                Some(mails) => {
                    format!("* STATUS {name} (MESSAGES {})\r\n", mails.len())
                }
                None if *name == "\"INBOX\"" => String::new(),
                None => return Err("NO no such folder".to_owned()),
            },
            ["NOOP" | "SUBSCRIBE" | "LOGOUT", ..] => String::new(),
            _ => return Err(format!("BAD what is {command}?")),
        };
        Ok(text.into_bytes())
    }
}

/// One connection.
struct Talk<S> {
    stream: BufReader<S>,
    state: Arc<Mutex<State>>,
    /// Messages that the client has been told of.
    told: Option<usize>,
    /// The UIDVALIDITY of the folder that it has opened. One that was made anew meanwhile is not shown to it.
    opened: Option<u32>,
    /// An answer that is held back until the next.
    held: Vec<u8>,
}

fn talk<S: AsyncRead + AsyncWrite + Unpin>(stream: S, state: Arc<Mutex<State>>) -> Talk<S> {
    Talk { stream: BufReader::new(stream), state, told: None, opened: None, held: Vec::new() }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Talk<S> {
    async fn run(mut self, mut news: watch::Receiver<()>) -> std::io::Result<()> {
        let (act, greeting) = {
            let mut state = self.state.lock().unwrap();
            (state.act_at_greeting(), state.greeting.clone())
        };
        match act {
            None => self.send(greeting.as_bytes()).await?,
            Some(Act::Answer(text)) => self.send(text.as_bytes()).await?,
            Some(Act::AnswerAndClose(text)) => {
                self.send(text.as_bytes()).await?;
                return self.stream.shutdown().await;
            }
            Some(Act::Silence | Act::Before(_) | Act::Expunge(_) | Act::Hold | Act::Drip(_)) => {
                std::future::pending().await
            }
        }
        loop {
            let line = self.line().await?;
            let (tag, command) = line.split_once(' ').unwrap_or(("*", &line));
            let (act, command) = (self.state.lock().unwrap().act(command), command.to_owned());
            let hold = matches!(act, Some(Act::Hold));
            match act {
                Some(Act::Answer(text)) => {
                    self.send(text.replace("{tag}", tag).as_bytes()).await?;
                    continue;
                }
                Some(Act::AnswerAndClose(text)) => {
                    self.send(text.replace("{tag}", tag).as_bytes()).await?;
                    return self.stream.shutdown().await;
                }
                Some(Act::Silence) => std::future::pending().await,
                Some(Act::Drip(text)) => loop {
                    self.send(text.as_bytes()).await?;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                },
                Some(Act::Before(text)) => self.send(text.replace("{tag}", tag).as_bytes()).await?,
                Some(Act::Expunge(uid)) => {
                    self.state.lock().unwrap().mails.remove(&uid);
                }
                Some(Act::Hold) | None => {}
            }
            if command == "IDLE" {
                self.idle(tag, &mut news).await?;
            } else if command.starts_with("APPEND") {
                self.append(tag, &command).await?;
            } else {
                let opens = command.starts_with("SELECT") || command.starts_with("EXAMINE");
                let stale = !opens && command.starts_with("UID ") && self.sees_old_folder();
                let answer = if stale { Ok(Vec::new()) } else { self.state.lock().unwrap().answer(&command) };
                let (mut answer, end) = match answer {
                    Ok(answer) => (answer, self.state.lock().unwrap().end(&command)),
                    Err(end) => (Vec::new(), end),
                };
                if opens && end.starts_with("OK") {
                    let state = self.state.lock().unwrap();
                    (self.told, self.opened) = (Some(state.mails.len()), state.uid_validity);
                }
                if command.starts_with("UID COPY") {
                    let takes = self.state.lock().unwrap().append_takes;
                    tokio::time::sleep(takes).await;
                }
                answer.extend(self.changes(!command.contains("FETCH")).into_bytes());
                answer.extend(format!("{tag} {end}\r\n").into_bytes());
                if hold {
                    self.held = answer;
                    continue;
                }
                answer.append(&mut self.held);
                self.send(&answer).await?;
                if command == "LOGOUT" {
                    return self.stream.shutdown().await;
                }
            }
        }
    }

    /// Whether the folder that it has opened is gone, and another has its name: as in Cyrus, nothing is in it then.
    fn sees_old_folder(&self) -> bool {
        self.told.is_some() && self.opened != self.state.lock().unwrap().uid_validity
    }

    /// EXISTS and EXPUNGE for what the client does not know yet.
    fn changes(&mut self, tell: bool) -> String {
        let now = if self.sees_old_folder() { 0 } else { self.state.lock().unwrap().mails.len() };
        let Some(told) = self.told.filter(|_| tell) else { return String::new() };
        self.told = Some(now);
        let mut text = "* 1 EXPUNGE\r\n".repeat(told.saturating_sub(now));
        if now > told {
            writeln!(text, "* {now} EXISTS\r").unwrap();
        }
        text
    }

    async fn idle(&mut self, tag: &str, news: &mut watch::Receiver<()>) -> std::io::Result<()> {
        let first = format!("+ idling\r\n{}", self.changes(true));
        self.send(first.as_bytes()).await?;
        loop {
            tokio::select! {
                line = self.line() => {
                    assert_eq!(line?, "DONE");
                    return self.send(format!("{tag} OK idled\r\n").as_bytes()).await;
                }
                _ = news.changed() => {}
            }
            let changes = self.changes(true);
            self.send(changes.as_bytes()).await?;
        }
    }

    async fn append(&mut self, tag: &str, command: &str) -> std::io::Result<()> {
        let (head, length) = command.trim_end_matches(['}', '+']).rsplit_once('{').unwrap();
        let (name, _) = head.split_once('"').unwrap().1.split_once("\" ").unwrap();
        let name = name.to_owned();
        let known = self.state.lock().unwrap().folders.contains_key(&name);
        if !command.ends_with("+}") {
            if !known {
                return self.send(format!("{tag} NO [TRYCREATE] no such folder\r\n").as_bytes()).await;
            }
            self.send(b"+ go on\r\n").await?;
        }
        let mut raw = vec![0; length.parse().unwrap()];
        self.stream.read_exact(&mut raw).await?;
        assert_eq!(self.line().await?, "");
        if !known {
            return self.send(format!("{tag} NO [TRYCREATE] no such folder\r\n").as_bytes()).await;
        }
        let takes = {
            let mut state = self.state.lock().unwrap();
            state.folders.get_mut(&name).unwrap().push(raw);
            state.append_takes
        };
        tokio::time::sleep(takes).await;
        self.send(format!("{tag} OK appended\r\n").as_bytes()).await
    }

    async fn line(&mut self) -> std::io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let line = line.trim_end_matches("\r\n").to_owned();
        let mut state = self.state.lock().unwrap();
        state.received += line.len();
        state.log.push(line.split_once(' ').map_or(line.as_str(), |(_, command)| command).to_owned());
        Ok(line)
    }

    async fn send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }
}

//! An authorization server on loopback: a token endpoint (RFC 6749) for askback, and introspection (RFC 7662) for Dovecot.
//! It behaves, except where a test tells it not to. Plain HTTP/1.1 over the standard library, a thread a connection.
#![allow(dead_code, reason = "each of the programs that include this uses a part of it")]
#![allow(clippy::expect_used, reason = "helpers of tests are tests too")]

use askback::net::{Secret, Trust};
use askback::oauth::{Grant, Settings};
use std::collections::{BTreeMap, VecDeque};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What the token endpoint does in place of its usual answer.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// Answers with this status, type of content and body; `Location` is somewhere else.
    Say(u16, &'static str, &'static str),
    /// Answers as usual, but only after a while.
    Late(Duration),
    /// Closes the connection without a word.
    Close,
    /// Goes on sending for ever.
    Endless,
    /// Gives the tokens, but the answer is lost on the way.
    Lost,
}

/// A token that was given.
#[derive(Clone, Debug)]
pub(crate) struct Issued {
    pub(crate) user: String,
    until: Instant,
    pub(crate) revoked: bool,
}

/// What the server knows.
pub(crate) struct State {
    /// Refresh tokens that are good, and whose they are.
    pub(crate) refresh: BTreeMap<String, String>,
    /// Access tokens given so far.
    pub(crate) access: BTreeMap<String, Issued>,
    /// All refresh tokens that there ever were.
    pub(crate) known_refresh: Vec<String>,
    /// Each use of a refresh token brings a new one …
    pub(crate) rotates: bool,
    /// … and ends the old one.
    pub(crate) strict: bool,
    /// How long access tokens live, in seconds.
    pub(crate) life: u64,
    /// How long refresh tokens live, if that is told.
    pub(crate) refresh_life: Option<u64>,
    /// How long an access token is, in bytes.
    pub(crate) length: usize,
    pub(crate) client_secret: String,
    /// Whose tokens `client_credentials` gives.
    pub(crate) own_user: String,
    pub(crate) faults: VecDeque<Fault>,
    /// The forms that came to the token endpoint.
    pub(crate) forms: Vec<String>,
    /// How often a mail server has asked of a token, and how often it was good.
    pub(crate) asked: (usize, usize),
    /// Other servers whose tokens this one knows.
    others: Vec<Arc<Mutex<State>>>,
    /// Makes tokens unique.
    port: u16,
    count: usize,
}

/// The client that the server knows.
const CLIENT: &str = "askback-client";
pub(crate) const CLIENT_SECRET: &str = "client-s3cret-Xk29";

/// The account "support" of that client at a token endpoint.
pub(crate) fn account(token_url: &str, grant: Grant) -> Settings {
    Settings {
        name: "support".to_owned(),
        token_url: token_url.parse().expect("a URL"),
        trust: Trust::System,
        client_id: CLIENT.to_owned(),
        client_secret: Some(Secret::new(CLIENT_SECRET)),
        scope: None,
        grant,
        limit: Duration::from_secs(5),
    }
}

pub(crate) struct Authorization {
    pub(crate) port: u16,
    state: Arc<Mutex<State>>,
    stop: Arc<AtomicBool>,
}

impl Authorization {
    /// On any port.
    pub(crate) fn start() -> io::Result<Self> {
        Self::start_at(0)
    }

    /// On this port.
    pub(crate) fn start_at(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port))?;
        let port = listener.local_addr()?.port();
        let state = Arc::new(Mutex::new(State {
            refresh: BTreeMap::new(),
            access: BTreeMap::new(),
            known_refresh: Vec::new(),
            rotates: true,
            strict: true,
            life: 3600,
            refresh_life: None,
            length: 900,
            client_secret: CLIENT_SECRET.to_owned(),
            own_user: String::new(),
            faults: VecDeque::new(),
            forms: Vec::new(),
            asked: (0, 0),
            others: Vec::new(),
            port,
            count: 0,
        }));
        let stop = Arc::new(AtomicBool::new(false));
        let (shared, stopped) = (state.clone(), stop.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(stream), shared) = (stream, shared.clone()) else { continue };
                // A client that hangs up in the middle is part of the play.
                std::thread::spawn(move || serve(stream, &shared));
            }
        });
        Ok(Self { port, state, stop })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// From now on its introspection knows the tokens of another server, too.
    pub(crate) fn know(&self, other: &Self) {
        self.state().others.push(other.state.clone());
    }

    pub(crate) fn token_url(&self) -> String {
        format!("http://127.0.0.1:{}/token", self.port)
    }

    /// Somebody gives his consent: a new refresh token for his account.
    pub(crate) fn consent(&self, user: &str) -> String {
        self.state().new_refresh(user)
    }
}

impl Drop for Authorization {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the listener, which ends.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl State {
    fn new_refresh(&mut self, user: &str) -> String {
        self.count += 1;
        let token = format!("r3fresh-{}-{:08x}", self.count, self.count * 0x9e37_79b1 % 0xffff_ffff);
        self.refresh.insert(token.clone(), user.to_owned());
        self.known_refresh.push(token.clone());
        token
    }

    fn new_access(&mut self, user: &str) -> String {
        self.count += 1;
        let mut token =
            format!("acc3ss.{}.{}.{:08x}", self.port, self.count, self.count * 0x85eb_ca6b % 0xffff_ffff);
        while token.len() < self.length {
            token.push_str("-tail");
        }
        let until = Instant::now() + Duration::from_secs(self.life);
        self.access.insert(token.clone(), Issued { user: user.to_owned(), until, revoked: false });
        token
    }

    /// RFC 6749: sections 4.4.2, 5 and 6.
    fn token(&mut self, form: &BTreeMap<String, String>) -> (u16, String) {
        let get = |key: &str| form.get(key).map(String::as_str).unwrap_or_default();
        let error = |status, code: &str, text: &str| {
            (status, format!(r#"{{"error":"{code}","error_description":"{text}"}}"#))
        };
        if get("client_id") != CLIENT || get("client_secret") != self.client_secret {
            return error(401, "invalid_client", "unknown client");
        }
        let mut more = String::new();
        let user = match get("grant_type") {
            "client_credentials" => self.own_user.clone(),
            "refresh_token" => {
                let old = get("refresh_token").to_owned();
                let Some(user) = self.refresh.get(&old).cloned() else {
                    return error(400, "invalid_grant", "Token has been expired or revoked.");
                };
                if self.rotates {
                    if self.strict {
                        self.refresh.remove(&old);
                    }
                    more = format!(r#","refresh_token":"{}""#, self.new_refresh(&user));
                }
                if let Some(life) = self.refresh_life {
                    more.push_str(&format!(r#","refresh_token_expires_in":{life}"#));
                }
                user
            }
            _ => return error(400, "unsupported_grant_type", "what?"),
        };
        let (access, life) = (self.new_access(&user), self.life);
        (200, format!(r#"{{"access_token":"{access}","token_type":"Bearer","expires_in":{life}{more}}}"#))
    }

    /// RFC 7662, section 2.2.
    fn introspect(&mut self, token: &str) -> String {
        self.asked.0 += 1;
        let others = self.others.iter().find_map(|other| lock(other).good(token));
        match self.good(token).or(others) {
            None => r#"{"active":false}"#.to_owned(),
            Some(user) => {
                self.asked.1 += 1;
                format!(r#"{{"active":true,"username":"{user}"}}"#)
            }
        }
    }

    /// Whose token it is, if it is good.
    fn good(&self, token: &str) -> Option<String> {
        let issued = self.access.get(token).filter(|issued| !issued.revoked && issued.until > Instant::now());
        issued.map(|issued| issued.user.clone())
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(mut stream: TcpStream, shared: &Mutex<State>) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    // Dovecot keeps its connection.
    loop {
        let (mut first, mut length) = (String::new(), 0);
        if reader.read_line(&mut first)? == 0 {
            return Ok(());
        }
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? <= 2 {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let body = String::from_utf8_lossy(&body).into_owned();
        let form: BTreeMap<String, String> =
            url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        if first.contains(" /introspect") {
            let token = form.get("token").cloned().unwrap_or_default();
            let answer = lock(shared).introspect(&token);
            say(&mut stream, 200, "application/json", &answer)?;
            continue;
        }
        let fault = {
            let mut state = lock(shared);
            state.forms.push(body);
            state.faults.pop_front()
        };
        match fault {
            None => {
                let (status, answer) = lock(shared).token(&form);
                say(&mut stream, status, "application/json", &answer)?;
            }
            Some(Fault::Late(pause)) => {
                let (status, answer) = lock(shared).token(&form);
                std::thread::sleep(pause);
                say(&mut stream, status, "application/json", &answer)?;
            }
            Some(Fault::Say(status, kind, words)) => say(&mut stream, status, kind, words)?,
            Some(Fault::Close) => return Ok(()),
            Some(Fault::Lost) => {
                let _ = lock(shared).token(&form);
                return Ok(());
            }
            Some(Fault::Endless) => {
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")?;
                loop {
                    stream.write_all(&[b' '; 4096])?;
                }
            }
        }
    }
}

fn say(stream: &mut TcpStream, status: u16, kind: &str, body: &str) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status} So\r\nContent-Type: {kind}\r\nLocation: http://127.0.0.1:1/elsewhere\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes())
}

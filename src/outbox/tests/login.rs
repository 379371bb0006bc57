//! Logging in by access tokens.

use super::authorization::{Authorization, account};
use super::dialogue::{address, mailer, settings};
use super::server::{Act, Server};
use crate::net::Secret;
use crate::oauth::{Credentials, Grant, Tokens};
use crate::outbox::mailer::{Mailer as _, SendOutcome};
use crate::outbox::smtp::{Settings, Smtp};
use data_encoding::BASE64;
use std::time::Duration;

/// A server that offers these ways, and an account.
struct Bench {
    server: Server,
    authorization: Authorization,
    tokens: Tokens,
}

impl Bench {
    /// With tokens of this length.
    async fn new(length: usize) -> Self {
        let authorization = Authorization::start().unwrap();
        authorization.state().length = length;
        let tokens = Tokens::new(account(&authorization.token_url(), Grant::ClientCredentials));
        Self { server: Server::plain().await, authorization, tokens }
    }

    /// Logs in to a server that offers this; gives what came of it and the commands of the login.
    async fn log_in(&self, offer: &'static str) -> (Result<(), String>, Vec<String>) {
        let before = self.server.seen().commands.len();
        // Once for lettre, once for us.
        self.server.act("EHLO", Act::Say(offer));
        self.server.act("EHLO", Act::Say(offer));
        let login = Credentials::OAuth { user: "ivan".to_owned(), tokens: self.tokens.clone() };
        let settings = Settings { login: Some(login), ..settings(&self.server) };
        let outcome = Smtp::probe(&settings, None).await.map(|_| ());
        let commands = self.server.seen().commands;
        let of_login = |command: &String| command != "QUIT" && command != "MAIL FROM:<>";
        (outcome, commands.into_iter().skip(before + 2).take_while(of_login).collect())
    }

    fn message(&self, token: &Secret, bearer: bool) -> String {
        let token = token.expose();
        let port = self.server.port;
        let words = if bearer {
            format!("n,a=ivan,\x01host=localhost\x01port={port}\x01auth=Bearer {token}\x01\x01")
        } else {
            format!("user=ivan\x01auth=Bearer {token}\x01\x01")
        };
        BASE64.encode(words.as_bytes())
    }
}

const BOTH: &str = "250-test\r\n250-8BITMIME\r\n250 AUTH PLAIN XOAUTH2 OAUTHBEARER";
const ONE: &str = "250-test\r\n250 auth PLAIN xoauth2";

#[tokio::test]
async fn the_way_follows_what_the_server_offers() {
    let bench = Bench::new(0).await;
    let token = bench.tokens.access().await.unwrap();
    for (offer, name, bearer) in [(BOTH, "OAUTHBEARER", true), (ONE, "XOAUTH2", false)] {
        let (outcome, commands) = bench.log_in(offer).await;
        outcome.unwrap();
        assert_eq!(commands, [format!("AUTH {name} {}", bench.message(&token, bearer))]);
    }
    let (outcome, commands) = bench.log_in("250-test\r\n250 AUTH PLAIN LOGIN").await;
    assert!(outcome.unwrap_err().ends_with("check the port, or use a password"));
    assert!(commands.is_empty(), "{commands:?}");
}

#[tokio::test]
async fn a_long_token_has_a_line_of_its_own() {
    // smtp.yandex.ru says the code and nothing else.
    for challenge in ["334 ", "334"] {
        let bench = Bench::new(600).await;
        let token = bench.tokens.access().await.unwrap();
        bench.server.act("AUTH", Act::Say(challenge));
        bench.server.act("OTHER", Act::Say("235 welcome"));
        let (outcome, commands) = bench.log_in(ONE).await;
        outcome.unwrap();
        assert_eq!(commands, ["AUTH XOAUTH2".to_owned(), bench.message(&token, false)]);
    }
}

#[tokio::test]
async fn a_refusal_is_heard_to_its_end_and_tells_no_token() {
    for (offer, answer) in [(BOTH, "AQ=="), (ONE, "")] {
        let bench = Bench::new(0).await;
        let token = bench.tokens.access().await.unwrap();
        bench.server.act("AUTH", Act::Say("334 eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIn0="));
        let quoted: &'static str = Box::leak(format!("535 5.7.8 bad {}", token.expose()).into_boxed_str());
        bench.server.act("OTHER", Act::Say(quoted));
        let (outcome, commands) = bench.log_in(offer).await;
        let error = outcome.unwrap_err();
        assert!(error.contains("refuses the access token (535 ") && error.contains("status 401"), "{error}");
        assert!(!error.contains(token.expose()), "{error}");
        assert_eq!(commands.last().unwrap(), answer);
    }
}

#[tokio::test]
async fn a_token_that_stays_refused_is_a_refused_login() {
    let bench = Bench::new(0).await;
    for (answer, is_final) in [("535 5.7.3 unsuccessful", true), ("454 4.7.0 later", false)] {
        (0..2).for_each(|_| bench.server.act("EHLO", Act::Say(ONE)));
        bench.server.act("AUTH", Act::Say(answer));
        let login = Credentials::OAuth { user: "ivan".to_owned(), tokens: bench.tokens.clone() };
        let mut mailer = mailer(Settings { login: Some(login), ..settings(&bench.server) });
        let raw = b"Subject: a\r\n\r\ntext\r\n".as_slice();
        let outcome = mailer.send(None, &address("ivan@alfa.test"), raw).await;
        assert_eq!(matches!(outcome, SendOutcome::LoginRefused { .. }), is_final, "{outcome:?}");
    }
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_a_passing_refusal_is_not_its_fault() {
    let bench = Bench::new(0).await;
    let first = bench.tokens.access().await.unwrap();
    bench.server.act("AUTH", Act::Say("454 4.7.0 Temporary authentication failure"));
    let (outcome, _) = bench.log_in(ONE).await;
    assert!(outcome.unwrap_err().ends_with("nothing to do, it is tried again"));
    assert_eq!(bench.authorization.state().forms.len(), 1);

    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(30)).await;
    tokio::time::resume();
    bench.server.act("AUTH", Act::Say("535 5.7.8 expired"));
    let (outcome, commands) = bench.log_in(ONE).await;
    outcome.unwrap();
    let second = bench.tokens.access().await.unwrap();
    let auth = |token: &Secret| format!("AUTH XOAUTH2 {}", bench.message(token, false));
    assert_eq!(commands, [auth(&first), auth(&second)]);
    assert_eq!(bench.authorization.state().forms.len(), 2);
}

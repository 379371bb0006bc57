//! Access tokens from a token endpoint: each fault is told with its remedy, and the one refresh token that is good is never
//! lost.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "helpers of tests are tests too"
)]

#[path = "support/authority.rs"]
mod authority;
#[path = "support/authorization.rs"]
mod authorization;

use askback::config::{Config, Secrets};
use askback::net::Secret;
use askback::oauth::{Grant, KeptFile, OAuthError, Settings, Tokens};
use authority::Authority;
use authorization::{Authorization, CLIENT_SECRET, Fault, account};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// An account at a server, with a folder for what is kept.
struct Bench {
    server: Authorization,
    first: Secret,
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let server = Authorization::start().unwrap();
        let first = Secret::new(server.consent("support@m2m.test"));
        Self { server, first, folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("askback.db.oauth-support")
    }

    fn settings(&self) -> Settings {
        settings(&self.server.token_url(), &self.first, &self.file())
    }

    /// As after a start of askback.
    fn tokens(&self) -> Tokens {
        Tokens::new(self.settings())
    }

    /// What a configuration has for the account, read anew.
    fn configured(&self, scope: &str, client_secret: &str) -> Secrets {
        for (name, secret) in [("refresh-token", self.first.expose()), ("client-secret", client_secret)] {
            let path = self.folder.path().join(name);
            std::fs::write(&path, secret).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        let text = format!(
            "[support]\naddresses = [\"support@m2m.test\"]\n[store]\npath = \"{}/askback.db\"\n\
             [[mailbox]]\nhost = \"imap.m2m.test\"\noauth = \"support\"\n[smtp]\nhost = \"smtp.m2m.test\"\n\
             [[oauth]]\nname = \"support\"\ntoken_url = \"{}\"\nclient_id = \"askback-client\"\n\
             client_secret_file = \"client-secret\"\nrefresh_token_file = \"refresh-token\"\nscope = \"{scope}\"\n",
            self.folder.path().display(),
            self.server.token_url(),
        );
        Config::parse(&text, &self.folder.path().join("askback.toml")).unwrap().secrets().unwrap()
    }

    /// The refresh token on disk.
    fn kept(&self) -> Option<String> {
        let kept = KeptFile::new(&self.file()).read(&self.first).unwrap();
        kept.map(|kept| kept.refresh_token.expose().to_owned())
    }

    /// Whether the refresh token that the next start would use is good at the server.
    fn next_start_works(&self) -> bool {
        let token = self.kept().unwrap_or_else(|| self.first.expose().to_owned());
        self.server.state().refresh.contains_key(&token)
    }

    fn requests(&self) -> usize {
        self.server.state().forms.len()
    }

    /// Asks for an access token, and puts something in the way of the rename while the server is thinking: what is good is not on
    /// disk.
    async fn cannot_keep(&self, tokens: &Tokens) {
        self.server.state().faults.push_back(Fault::Late(Duration::from_millis(500)));
        let waiting = tokens.clone();
        let asked = tokio::spawn(async move { waiting.access().await });
        while self.requests() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        std::fs::create_dir(self.file()).unwrap();
        let error = asked.await.unwrap().unwrap_err();
        assert!(matches!(error, OAuthError::NotKept { .. }), "{error}");
    }
}

fn settings(url: &str, first: &Secret, file: &Path) -> Settings {
    let grant = Grant::RefreshToken { first: first.clone(), file: file.to_owned(), lifetime: None };
    Settings { scope: Some("mail".to_owned()), ..account(url, grant) }
}

/// Failures are shared for a moment (1 s if they pass, 60 s if not): past that.
async fn later() {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(61)).await;
    tokio::time::resume();
}

#[tokio::test]
async fn a_token_is_asked_for_once_and_a_rotated_refresh_token_is_kept() {
    let bench = Bench::new();
    let tokens = bench.tokens();
    let access = tokens.access().await.unwrap();
    assert_eq!(tokens.clone().access().await.unwrap(), access);
    assert_eq!(bench.requests(), 1);
    assert_ne!(bench.kept().as_deref(), Some(bench.first.expose()));
    // Each start goes on from there; the server takes each refresh token once.
    for starts in 2..=4 {
        assert!(bench.next_start_works());
        assert_ne!(bench.tokens().access().await.unwrap(), access);
        assert_eq!(bench.requests(), starts);
    }
    let forms = bench.server.state().forms.clone();
    assert!(
        forms[0].ends_with("&client_id=askback-client&client_secret=client-s3cret-Xk29&scope=mail"),
        "{forms:?}"
    );
    assert_eq!(std::fs::read_dir(bench.folder.path()).unwrap().count(), 2, "the token and its lock");
}

#[tokio::test]
async fn a_server_that_keeps_the_refresh_token_and_a_client_without_one() {
    let bench = Bench::new();
    bench.server.state().rotates = false;
    bench.tokens().access().await.unwrap();
    bench.tokens().access().await.unwrap();
    assert_eq!(bench.kept().as_deref(), Some(bench.first.expose()));

    let settings = Settings { grant: Grant::ClientCredentials, ..bench.settings() };
    let own = Tokens::new(settings);
    own.access().await.unwrap();
    assert!(own.ending().is_none());
    assert!(bench.server.state().forms[2].starts_with("grant_type=client_credentials&client_id="));
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends_and_used_to_its_end_if_that_fails() {
    let bench = Bench::new();
    bench.server.state().life = 8;
    let tokens = bench.tokens();
    let first = tokens.access().await.unwrap();
    let left_alone = tokens.look_after().await.unwrap();
    assert!(left_alone <= Duration::from_secs(6) && left_alone > Duration::from_secs(5), "{left_alone:?}");
    let advance = async |seconds| {
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(seconds)).await;
        tokio::time::resume();
    };
    // Three quarters of its life are over.
    advance(6).await;
    bench.server.state().faults.push_back(Fault::Close);
    assert_eq!(tokens.access().await.unwrap(), first, "it is good to its end");
    assert_eq!(bench.requests(), 2);
    advance(1).await;
    let second = tokens.access().await.unwrap();
    assert_ne!(second, first);
    // Past its end it is of no use.
    advance(9).await;
    bench.server.state().faults.push_back(Fault::Say(503, "text/plain", ""));
    let error = tokens.access().await.unwrap_err();
    assert!(matches!(error, OAuthError::Later { .. }), "{error}");
}

#[tokio::test]
async fn a_token_that_a_mail_server_refuses_is_renewed_once() {
    let bench = Bench::new();
    let tokens = bench.tokens();
    let first = tokens.access().await.unwrap();
    assert_eq!(tokens.instead_of(&first).await.unwrap(), None, "a fresh one would be refused, too");
    later().await;
    let second = tokens.instead_of(&first).await.unwrap().unwrap();
    assert_ne!(first, second);
    // Others that were refused with the first one get the same.
    assert_eq!(tokens.instead_of(&first).await.unwrap(), Some(second.clone()));
    assert_eq!(tokens.instead_of(&second).await.unwrap(), None);
    assert_eq!(bench.requests(), 2);
}

#[tokio::test]
async fn a_used_up_refresh_token_is_a_matter_for_people_and_a_new_one_counts() {
    let mut bench = Bench::new();
    bench.tokens().access().await.unwrap();
    bench.server.state().refresh.clear();
    let tokens = bench.tokens();
    let error = tokens.access().await.unwrap_err();
    insta::assert_snapshot!(error, @r#"oauth "support": the refresh token is not accepted any more (invalid_grant, Token has been expired or revoked.): get a new one by giving the consent again (README, "Login by OAuth"), put it in place of the old one, and restart askback"#);
    assert!(!error.is_passing());
    // All who ask meanwhile hear the same.
    assert_eq!(tokens.access().await.unwrap_err(), error);
    assert_eq!(bench.requests(), 2);
    bench.first = Secret::new(bench.server.consent("support@m2m.test"));
    bench.tokens().access().await.unwrap();
    assert!(bench.next_start_works());
}

#[tokio::test]
async fn a_server_that_is_down_comes_up() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let folder = tempfile::tempdir().unwrap();
    let first = Secret::new("r3fresh-1-9e3779b1");
    let file = folder.path().join("askback.db.oauth-support");
    let tokens = Tokens::new(settings(&format!("http://127.0.0.1:{port}/token"), &first, &file));
    let error = tokens.access().await.unwrap_err();
    assert!(error.is_passing());
    insta::assert_snapshot!(error.to_string().replace(&port.to_string(), "PORT"), @r#"oauth "support": no access token: 127.0.0.1:PORT refuses the connection: check the port and whether the server runs"#);
    let server = Authorization::start_at(port).unwrap();
    assert_eq!(server.consent("support@m2m.test"), first.expose());
    later().await;
    tokens.access().await.unwrap();
}

#[tokio::test]
async fn answers_that_are_none() {
    let bench = Bench::new();
    let mut all = String::new();
    let faults = [
        Fault::Close,
        Fault::Endless,
        Fault::Late(Duration::from_secs(2)),
        Fault::Say(200, "text/html", "<html>Welcome to our hotel</html>"),
        Fault::Say(301, "text/plain", ""),
        Fault::Say(500, "text/plain", "oops"),
        Fault::Say(400, "application/json", r#"{"error":"invalid_scope"}"#),
    ];
    let count = faults.len();
    bench.server.state().rotates = false;
    for fault in faults {
        bench.server.state().faults.push_back(fault);
        let tokens = Tokens::new(Settings { limit: Duration::from_secs(1), ..bench.settings() });
        all.push_str(&format!("{}\n", tokens.access().await.unwrap_err()));
    }
    insta::assert_snapshot!(all, @r#"
    oauth "support": no access token: 127.0.0.1 gave no answer in HTTP (connection closed before message completed): check the address
    oauth "support": no access token: 127.0.0.1 gave an answer of more than 64 KB: check the address
    oauth "support": no access token: 127.0.0.1 gave no whole answer within 1 s: look at the server and the network between
    oauth "support": the token endpoint's answer (status 200) is of no use, it is not what JSON of OAuth looks like: check token_url; if it is right, look at that server
    oauth "support": the token endpoint's answer (status 301) is of no use, it points to another address, and redirects are not followed: check token_url; if it is right, look at that server
    oauth "support": the token endpoint asks to come back later (status 500): nothing to do, it is asked again
    oauth "support": the token endpoint refuses (invalid_scope): check scope, grant and token_url
    "#);
    assert_eq!(bench.requests(), count);
    println!("{count} answers that are none");
    bench.tokens().access().await.unwrap();
}

#[tokio::test]
async fn tls_is_checked_before_a_secret_is_sent() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let folder = tempfile::tempdir().unwrap();
    let (first, file) = (Secret::new("r3fresh"), folder.path().join("kept"));
    for (authority, works) in [(&ours, true), (&theirs, false)] {
        let acceptor = authority.acceptor("localhost", 2020, 2100);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://localhost:{}/token", listener.local_addr().unwrap().port());
        let serving = tokio::spawn(async move {
            let (tcp, _) = listener.accept().await.unwrap();
            let Ok(mut tls) = acceptor.accept(tcp).await else { return String::new() };
            let mut request = vec![0; 4096];
            let count = tls.read(&mut request).await.unwrap_or(0);
            let body = r#"{"access_token":"tok"}"#;
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            let _ = tls.write_all(head.as_bytes()).await;
            String::from_utf8_lossy(&request[..count]).into_owned()
        });
        let settings = Settings { trust: ours.trust(), ..settings(&url, &first, &file) };
        let outcome = Tokens::new(settings).access().await;
        let seen = serving.await.unwrap();
        match outcome {
            Ok(access) => assert_eq!(access.expose(), "tok"),
            Err(error) => {
                assert!(!error.is_passing() && error.to_string().contains("is not trusted"), "{error}");
            }
        }
        assert_eq!(seen.contains("refresh_token=r3fresh"), works, "{seen}");
        assert_eq!(seen.starts_with("POST /token HTTP/1.1\r\n"), works, "{seen}");
    }
}

#[tokio::test]
async fn who_stops_waiting_loses_no_refresh_token() {
    let bench = Bench::new();
    bench.server.state().faults.push_back(Fault::Late(Duration::from_millis(400)));
    let tokens = bench.tokens();
    assert!(tokio::time::timeout(Duration::from_millis(100), tokens.access()).await.is_err());
    assert_eq!(bench.requests(), 1, "the server was asked");
    tokens.settled().await;
    assert!(bench.next_start_works());
    tokens.access().await.unwrap();
    assert_eq!(bench.requests(), 1, "and its answer was used");
}

/// The window that nobody can close: the server has given a new refresh token, and its answer did not arrive.
#[tokio::test]
async fn an_answer_that_is_lost_on_the_way_costs_the_consent_only_at_a_strict_server() {
    for strict in [false, true] {
        let bench = Bench::new();
        bench.server.state().strict = strict;
        bench.server.state().faults.push_back(Fault::Lost);
        bench.tokens().access().await.unwrap_err();
        let outcome = bench.tokens().access().await;
        match outcome {
            Ok(_) => assert!(!strict),
            Err(error) => assert!(strict && matches!(error, OAuthError::InvalidGrant { .. }), "{error}"),
        }
    }
}

#[tokio::test]
async fn nothing_is_asked_where_nothing_can_be_kept() {
    let bench = Bench::new();
    let gone = bench.folder.path().join("not-there");
    let file = gone.join("askback.db.oauth-support");
    let tokens = Tokens::new(settings(&bench.server.token_url(), &bench.first, &file));
    let error = tokens.access().await.unwrap_err();
    assert!(error.is_passing());
    insta::assert_snapshot!(error.to_string().replace(&bench.folder.path().display().to_string(), "…"), @r#"oauth "support": the refresh token cannot be kept in …/not-there/askback.db.oauth-support (No such file or directory): its folder must be there before the first start; the systemd unit makes it"#);
    assert_eq!(bench.requests(), 0);
    std::fs::create_dir(&gone).unwrap();
    later().await;
    tokens.access().await.unwrap();
}

#[tokio::test]
async fn an_access_token_waits_until_its_refresh_token_is_on_disk() {
    let bench = Bench::new();
    let tokens = bench.tokens();
    bench.cannot_keep(&tokens).await;
    std::fs::remove_dir(bench.file()).unwrap();
    later().await;
    tokens.access().await.unwrap();
    assert_eq!(bench.requests(), 1, "the server is not asked again with a token that is used up");
    assert!(bench.next_start_works());
}

/// SIGHUP while it could not be written: the one that is good is in memory only. What askback shows of itself may be new.
#[tokio::test]
async fn a_refresh_token_that_is_not_on_disk_outlives_a_reload() {
    let bench = Bench::new();
    let before = bench.configured("mail", CLIENT_SECRET);
    bench.cannot_keep(&before.tokens()[0]).await;
    let after = bench.configured("mail", "another-s3cret").carrying_on(&before);
    std::fs::remove_dir(bench.file()).unwrap();
    after.tokens()[0].access().await.unwrap();
    assert_eq!(bench.requests(), 1, "the server is not asked again with a token that is used up");
    assert!(bench.next_start_works());
    // Of another account, or for something else, it is asked anew.
    bench.configured("all", CLIENT_SECRET).carrying_on(&after).tokens()[0].access().await.unwrap();
    assert_eq!(bench.requests(), 2);
}

/// The operator has mended at the server or in the configuration what it refused.
#[tokio::test]
async fn what_was_refused_is_asked_for_at_once_after_a_reload() {
    for secret in [CLIENT_SECRET, "another-s3cret"] {
        let bench = Bench::new();
        let before = bench.configured("mail", CLIENT_SECRET);
        bench.server.state().client_secret = "another-s3cret".to_owned();
        for _ in 0..2 {
            let error = before.tokens()[0].access().await.unwrap_err();
            assert!(!error.is_passing(), "{error}");
        }
        assert_eq!(bench.requests(), 1, "the same is told again for a while");
        bench.server.state().client_secret = secret.to_owned();
        let after = bench.configured("mail", secret).carrying_on(&before);
        after.tokens()[0].access().await.unwrap();
        assert_eq!(bench.requests(), 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_askbacks_at_once_take_turns() {
    let bench = Bench::new();
    let asking: Vec<_> = (0..12)
        .map(|_| {
            let tokens = bench.tokens();
            tokio::spawn(async move { tokens.access().await })
        })
        .collect();
    let mut good = 0;
    for one in asking {
        one.await.unwrap().unwrap();
        good += 1;
    }
    assert_eq!((good, bench.requests()), (12, 12));
    assert!(bench.next_start_works());
    println!("{good} askbacks at once, each refresh token used once");
}

#[tokio::test]
async fn the_end_of_a_refresh_token_is_known() {
    let bench = Bench::new();
    bench.server.state().refresh_life = Some(30 * 86_400);
    let tokens = bench.tokens();
    assert!(tokens.ending().is_none());
    tokens.access().await.unwrap();
    let ending = tokens.ending().unwrap();
    let now = chrono::Utc::now();
    let days = |at: chrono::DateTime<chrono::Utc>| (at - now).as_seconds_f64() / 86_400.0;
    assert!(
        (days(ending.at) - 30.0).abs() < 0.01 && (days(ending.told_from) - 23.0).abs() < 0.01,
        "{ending:?}"
    );
    assert!(!ending.is_near(now));
}

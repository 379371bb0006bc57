mod example;

use super::*;
use crate::calendar::WorkingDuration;
use crate::imap::{After, Start};
use crate::outbox::smtp::Security;
use crate::request::{Field, Level};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

const EXAMPLE: &str = include_str!("../../config.example.toml");

/// What must be said; all else has defaults.
const ESSENTIALS: &str = "\
[support]
addresses = [\"support@example.com\"]
[[mailbox]]
host = \"imap.example.com\"
password_file = \"imap-password\"
[smtp]
host = \"smtp.example.com\"
";

fn parse(text: &str) -> Result<Config, ConfigErrors> {
    Config::parse(text, Path::new("/etc/askback/askback.toml"))
}

/// The problems of `ESSENTIALS` with more lines behind them, without the path.
#[track_caller]
fn problems(more: &str) -> String {
    let errors = parse(&format!("{ESSENTIALS}{more}")).expect_err(more);
    errors.to_string().replace("/etc/askback/askback.toml", "…")
}

#[test]
fn all_but_the_essentials_has_defaults() {
    let config = parse(ESSENTIALS).unwrap();
    let mailbox = config.mailbox.first().unwrap();
    assert_eq!(
        (mailbox.port, mailbox.user.as_str(), mailbox.name.as_str()),
        (993, "support@example.com", "support@example.com")
    );
    assert_eq!(mailbox.proof, Proof::Password(SecretSource::File("/etc/askback/imap-password".into())));
    assert_eq!(
        (mailbox.after.clone(), mailbox.start, mailbox.poll),
        (After::Seen, Start::New, Duration::from_secs(300))
    );
    assert_eq!(mailbox.reconcile.unwrap().to_string(), "03:30:00");
    let never = parse(&ESSENTIALS.replace("[smtp]", "reconcile = \"off\"\n[smtp]")).unwrap();
    assert_eq!(never.mailbox.first().unwrap().reconcile, None);
    assert_eq!(
        (config.smtp.port, config.smtp.security, config.smtp.login.clone()),
        (465, Security::Tls, None)
    );
    assert_eq!(config.store.path, Path::new("/var/lib/askback/askback.db"));
    assert_eq!(config.reply.grace, Duration::from_secs(120));
    assert_eq!(config.reply.limits.per_hour, 60);
    assert_eq!(config.regulation.first().unwrap().reaction, "1d".parse::<WorkingDuration>().unwrap());
    assert_eq!(parse(&format!("\u{feff}{}", ESSENTIALS.replace('\n', "\r\n"))).unwrap(), config);
}

#[test]
fn the_version_in_force_judges() {
    let more = "[[regulation]]\nversion = \"b\"\neffective_from = \"2026-03-01\"\nfields.steps = \"off\"\n\
                [[regulation]]\nversion = \"a\"\neffective_from = 2025-01-01\neffective_until = 2026-03-01\n";
    let config = parse(&format!("{ESSENTIALS}{more}")).unwrap();
    let key = crate::ticket::token::TokenKey::new([0; 32]);
    let desk = config.desk(key, "2026-03-01T00:00:00Z".parse().unwrap()).unwrap();
    let version = |at: &str| desk.regulation_at(at.parse().unwrap()).version.clone();
    assert_eq!(version("2026-02-28T20:59:59Z"), "a");
    assert_eq!(version("2026-02-28T21:00:00Z"), "b");
    assert_eq!(version("2001-01-01T00:00:00Z"), "a");
    assert_eq!(*config.regulation.last().unwrap().fields.get(Field::Steps), Level::Off);
}

#[test]
fn errors_name_line_key_cause_and_remedy() {
    let mut all = String::new();
    for more in [
        "prot = 1",
        "[smpt]",
        "[mailbox]",
        "port = -1",
        "[[hours]]\n",
        "hots = \"a\"\n[hours]\nmonady = \"9:00-18:00\"",
        "port = \"25\"",
        "port = 70000",
        "ca_file = 3",
        "[reply]\naccept = \"yes\"",
        "[hours",
        "user = \"a",
        "host = \"b\"",
        "user =",
        "user = ivan",
        "user = tom",
        "user = nick",
        "user = 12ab",
        "user = 2026-13-01",
        "[cues]\nsteps = \"нажимаю\"",
        "[hours]\nmonday = 9",
        "[agents]\nname = \"x\"",
    ] {
        all.push_str(&format!("--- {more}\n{}\n", problems(more)));
    }
    insta::assert_snapshot!("wrong_form", all);
}

#[test]
fn nudges_go_to_people_and_never_to_ourselves() {
    let people = "[[agent]]\naddress = \"a@x.test\"\n[[agent]]\naddress = \"b@x.test\"\n";
    let to = |more: &str, cause: crate::nudge::Cause| -> Vec<String> {
        let config = parse(&format!("{ESSENTIALS}{people}{more}")).unwrap();
        let recipients = config.nudge_policy().recipients;
        let (_, people) = recipients.into_iter().find(|(of, _)| *of == cause).unwrap();
        people.iter().map(ToString::to_string).collect()
    };
    use crate::nudge::Cause::{Digest, Escalated, Overdue};
    assert_eq!(to("", Overdue), ["a@x.test", "b@x.test"]);
    assert_eq!(to("", Escalated), [""; 0]);
    let head = "[head]\naddress = \"h@x.test\"\n";
    assert_eq!(to(head, Escalated), ["h@x.test"]);
    let more = "[nudges.to]\noverdue = [\"head\", \"c@x.test\"]\n[head]\naddress = \"h@x.test\"\n";
    assert_eq!(to(more, Overdue), ["h@x.test", "c@x.test"]);
    assert_eq!(to("[nudges.to]\noverdue = []\n", Overdue), [""; 0]);
    assert_eq!(to("[nudges]\ndigest = false\n", Digest), [""; 0]);
    // Who gets it may stand there while it is off.
    assert_eq!(to("[nudges]\ndigest = false\nto.digest = [\"agents\"]\n", Digest), [""; 0]);
    insta::assert_snapshot!(problems(
        "[nudges]\nclient_silent = \"8 hours\"\nsoon_percent = 100\n\
         to.new = [\"head\", \"agent\", \"support@example.com\"]\n"
    ), @r#"
    …:9: nudges.client_silent: "8 hours" is not a length of working time such as 4h, 1d 2h or 30m
    remedy: give working time: "30m", "4h", "1d", "1d 2h"
    …:10: nudges.soon_percent: 100 is out of range
    remedy: give a number from 1 to 99
    …:11: nudges.to.new: there is no [head]
    remedy: add a section [head] with an `address`
    …:11: nudges.to.new: "agent" is not a mail address: an address has the form name@domain
    remedy: give "agents", "head" or a bare address: "ivan@example.com"
    …:11: nudges.to.new: support@example.com is the support desk's own address
    remedy: give a person's own address; askback would write to itself
    "#);
}

#[test]
fn several_wrong_values_are_told_together() {
    let text = r#"
[support]
addresses = ["Support <support@example.com>", "a@example.com", "A@example.com"]
name = "a\nb"
language = "de"
[[agent]]
address = "a@example.com"
[[agent]]
[head]
name = ""
[[mailbox]]
host = "imaps://imap.example.com"
port = 0
after = "move:INBOX"
start = "everything"
poll = "5 minutes"
sent_folder = "INBOX"
size_limit = "10 kB"
reconcile = "at night"
password_file = "a"
credential = "b/c"
[[mailbox]]
name = "x"
host = "i"
[[mailbox]]
name = "x"
host = "i"
password_file = "p"
[smtp]
host = "smtp.example.com"
security = "none"
user = "u"
bounce_address = "<>"
[hours]
timezone = "Moscow"
monday = "09:00-18.00"
tuesday = "18:00-09:00"
wednesday = ["09:00-13:00", "12:00-18:00"]
[[hours.exception]]
date = "31.12.2026"
closed = true
[[hours.exception]]
date = 2026-05-01
[[hours.exception]]
date = "2026-05-01"
until = "2026-04-01"
closed = true
[[product]]
aliases = ["я"]
[[product]]
name = "Wialon"
aliases = ["виалон", "x"]
[[product]]
name = "Other"
aliases = ["Виалон"]
hosts = ["https://other.example"]
[objects]
patterns = ['борт (\d', '\d*']
[questions.ru]
steps = ""
[reply]
grace = "2d"
authserv_id = "mx example"
limits.per_message = 5
[tickets]
close_after = "0d"
[log]
level = "verbose"
"#;
    let errors = parse(text).unwrap_err();
    insta::assert_snapshot!("wrong_values", errors.to_string().replace("/etc/askback/askback.toml", "…"));
}

#[test]
fn the_regulation_has_neither_gaps_nor_overlaps() {
    let mut all = String::new();
    for more in [
        "[[regulation]]\nversion = \"a\"\n[[regulation]]\nversion = \"a\"\neffective_from = \"2026-01-01\"",
        "[[regulation]]\nversion = \"a\"\n[[regulation]]\nversion = \"b\"",
        "[[regulation]]\nversion = \"a\"\neffective_until = \"2025-12-01\"\n[[regulation]]\nversion = \"b\"\neffective_from = \"2026-01-01\"",
        "[[regulation]]\nversion = \"a\"\neffective_until = \"2026-02-01\"\n[[regulation]]\nversion = \"b\"\neffective_from = \"2026-01-01\"",
        "[[regulation]]\nversion = \"a\"\neffective_until = \"2026-02-01\"",
        "[[regulation]]\neffective_from = \"tomorrow\"\nreaction = \"soon\"\nfields.steps = \"requierd\"",
        "[hours]\nmonday = \"closed\"\ntuesday = []\nwednesday = \"closed\"\nthursday = \"closed\"\nfriday = \"closed\"",
    ] {
        all.push_str(&format!("--- {more}\n{}\n", problems(more)));
    }
    insta::assert_snapshot!("regulation", all);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    /// A mangled file is refused or read, and every error has a remedy.
    #[test]
    fn mangled_files_do_no_harm(cut in 0..EXAMPLE.len(), length in 0usize..40, put in "[\\[\\]=\"'#\n{}.a-zё0-9 ]{0,6}") {
        let (from, to) = (EXAMPLE.floor_char_boundary(cut), EXAMPLE.ceil_char_boundary((cut + length).min(EXAMPLE.len())));
        let text = format!("{}{put}{}", EXAMPLE.split_at(from).0, EXAMPLE.split_at(to).1);
        if let Err(errors) = parse(&text) {
            for problem in errors.problems() {
                proptest::prop_assert!(!problem.what.is_empty() && !problem.remedy.is_empty(), "{problem:?}");
            }
        }
    }
}

#[test]
fn files_that_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("askback.toml");
    let shown = |path: &Path| {
        Config::load(path).unwrap_err().to_string().replace(&folder.path().display().to_string(), "…")
    };
    let mut all = format!("{}\n{}\n", shown(&path), shown(folder.path()));
    fs::write(&path, b"[support]\n# \xef\xee\xe4\n").unwrap();
    all.push_str(&shown(&path));
    all.push('\n');
    fs::write(&path, "").unwrap();
    all.push_str(&shown(&path));
    insta::assert_snapshot!("files", all);
    let no_right =
        super::unread(std::io::ErrorKind::PermissionDenied, Path::new("/etc/askback/askback.toml"));
    assert!(
        no_right.starts_with("chmod 644 /etc/askback/askback.toml; chmod 755 /etc/askback: "),
        "{no_right}"
    );
}

#[test]
fn secrets_are_read_apart_and_refused_when_others_can_read_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("askback.toml");
    let secret = folder.path().join("imap-password");
    fs::write(&path, ESSENTIALS).unwrap();
    let config = Config::load(&path).unwrap();
    let mut all = String::new();
    let mut refused = || {
        let error = config.secrets().unwrap_err().to_string();
        all.push_str(&format!("{}\n", error.replace(&folder.path().display().to_string(), "…")));
    };
    refused();
    fs::write(&secret, "s3cret\n").unwrap();
    for mode in [0o644, 0o604, 0o620] {
        fs::set_permissions(&secret, fs::Permissions::from_mode(mode)).unwrap();
        refused();
    }
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    for content in ["", "\n", "two\nlines\n"] {
        fs::write(&secret, content).unwrap();
        refused();
    }
    insta::assert_snapshot!("secrets", all);
    fs::write(&secret, "\u{feff} s3cret with spaces \r\n").unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o640)).unwrap();
    let secrets = config.secrets().unwrap();
    assert_eq!(secrets.imap("support@example.com").unwrap().expose(), " s3cret with spaces ");
    assert!(secrets.smtp().is_none());
    assert!(!format!("{secrets:?}").contains("s3cret"));
}

const OAUTH: &str = "
[[oauth]]
name = \"support\"
token_url = \"https://oauth2.googleapis.com/token\"
client_id = \"id\"
refresh_token_file = \"refresh-token\"
";

#[test]
fn a_mailbox_and_smtp_share_an_oauth_login() {
    let text = ESSENTIALS.replace("password_file = \"imap-password\"", "oauth = \"support\"")
        + "user = \"support@example.com\"\noauth = \"support\"\n"
        + OAUTH
        + "client_secret_credential = \"oauth-secret\"\nscope = \"https://mail.google.com/\"\nrefresh_token_lifetime = \"90d\"\n";
    let config = parse(&text).unwrap();
    let oauth = || Proof::OAuth("support".to_owned());
    assert_eq!(config.mailbox.first().unwrap().proof, oauth());
    assert_eq!(config.smtp.login, Some(("support@example.com".to_owned(), oauth())));
    let account = config.oauth.first().unwrap();
    assert_eq!(
        account.grant,
        OAuthGrant::RefreshToken {
            first: SecretSource::File("/etc/askback/refresh-token".into()),
            lifetime: Some(Duration::from_secs(90 * 86_400)),
        }
    );
    assert_eq!(account.client_secret, Some(SecretSource::Credential("oauth-secret".into())));
    assert_eq!(config.refresh_token_path("support"), Path::new("/var/lib/askback/askback.db.oauth-support"));
    let sources: Vec<String> = config.secret_sources().map(|(key, _)| key).collect();
    assert_eq!(sources, ["client secret of oauth \"support\"", "refresh token of oauth \"support\""]);
}

#[test]
fn oauth_sections_are_checked() {
    let mut all = String::new();
    let change = |from: &str, to: &str| OAUTH.replace(from, to);
    for text in [
        change("name = \"support\"", "name = \"../x\""),
        change("name = \"support\"\n", ""),
        change("https://oauth2.googleapis.com", "http://oauth2.googleapis.com"),
        change("https://oauth2.googleapis.com/token", "oauth2.googleapis.com"),
        change("https://oauth2.googleapis.com/token", "ftp://oauth2.googleapis.com"),
        change("https://", "https://id:secret@"),
        change("client_id = \"id\"\n", ""),
        change("refresh_token_file = \"refresh-token\"\n", ""),
        change("refresh_token_file = \"refresh-token\"\n", "grant = \"client_credentials\"\n"),
        OAUTH.to_owned() + "grant = \"client_credentials\"\nclient_secret_file = \"s\"\n",
        OAUTH.to_owned() + "grant = \"refresh\"\n",
        OAUTH.to_owned() + "refresh_token_lifetime = \"5m\"\n",
        OAUTH.to_owned() + "client_secret = \"in the open\"\n",
        OAUTH.to_owned() + "refresh_token_credential = \"x\"\n",
        OAUTH.to_owned() + OAUTH,
        "oauth = \"support\"\n".to_owned() + OAUTH,
        "user = \"u\"\noauth = \"suport\"\n".to_owned() + OAUTH,
        "user = \"u\"\noauth = \"google\"\npassword_file = \"x\"\n".to_owned(),
    ] {
        all.push_str(&problems(&text));
        all.push('\n');
    }
    insta::assert_snapshot!("oauth", all);
    for url in ["http://127.0.0.1:8080/token", "http://[::1]/token", "http://localhost/token"] {
        let text = ESSENTIALS.to_owned() + &change("https://oauth2.googleapis.com/token", url);
        assert_eq!(parse(&text).unwrap().oauth.first().unwrap().token_url.as_str(), url);
    }
}

#[test]
fn no_folder_is_read_that_takes_letters_or_its_own_mails() {
    let team = "[[mailbox]]\nname = \"team\"\nhost = \"IMAP.example.com\"\npassword_file = \"p\"\nfolder = \"Team\"\n";
    let told = |first: &str, second: &str| {
        let text = ESSENTIALS.replace("[smtp]", &format!("{first}\n{second}\n[smtp]"));
        match parse(&text) {
            Ok(_) => String::new(),
            Err(errors) => errors.to_string().replace("/etc/askback/askback.toml", "…"),
        }
    };
    let third = team.replace("Team", "A").replace("\"team\"", "\"third\"");
    let mut all = String::new();
    for (first, second) in [
        ("sent_folder = \"inbox\"", ""),
        ("sent_folder = \"Inbox/\"", ""),
        ("after = \"move:inbox\"", ""),
        ("sent_folder = \"team/\"", team),
        ("after = \"move:sent/\"\nsent_folder = \"Sent\"", ""),
        ("after = \"move:Ours\"", &format!("{team}sent_folder = \"Ours\"")),
        ("after = \"move:Team\"", &format!("{team}after = \"move:inbox\"")),
        ("after = \"move:Team\"", &format!("{team}after = \"move:A\"\n{third}after = \"move:inbox\"")),
        ("", &team.replace("Team", "inbox")),
        ("sent_folder = \"Off\"", ""),
        ("sent_folder = \"None\"", ""),
        ("sent_folder = \"Auto\"", ""),
        ("sent_folder = false", ""),
    ] {
        all.push_str(&format!("--- {first}\n{}\n", told(first, second)));
    }
    insta::assert_snapshot!("folders", all);
    // A way that ends, and another account.
    assert_eq!(told("after = \"move:Team\"", &format!("{team}after = \"move:Done\"")), "");
    assert_eq!(told("sent_folder = \"Team\"", &format!("{team}user = \"b\"")), "");
    assert_eq!(told("after = \"move:Ours\"", &format!("{team}user = \"b\"\nsent_folder = \"Ours\"")), "");
}

#[test]
fn what_would_have_no_effect_or_the_wrong_one_is_refused() {
    let long = "ы".repeat(301);
    let mut all = String::new();
    for more in [
        "user = \"\"\npassword_file = \"p\"",
        "[[regulation]]\neffective_from = \"2026-02-01\"\neffective_until = \"2026-01-01\"",
        "[cues]\nsteps = [\"на*маю\", \"*щёлкаю\", \"жму *\", \"жму**\", \"жму* кнопку\"]\n[objects]\nnames = [\"А*Б\"]",
        &format!("[questions.ru]\nsteps = \"{long}\"\n[questions.en]\nsteps = \"{}\"", "y".repeat(300)),
    ] {
        let told = problems(more);
        all.push_str(&format!("--- {}\n{told}\n", more.chars().take(80).collect::<String>()));
    }
    insta::assert_snapshot!("no_effect", all);
}

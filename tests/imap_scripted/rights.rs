//! What a login may do, as doctor sees it.

use super::*;
use crate::scripted_imap::Act;
use askback::imap::{After, probe};

/// (folder, rights) that are lacking where these are told of INBOX, Done and Sent.
async fn check(capability: &str, after: After, told: [&str; 3], expect: &[(&str, &str)]) {
    let server = ScriptedImap::start().await;
    server.state().capabilities = format!("IMAP4rev1 MOVE {capability} SASL-IR AUTH=PLAIN");
    server.state().list.push_str("* LIST () \"/\" Done\r\n* LIST () \"/\" Sent\r\n");
    for (folder, rights) in ["INBOX", "Done", "Sent"].into_iter().zip(told) {
        let answer = match rights {
            "NO" => "{tag} NO Permission denied\r\n".to_owned(),
            rights => format!("* MYRIGHTS {folder} {rights}\r\n{{tag}} OK done\r\n"),
        };
        server.rule(&format!("MYRIGHTS \"{folder}\""), 1, Act::Answer(answer));
    }
    let settings = Settings { after: after.clone(), ..server.settings() };
    let report = probe(&settings, None).await.unwrap();
    let lacking: Vec<_> =
        report.lacking.iter().map(|lacking| (lacking.folder.as_str(), lacking.rights.as_str())).collect();
    assert_eq!(lacking, expect, "{after:?} {told:?}");
}

#[tokio::test]
async fn rights_that_are_lacking_are_told() {
    let done = || After::Move("Done".to_owned());
    check("ACL", After::Seen, ["lrswipkxtea", "lr", "lrswi"], &[]).await;
    check("ACL", After::Seen, ["lrwi", "lr", "lrsw"], &[("INBOX", "s"), ("Sent", "i")]).await;
    check("ACL RIGHTS=kxten", done(), ["lrswt", "lrsw", "lrswi"], &[("INBOX", "e"), ("Done", "i")]).await;
    check("ACL", done(), ["lr", "lri", "lrswi"], &[("INBOX", "te")]).await;
    // Who knows the newer letters tells `d` of either.
    check("ACL RIGHTS=kxten", done(), ["lrswtd", "lrswi", "lrswi"], &[("INBOX", "e")]).await;
    check("ACL", done(), ["lrswipcda", "lrswi", "lrswi"], &[]).await;
    check("ACL", After::Leave, ["lr", "lr", "lrswi"], &[]).await;
    check("ACL", done(), ["NO", "NO", "NO"], &[]).await;
    check("ID", done(), ["lr", "lr", "lr"], &[]).await;
}

/// What the folder's flags tell already is not told again.
#[tokio::test]
async fn what_flags_tell_is_told_once() {
    let server = ScriptedImap::start().await;
    server.state().capabilities = "IMAP4rev1 MOVE ACL SASL-IR AUTH=PLAIN".to_owned();
    server.rule("SELECT", 1, Act::Before("* OK [PERMANENTFLAGS (\\Seen)] Ok\r\n".to_owned()));
    server.rule("MYRIGHTS", 9, Act::Answer("* MYRIGHTS INBOX lrs\r\n{tag} OK done\r\n".to_owned()));
    let settings = Settings { after: After::Move("Done".to_owned()), ..server.settings() };
    let report = probe(&settings, None).await.unwrap();
    assert!(report.watched.no_deleted && report.lacking.is_empty(), "{:?}", report.lacking);
}

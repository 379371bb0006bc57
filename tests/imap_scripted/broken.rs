//! Connections that break at any byte, or of which only one side is left.

use super::*;
use crate::bytes::Bytes;
use crate::proxy::{Break, Proxy};
use askback::imap::{ImapError, SentFolder};

/// So many places of one session are cut.
const OFFSETS: usize = 200;

/// A desk's mails: small ones, some that come in parts, an empty one; batches are small, so that there are several commits.
async fn filled() -> ScriptedImap {
    let server = ScriptedImap::start().await;
    server.deliver(&[300, 9000, 0, 2000, 100, 700, 5000, 100, 100, 3000]);
    server
}

fn through(proxy: &Proxy, server: &ScriptedImap) -> Settings {
    let mut settings = take_all(server);
    settings.endpoint.port = proxy.port;
    settings.limits.partial_over = 4000;
    settings.limits.part_bytes = 2000;
    settings.limits.batch_mails = 3;
    settings
}

/// A session that breaks after so many bytes; what was stored in the end.
async fn broken_at(server: &ScriptedImap, offset: usize, how: Break) -> Seen {
    let proxy = Proxy::start(server.port(), offset, how).await;
    let all = server.state().mails.len();
    let watcher = Watcher::start(through(&proxy, server), MemorySink::new());
    watcher.stop_once("all is told", |seen| seen.confirmed.len() == all && seen.caught_up() > 0).await
}

#[tokio::test]
async fn cut_at_any_byte_of_a_session() {
    let server = filled().await;
    let whole = Proxy::start(server.port(), usize::MAX, Break::Hangup).await;
    caught_up(through(&whole, &server)).await;
    let length = whole.passed();
    let raws: Vec<Vec<u8>> = server.state().mails.values().map(|mail| mail.raw.clone()).collect();

    let cuts: Vec<(usize, Break)> = (0..OFFSETS)
        .map(|n| (length * n / OFFSETS, if n % 2 == 0 { Break::Hangup } else { Break::Reset }))
        .collect();
    let (mut cut, mut stored) = (0, 0);
    for some in cuts.chunks(20) {
        let sessions = some.iter().map(|(offset, how)| broken_at(&server, *offset, *how));
        for ((offset, how), mut seen) in some.iter().zip(futures::future::join_all(sessions).await) {
            seen.stored.sort_unstable_by_key(|mail| mail.key.uid);
            let bytes = seen.stored.iter().map(|mail| bytes(&mail.raw).into_owned());
            assert!(bytes.eq(raws.iter().cloned()), "{how:?} at {offset}: {:?}", seen.stored_uids());
            assert_eq!(seen.confirmed.len(), raws.len(), "{how:?} at {offset}");
            assert!(seen.held.is_empty() && seen.attempts.is_empty(), "{how:?} at {offset}");
            cut += usize::from(!seen.offline().is_empty());
            stored += seen.stored.len();
        }
    }
    // The last bytes of the whole session may be the goodbye.
    assert!(cut >= OFFSETS - 5, "only {cut} sessions were cut");
    assert_eq!(stored, OFFSETS * raws.len());
    println!(
        "IMAP: {cut} of {OFFSETS} sessions of {length} bytes cut: {stored} mails to store, each stored once"
    );
}

#[tokio::test]
async fn a_half_open_connection_is_given_up() {
    let server = filled().await;
    let whole = Proxy::start(server.port(), usize::MAX, Break::Hangup).await;
    caught_up(through(&whole, &server)).await;
    let length = whole.passed();
    let mut offsets: Vec<usize> = (3..10).map(|tenth| length * tenth / 10).collect();
    // In IDLE nothing is said: it breaks after the last byte.
    offsets.push(length - 1);
    let sessions = offsets.iter().map(|offset| async {
        let proxy = Proxy::start(server.port(), *offset, Break::HalfOpen).await;
        let mut settings = through(&proxy, &server);
        settings.timing.inactivity = Duration::from_millis(400);
        settings.timing.idle_silence = Duration::from_millis(100);
        let watcher = Watcher::start(settings, MemorySink::new());
        watcher
            .stop_once("it is back", |seen| {
                !seen.offline().is_empty() && seen.confirmed.len() == 10 && seen.caught_up() > 0
            })
            .await
    });
    let seen = futures::future::join_all(sessions).await;
    assert!(seen.iter().all(|seen| seen.stored.len() == 10 && seen.offline()[0].contains("silent")));
    println!("IMAP: {} connections left half open: given up, 10 mails stored once after each", seen.len());
}

#[tokio::test]
async fn a_copy_that_nobody_takes_is_given_up() {
    let server = ScriptedImap::start().await;
    server.state().list.push_str("* LIST (\\Sent) \"/\" Sent\r\n");
    server.state().folders.insert("Sent".to_owned(), Vec::new());
    // Sixteen megabytes fit into no buffer: it breaks in the middle of them.
    let raw = vec![b'x'; 16 << 20];
    let proxy = Proxy::start(server.port(), 1 << 20, Break::HalfOpen).await;
    let mut settings = server.settings();
    settings.endpoint.port = proxy.port;
    let (_nobody_stops, stop) = tokio::sync::watch::channel(false);
    let mut folder = SentFolder::new(settings, None, stop);
    let error = folder.append(&Bytes(&raw), chrono::DateTime::UNIX_EPOCH).await.unwrap_err();
    assert!(matches!(&error.error, ImapError::Lost(why) if why.contains("silent")), "{error}");
    folder.append(&Bytes(b"Subject: x\r\n\r\n"), chrono::DateTime::UNIX_EPOCH).await.unwrap();
    folder.close().await;
    assert_eq!(server.state().folders["Sent"], [b"Subject: x\r\n\r\n"]);
}

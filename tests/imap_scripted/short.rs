//! Bodies that are shorter than was listed: something else in a mail's place, or a size that was a guess.

use super::*;
use crate::scripted_imap::{Act, Mail, Parts};

/// What Courier hands out for a mail that it cannot open.
const MADE_UP: &str = "From: System Administrator <root@localhost>\r\nSubject: message unavailable\r\n\r\n\
                       This message is no longer available on the server.\r\n";

/// A server with three mails of which the second is made up: the listing tells the true size unless `listed` says otherwise.
async fn server(true_size: usize, listed: Option<u64>) -> (ScriptedImap, Mail) {
    let server = ScriptedImap::start().await;
    server.deliver(&[3000, true_size, 3000]);
    server.number_mails();
    let mail = {
        let mut state = server.state();
        let mail = state.mails.get_mut(&2).unwrap();
        mail.size = listed.unwrap_or(mail.size);
        let real = mail.clone();
        mail.raw = MADE_UP.into();
        real
    };
    (server, mail)
}

fn brisk(server: &ScriptedImap) -> Settings {
    let mut settings = take_all(server);
    settings.limits.partial_over = 10_000;
    settings.limits.part_bytes = 4000;
    settings.timing.idle_silence = Duration::from_millis(30);
    settings
}

fn stored(seen: &Seen) -> Vec<u32> {
    let mut stored = seen.stored_uids();
    stored.sort_unstable();
    stored
}

#[tokio::test]
async fn what_stands_in_for_a_mail_that_is_gone_is_not_stored() {
    for size in [3000, 50_000] {
        let (server, _) = server(size, None).await;
        // Others expunge it while it is fetched; the server still answers the FETCH with something.
        let fetch = |items: &str| {
            let (length, part) = (MADE_UP.len(), if items.contains('<') { "<0>" } else { "" });
            Act::Answer(format!(
                "* 2 FETCH (UID 2 BODY[]{part} {{{length}}}\r\n{MADE_UP})\r\n{{tag}} OK done\r\n"
            ))
        };
        if size > 10_000 {
            server.rule("UID FETCH 2 (UID BODY.PEEK[]<0", 1, fetch("<0"));
        } else {
            server.rule("UID FETCH 2 (UID BODY.PEEK[])", 1, fetch(""));
        }
        server.rule("NOOP", 1, Act::Expunge(2));
        let mut settings = brisk(&server);
        settings.limits.range_mails = 1;
        let seen = caught_up(settings).await;
        assert_eq!(
            (stored(&seen), &seen.vanished[..], &seen.confirmed[..]),
            (vec![1, 3], &[2][..], &[1, 3][..])
        );
        assert!(seen.attempts.is_empty() && seen.held.is_empty(), "{:?}", seen.attempts);
    }
}

#[tokio::test]
async fn what_stands_in_for_a_mail_that_is_there_counts_as_failed_until_it_comes() {
    for size in [3000, 50_000] {
        let (server, real) = server(size, None).await;
        let watcher = Watcher::start(brisk(&server), MemorySink::new());
        watcher.sink.until("it has failed once", |seen| !seen.attempts.is_empty()).await;
        // Courier does not remember the size.
        server.state().mails.get_mut(&2).unwrap().size = MADE_UP.len() as u64;
        watcher.sink.until("it has failed twice", |seen| seen.attempts.len() >= 2).await;
        server.state().mails.insert(2, real.clone());
        let seen = watcher.stop_once("all is there", |seen| seen.confirmed.len() == 3).await;
        assert_eq!(stored(&seen), [1, 2, 3]);
        assert!(seen.stored.iter().any(|mail| bytes(&mail.raw) == real.raw));
        let why = format!(
            "the server listed it with {} bytes, and hands out 129: something else, or a part of it",
            real.size
        );
        assert!(seen.attempts.iter().all(|(uid, told)| (*uid, told) == (2, &why)), "{:?}", seen.attempts);
    }
}

#[tokio::test]
async fn what_stands_in_for_a_mail_for_ever_is_held() {
    let (server, _) = server(3000, None).await;
    let watcher = Watcher::start(brisk(&server), MemorySink::new());
    let seen = watcher.stop_once("it is held", |seen| !seen.held.is_empty()).await;
    assert_eq!((stored(&seen), seen.offline(), seen.confirmed), (vec![1, 3], vec![], vec![1, 3]));
}

#[tokio::test]
async fn a_mail_that_goes_between_its_parts_is_not_stored_in_part() {
    let server = ScriptedImap::start().await;
    server.deliver(&[9_000]);
    server.number_mails();
    let mut settings = brisk(&server);
    settings.limits.partial_over = 5000;
    // The third part is one of the message that was made up: it has nothing there.
    server.rule(
        "BODY.PEEK[]<8000",
        1,
        Act::Answer("* 1 FETCH (UID 1 BODY[]<8000> \"\")\r\n{tag} OK done\r\n".into()),
    );
    server.rule("NOOP", 1, Act::Expunge(1));
    let seen = caught_up(settings).await;
    assert_eq!((stored(&seen), seen.vanished, seen.attempts), (vec![], vec![1], vec![]));
}

#[tokio::test]
async fn servers_that_only_guess_sizes_lose_no_mail() {
    // (real size, told, how often it is fetched): close, half, a fraction; whole and in parts.
    for (real, told, fetches) in
        [(3000, 3100, 1), (3000, 5900, 1), (3000, 9900, 1), (9000, 10_500, 8), (9000, 60_000, 8)]
    {
        let server = ScriptedImap::start().await;
        server.deliver(&[real]);
        server.number_mails();
        server.state().mails.get_mut(&1).unwrap().size = told;
        let seen = caught_up(brisk(&server)).await;
        assert_eq!(
            (stored(&seen), seen.offline(), seen.attempts),
            (vec![1], vec![], vec![]),
            "{real} {told}"
        );
        assert!(bytes(&seen.stored[0].raw) == server.state().mails[&1].raw);
        assert_eq!(server.asked("BODY.PEEK[]").len(), fetches, "{real} {told}: {:?}", server.asked("BODY"));
    }
}

#[tokio::test]
async fn a_mail_of_which_no_part_can_be_read_is_asked_for_whole() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100, 12_000]);
    server.rule("BODY.PEEK[]<", 99, Act::Answer("* 2 FETCH (UID 2 BODY[]<0,> ~{}\r\n".into()));
    let watcher = Watcher::start(brisk(&server), MemorySink::new());
    let seen = watcher.stop_once("both are marked", |seen| seen.confirmed.len() == 2).await;
    assert_eq!((stored(&seen), seen.held, seen.attempts), (vec![1, 2], vec![], vec![]));
    assert_eq!(server.asked("UID FETCH 2 (UID BODY.PEEK[])").len(), 1);
}

/// A part that is shorter than was asked for is no end where the listed size promises more.
#[tokio::test]
async fn a_server_that_hands_out_less_than_was_asked_for_hands_out_all() {
    for (few, size, is_listed) in
        [(3000, 12_000, true), (2500, 12_000, true), (3999, 10_500, true), (3000, 12_000, false)]
    {
        let server = ScriptedImap::start().await;
        server.deliver(&[size]);
        server.number_mails();
        if !is_listed {
            server.state().mails.get_mut(&1).unwrap().size = 0;
        }
        server.state().parts = Parts::Few(few);
        let seen = caught_up(brisk(&server)).await;
        assert_eq!((stored(&seen), seen.attempts), (vec![1], vec![]), "{few} of {size}");
        let (came, real) = (bytes(&seen.stored[0].raw), &server.state().mails[&1].raw);
        assert!(came == *real, "{few}: {} of {} bytes", came.len(), real.len());
    }
}

/// Nor is one that may not be asked for any more of a mail than there is.
#[tokio::test]
async fn a_size_that_was_too_large_costs_no_mail_where_nothing_is_behind_its_end() {
    for end in ["{tag} NO nothing is there\r\n", "{tag} BAD out of range\r\n", "{tag} OK done\r\n"] {
        let server = ScriptedImap::start().await;
        server.deliver(&[9000]);
        server.number_mails();
        server.state().mails.get_mut(&1).unwrap().size = 12_000;
        let length = server.state().mails[&1].raw.len();
        server.rule(&format!("BODY.PEEK[]<{length}."), 99, Act::Answer(end.into()));
        let seen = caught_up(brisk(&server)).await;
        assert_eq!((stored(&seen), seen.attempts), (vec![1], vec![]), "{end}");
    }
}

/// A refusal behind a part does not make a whole of what has come, whatever its headers are.
#[tokio::test]
async fn a_mail_that_was_cut_off_is_not_stored_as_whole() {
    for end in ["{tag} NO cannot read it\r\n", "{tag} OK done\r\n"] {
        let server = ScriptedImap::start().await;
        server.deliver(&[12_000]);
        server.number_mails();
        server.state().parts = Parts::Few(3000);
        server.rule("BODY.PEEK[]<3000.", 1, Act::Answer(end.into()));
        // The second time, elsewhere.
        server.rule("BODY.PEEK[]<6000.", 1, Act::Answer(end.into()));
        let watcher = Watcher::start(brisk(&server), MemorySink::new());
        let seen = watcher.stop_once("it is stored", |seen| !seen.stored.is_empty()).await;
        assert_eq!((bytes(&seen.stored[0].raw).len(), seen.attempts.len()), (12_000 + 22, 1), "{end}");
    }
}

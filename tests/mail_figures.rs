//! What reading mails costs: `cargo test --release --test mail_figures -- --ignored --nocapture`.
#![cfg(test)]

use askback::mail::parse;
use std::time::Duration;

/// Processor time of this thread: wall time says little on a busy machine.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(text.split(' ').next().unwrap().parse().unwrap())
}

#[test]
#[ignore = "prints figures, asserts nothing about time"]
fn figures() {
    let paragraph =
        "Добрый день! В отчёте по объекту КамАЗ 6520 нет пробега, датчик показывает ноль.<br>".repeat(20);
    let html =
        data_encoding::BASE64.encode(format!("<html><body><p>{paragraph}</p></body></html>").as_bytes());
    let picture = data_encoding::BASE64.encode(&vec![7; 9000]);
    let raw = format!(
        "From: Ivan <i@x.example>\r\nTo: s@y.example\r\nSubject: =?utf-8?B?0J/RgNC40LLQtdGC?=\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{html}\r\n--b\r\nContent-Type: image/png; name=a.png\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{picture}\r\n--b--\r\n"
    );
    let start = processor_time();
    let runs = 4000_u32;
    for _ in 0..runs {
        assert_eq!(parse(raw.as_bytes()).attachments.len(), 1);
    }
    println!("{} KB mail: {:?} each", raw.len() / 1024, (processor_time() - start) / runs);
    let mega = 1 << 20;
    let bombs: [(&str, Vec<u8>); 12] = [
        ("144 KB of nested messages", b"Content-Type: message/rfc822\n\n".repeat(5000)),
        ("100,000 parts", {
            let mut raw = b"Content-Type: multipart/mixed; boundary=b\n\n".to_vec();
            raw.extend(b"--b\n\nx\n".repeat(100_000));
            raw
        }),
        ("100,000 headers", b"X-A: b\n".repeat(100_000)),
        ("100,000 From headers", b"From: a@b\n".repeat(100_000)),
        (
            "1 MB subject",
            [b"Subject: ".to_vec(), b"=?utf-8?B?0J/R?= ".repeat(60_000), b"\n\nx".to_vec()].concat(),
        ),
        (
            "1 MB of unclosed words",
            [b"Subject: ".to_vec(), b"=?a?b?".repeat(170_000), b"\n\nx".to_vec()].concat(),
        ),
        ("1 MB From", [b"From: ".to_vec(), b"<a@b>(".repeat(170_000), b"\n\nx".to_vec()].concat()),
        ("50 MB line", [b"Subject: x\n\n".to_vec(), vec![b'a'; 50 * mega]].concat()),
        ("50 MB of base64", {
            let head = b"Content-Type: application/zip\nContent-Transfer-Encoding: base64\n\n";
            [
                head.to_vec(),
                b"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVpBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWkFC\r\n"
                    .repeat(700_000),
            ]
            .concat()
        }),
        ("50 MB of nested base64", {
            let head = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n";
            [head.to_vec(), vec![b'Q'; 50 * mega]].concat()
        }),
        (
            "8 MB of open tags",
            [b"Content-Type: text/html\n\n".to_vec(), b"<div><a><td>".repeat(700_000)].concat(),
        ),
        (
            "8 MB of attributes",
            [b"Content-Type: text/html\n\n<p ".to_vec(), b"a1 b ".repeat(1_700_000)].concat(),
        ),
    ];
    for (name, raw) in bombs {
        let start = processor_time();
        let mail = parse(&raw);
        println!("{name}: {:?}, {} problems", processor_time() - start, mail.problems.len());
    }
}

//! The mails: small to write down, large or deep to read.

use std::fmt::Write as _;

/// A mail that is made to break whoever reads it.
pub(crate) struct Bomb {
    pub(crate) name: &'static str,
    pub(crate) raw: Vec<u8>,
}

const MB: usize = 1 << 20;

/// A debug build gets a quarter of most numbers: enough to see what grows faster than the mail.
const SHARE: usize = if cfg!(debug_assertions) { 4 } else { 1 };

/// Like `repeat`, as often as this build can take.
trait Times {
    fn times(&self, count: usize) -> String;
}

impl Times for str {
    fn times(&self, count: usize) -> String {
        self.repeat(count / SHARE)
    }
}

/// The head of a mail to support, with more fields, each with its line end.
fn head(fields: &str) -> String {
    format!(
        "From: Ivan <ivan@alfa.test>\r\nTo: support@m2mail.ru\r\nMessage-ID: <bomb@alfa.test>\r\n\
         Subject: bomb\r\nMIME-Version: 1.0\r\n{fields}"
    )
}

/// A mail of plain text.
fn text(body: &str) -> String {
    head("Content-Type: text/plain; charset=utf-8\r\n\r\n") + body
}

/// A mail of HTML.
fn html(body: &str) -> String {
    head("Content-Type: text/html; charset=utf-8\r\n\r\n") + body
}

/// A multipart with `parts` as it stands between head and end.
fn multipart(kind: &str, parts: &str) -> String {
    head(&format!("Content-Type: multipart/{kind}; boundary=b\r\n\r\n")) + parts + "--b--\r\n"
}

/// A mail with one file.
fn file(fields: &str, content: &str) -> String {
    let text = "--b\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n";
    multipart("mixed", &format!("{text}--b\r\n{fields}\r\n{content}\r\n"))
}

/// `line(0)`, `line(1)` and so on.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count / SHARE).fold(String::new(), |mut all, n| {
        let _ = write!(all, "{}", line(n));
        all
    })
}

fn nested_multiparts(depth: usize) -> String {
    let open = |n| format!("--b{n}\r\nContent-Type: multipart/mixed; boundary=b{}\r\n\r\n", n + 1);
    head("Content-Type: multipart/mixed; boundary=b0\r\n\r\n") + &lines(depth, open)
}

fn nested_in_base64(depth: usize) -> String {
    let inner = "Content-Type: text/plain\r\n\r\nthe core\r\n".to_owned();
    let wrapped = (0..depth).fold(inner, |inner, _| {
        let packed = data_encoding::BASE64.encode(inner.as_bytes());
        format!("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n{packed}\r\n")
    });
    head(&wrapped)
}

/// A zip whose one entry says that it unpacks to 4 GiB.
fn zip_bomb() -> Vec<u8> {
    let mut zip = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0".to_vec();
    zip.extend_from_slice(&10_000_u32.to_le_bytes());
    zip.extend_from_slice(&u32::MAX.to_le_bytes());
    zip.extend_from_slice(b"\x05\0\0\0a.txt");
    zip.resize(zip.len() + 10_000, 0);
    zip
}

/// All of them.
pub(crate) fn all() -> Vec<Bomb> {
    let bombs: Vec<(&'static str, String)> =
        [structure(), headers(), names(), encodings(), markup(), words()].concat();
    bombs.into_iter().map(|(name, raw)| Bomb { name, raw: raw.into_bytes() }).collect()
}

type Bombs = Vec<(&'static str, String)>;

fn structure() -> Bombs {
    let part = |n| format!("--b\r\nContent-Type: text/plain; name=n{n}.txt\r\n\r\n{n}\r\n");
    let forms = "--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n".to_owned()
        + &"--c\r\nContent-Type: text/html\r\n\r\n<p>x\r\n".times(300)
        + "--c--\r\n";
    let nested_mail = "Content-Type: message/rfc822\r\n\r\n";
    vec![
        ("100,000 multiparts in each other", nested_multiparts(100_000)),
        ("50,000 mails in each other", head(&nested_mail.times(50_000))),
        ("14 mails in each other, each in base64", nested_in_base64(14)),
        ("100,000 parts", multipart("mixed", &lines(100_000, part))),
        ("a million empty parts", multipart("mixed", &"--b\r\n".times(1_000_000))),
        ("90,000 forms of one text", multipart("alternative", &forms.times(300))),
        ("a boundary of 1 MB and lines that nearly are it", {
            let boundary = "x".times(MB);
            head(&format!("Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n"))
                + &format!("--{}y\r\n", "x".times(MB - 1)).times(8)
        }),
        ("a million lines that begin like a boundary", {
            head("Content-Type: multipart/mixed; boundary=bbbbbbbb\r\n\r\n")
                + &"--bbbbbbb\r\n".times(1_000_000)
        }),
        ("a delivery status of a million recipients", {
            let status = "Final-Recipient: rfc822; a@b.test\r\nAction: delayed\r\n\r\n".times(300_000);
            multipart("report", &format!("--b\r\nContent-Type: message/delivery-status\r\n\r\n{status}"))
        }),
    ]
}

fn headers() -> Bombs {
    let with = |fields: String| head(&fields) + "\r\nx\r\n";
    let from =
        |value: String| format!("From: {value}\r\nTo: support@m2mail.ru\r\nSubject: bomb\r\n\r\nx\r\n");
    vec![
        ("a million header fields", with("X-A: b\r\n".times(1_000_000))),
        ("a header field of 20 MB", with(format!("X-A: {}\r\n", "a ".times(10 * MB)))),
        ("a header field of a million lines", with(format!("X-A: b\r\n{}", "\tc\r\n".times(1_000_000)))),
        ("a header without end", head(&"x".times(20 * MB))),
        (
            "200,000 recipients",
            with(format!("Cc: {}x@y.test\r\n", lines(200_000, |n| format!("c{n}@d.test,\r\n ")))),
        ),
        ("comments in eight address fields of 250 KB", {
            with((0..8).map(|_| format!("Cc: c@d.test {}\r\n", "(a)".repeat(85_000))).collect())
        }),
        ("comments in a thousand address fields", {
            with(format!("Reply-To: c@d.test {}\r\n", "(a)".repeat(3000)).repeat(990))
        }),
        ("200,000 authors", from(lines(200_000, |n| format!("c{n}@d.test,")) + "x@y.test")),
        ("a million parentheses in From", from("(".times(1_000_000) + "a@b.test")),
        ("a quoted name without end", from(format!("\"{}", "a\\\"".times(MB)))),
        ("a million groups in each other", from("g:".times(1_000_000) + "a@b.test;")),
        ("a million angle brackets in From", from("<".times(500_000) + "a@b.test" + &">".times(500_000))),
        ("a million at signs", from("a@".times(1_000_000))),
        (
            "100,000 references",
            with(format!("References: {}\r\n", lines(100_000, |n| format!("<{n}@a.test>\r\n ")))),
        ),
        (
            "a million references that never end",
            with(format!("In-Reply-To: {}\r\n", "<a@b ".times(1_000_000))),
        ),
        ("a Message-ID of 5 MB", with(format!("Message-ID: <{}@a.test>\r\n", "a".times(5 * MB)))),
        ("100,000 hops", with("Received: from a by b; Mon, 1 Jan 2024 10:00:00 +0300\r\n".times(100_000))),
        ("a date of 5 MB", with(format!("Date: {}\r\n", "1 ".times(5 * MB / 2)))),
        ("results of a million checks", {
            with(format!("Authentication-Results: mx.m2mail.ru{}\r\n", "; dmarc=pass (a)".times(300_000)))
        }),
    ]
}

fn names() -> Bombs {
    let subject = |value: String| {
        format!("From: ivan@alfa.test\r\nTo: support@m2mail.ru\r\nSubject: {value}\r\n\r\nx\r\n")
    };
    let charsets = ["utf-8", "koi8-r", "windows-1251", "iso-2022-jp", "utf-16", "cp866", "gb18030", "x-none"];
    let switched = |n: usize| format!("=?{}?B?0L/RgNC4?= ", charsets[n % charsets.len()]);
    let continued = |n| format!(";\r\n name*{n}*=%D0%B0");
    let type_of = |parameters: String| file(&format!("Content-Type: text/plain{parameters}\r\n"), "x");
    vec![
        ("200,000 encoded words", subject("=?utf-8?B?0L/RgNC4?=\r\n ".times(200_000))),
        ("encoded words that never end", subject("=?utf-8?B?".times(500_000))),
        ("encoded words of ever other charsets", subject(lines(100_000, switched))),
        ("an encoded word of 5 MB", subject(format!("=?utf-8?B?{}?=", "0L/RgNC4".times(5 * MB / 8)))),
        ("a subject of a million Re:", subject("Re: ".times(1_000_000))),
        ("a file name in 100,000 pieces", type_of(lines(100_000, continued))),
        (
            "a file name whose pieces are far apart",
            type_of(";\r\n name*4294967295=a; name*18446744073709551615=b".times(20_000)),
        ),
        ("100,000 parameters", type_of(lines(100_000, |n| format!("; p{n}=v")))),
        ("a file name of 5 MB", type_of(format!("; name=\"{}.txt\"", "a".times(5 * MB)))),
    ]
}

fn encodings() -> Bombs {
    let encoded = |encoding: &str, body: String| {
        head(&format!(
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
        )) + &body
    };
    let attached =
        "Content-Type: application/octet-stream; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n";
    let zip = "Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n";
    vec![
        ("one line of 50 MB", text(&"a".repeat(50 * MB))),
        ("words of 50 MB in one line", text(&"слово ".repeat(50 * MB / 11))),
        ("base64 without end, 50 MB", file(attached, &"QUJD".repeat(50 * MB / 4))),
        ("a text in base64 without end, 20 MB", encoded("base64", "0L/RgNC4".times(20 * MB / 8))),
        ("a text of soft line breaks only", encoded("quoted-printable", "=\r\n".times(4 * MB))),
        ("a zip that unpacks to 4 GB", file(zip, &data_encoding::BASE64_MIME.encode(&zip_bomb()))),
        ("20 MB of NUL", text(&"\0".times(20 * MB))),
        ("20 MB of carriage returns", text(&"\r".times(20 * MB))),
        ("20 MB of empty lines", text(&"\r\n".times(10 * MB))),
        ("iso-2022-jp that switches at each character", {
            head("Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n") + &"\x1b$B!!\x1b(Ba".times(MB / 2)
        }),
        ("a million combining accents on one letter", text(&format!("a{}", "\u{301}\u{323}".times(500_000)))),
        ("flowed text in one paragraph of 4 MB", {
            head("Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\n") + &"a \r\n".times(MB)
        }),
    ]
}

fn markup() -> Bombs {
    let picture = |n| format!("<img src=\"cid:p{n}\">");
    vec![
        ("a million elements in each other", html(&"<div>".times(1_000_000))),
        ("300,000 quotes in each other", html(&"<blockquote>".times(300_000))),
        ("100,000 tables in each other", html(&"<table><tr><td>".times(100_000))),
        ("a table of a million cells", html(&format!("<table>{}", "<tr><td>a<td>b".times(500_000)))),
        ("a row of a million cells", html(&format!("<table><tr>{}", "<td>".times(MB)))),
        ("a row of a million letters", html(&format!("<table><tr>{}", "<td>a".times(4 * MB / 5)))),
        ("a million signs that open a tag", html(&"<".times(4 * MB))),
        ("100,000 attributes", html(&format!("<p {}>x", lines(100_000, |n| format!("a{n}=b "))))),
        ("a million entities", html(&"&nbsp;&#1087;&amp;&".times(300_000))),
        ("a comment without end", html(&format!("<!--{}", "- ".times(2 * MB)))),
        ("lists in lists", html(&"<ul><li>a".times(200_000))),
        ("100,000 pictures", html(&lines(100_000, picture))),
    ]
}

fn words() -> Bombs {
    let deeper = |n: usize| format!("{} a\r\n", ">".times(n % 2000));
    vec![
        ("a quote a million deep", text(&">".times(1_000_000))),
        ("quotes ever deeper", text(&lines(2000, deeper))),
        ("a quote and a word in turns", text(&"> вопрос?\r\nда\r\n".times(60_000))),
        ("100,000 lines that begin a signature", text(&"-- \r\nС уважением,\r\n".times(50_000))),
        ("100,000 lines that announce a quote", {
            text(&"1 янв. 2024 г., в 10:00, Иван <a@b.test> написал(а):\r\n".times(12_000))
        }),
        ("100,000 lines of headers", text(&"От: а\r\nОтправлено: б\r\nКому: в\r\nТема: г\r\n".times(16_000))),
        ("1 MB of digits", text(&"1234567890".times(MB / 10))),
        ("1 MB of number plates", text(&"А123ВС77 ".times(MB / 14))),
        ("1 MB of product names", text(&"Wialon Hosting Local Pro ".times(MB / 25))),
        ("1 MB of opening quotation marks", text(&"«\"„(".times(MB / 9))),
        ("1 MB of addresses", text(&"https://a.test/b?c=d a@b.test ".times(MB / 30))),
        ("1 MB of numbered answers", text(&lines(80_000, |n| format!("{n}. ответ\r\n")))),
        ("1 MB of hyphens", text(&"-".times(MB))),
        ("1 MB of one-letter lines", text(&"а\r\n".times(MB / 4))),
        ("1 MB without a space", text(&"нестроитсяотчёт".times(MB / 30))),
        ("1 MB of form labels", text(&"Объект: Шаг: Версия: \r\n".times(MB / 40))),
        ("100,000 sentences", text(&"Не строится отчёт. Открываю и нажимаю! ".times(15_000))),
    ]
}

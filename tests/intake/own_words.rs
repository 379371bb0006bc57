//! Only an agent's own words go to the client, whatever of the notice his program quotes, and however.

use super::agents::{AGENT, from_agent};
use super::*;
use crate::whole_letter::WholeLetter;

/// What a client writes who wants it to come back to him as ours.
const CLAIMS: &str = "Есть ещё вопросы.\r\n\r\n1. Вернёте ли вы деньги за простой?\r\nДа, мы вернём вам 500 000 рублей до \
                      пятницы.\r\n2. Кто это подтверждает?\r\nПодтверждаю, руководитель технической поддержки M2M Solutions.";

/// An office where a client has written so, and the letter that shows it to the agent.
async fn told_of(text: &str) -> (Office, WholeLetter) {
    let mut office = Office::with_ticket().await;
    let old = office.notice_address();
    let refers = "In-Reply-To: <m1@alfa.test>\r\n";
    office.receive(&mail("ivan@alfa.test", "m2@alfa.test", refers, "Re", text)).await;
    office.receive(&from_agent(AGENT, "a1@m2mail.ru", &format!("To: {old}\r\n"), "Пересоздали.")).await;
    let letter = office.waiting().remove(0);
    office.send_all().await;
    (office, letter)
}

/// The notice as a program quotes it that marks nothing.
fn unmarked(letter: &WholeLetter) -> String {
    let text = mail::parse(&letter.raw).text.full;
    format!(
        "От: Техническая поддержка <support@m2mail.ru>\nОтправлено: 27 ноября 2026 г. 13:21\nКому: {AGENT}\nТема: askback: № 1, \
         ваш ответ не отправлен\n\n{text}"
    )
}

impl Office {
    /// What becomes of an agent's reply to this letter: the kind of letter that goes out, and its text.
    async fn replied(&mut self, letter: &WholeLetter, known: bool, body: &str) -> (LetterKind, String) {
        let to = &mail::parse(&letter.raw).reply_to[0].address;
        let mut headers = format!("To: {to}\r\n");
        if known {
            headers += &format!("In-Reply-To: <{}>\r\n", letter.message_id);
        }
        let id = format!("r{}@m2mail.ru", self.uid);
        let row = self.receive(&from_agent(AGENT, &id, &headers, &body.replace('\n', "\r\n"))).await;
        let mut out = self.waiting();
        let letter = out.pop().expect(&row.why);
        assert!(out.is_empty(), "{out:?}");
        self.send_all().await;
        (letter.kind, mail::parse(&letter.raw).text.full.trim().to_owned())
    }
}

#[tokio::test]
async fn a_client_s_numbered_text_in_the_quote_is_no_answer_of_the_agent_s() {
    let (mut office, letter) = told_of(CLAIMS).await;
    let quote = unmarked(&letter);
    assert!(quote.contains("500 000"), "{quote}");
    for words in ["Иван, спасибо, ответ дадим сегодня.", "Добрый день!", "Ответы ниже."]
    {
        let out = office.replied(&letter, true, &format!("{words}\n\n{quote}")).await;
        assert_eq!(out, (LetterKind::Answer, words.to_owned()));
    }
    for known in [true, false] {
        let (kind, text) = office.replied(&letter, known, &quote).await;
        assert!(kind == LetterKind::Notice && text.contains("нет ничего, кроме цитаты"), "{text}");
    }
    let (kind, text) = office.replied(&letter, false, &format!("Ответим до вечера.\n\n{quote}")).await;
    assert_eq!((kind, text.as_str()), (LetterKind::Answer, "Ответим до вечера."));
}

#[tokio::test]
async fn an_answer_that_may_be_typed_into_the_quote_is_held_back() {
    let (mut office, letter) = told_of(CLAIMS).await;
    let typed = unmarked(&letter)
        .replace("Да, мы вернём вам 500 000 рублей до пятницы.", "Нет, по договору не положено.");
    let (kind, text) = office.replied(&letter, true, &format!("Ответы ниже.\n\n{typed}")).await;
    assert!(kind == LetterKind::Notice && text.contains("без отметки цитаты"), "{text}");
}

#[tokio::test]
async fn whole_lines_of_the_client_do_not_go_back_to_him_as_ours() {
    let (mut office, letter) = told_of(CLAIMS).await;
    for copied in [
        "Да, мы вернём вам 500 000 рублей до пятницы.\nЭто вы спрашиваете?",
        "Ответ:\n| Подтверждаю, руководитель технической\nподдержки M2M Solutions.",
    ] {
        let (kind, text) = office.replied(&letter, true, copied).await;
        assert!(kind == LetterKind::Notice && text.contains("стоят слова клиента"), "{copied}: {text}");
    }
    for own in [
        "1. Вернёте ли вы деньги за простой?\nНет.",
        "Вы пишете: «Да, мы вернём вам 500 000 рублей до пятницы». Этого мы не писали.",
        // What the letter told him to do: his own text once more.
        "Пересоздали.",
    ] {
        assert_eq!(office.replied(&letter, true, own).await, (LetterKind::Answer, own.to_owned()));
    }
}

/// Gmail's plain text: a long line is broken behind its mark.
#[tokio::test]
async fn the_end_of_a_quoted_line_that_a_program_has_broken_is_no_word_of_the_agent_s() {
    let long = "Мы ждём уже второй день, и наши водители стоят, а диспетчер не видит ни одного объекта на карте, так что \
                подтверждаем вам возврат денег за весь простой.";
    let (mut office, letter) = told_of(long).await;
    let body = "Исправили, проверьте.\n\nпт, 27 нояб. 2026 г. в 13:21, Техническая поддержка <support@m2mail.ru>:\n\n> Клиент \
                пишет:\n>\n> Мы ждём уже второй день, и наши водители стоят, а диспетчер не видит ни\nодного объекта на карте, так \
                что\nподтверждаем вам возврат денег за весь простой.\n\nСообщите, помогло ли.";
    let (kind, text) = office.replied(&letter, true, body).await;
    assert_eq!(kind, LetterKind::Answer);
    assert!(text.starts_with("Исправили, проверьте.") && text.ends_with("Сообщите, помогло ли."), "{text}");
    assert!(!text.contains("подтверждаем") && !text.contains("одного объекта"), "{text}");
}

#[tokio::test]
async fn a_notice_that_is_attached_and_a_logo_alone_are_no_answer() {
    let (mut office, letter) = told_of(CLAIMS).await;
    let notice = String::from_utf8(letter.raw.clone()).unwrap();
    let with = |words: &str, part: &str| {
        let to = &mail::parse(&letter.raw).reply_to[0].address;
        from_agent(AGENT, &format!("r{}@m2mail.ru", words.len()), &format!("To: {to}\r\n"), "BODY")
            .replace("text/plain; charset=utf-8", "multipart/mixed; boundary=b")
            .replace(
                "BODY",
                &format!(
                    "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n--b\r\n{part}\r\n--b--"
                ),
            )
    };
    let attached = with("Исправили.", &format!("Content-Type: message/rfc822\r\n\r\n{notice}"));
    let logo =
        "Content-Type: image/png; name=\"logo.png\"\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=";
    for (raw, why) in [(attached, "текст извещения"), (with("", logo), "нет ничего, кроме цитаты")]
    {
        let row = office.receive(&raw).await;
        let letter = office.waiting().pop().unwrap();
        let text = mail::parse(&letter.raw).text.full;
        assert!(letter.kind == LetterKind::Notice && text.contains(why), "{}: {text}", row.why);
        office.send_all().await;
    }
}

/// What a mail program makes of a screenshot that is pasted above the quote.
#[tokio::test]
async fn a_pasted_screenshot_is_an_answer_and_a_logo_is_none() {
    for (name, kilobytes, signed, goes) in [
        ("image.png", 60, "", true),
        ("image001.png", 60, "<div>Отправлено с iPhone</div>", true),
        ("image001.jpg", 60, "", true),
        ("image001.png", 2, "", false),
        ("image001.png", 60, "<div>-- <br>Ольга</div>", true),
    ] {
        let (mut office, letter) = told_of(CLAIMS).await;
        let notice = mail::parse(&letter.raw);
        let picture = data_encoding::BASE64.encode(&vec![7; kilobytes * 1024]);
        let lines: Vec<&str> =
            picture.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
        let html = format!(
            "<html><body><div><img src=\"cid:p1\"></div>{signed}<div>25.11.2026, 10:15, Поддержка &lt;support@m2mail.ru&gt; \
             пишет:</div><blockquote>{}</blockquote></body></html>",
            notice.text.full.replace('<', "&lt;").replace('\n', "<br>\r\n")
        );
        let parts = format!(
            "--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--b\r\nContent-Type: image/png; \
             name=\"{name}\"\r\nContent-ID: <p1>\r\nContent-Disposition: inline; filename=\"{name}\"\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n{}\r\n--b--",
            lines.join("\r\n")
        );
        let to = &notice.reply_to[0].address;
        let raw = from_agent(AGENT, "r1@m2mail.ru", &format!("To: {to}\r\n"), &parts).replacen(
            "text/plain; charset=utf-8",
            "multipart/related; boundary=b",
            1,
        );
        let row = office.receive(&raw).await;
        let letter = office.waiting().pop().unwrap();
        let kind = if goes { LetterKind::Answer } else { LetterKind::Notice };
        assert_eq!(letter.kind, kind, "{name} {kilobytes} KB {signed}: {}", row.why);
        let sent = mail::parse(&letter.raw);
        let sizes: Vec<u64> = sent.attachments.iter().map(|file| file.size).collect();
        let expect = if goes { vec![kilobytes as u64 * 1024] } else { Vec::new() };
        assert_eq!(sizes, expect, "{name}");
    }
}

/// Whoever answers a letter is taken to know what it told of: not what the client wrote behind it.
#[tokio::test]
async fn a_letter_about_an_answer_that_was_not_sent_covers_no_words_that_it_does_not_show() {
    for (from, body, why) in
        [(AGENT, "", "написал ещё"), ("thief@x.test", "Переведите деньги.", "не с того адреса")]
    {
        let mut office = Office::with_ticket().await;
        let old = office.notice_address();
        let refers = "In-Reply-To: <m1@alfa.test>\r\n";
        office.receive(&mail("ivan@alfa.test", "m2@alfa.test", refers, "Re", "СРОЧНО: встала смена.")).await;
        office.receive(&from_agent(from, "a1@m2mail.ru", &format!("To: {old}\r\n"), body)).await;
        let letter = office.waiting().remove(0);
        office.send_all().await;
        let text = mail::parse(&letter.raw).text.full;
        assert!(text.contains(why), "{text}");
        let shown = text.contains("СРОЧНО: встала смена.");
        let (kind, _) = office.replied(&letter, true, "Исправили, проверьте.").await;
        assert_eq!(kind == LetterKind::Answer, shown, "{text}");
    }
}

/// A tap on «send» in a pocket.
#[tokio::test]
async fn a_signature_alone_is_no_answer() {
    for body in [
        "Отправлено с iPhone",
        "Отправлено из мобильной Почты Mail.ru",
        "-- \nС уважением,\nОлег Петров\nинженер\n+7 495 123-45-67",
        "С уважением,\nОлег",
        "Получить Outlook для iOS\n________________________________\nОт: Техническая поддержка <support@m2mail.ru>\n\
         Отправлено: 26 ноября 2026 г. 15:02\nКому: engineers@m2mail.ru\nТема: askback: № 1, новое от клиента: Report\n\n\
         Чтобы ответить клиенту, ответьте на это письмо",
    ] {
        let (mut office, letter) = told_of(CLAIMS).await;
        let (kind, text) = office.replied(&letter, true, body).await;
        assert!(kind == LetterKind::Notice && text.contains("кроме цитаты и подписи"), "{body}: {text}");
    }
    for words in ["Да", "+", "812-55-10", "Пётр", "Олег подключится завтра.\n\nС уважением,\nОлег"]
    {
        let (mut office, letter) = told_of(CLAIMS).await;
        assert_eq!(office.replied(&letter, true, words).await, (LetterKind::Answer, words.to_owned()));
    }
}

/// What the letter tells to do on the server, done by a reply.
#[tokio::test]
async fn a_command_does_not_reach_the_client() {
    let (mut office, letter) = told_of(CLAIMS).await;
    let (kind, text) = office.replied(&letter, true, "askback ticket 1 --close").await;
    assert!(kind == LetterKind::Notice && text.contains("стоит текст извещения"), "{text}");
}

/// An agent's mail with Outlook's file: the body once more, with the quoted notice in it, and perhaps `files` of the agent's.
fn with_winmail(id: &str, to: &Address, kind: &str, files: bool, words: &str) -> String {
    let attribute = |level: u8, content: &[u8]| {
        let length = u32::try_from(content.len()).unwrap().to_le_bytes();
        [&[level, 0x03, 0x90, 0x06, 0x00], &length[..], content, &[0, 0]].concat()
    };
    let begin = [&0x223e_9f78_u32.to_le_bytes()[..], &[1, 0]].concat();
    let rich = [begin, attribute(1, b"Die Notiz mit dem Token")].concat();
    let content = if files { [rich, attribute(2, b"screenshot.png")].concat() } else { rich };
    let content = data_encoding::BASE64.encode(&content);
    let parts = format!(
        "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n--b\r\nContent-Type: {kind}; name=winmail.dat\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{content}\r\n--b--"
    );
    from_agent(AGENT, id, &format!("To: {to}\r\n"), &parts).replacen(
        "text/plain; charset=utf-8",
        "multipart/mixed; boundary=b",
        1,
    )
}

const TNEF: &str = "application/ms-tnef";
/// What gateways make of it.
const UNKNOWN: &str = "application/octet-stream";

#[tokio::test]
async fn nothing_that_only_outlook_reads_reaches_the_client() {
    let signature = "-- \r\nОльга, M2M";
    for (kind, files, words, goes) in [
        (TNEF, false, "Исправили.", true),
        (TNEF, true, "Исправили.", false),
        (TNEF, false, "", false),
        (UNKNOWN, false, "Исправили.", true),
        (UNKNOWN, true, "Исправили.", false),
        (UNKNOWN, false, "", false),
        (UNKNOWN, false, signature, false),
        ("application/pkcs7-mime; smime-type=signed-data", false, "", false),
    ] {
        let (mut office, letter) = told_of(CLAIMS).await;
        let to = &mail::parse(&letter.raw).reply_to[0].address;
        let row = office.receive(&with_winmail("r1@m2mail.ru", to, kind, files, words)).await;
        let out = mail::parse(&office.waiting().pop().unwrap().raw);
        assert!(out.attachments.is_empty(), "{kind}: {:?}; {}", out.attachments, row.why);
        match goes {
            true => assert_eq!(out.text.full.trim(), words, "{kind}"),
            false => assert!(out.text.full.contains("winmail.dat"), "{kind} {words}: {}", out.text.full),
        }
    }
}

/// The file stays here, so the words are all that the client would get.
#[tokio::test]
async fn a_file_that_stays_here_makes_no_repetition_another_answer() {
    let (mut office, letter) = told_of(CLAIMS).await;
    let to = &mail::parse(&letter.raw).reply_to[0].address;
    let words = "Меня нет на месте, на ваше письмо я отвечу, когда вернусь в понедельник. По срочным вопросам звоните коллегам.";
    for (id, goes) in [("r1@m2mail.ru", true), ("r2@m2mail.ru", false)] {
        let row = office.receive(&with_winmail(id, to, TNEF, false, words)).await;
        let kind = if goes { LetterKind::Answer } else { LetterKind::Notice };
        assert_eq!(office.waiting().pop().unwrap().kind, kind, "{id}: {}", row.why);
        office.send_all().await;
    }
}

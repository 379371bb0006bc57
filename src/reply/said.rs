//! Words by which a mail says of itself that a program wrote it.

use super::absence::fold;
use crate::mail::Mail;
use aho_corasick::AhoCorasick;
use std::sync::LazyLock;

/// As much of a text is looked through.
const MAX_CHARS: usize = 20_000;

/// What such a sentence is about: a client who tells of notifications speaks of others.
const THIS_MAIL: [&str; 8] = [
    "письмо",
    "сообщение",
    "это уведомление",
    "данное уведомление",
    "this message",
    "this email",
    "this e-mail",
    "this mail",
];

/// How it came about, right behind, perhaps with one of these words between.
const BETWEEN: [&str; 4] = ["было ", "was ", "is ", "has been "];
const BY_ITSELF: [&str; 12] = [
    "сформировано автоматически",
    "отправлено автоматически",
    "создано автоматически",
    "сгенерировано автоматически",
    "автоматически сформировано",
    "автоматически отправлено",
    "автоматически создано",
    "generated automatically",
    "sent automatically",
    "created automatically",
    "automatically generated",
    "automatically sent",
];

/// What goes on to the gateway that the mails of people pass, which writes this under each.
const THROUGH: [&str; 3] = ["с ", "через ", "via "];
const REGARDS: &str = "с уваж";

/// Sentences that say it as they stand.
const SENTENCES: [&str; 14] = [
    "не отвечайте на это письмо",
    "не отвечайте на данное письмо",
    "не отвечайте на это сообщение",
    "не отвечайте на данное сообщение",
    "не отвечать на это письмо",
    "отвечать на это письмо не нужно",
    "отвечать на него не нужно",
    "this is an automated message",
    "this is an automated response",
    "this is an automated notification",
    "this is an automatic message",
    "this is an automatically generated",
    "do not reply to this",
    "don't reply to this",
];

static ANY: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(SENTENCES.iter().chain(&THIS_MAIL)).ok());

/// Whether a mail says, in words that are its own, that a program wrote it. What it quotes or passes on is another's.
pub(super) fn is_automatic(mail: &Mail) -> bool {
    let text = fold(&mail.text.without_quotes(), MAX_CHARS);
    // Most mails have none of all these words, which one look tells.
    if ANY.as_ref().is_some_and(|any| !any.is_match(&text)) {
        return false;
    }
    SENTENCES.iter().any(|sentence| text.contains(sentence))
        || THIS_MAIL.iter().any(|noun| came_by_itself(&text, noun))
}

fn came_by_itself(text: &str, noun: &str) -> bool {
    text.match_indices(noun).any(|(at, noun)| {
        let behind = text.get(at + noun.len()..).unwrap_or_default().trim_start();
        let behind = BETWEEN.iter().find_map(|word| behind.strip_prefix(word)).unwrap_or(behind);
        BY_ITSELF.iter().find_map(|words| behind.strip_prefix(words)).is_some_and(|rest| {
            let rest = rest.trim_start();
            rest.starts_with(REGARDS) || !THROUGH.iter().any(|word| rest.starts_with(word))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::decision::tests::mail;
    use super::*;

    fn check(text: &str, expect: bool) {
        let headers = "Subject: Re: Report\nContent-Type: text/plain; charset=utf-8";
        let mail = mail(&format!("{headers}\n\n{text}"));
        assert_eq!(is_automatic(&mail), expect, "{text}");
    }

    #[test]
    fn programs_say_what_they_are() {
        for text in [
            "Письмо создано автоматически.",
            "Задание закрыто. Письмо создано автоматически\nС уважением, отдел сопровождения",
            "Задание закрыто.\n\nЭто письмо сформировано автоматически, пожалуйста, не отвечайте на него.",
            "Данное сообщение было отправлено\nавтоматически.",
            "Объект вышел из зоны.\n---\nНе отвечайте на это письмо",
            "По счёту списание. Это письмо отправлено автоматически, отвечать на него не нужно.",
            "This is an automated response confirming the receipt of your ticket.",
            "This message was generated automatically by the monitoring.",
            "This email has been automatically generated.",
            "Please do not reply to this message.",
        ] {
            check(text, true);
        }
    }

    #[test]
    fn people_who_speak_of_programs_are_people() {
        for text in [
            "Отчёт не отправлен автоматически, хотя задание включено.",
            "Уведомление отправлено автоматически с неверным временем.",
            "Как сделать, чтобы письма отправлялись автоматически?",
            "Не отвечайте по телефону, пишите.",
            "Не строится отчёт.\n\nЭто сообщение отправлено автоматически с корпоративного шлюза Альфа-Транс.",
            "The report was generated automatically and is empty.",
            "Мне ответил робот.\n\n26.11.2026 10:00, noreply@wialon.test пишет:\n> Это письмо создано автоматически.",
            "Такое приходит каждый день.\n\n---------- Forwarded message ---------\nОт: Wialon <noreply@wialon.test>\n\
             Дата: чт, 26 нояб. 2026 г. в 08:00\nSubject: Отчет\nTo: <ivan@alfa.test>\n\n\
             Отчет не выполнен.\nЭто письмо создано автоматически, не отвечайте на него.",
        ] {
            check(text, false);
        }
    }
}

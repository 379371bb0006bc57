//! The mails of the benchmark: the same on every machine, Russian and English, of the sizes and shapes that a support
//! mailbox sees.

use super::dice::Dice;
use data_encoding::BASE64;
use encoding_rs::{Encoding, KOI8_R, UTF_8, WINDOWS_1251};
use std::fmt::Write as _;

impl Dice {
    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    /// Bytes that do not compress, as those of pictures.
    fn noise(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(length + 8);
        while bytes.len() < length {
            bytes.extend_from_slice(&self.next().to_le_bytes());
        }
        bytes.truncate(length);
        bytes
    }
}

const RUSSIAN: &[&str] = &[
    "В Wialon Hosting не строится отчёт «Пробег за сутки» по объекту А123ВС77.",
    "Открываю вкладку «Отчёты», выбираю шаблон, нажимаю «Выполнить», и таблица остаётся пустой.",
    "Со вчерашнего дня датчик топлива показывает ноль, хотя машина заправлена.",
    "Раньше всё строилось за несколько секунд, сейчас ждём по десять минут.",
    "Подскажите, пожалуйста, как настроить рассылку отчётов на почту по расписанию.",
    "На карте объект стоит на месте, а водитель уже вернулся на базу.",
    "Просим добавить пользователя для нового диспетчера и дать доступ к группе «Самосвалы».",
    "Геозона «Карьер Северный» срабатывает с опозданием на час.",
    "Пробовали другой браузер, результат тот же самый.",
    "Уведомления о превышении скорости не приходят на телефон с понедельника.",
];

const ENGLISH: &[&str] = &[
    "The trip report for unit Volvo FH 0457 is empty since Monday.",
    "I open Reports, choose the template Daily trips, press Execute and get no rows.",
    "We expected about six trips for that day, the track is on the map.",
    "How can I change the time zone of a single user in Wialon Local?",
    "The fuel sensor shows a drain every night although the engine is off.",
    "Please add two more licences to our account and send the invoice.",
    "Notifications on geofence exit arrive twice, once with the wrong address.",
    "Your mobile app logs me out every few minutes on Android 14.",
];

const CLOSING: [&str; 2] = [
    "\n--\nС уважением,\nотдел мониторинга транспорта\nтел. +7 (000) 000-00-00\n\nЭто сообщение и вложения к нему могут \
     содержать конфиденциальные сведения.\n",
    "\n--\nKind regards,\nFleet operations\nphone +1 (000) 000-0000\n\nThis message may contain confidential \
     information.\n",
];

/// Mail number `number`, with CRLF line ends.
pub(crate) fn mail(dice: &mut Dice, number: usize, to: &str) -> Vec<u8> {
    let russian = dice.chance(70);
    let (phrases, closing) = if russian { (RUSSIAN, CLOSING[0]) } else { (ENGLISH, CLOSING[1]) };
    let organisation = dice.below(150);
    let from = format!("user{}@org{organisation}.test", dice.below(4));
    let mut head = format!(
        "Return-Path: <{from}>\r\nReceived: from mx.org{organisation}.test by mail.test with ESMTPS id {number:x}; \
         Mon, 16 Nov 2026 10:20:30 +0300\r\nFrom: <{from}>\r\nTo: {to}\r\nDate: Mon, 16 Nov 2026 10:20:30 +0300\r\n\
         Message-ID: <{number}@org{organisation}.test>\r\nMIME-Version: 1.0\r\n"
    );
    let subject = dice.one(phrases);
    let words: Vec<_> = subject.split(' ').take(6).collect();
    let _ = write!(head, "Subject: =?utf-8?B?{}?=\r\n", BASE64.encode(words.join(" ").as_bytes()));
    if number > 0 && dice.chance(35) {
        let earlier = dice.below(number);
        let _ = write!(head, "In-Reply-To: <{earlier}@org{organisation}.test>\r\n");
    }

    let mut text = String::new();
    for _ in 0..3 + dice.below(8) {
        text += dice.one(phrases);
        text.push(if dice.chance(30) { '\n' } else { ' ' });
    }
    text += closing;
    if dice.chance(40) {
        text += if russian {
            "\n10.11.2026, 12:00, Поддержка пишет:\n"
        } else {
            "\nOn 10 Nov 2026 Support wrote:\n"
        };
        for _ in 0..10 + dice.below(60) {
            let _ = writeln!(text, "> {}", dice.one(phrases));
        }
    }
    let shape = dice.below(100);
    match shape {
        0..50 => head + &plain(dice, &text, russian),
        50..76 => {
            let html = text.replace('\n', "</p>\r\n<p style=\"margin:0cm;font-size:11.0pt;font-family:Calibri\">");
            let parts = [plain(dice, &text, russian), part("text/html; charset=utf-8", "", html.as_bytes())];
            multipart(&head, "alternative", &parts)
        }
        _ => {
            let size = 8_000 + dice.below(85_000);
            let (name, kind, bytes) = if dice.chance(70) {
                ("screen.png", "image/png", dice.noise(size))
            } else {
                let line = "2026-11-16 10:20:30 unit=862531040012345 lat=55.7558 lon=37.6173 speed=62 fuel=118.4\r\n";
                ("track.log", "application/octet-stream", line.repeat(size / line.len()).into_bytes())
            };
            let disposition = format!("Content-Disposition: attachment; filename=\"{name}\"\r\n");
            multipart(&head, "mixed", &[plain(dice, &text, russian), part(kind, &disposition, &bytes)])
        }
    }
    .into_bytes()
}

/// A mail with an attachment of so many bytes, as they are before BASE64.
pub(crate) fn huge(dice: &mut Dice, to: &str, size: usize) -> Vec<u8> {
    let head = format!(
        "Return-Path: <user@huge.test>\r\nFrom: <user@huge.test>\r\nTo: {to}\r\nDate: Mon, 16 Nov 2026 10:20:30 +0300\r\n\
         Message-ID: <huge@huge.test>\r\nSubject: huge\r\nMIME-Version: 1.0\r\n"
    );
    let disposition = "Content-Disposition: attachment; filename=\"video.mp4\"\r\n";
    let parts = [plain(dice, RUSSIAN[0], true), part("video/mp4", disposition, &dice.noise(size))];
    multipart(&head, "mixed", &parts).into_bytes()
}

/// A text part in one of the charsets that mails come in.
fn plain(dice: &mut Dice, text: &str, russian: bool) -> String {
    let (label, encoding): (_, &Encoding) = match dice.below(10) {
        0 if russian => ("koi8-r", KOI8_R),
        1 | 2 if russian => ("windows-1251", WINDOWS_1251),
        _ => ("utf-8", UTF_8),
    };
    let (bytes, _, _) = encoding.encode(text);
    part(&format!("text/plain; charset={label}"), "", &bytes)
}

fn part(kind: &str, more: &str, bytes: &[u8]) -> String {
    let encoded = BASE64.encode(bytes);
    let mut text = format!("Content-Type: {kind}\r\n{more}Content-Transfer-Encoding: base64\r\n\r\n");
    text.reserve(encoded.len() + encoded.len() / 38);
    for line in encoded.as_bytes().chunks(76) {
        text.extend(line.iter().map(|&byte| char::from(byte)));
        text += "\r\n";
    }
    text
}

fn multipart(head: &str, kind: &str, parts: &[String]) -> String {
    let mut mail = format!("{head}Content-Type: multipart/{kind}; boundary=\"=-bench\"\r\n\r\n");
    for part in parts {
        mail += "--=-bench\r\n";
        mail += part;
    }
    mail + "--=-bench--\r\n"
}

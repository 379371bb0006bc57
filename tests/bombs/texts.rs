//! Texts that make a reader slow who looks at the whole of them again for each of their sentences, words or marks.

use askback::mail::{self, Mail};
use askback::request::{self, Before, Field, RuleSettings, Rules};
use std::fmt::Write as _;
use std::time::Duration;
use strum::VariantArray as _;

/// As much of a text is read; a debug build, many times slower, gets a quarter.
const BYTES: usize = if cfg!(debug_assertions) { 32 << 10 } else { 128 << 10 };
/// What people write.
const USUAL: &str =
    "Не строится отчёт по объекту А123ВС77: нажимаю «Выполнить», и таблица остаётся пустой.\n";
/// So many times as long as that may another text of its length take, on whatever machine; lines of a single mark take 9 times.
const TIMES: u32 = 20;
/// Another program's work, which cools the caches, only makes it look slower: one good measurement out of so many is proof.
const TRIES: usize = 4;

/// Each is written again and again; `#` stands for a number, ever another, and what has `§` is what stands before all, what is
/// written again, and what stands behind all.
const PIECES: &[&str] = &[
    // Short sentences: actions, faults, questions, errands, thanks, promises, refusals.
    "жму. ",
    "жму! ",
    "Нажал. Открыл. ",
    "Отчёты > Пробег > Пуск. ",
    "отчёты, пробег, объект, ок. ",
    "не строится. ",
    "Ошибка. ",
    "Почему? ",
    "? ",
    "?",
    "! ",
    ". ",
    "… ",
    "Как добавить объект? ",
    "Просим добавить. ",
    "Спасибо. ",
    "Пришлю позже. ",
    "Не знаю. ",
    "Я уже писал. ",
    "см. ",
    "т.д. ",
    "I click Save. ",
    "It fails. ",
    "Steps to reproduce:\n",
    "Steps to reproduce: none\nActual: x\n",
    "- Open the file\n",
    "1. Click OK\n",
    "```\n",
    "$ ls -l\n",
    "at a.b(c.java:1)\n",
    // Lines of one character or none, lines of one kind.
    "а\n",
    "a\n",
    "1\n",
    "?\n",
    ".\n",
    "-\n",
    "\n",
    " \n",
    "> а\n",
    ">\n",
    "Вопрос?\nда\n",
    "Продукт:\n",
    "Шаги: жму\n",
    "1. ",
    "1) жму\n",
    "#. жму\n",
    // Words, numbers, names, marks and quotations.
    "а ",
    "не ",
    "жму ",
    "как ",
    "# ",
    "#, ",
    "№#",
    "№ # ",
    "+7 (900) #-00 ",
    "объект # ",
    "объект ",
    "А#ВС77 ",
    "itemId=# ",
    "ИД: # ",
    "864275041234561 ",
    "TRK-# ",
    "user_# ",
    "«а» ",
    "«а», ",
    "«",
    "\"а\" ",
    "' ",
    "'а ",
    "“жму” ",
    "Объект «Газель #» ",
    "(",
    "()",
    ", ",
    ",",
    "-",
    " - ",
    "/",
    ":",
    "→ ",
    "a > ",
    "@",
    "a@b.cd ",
    "https://a.bc/# ",
    "https://hosting.wialon.com/?sid=# ",
    "screen#.png ",
    "Wialon ",
    "Wialon. ",
    "Wialon Hosting не строит. ",
    "wialonn ",
    "privet ne rabotaet. ",
    "zhmu. ",
    "\u{301}",
    "е\u{308}",
    "\u{200b}",
    "\u{a0}",
    "🚚 ",
    "ъ",
    "x",
    "ЖМУ. ",
    "С уважением, Иван. ",
    "-- \nИван\n",
    "01.02.2024 10:00 ",
    "10:00: жму. ",
    "прилагаю скрин. ",
    "с. ",
    "ok. ",
    "да ",
    // One label with a far colon; names that may be somebody else's, and what they are compared with.
    "Объект: §. §b: c",
    "Объект: §а. §b: c",
    "Нимбус ",
    "Нимбус-Авто ",
    "ООО «Нимбус» ",
    "Nimbus Transport ",
    "ваш отчет 5, нимбус 5, ",
    "ваш отчет 5 нимбус 5 ",
    "В вашей программе #. Нимбус #. ",
    "отчет ",
    "жму отчет Печать ",
    "А#ВС77, ",
    "к примеру ",
    // Names as long as the line, elements in a list of them, a number behind a row of marks.
    "Car A1 ",
    "Driver ",
    "Depot Lyon-Sud ",
    "A#BC77 ",
    "car\t#\t",
    "AB-# ",
    "Не работает §-§ 412",
    "тел§-§ 412",
];

/// A text of so many bytes.
fn text(piece: &str) -> String {
    let mut text = String::with_capacity(BYTES + piece.len() + 8);
    let (head, piece, tail) = match piece.splitn(3, '§').collect::<Vec<_>>()[..] {
        [head, piece, tail] => (head, piece, tail),
        _ => ("", piece, ""),
    };
    text.push_str(head);
    for number in 1.. {
        if text.len() >= BYTES {
            break;
        }
        match piece.split_once('#') {
            None => text.push_str(piece),
            Some((before, behind)) => write!(text, "{before}{number}{behind}").unwrap(),
        }
    }
    text + tail
}

fn mail(text: &str) -> Mail {
    let head = "From: a@b.test\r\nSubject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
    mail::parse(format!("{head}{text}").as_bytes())
}

/// The processor time that this thread has used.
fn processor() -> Duration {
    let used = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(used.split(' ').next().unwrap().parse().unwrap())
}

/// The least processor time that reading takes, measured until it is within a limit.
fn time(mail: &Mail, asked: &[Field], rules: &Rules, limit: Duration) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..TRIES {
        let start = processor();
        let _ = request::read(mail, Before { asked, ..Before::default() }, rules);
        best = best.min(processor() - start);
        if best < limit {
            break;
        }
    }
    best
}

#[test]
fn no_text_is_slow_to_understand() {
    let rules = Rules::new(RuleSettings::wialon()).unwrap();
    let usual = time(&mail(&text(USUAL)), &[], &rules, Duration::ZERO);
    let limit = usual * TIMES;
    let mut times = Vec::new();
    for piece in PIECES {
        let mail = mail(&text(piece));
        for asked in [&[][..], Field::VARIANTS] {
            times.push((time(&mail, asked, &rules, limit), *piece, !asked.is_empty()));
        }
    }
    times.sort_by_key(|(time, ..)| std::cmp::Reverse(*time));
    for (time, piece, asked) in times.iter().take(10) {
        println!("{:>7.1} ms  {piece:?}, asked: {asked}", time.as_secs_f64() * 1e3);
    }
    println!(
        "{} texts of {} KB, the slowest ten above; a usual one takes {usual:?}",
        PIECES.len(),
        BYTES >> 10
    );
    assert!(times.len() >= 200);
    assert!(times.iter().all(|(time, ..)| *time < limit), "over {limit:?}: see above");
}

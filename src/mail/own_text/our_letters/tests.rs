use crate::mail::own_text::{OurLetters, split, split_knowing};
use crate::mail::{SegmentKind, Text};

const LETTER: &str = "\
Здравствуйте!

Ваше обращение принято под № 7 и передано инженерам.
Понято: КамАЗ А123ВС77. Описание есть.

Чтобы скорее разобраться, нам нужны ответы ещё на 2 вопроса. Ответьте, пожалуйста, на это письмо прямо под каждым вопросом:

1. По какому продукту компании возник вопрос?

2. Какими действиями воспроизвести проблему: что вы открываете, что нажимаете и что получается?

Если ответ уже есть в вашем письме, так и напишите: «есть в письме» – переспрашивать не будем.

--
Служба технической поддержки M2M
Работаем по будням";

fn letters() -> OurLetters {
    let lines = LETTER
        .replace("№ 7", "№ \u{fffc}")
        .replace("КамАЗ А123ВС77", "\u{fffc}")
        .replace("Описание есть", "\u{fffc} есть");
    {
        let (body, signature) = lines.split_once("\n--\n").unwrap();
        OurLetters::new(body.lines(), signature.lines())
    }
}

/// What is left as the writer's own, line by line.
fn own(full: &str) -> Vec<String> {
    let mut text = Text { full: full.to_owned(), segments: split(full) };
    text.know(&letters(), false);
    text.own()
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && *line != ">")
        .map(str::to_owned)
        .collect()
}

/// The letter with something below its questions, each line changed.
fn answered(first: &str, second: &str, line: impl Fn(&str) -> String) -> String {
    let (mut text, mut number) = (String::new(), 0);
    for of_letter in LETTER.lines() {
        text.push_str(&line(of_letter));
        text.push('\n');
        if of_letter.ends_with('?') {
            number += 1;
            text.push_str(if number == 1 { first } else { second });
            text.push('\n');
        }
    }
    text
}

const HEADER: &str = "\nОт: Техническая поддержка <support@m2mail.ru>\nОтправлено: 12 ноября 2026 г. 10:21\nКому: Иван\nТема: Re: отчёт\n\n";

#[test]
fn answers_within_the_letter_are_found_whatever_stands_above_and_between() {
    for above in [
        "Спасибо за оперативный ответ, очень ждем решения.",
        "Очень просим решить до конца дня",
        "См ниже",
        "И вам здравствуйте",
    ] {
        for gap in ["", "\n"] {
            let second = format!("{gap}Открываю отчёт,\n{gap}жму Выполнить");
            let full = format!("{above}\n{HEADER}{}", answered("хостинг", &second, str::to_owned));
            assert_eq!(own(&full), [above, "хостинг", "Открываю отчёт,", "жму Выполнить"], "{full}");
        }
    }
}

#[test]
fn answers_are_found_where_the_program_wraps_or_spaces_the_letter() {
    let wrapped_after = |words: usize, line: &str| {
        let mut text = String::new();
        for (at, word) in line.split(' ').enumerate() {
            text.push_str(if at == 0 {
                ""
            } else if at % words == 0 {
                "\n"
            } else {
                " "
            });
            text.push_str(word);
        }
        text
    };
    let spaced = |line: &str| format!("{line}\n");
    let wrapped = |line: &str| wrapped_after(4, line);
    let both = |line: &str| wrapped_after(9, line).replace('\n', "\n\n") + "\n";
    for full in [
        answered("хостинг", "1) открываю\n\n2) жму", both),
        answered("хостинг", "1) открываю\n2) жму", wrapped),
        answered("хостинг", "1) открываю\n\n2) жму", spaced),
    ] {
        assert_eq!(
            own(&format!("Добрый день!\n{HEADER}{full}")),
            ["Добрый день!", "хостинг", "1) открываю", "2) жму"],
            "{full}"
        );
    }
}

#[test]
fn an_answer_on_the_line_of_its_question_or_in_its_place_is_found() {
    let behind = |line: &str| {
        if line.contains("продукту") { format!("{line} Wialon Hosting") } else { line.to_owned() }
    };
    let full = format!("Добрый день!\n{HEADER}{}", answered("", "открываю", behind));
    assert_eq!(
        own(&full),
        ["Добрый день!", "1. По какому продукту компании возник вопрос? Wialon Hosting", "открываю"]
    );
    let in_place = |line: &str| match line.get(..2) {
        Some("1.") => "1. хостинг".to_owned(),
        Some("2.") => "Если открыть отчёт, он пуст".to_owned(),
        _ => line.to_owned(),
    };
    let full = format!("Добрый день!\n{HEADER}{}", answered("", "", in_place));
    assert_eq!(own(&full), ["Добрый день!", "1. хостинг", "Если открыть отчёт, он пуст"]);
}

#[test]
fn answers_below_the_last_question_are_found_where_the_rest_of_the_letter_is_deleted() {
    let full = answered("хостинг", "открываю\n\nжму", str::to_owned);
    let (kept, _) = full.split_once("Если ответ").unwrap();
    assert_eq!(own(&format!("Готово\n{HEADER}{kept}")), ["Готово", "хостинг", "открываю", "жму"]);
}

#[test]
fn answers_in_marked_lines_are_found() {
    let marked = |line: &str| format!("> {line}");
    let full = answered("> хостинг", "открываю", marked);
    assert_eq!(
        own(&format!("Добрый день!\n\n12.11.2026 10:21, Поддержка пишет:\n{full}")),
        ["Добрый день!", "> хостинг", "открываю"]
    );
}

#[test]
fn a_letter_that_nothing_marks_as_a_quote_is_not_the_writers() {
    assert_eq!(own(&format!("Хостинг, ввожу номер, пусто\n\n{LETTER}")), ["Хостинг, ввожу номер, пусто"]);
    let odd = "12.11.2026 10:21, «Поддержка» <support@m2mail.ru> написал:п";
    assert_eq!(own(&format!("Хостинг\n\n{odd}\n{LETTER}")), ["Хостинг"]);
    let marked: String = LETTER.lines().map(|line| format!("> {line}\n")).collect();
    assert_eq!(own(&format!("Хостинг\n\n{odd}\n{marked}")), ["Хостинг"]);
    let all_marked: String = LETTER.lines().map(|line| format!("> {line}\n")).collect();
    assert_eq!(own(&all_marked), [""; 0]);
}

#[test]
fn the_writers_own_sentences_stay_his_though_they_begin_like_ours() {
    for full in [
        "Здравствуйте! По какому продукту компании можно получить скидку?",
        "Ваше обращение принято под № 7, а ответа нет.\nСпасибо за ответ",
        "По какому продукту компании возник вопрос?\nХостинг",
    ] {
        let text = split_knowing(full, &letters(), false).unwrap_or_default();
        assert!(text.segments.iter().all(|segment| segment.kind == SegmentKind::Own), "{full}: {text:?}");
    }
    assert_eq!(split_knowing("Не строится отчёт по А123ВС77", &letters(), false), None);
}

#[test]
fn a_letter_that_a_program_has_put_on_one_line_is_laid_out() {
    let joined =
        |with: &str| answered("хостинг", "Камаз 45, жму Выполнить", str::to_owned).replace('\n', with);
    let spaced = joined(" ").split_whitespace().collect::<Vec<_>>().join(" ");
    let wrapped = spaced.replacen(" на это письмо", "\nна это письмо", 1);
    let headed = format!("чт, 12 нояб. 2026 г. в 10:21, Поддержка <support@m2mail.ru>: {spaced}");
    for full in [joined(""), format!("> {spaced}"), spaced, wrapped, headed] {
        let found: Vec<String> = own(&full).iter().map(|line| line.replace("> ", "")).collect();
        assert_eq!(found, ["хостинг", "Камаз 45, жму Выполнить"], "{full}");
    }
}

#[test]
fn a_postscript_below_the_letter_is_the_writers() {
    for mark in ["", "> "] {
        let letter = answered("хостинг", "открываю", |line| format!("{mark}{line}"));
        let header = if mark.is_empty() { HEADER } else { "" };
        let full = format!("{header}{letter}{mark}\n{mark}P.S. Камаз 45\n");
        assert_eq!(own(&full), ["хостинг", "открываю", &format!("{mark}P.S. Камаз 45")], "{full}");
    }
}

#[test]
fn another_mail_in_the_quote_is_read_as_ever() {
    let full = format!(
        "Спасибо\n{HEADER}Иван, когда это началось?\n{HEADER}{}",
        answered("хостинг", "открываю", str::to_owned)
    );
    assert_eq!(own(&full), ["Спасибо"]);
}

#[test]
fn answers_in_words_that_our_letter_has_too_are_the_writers() {
    for answer in [
        "864495031234567",
        "01.05.2026 – 15.05.2026",
        "17:30",
        "есть в письме",
        "Скриншот есть",
        "элементы",
        "что вы открываете",
    ] {
        let full = format!("Добрый день!\n{HEADER}{}", answered("хостинг", answer, str::to_owned));
        assert_eq!(own(&full), ["Добрый день!", "хостинг", answer], "{full}");
    }
}

#[test]
fn questions_in_older_words_are_not_the_writers() {
    let older = |line: &str| {
        if line.contains("продукту") {
            "1. С каким продуктом вы работаете?".to_owned()
        } else {
            line.to_owned()
        }
    };
    let full = format!("Добрый день!\n{HEADER}{}", answered("хостинг", "открываю", older));
    assert_eq!(own(&full), ["Добрый день!", "хостинг", "открываю"]);
}

#[test]
fn a_signature_alone_makes_no_letter_of_ours() {
    let of_person = "Добрый день!\n1. Какой объект?\nгазель 17\n2. За какой период?\nза май\n\nОльга\nСлужба технической поддержки M2M\n";
    let text = format!("Спасибо за ответ, он ниже\n{HEADER}{of_person}По какому продукту компании не видно");
    assert!(own(&text).iter().any(|line| line == "газель 17"), "{:?}", own(&text));
}

#[test]
fn an_older_mail_within_the_marks_is_none_of_the_writers() {
    let marked: String =
        format!("Готово, проверьте.\n\nОльга\nСлужба технической поддержки M2M\n{HEADER}{LETTER}")
            .lines()
            .map(|line| format!("> {line}\n"))
            .collect();
    assert_eq!(own(&format!("Спасибо!\n\n12.11.2026 10:21, Поддержка пишет:\n{marked}")), ["Спасибо!"]);
}

#[test]
fn a_sentence_in_common_makes_no_letter_of_ours() {
    let of_person = "По какому продукту компании возник вопрос?\nПришлите также лог за 12 мая.\n\nОльга\n";
    let full = format!("Wialon, лог завтра\n{HEADER}{of_person}");
    assert_eq!(own(&full), ["Wialon, лог завтра"]);
}

#[test]
fn a_header_within_the_marks_belongs_to_the_letter() {
    let marked: String =
        format!("-----Original Message-----{HEADER}{}", answered("хостинг", "открываю", str::to_owned))
            .lines()
            .map(|line| format!("> {line}\n"))
            .collect();
    let own = own(&format!("Спасибо за оперативный ответ\n\n{marked}"));
    assert_eq!(own, ["Спасибо за оперативный ответ", "> хостинг", "> открываю"]);
}

#[test]
fn the_writers_own_line_above_a_letter_is_no_header() {
    for line in
        ["Не входит под petrov@alfa.test", "От датчика приходит: 0 В", "864495031234567", "Дата: 12 мая"]
    {
        assert_eq!(own(&format!("{line}\n\n{LETTER}")), [line]);
    }
}

#[test]
fn the_end_of_the_last_question_may_stand_on_a_line_of_its_own() {
    let full = answered("хостинг", "жму Выполнить", |line: &str| {
        line.replace("что нажимаете и что", "что нажимаете\nи что")
    });
    let (kept, _) = full.split_once("Если ответ").unwrap();
    assert_eq!(own(&format!("Готово\n{HEADER}{kept}")), ["Готово", "хостинг", "жму Выполнить"]);
}

#[test]
fn answers_below_the_whole_letter_are_found() {
    for above in ["", "Добрый день!\n", "Ответы внизу письма.\n"] {
        for gap in ["", "\n"] {
            let full = format!(
                "{above}{HEADER}{LETTER}\n{gap}1. ООО «Вектор», хостинг\n2. жму Выполнить, пусто\n\nСпасибо!\nИван\n+7 900 000-11-22"
            );
            let mut expected: Vec<&str> = above.lines().collect();
            expected.extend(["1. ООО «Вектор», хостинг", "2. жму Выполнить, пусто", "Спасибо!"]);
            assert_eq!(own(&full), expected, "{full}");
        }
    }
    let marked: String = format!("{LETTER}\n\nхостинг").lines().map(|line| format!("> {line}\n")).collect();
    assert_eq!(own(&format!("12.11.2026 10:21, Поддержка пишет:\n{marked}")), ["> хостинг"]);
}

#[test]
fn what_a_gateway_or_former_days_put_below_a_letter_is_not_the_writers() {
    for below in [
        "\nЭто письмо проверено на вирусы программой Kaspersky.",
        "\nВнимание: внешний отправитель!",
        "Телефон +7 900 000-22-33",
    ] {
        assert_eq!(own(&format!("{HEADER}{LETTER}\n{below}")), [""; 0], "{below}");
    }
    // Who has said something above the letter, or in it, has not typed below it.
    let below = "Сообщение пришло через шлюз компании.";
    let above = "Wialon Hosting, жму Выполнить, пусто";
    assert_eq!(own(&format!("{above}\n{HEADER}{LETTER}\n\n{below}")), [above]);
    let typed = answered("хостинг", "жму", str::to_owned);
    assert_eq!(own(&format!("{HEADER}{typed}\n\n{below}")), ["хостинг", "жму"]);
}

#[test]
fn answers_that_a_program_has_put_deeper_than_the_letter_are_found() {
    let marked = |line: &str| format!("> {line}");
    for answer in [">> хостинг", "> > хостинг", ">>> хостинг"] {
        let full = answered(answer, "> > жму", marked);
        assert_eq!(own(&format!("12.11.2026 10:21, Поддержка пишет:\n{full}")), [answer, "> > жму"]);
    }
}

#[test]
fn an_answer_that_has_the_number_of_its_question_may_end_with_a_question_mark() {
    let full = answered("1. хостинг, наверное?", "2) жму Выполнить, так понятно?", str::to_owned);
    assert_eq!(own(&format!("{HEADER}{full}")), ["1. хостинг, наверное?", "2) жму Выполнить, так понятно?"]);
    // Ours of former days.
    let full = answered("3. Какой у вас объект?", "жму", str::to_owned);
    assert_eq!(own(&format!("{HEADER}{full}")), ["жму"]);
}

#[test]
fn a_letter_with_unknown_quote_signs_brings_no_header_along() {
    for sign in ["| ", ": ", "│ ", "    "] {
        let quoted: String = LETTER.lines().map(|line| format!("{sign}{line}\n")).collect();
        let full = format!("Хостинг\n\n12.11.2026 10:21, Поддержка пишет:\n{quoted}");
        let own: Vec<String> =
            own(&full).into_iter().filter(|line| line.contains(char::is_alphabetic)).collect();
        assert_eq!(own, ["Хостинг"], "{full}");
    }
}

#[test]
fn lines_that_a_program_has_joined_are_ours() {
    let joined =
        LETTER.replace("инженерам.\n", "инженерам. ").replace("--\n", "-- ").replace("M2M\n", "M2M ");
    assert_eq!(joined.lines().count(), LETTER.lines().count() - 3);
    assert_eq!(own(&format!("хостинг\n\n{joined}")), ["хостинг"]);
    let answers = joined.replace("вопрос?", "вопрос?\nхостинг").replace("получается?", "получается? жму");
    assert_eq!(own(&format!("{HEADER}{answers}")), ["хостинг", "жму"]);
    assert_eq!(own(&answers), ["хостинг", "жму"]);
    // All line ends are lost, but for those around the answers.
    let (first, rest) = LETTER.split_once("вопрос?").unwrap();
    let (middle, last) = rest.split_once("получается?").unwrap();
    let one = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let full = format!("{} вопрос?\nхостинг\n{} получается?\nжму\n{}", one(first), one(middle), one(last));
    assert_eq!(own(&format!("{HEADER}{full}")), ["хостинг", "жму"], "{full}");
}

//! Elements that a client names wrongly first.

use super::super::{Answers, Kind, Stance, read};
use super::{RULES, mail, read_body};

const RU: &str = "В Wialon Hosting не обновляется объект 458. Открываю Мониторинг, выбираю объект, пусто.";
const EN: &str = "In Wialon Hosting unit 458 does not update. I open Monitoring, select the unit, nothing.";

/// What the elements of a conversation are called after its mails.
fn called(bodies: &[&str]) -> String {
    let mut answers = Answers::default();
    for (number, body) in bodies.iter().enumerate() {
        let subject = if number == 0 { "" } else { "Re: request" };
        answers.absorb(&read(&mail(subject, body), answers.before(&[], &RULES), &RULES));
    }
    answers.found.objects.value.unwrap_or_default()
}

#[track_caller]
fn corrects(first: &str, second: &str, expected: &str) {
    assert_eq!(called(&[first, second]), expected, "{second}");
}

#[test]
fn a_later_mail_names_the_right_element() {
    for body in [
        "не 458, а 548",
        "Ошибся, объект 548, а не 458.",
        "Опечатался, правильно 548",
        "Прошу прощения, неправильно написал номер. Верный 548.",
        "Это не 458, это 548",
        "548 (не 458)",
        "Вместо 458 читать 548",
        "Извините, написал 458 вместо 548",
        "Речь не об объекте 458, а об объекте 548",
    ] {
        corrects(RU, body, "объект 548");
    }
    for body in [
        "Sorry, the unit is 548, not 458",
        "It's not 458 but 548.",
        "Correction: unit 548 instead of 458",
        "My mistake, I meant 548",
        "Typo: not 458, it should be 548",
    ] {
        corrects(EN, body, "unit 548");
    }
    corrects(&RU.replace("объект 458", "машина А123ВС77"), "не А 123 ВС 77, а А132ВС77", "машина А132ВС77");
    corrects(&RU.replace("объект 458", "машина А123ВС77"), "не А123ВС77, а А132ВС77", "машина А132ВС77");
    corrects(&RU.replace("объект 458", "трактор 458"), "не трактор 458, а комбайн 548", "комбайн 548");
    corrects(
        "В Wialon отчёт «Поездки» пустой, жму Выполнить, пусто.",
        "отчёт не «Поездки», а «Моточасы»",
        "«Моточасы»",
    );
    corrects("В Wialon нет данных по машине Соболь 21", "Опечатка, «Соболь 25».", "«Соболь 25»");
}

#[test]
fn the_same_mail_names_the_right_element() {
    assert_eq!(called(&[&format!("{RU} Ошибся, объект 548, а не 458.")]), "объект 548");
    assert_eq!(called(&[&format!("{EN} Sorry, the unit is 548, not 458.")]), "unit 548");
    let both = "В Wialon Hosting объект не 458, а 548 не показывает скорость на карте. Открываю Мониторинг, нажимаю на объект, скорость 0.";
    assert_eq!(called(&[both]), "объект 548");
    assert_eq!(called(&[&RU.replace("458.", "458, а не 548.")]), "объект 458");
}

#[test]
fn what_is_seen_or_done_corrects_nothing() {
    for body in [
        "Нажимаю на объект 458, открывается не 458, а 548",
        "Отчёт строится по объекту 548, а не по 458",
        "Вместо 458 показывает 548",
        "Скорость не 45, а 54",
        "Не 458 км, а 548 км",
        "Объект 458 не на связи 548 минут",
        "И это не всё, а ещё график пустой",
        "Датчик перестал считать топливо, бак 500.",
        "Раньше правильно показывало 100.",
        "Порт правильный, 20332.",
        "Всё верно. Мой номер заявки 7712.",
        "Напряжение не 12, а 24",
        "Номер договора не 458, а 548",
        "Итого не 458, а 548 поездок",
    ] {
        let objects = called(&[RU, body]);
        assert!(objects.starts_with("объект 458"), "{body}: {objects}");
    }
    assert!(called(&[EN, "It shows 548 instead of 458"]).starts_with("unit 458"));
    assert!(called(&[EN, "Thanks! It now reads the correct number, 1200."]).starts_with("unit 458"));
    assert_eq!(called(&["Wialon, объект 12, напряжение не 12, а 24, датчик врёт"]), "объект 12");
}

#[test]
fn a_correction_takes_no_request_back() {
    let mut answers = Answers::default();
    answers.absorb(&read_body(EN));
    let body = "Please ignore 458, I meant 548";
    let request = read(&mail("Re: request", body), answers.before(&[], &RULES), &RULES);
    assert_eq!((request.stance, request.kind), (Stance::Request, Kind::Problem));
    answers.absorb(&request);
    assert_eq!(answers.found.objects.value.as_deref(), Some("unit 548"));
}

#[test]
fn a_slip_is_heard_in_its_own_sentence() {
    let first = "В Wialon пропала машина Р 880 СО 58.";
    let steps = "Захожу в Wialon, открываю мониторинг, выбираю машину, жму на поиск, жду минуту, трек не появляется, карта серая, и \
                 так каждый раз, перезагрузка страницы не помогает.";
    for said in [
        "Поправка: Р 808 СО 58.",
        "Опечатка, правильно Р 808 СО 58.",
        "не Р 880, а Р 808 СО 58.",
        "не Р 880 СО 58, а Р 808 СО 58.",
    ] {
        corrects(first, &format!("{said} {steps}"), "машина Р 808 СО 58");
        corrects(first, said, "машина Р 808 СО 58");
    }
    for body in [
        "Водитель перепутал кнопки на машине Р 808 СО 58 и она тоже пропала.",
        "Машина Р 808 СО 58 тоже пропала.",
    ] {
        assert!(called(&[first, &format!("{body} {steps}")]).contains("Р 880 СО 58"), "{body}");
    }
}

#[test]
fn english_says_in_many_ways_which_one_is_right() {
    let first = "Wialon does not show truck KX19 ABC since morning.";
    for body in [
        "Wialon. Sorry, wrong reg, it's KX19 ABD.",
        "Sorry, wrong registration. KX19 ABD",
        "Wialon. It should be KX19 ABD.",
        "The correct number is KX19 ABD.",
        "Sorry, it's actually KX19 ABD",
        "KX19 ABD instead of KX19 ABC",
    ] {
        let named = called(&[first, body]);
        assert!(named.contains("KX19 ABD") && !named.contains("KX19 ABC"), "{body}: {named}");
    }
    for body in [
        "Wialon. The mileage is 45, it should be 54.",
        "Wialon shows KX19 ABD instead of KX19 ABC on the map.",
        "KX19 ABD is gone, too.",
    ] {
        assert!(called(&[first, body]).contains("KX19 ABC"), "{body}");
    }
}

//! What looks like the name or number of an element and is none, and what looks like none and is one.

use super::super::cue::Cue;
use super::super::{Answers, Before, Evidence, Field, Request, State};
use super::{RULES, asked_after, later, mail, read, read_body};

fn sure(body: &str) -> Vec<String> {
    let request = read_body(body);
    let objects = &request.fields.objects;
    objects.evidence.iter().map(|found| format!("{}: {}", found.cue, found.text)).collect()
}

/// A first mail shows no element by `cue`.
#[track_caller]
fn none_by(cue: Cue, bodies: &[&str]) {
    for body in bodies {
        let found = read_body(body).fields.objects.evidence;
        assert!(!found.iter().any(|found| found.is_by(cue)), "{body}: {found:?}");
    }
}

/// A first mail shows this element.
#[track_caller]
fn names(pairs: &[(&str, &str)]) {
    for (body, name) in pairs {
        assert_eq!(read_body(body).fields.objects.value.as_deref(), Some(*name), "{body}");
    }
}

const ASKED: [Field; 4] = [Field::Product, Field::Description, Field::Objects, Field::Steps];

/// An answer to our four questions, the third of which is about the objects.
fn answer(objects: &str) -> Request {
    let body =
        format!("1. Хостинг\n2. график прерывается\n3. {objects}\n4. открываю график, жму выполнить, пусто");
    read(&mail("Re: ask", &body), later(&ASKED), &RULES)
}

#[test]
fn a_polite_or_telling_word_voids_no_answer() {
    for (objects, name) in [
        ("815, благодарю", "815"),
        ("Берёзка, спасибо большое", "Берёзка"),
        ("815 исчезла", "815"),
        ("815 не видно", "815"),
        ("815 (скриншот вышлю)", "815"),
        ("Берёзка, видео ниже", "Берёзка"),
        ("Добрый день, 815", "815"),
        ("815, thank you", "815"),
        ("Отчёт по простоям", "Отчёт по простоям"),
        ("815,816,817", "815,816,817"),
        ("48/15", "48/15"),
        ("2051", "2051"),
    ] {
        let request = answer(objects);
        let objects_found = &request.fields.objects;
        assert_ne!(objects_found.state, State::Missing, "{objects}");
        let found: Vec<&str> = objects_found.evidence.iter().map(|found| found.text.as_str()).collect();
        assert!(found.contains(&name), "{objects}: {found:?}");
    }
}

#[test]
fn what_tells_how_many_or_when_is_no_name() {
    let named = |found: &Evidence| found.is_by(Cue::Answer);
    for objects in [
        "сегодняшний день",
        "некоторые",
        "много машин",
        "различные объекты",
        "большинство",
        "весь парк",
        "см. сообщение",
        "какие объекты?",
        "скрин ниже",
        "ошибка 512 не пропадает",
        "several units",
    ] {
        let found = answer(objects).fields.objects.evidence;
        assert!(!found.iter().any(named), "{objects}: {found:?}");
    }
    let said = answer("connection_reset").fields.objects;
    assert_eq!(said.value, None, "{said:?}");
}

#[test]
fn a_sentence_goes_on_behind_a_plate() {
    names(&[
        ("В виалоне госномер 8123 не на связи", "госномер 8123"),
        ("В виалоне гос номер 8123 на треке отсутствует", "госномер 8123"),
        ("In Wialon plate 8123 to appear on the map is absent", "plate 8123"),
    ]);
    none_by(
        Cue::Plate,
        &["В виалоне госномер к 812 на треке нет", "In Wialon a 250 cc motorbike and a 120 Ah battery"],
    );
}

#[test]
fn codes_of_other_things_are_no_plates() {
    none_by(
        Cue::Plate,
        &[
            "В виалоне интервал ТО 20000 не сбрасывается",
            "В виалоне обращение SR 654321, график пустой",
            "Wialon, our PR 654321, the graph is blank",
            "Wialon bus shows error XY 654321 on the map",
            "В виалоне машина, полис ТТ 654321, график пустой",
            "В виалоне у погрузчика ДВС 2100 оборотов",
            "В виалоне на погрузчике АКБ 118 показывает",
            "In Wialon the bus shows ERR 2200, SOC 90 and VIN 2200",
            "В виалоне на погрузчике он 5582 показывает",
            "В виалоне скачок в 700 км 11-04",
        ],
    );
    names(&[
        ("В виалоне пропал прицеп АВ 123456", "прицеп АВ 123456"),
        ("В виалоне с карты пропал АВ123456", "АВ123456"),
        ("In Wialon truck PLÖ-AB 123 is offline", "PLÖ-AB 123"),
    ]);
}

#[test]
fn a_sentence_ends_behind_a_number() {
    names(&[
        ("В виалоне нет связи у 861230043907626.", "861230043907626"),
        ("В виалоне нет связи у 861230043907626, почему", "861230043907626"),
    ]);
    assert_eq!(sure("В виалоне молчат 861230043907626, 861230043907634").len(), 2);
    none_by(
        Cue::ImeiOrVin,
        &["По контракту № 861230043907626 нет доступа", "ОГРНИП 861230043907626, нет доступа"],
    );
}

#[test]
fn numbers_of_elements_are_no_times() {
    names(&[
        ("В виалоне по машинам 815,816,817 нет данных", "машины 815,816,817"),
        ("В виалоне по объекту 2051 нет данных", "объект 2051"),
        ("В виалоне автобус 1987 не виден", "автобус 1987"),
        ("В виалоне поле 14б не видно", "«поле 14б»"),
    ]);
    for (body, number) in
        [("В виалоне рейс 14/3 не виден", "рейс 14/3"), ("В виалоне заказ 2025/31 не виден", "заказ 2025/31")]
    {
        assert!(sure(body).iter().any(|found| found.contains(number)), "{body}");
    }
    none_by(
        Cue::NounWithName,
        &[
            "В виалоне у машины 140 километров лишних",
            "В виалоне трекер 9 спутников видит",
            "В виалоне машина 250л слила",
            "В виалоне машина 3 400 км лишних проехала",
            "В виалоне по машине 01/10/2024 нет данных",
            "В виалоне не видно 3 рейса",
            "В виалоне 32 маршрута не видны",
            "В виалоне 121 объект, график пустой",
            "В виалоне исчезли 103 трактора",
        ],
    );
    names(&[("В виалоне у 103 трактора нет связи", "«103 трактора»")]);
}

#[test]
fn an_identifier_is_told_beside_its_number() {
    none_by(
        Cue::ElementNumber,
        &[
            "In Wialon the list item vanished after 2025 release",
            "In Wialon a wrong id. 20 minutes later it is gone",
            "In Wialon the liquid gauge 55 is wrong",
        ],
    );
    for body in ["Wialon {\"itemId\": 7} returns nothing", "Wialon resourceId=3 returns nothing"] {
        let found = read_body(body).fields.objects.evidence;
        assert!(found.iter().any(|found| found.is_by(Cue::ElementNumber)), "{body}: {found:?}");
    }
}

#[test]
fn what_is_pressed_shown_or_of_others_is_no_name() {
    none_by(Cue::LatinName, &["Не пускает в личный кабинет hosting.wialon.com"]);
    none_by(
        Cue::NounWithName,
        &[
            "Не пускает в личный кабинет hosting.wialon.com",
            "В виалоне на аккаунт Telegram ничего не приходит",
            "В виалоне датчик LLS молчит",
            "In Wialon the February report is blank",
        ],
    );
    none_by(Cue::NameWithNumber, &["Виалон на Redmi 12 не грузится", "Wialon does not load on Galaxy 22"]);
    let button = read_body("Wialon. The \"Export\" command does nothing when I click it").fields.objects;
    assert!(button.state != State::Present && button.value.is_none(), "{button:?}");
    let ticket = read_body("График в виалоне пустой, подробности в TASK-5678").fields.objects;
    assert_eq!(ticket.value, None);
}

#[test]
fn a_number_within_another_is_another_element() {
    let mut answers = Answers::default();
    for body in ["В Wialon трекер 512345 не на связи", "В Wialon трекер 12345 не на связи"]
    {
        answers.absorb(&read(&mail("", body), Before::default(), &RULES));
    }
    assert_eq!(answers.found.objects.value.as_deref(), Some("трекер 512345, трекер 12345"));
    let mut answers = Answers::default();
    for body in ["In Wialon truck 31 is offline", "In Wialon trucks 31 and 87 are offline"] {
        answers.absorb(&read(&mail("", body), Before::default(), &RULES));
    }
    assert_eq!(answers.found.objects.value.as_deref(), Some("trucks 31 and 87"));
}

#[test]
fn a_sentence_that_begins_with_a_noun_and_a_number_is_no_answer_by_number() {
    let asked = asked_after(&["Не работает", "Вопрос 2 месяца висит, по машине А123ВС77 ничего нет"]);
    assert_eq!(asked, [Field::Product, Field::Description, Field::Steps]);
}

#[test]
fn an_encoding_is_no_code_of_an_element() {
    none_by(
        Cue::Code,
        &[
            "В Wialon уведомление приходит в UTF-16, вместо букв кракозябры",
            "Wialon: the report comes out in KOI8-R or CP-1251, I cannot read it",
        ],
    );
}

#[test]
fn a_number_in_front_of_a_noun_of_machines_is_one() {
    names(&[
        ("На 458 объекте нет данных в Wialon", "«458 объекте»"),
        ("По 458 машине в Wialon не строится трек", "«458 машине»"),
    ]);
}

#[test]
fn a_coordinate_is_no_element() {
    let body = "Координаты 55,7558 и 37,6173 показывает в море, Wialon.";
    assert_eq!(read_body(body).fields.objects.value, None);
}

use super::*;
use encoding_rs::{IBM866, ISO_8859_5, KOI8_R, WINDOWS_1251};

const TEXT: &str = "Добрый день! В отчёте по объекту КамАЗ 6520 нет пробега, датчик показывает ноль.";

fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
    let (bytes, _, failed) = encoding.encode(text);
    assert!(!failed, "{text} has no form in {}", encoding.name());
    bytes.into_owned()
}

#[test]
fn labels_are_read_in_the_spellings_that_mailers_use() {
    for (label, name) in [
        ("CP-1251", "windows-1251"),
        ("win-1251", "windows-1251"),
        ("cp1251", "windows-1251"),
        ("Windows1251", "windows-1251"),
        ("x-cp1251", "windows-1251"),
        ("koi8r", "KOI8-R"),
        ("KOI8-R", "KOI8-R"),
        ("koi8u", "KOI8-U"),
        ("cp-866", "IBM866"),
        ("ibm-866", "IBM866"),
        ("866", "IBM866"),
        ("ISO_8859-5", "ISO-8859-5"),
        ("iso8859_5", "ISO-8859-5"),
        ("utf8", "UTF-8"),
        ("UTF_8", "UTF-8"),
        ("utf-8mb4", "UTF-8"),
        ("iso-8859-1", "windows-1252"),
    ] {
        assert_eq!(encoding(label).map(Encoding::name), Some(name), "{label}");
    }
    for label in ["us-ascii", "x-unknown", "unknown-8bit", "klingon", ""] {
        assert_eq!(encoding(label), None, "{label}");
    }
}

#[test]
fn what_is_declared_rightly_is_read_without_a_word() {
    for encoding in [WINDOWS_1251, KOI8_R, ISO_8859_5, IBM866, UTF_8] {
        let decoded = decode(&encoded(TEXT, encoding), Some(encoding.name()));
        assert_eq!(decoded, Decoded { text: TEXT.to_owned(), problem: None }, "{}", encoding.name());
    }
}

#[test]
fn every_cyrillic_charset_is_recognised_undeclared_and_under_wrong_labels() {
    for text in [
        TEXT,
        "Привет",
        "СРОЧНО",
        "Ошибка в отчете",
        "НЕ РАБОТАЕТ ВИАЛОН",
        "Не строится отчет",
        "не приходят данные с трекера",
        "Re: вопрос",
        "Заявка №5 от ООО «Ромашка»",
        "ПОМОГИТЕ!!! СРОЧНО",
        "Логин",
        "Wialon: объект не виден",
        "Добрый день, Иван",
    ] {
        for encoding in [WINDOWS_1251, KOI8_R, ISO_8859_5, IBM866] {
            let (bytes, _, failed) = encoding.encode(text);
            if failed {
                continue;
            }
            for label in [None, Some("us-ascii"), Some("utf-8"), Some("x-unknown"), Some("iso-8859-1")] {
                let decoded = decode(&bytes, label);
                assert_eq!(decoded.text, text, "{} as {label:?}", encoding.name());
            }
        }
    }
}

#[test]
fn utf8_under_another_label_is_utf8() {
    for label in ["windows-1251", "koi8-r", "iso-8859-1", "cp866", "us-ascii"] {
        assert_eq!(decode(TEXT.as_bytes(), Some(label)).text, TEXT, "{label}");
    }
    let decoded = decode(TEXT.as_bytes(), Some("win-1251"));
    assert_eq!(decoded.problem.as_deref(), Some("declared as windows-1251, read as UTF-8"));
}

#[test]
fn one_cyrillic_charset_under_the_label_of_another_is_recognised() {
    let decoded = decode(&encoded(TEXT, WINDOWS_1251), Some("koi8-r"));
    assert_eq!(decoded.text, TEXT);
    assert_eq!(decode(&encoded(TEXT, KOI8_R), Some("windows-1251")).text, TEXT);
}

#[test]
fn a_right_label_is_never_overruled() {
    for text in [
        "ПОЧЕМУ ОБЪЕКТЫ НЕ ВИДНЫ НА КАРТЕ",
        "СРОЧНО ПОМОГИТЕ ПОЖАЛУЙСТА",
        "Список машин: ГАЗ, КАМАЗ, УРАЛ, МАЗ",
        "ГРЗ Х418ТУ, МВК, ДПС, ЖКХ, ЭБУ",
        "Ваза ъгъл щастие днес няма връзка",
    ] {
        for encoding in [WINDOWS_1251, KOI8_R, ISO_8859_5, IBM866] {
            let decoded = decode(&encoded(text, encoding), Some(encoding.name()));
            assert_eq!(decoded.text, text, "{}", encoding.name());
        }
    }
}

#[test]
fn other_scripts_keep_their_declared_charset() {
    for (text, label) in [
        ("Der Bericht für Köln lässt sich nicht öffnen, größere Geräte fehlen", "iso-8859-1"),
        ("Le rapport a été généré à 8 h, mais le véhicule n'apparaît pas", "windows-1252"),
        ("Zażółć gęślą jaźń", "iso-8859-2"),
        ("Το όχημα δεν εμφανίζεται στον χάρτη", "windows-1253"),
        ("Звіт не формується, об'єкт не знайдено ї є", "windows-1251"),
        ("Справаздача не фармуецца, аб'ект не знойдзены ў", "windows-1251"),
        ("レポートが表示されません", "shift_jis"),
        ("レポートが表示されません", "iso-2022-jp"),
        ("报告没有显示车辆", "gbk"),
    ] {
        let bytes = encoded(text, encoding(label).unwrap());
        assert_eq!(decode(&bytes, Some(label)), Decoded { text: text.to_owned(), problem: None }, "{label}");
    }
}

#[test]
fn western_text_without_a_label_is_not_taken_for_russian() {
    for text in ["Café crème à la carte", "Geräte größer für Köln", "El vehículo no envía datos desde mañana"]
    {
        assert_eq!(decode(&encoded(text, WINDOWS_1252), None).text, text);
    }
}

#[test]
fn damaged_utf8_stays_utf8() {
    let mut bytes = TEXT.as_bytes().to_vec();
    bytes.truncate(bytes.len() - 2);
    bytes.push(0xd0);
    let decoded = decode(&bytes, Some("utf-8"));
    assert!(decoded.text.starts_with("Добрый день!"), "{}", decoded.text);
    assert_eq!(decoded.problem, None);
}

#[test]
fn utf7_and_utf16_are_read() {
    assert_eq!(decode(b"+BB8EQAQ4BDIENQRC-", Some("utf-7")).text, "Привет");
    assert_eq!(decode(b"\xff\xfe\x1f\x04", Some("utf-16")).text, "П");
    assert_eq!(decode(b"\xef\xbb\xbfabc", None).text, "abc");
}

//! What of a client's words stands in a letter, and what it says of the others.

use super::super::said::shown;
use super::*;

fn text(said: Vec<Said>, earlier: usize) -> String {
    let whose = words::whose(Language::Russian, false);
    shown(Language::Russian, &whose, TicketId(17), &Unanswered { said, earlier })
}

fn lines(name: &str, count: usize) -> Said {
    of_client(&(1..=count).map(|line| format!("{name} {line}\n")).collect::<String>())
}

#[test]
fn the_latest_words_stand_below_however_long_a_log() {
    let shown = text(vec![lines("журнал", 230), of_client("СРОЧНО: встала вся смена.\n")], 0);
    assert!(
        shown.contains("журнал 200\n… (дальше на сервере: askback ticket 17)\n\nСРОЧНО: встала вся смена.\n"),
        "{shown}"
    );
    assert!(!shown.contains("журнал 201"));
    let long = of_client(&"слово ".repeat(5_000));
    let shown = text(vec![long, lines("лог", 150)], 0);
    assert!(shown.ends_with("лог 150\n") && shown.contains("дальше на сервере"), "{shown}");
}

#[test]
fn what_is_not_shown_is_counted() {
    assert!(!text(vec![of_client("Да."), of_client("Нет.")], 0).contains('…'));
    let shown = text(vec![of_client("Да."), of_client("Нет.")], 3);
    assert!(
        shown.starts_with(
            "\n… и до этого ещё 3 сообщения (на сервере: askback ticket 17)\n\nКлиент пишет:\n\nДа.\n\nНет.\n"
        ),
        "{shown}"
    );
    // The latest is whole; of those before it there is room for some.
    let many = (1..=6).map(|number| lines(&format!("письмо {number} строка"), 150)).collect();
    let shown = text(many, 2);
    assert!(shown.starts_with("\n… и до этого ещё 5 сообщений (на сервере: askback ticket 17)\n"), "{shown}");
    assert!(shown.contains("письмо 4 строка 1\n") && shown.ends_with("письмо 6 строка 150\n"), "{shown}");
    assert!(!shown.contains("письмо 3"), "{shown}");
    let english = words::whose(Language::English, false);
    let one = shown_in_english(&english);
    assert!(one.contains("… and 1 more message before (on the server: askback ticket 17)"), "{one}");
}

fn shown_in_english(whose: &words::Whose) -> String {
    shown(Language::English, whose, TicketId(17), &Unanswered { said: vec![of_client("Yes.")], earlier: 1 })
}

#[test]
fn a_message_without_words_is_one_all_the_same() {
    let shown = text(vec![of_client("Не строится отчёт.\n"), of_client("\n")], 0);
    assert!(shown.ends_with("Не строится отчёт.\n\n(без текста)\n"), "{shown}");
}

use super::super::{Field, Kind, Request, Stance, State};
use super::{RULES, later, mail, read};

const ASKED: [Field; 4] = [Field::Product, Field::Description, Field::Objects, Field::Steps];

fn answer(body: &str) -> Request {
    let before = later(&ASKED);
    read(&mail("Re: ask", body), before, &RULES)
}

#[test]
fn who_names_an_element_may_say_what_becomes_of_the_rest() {
    for (body, stance) in [
        ("Р 880 СО 58. Остальное уточню завтра", Stance::Promise),
        ("Р 880 СО 58. Шаги пришлю позже", Stance::Promise),
        ("Unit KX19 ABC. I'll send the steps tomorrow", Stance::Promise),
        ("Р 880 СО 58. Подробности в первом сообщении", Stance::AlreadySaid),
        ("Р 880 СО 58, см. первое письмо", Stance::AlreadySaid),
        ("Р 880 СО 58. Всё остальное описано выше.", Stance::AlreadySaid),
        ("Unit KX19 ABC. Details are above.", Stance::AlreadySaid),
        ("Р 880 СО 58, жду звонка", Stance::Refusal),
        ("Р 880 СО 58. Ждем вашего звонка", Stance::Refusal),
        ("Unit KX19 ABC. Waiting for your call", Stance::Refusal),
    ] {
        let request = answer(body);
        assert_eq!((request.stance, request.kind != Kind::None), (stance, true), "{body}");
    }
    for body in [
        "Р 880 СО 58. Остальные машины на связи",
        "Р 880 СО 58. Когда пришлёте ответ?",
        "Wialon, Р 880 СО 58. Жду трек, он не строится",
        "Р 880 СО 58, на скриншоте видно",
        "Р 880 СО 58. Стоит вся работа, сообщу руководству обо всех простоях.",
        "Р 880 СО 58. Завтра напишу претензию.",
        "Р 880 СО 58. Если нужно, скриншоты всех отчётов пришлю.",
    ] {
        assert_eq!(answer(body).stance, Stance::Request, "{body}");
    }
}

#[test]
fn who_has_no_more_to_tell_is_not_asked_again() {
    let declines = |body: &str| {
        let request = answer(body);
        let missing = ASKED.into_iter().filter(|field| request.fields.get(*field).state == State::Missing);
        request.kind != Kind::None && missing.into_iter().all(|field| *request.declined.get(field))
    };
    for body in [
        "Р 880 СО 58. Больше информации нет",
        "Р 880 СО 58. Это всё, что знаю.",
        "Р 880 СО 58. Добавить нечего",
        "KX19 ABC. That's all I know.",
        "KX19 ABC, nothing to add",
    ] {
        assert!(declines(body), "{body}");
    }
    for body in ["Р 880 СО 58. Это всё, что есть в отчёте", "KX19 ABC. Can I add anything?"]
    {
        assert!(!declines(body), "{body}");
    }
}

#[test]
fn english_says_that_there_are_no_steps() {
    let asked = [Field::Product, Field::Steps];
    let before = later(&asked);
    let hears = |body: &str| {
        let request = read(&mail("Re: ask", body), before, &RULES);
        request.fields.steps.state != State::Missing || request.declined.steps
    };
    for body in [
        "Wialon. Nothing was pressed.",
        "Wialon. No steps.",
        "Wialon. Nothing to press.",
        "Wialon. We have not done anything.",
        "Wialon. No action from our side.",
        "Wialon. It happens automatically.",
        "Wialon. It is not possible to reproduce.",
        "Wialon. It just stopped.",
        "Wialon. I did not press anything, it just stopped.",
        "Wialon. There is nothing to reproduce, nobody touched it.",
    ] {
        assert!(hears(body), "{body}");
    }
    for body in ["Wialon", "Wialon. It is urgent.", "Wialon. Our manager is not happy."] {
        assert!(!hears(body), "{body}");
    }
}

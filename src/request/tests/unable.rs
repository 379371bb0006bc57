use super::super::{Before, Field, Kind, State};
use super::{AGAINST, mail, read};

fn description(body: &str) -> State {
    read(&mail("", body), Before::default(), &AGAINST).fields.description.state
}

#[test]
fn what_cannot_be_done_with_a_thing_is_described() {
    for body in [
        "Не могу зайти в Wialon, логин petrov",
        "Не могу найти объект А001АА 58. Виалон",
        "Невозможно открыть карту. Wialon",
        "Не получается войти в Wialon",
        "Никак не могу построить отчет по А123ВС77",
        "I can't see KX19 ABC in Wialon",
        "We can no longer see KX19 ABC in Wialon",
        "Unable to log in to Wialon",
        "There is no KX19 ABC in Wialon",
        "KX19 ABC is not in Wialon",
        "А001АА 58 нет в Wialon",
    ] {
        assert_ne!(description(body), State::Missing, "{body}");
    }
    for body in [
        "Не могу понять, что с Wialon",
        "Не могу до вас дозвониться. Wialon",
        "Не могу войти",
        "I can't log in",
        "I cannot get an answer from anybody. Wialon",
        "Wialon. Не могу прислать скрин",
    ] {
        assert_eq!(description(body), State::Missing, "{body}");
    }
}

#[test]
fn a_program_that_cannot_be_used_is_described() {
    for body in [
        "The Wialon app is closing itself.",
        "The Wialon app crashes on start",
        "Wialon app cannot open",
        "Wialon app freezes",
        "The app shuts itself down. Wialon",
        "my app cannot open. it is telling me session expired",
        "Приложение Wialon само закрывается",
    ] {
        assert_ne!(description(body), State::Missing, "{body}");
    }
    for body in ["It crashes", "Wialon. Please help", "The app. Wialon"] {
        assert_eq!(description(body), State::Missing, "{body}");
    }
}

#[test]
fn what_is_not_in_a_product_does_not_rule_it_out() {
    let named = |body: &str| {
        read(&mail("", body), Before::default(), &AGAINST).fields.product.state == State::Present
    };
    for body in [
        "Unit not in Wialon: KX19 ABC",
        "My truck isn't on Wialon",
        "Geofence Yard 2 is not in Wialon Hosting after import",
        "Машины А123ВС77 нет в Wialon",
    ] {
        assert!(named(body), "{body}");
    }
    for body in [
        "The problem is not in Wialon",
        "Проблема не в Wialon",
        "Отчет не в Wialon, а в другой программе",
        "This is not about Wialon",
    ] {
        assert!(!named(body), "{body}");
    }
}

#[test]
fn english_tells_steps_of_what_was_seen() {
    let steps = |subject: &str, body: &str, asked: &[Field]| {
        let kind = (!asked.is_empty()).then_some(Kind::Problem);
        read(&mail(subject, body), Before { asked, kind, all_told: false }, &AGAINST).fields.steps.state
    };
    for body in [
        "I checked Messages for DY-08: temp1 is not there. Wialon",
        "Wialon. I looked at Messages for DY-08 and temp1 is not there",
        "Wialon. We exported the report and dates are in US format",
        "Wialon. I opened Messages for DY-08 and the parameter temp1 is not there",
    ] {
        assert_ne!(steps("", body, &[]), State::Missing, "{body}");
    }
    let asked = [Field::Product, Field::Steps];
    assert_ne!(steps("Re: ask", "Wialon. I just run the report.", &asked), State::Missing);
    for body in [
        "Wialon. I checked the fuse, and it is not broken",
        "I checked Wialon and KX19 ABC is not moving",
        "Wialon. Have you checked the report? It is not there",
    ] {
        assert_eq!(steps("", body, &[]), State::Missing, "{body}");
    }
    assert_eq!(steps("", "Wialon. KX19 ABC is offline", &[]), State::Missing);
}

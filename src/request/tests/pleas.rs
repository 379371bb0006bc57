use super::super::{Before, Field, Request, Rules, State};
use super::{AGAINST, RULES, mail, read};

/// Malfunctions that the rules see, with what they befall.
const FAULTS: &[&str] = &[
    "Машина А123ВС77 пропала с карты Wialon",
    "А123ВС77 пропала из Wialon",
    "В Wialon не строится отчет по поездкам А123ВС77",
    "Трек А123ВС77 в Wialon обрывается на мосту",
    "Не приходят уведомления о превышении скорости А123ВС77, Wialon",
    "Unit KX19 ABC disappeared from the map in Wialon",
    "Fuel level of KX19 ABC jumps in the Wialon report",
    "Video of KX19 ABC doesn't load in Wialon",
];

/// What is polite beside them.
const PLEAS: &[&str] = &[
    "помогите",
    "помогите пожалуйста",
    "прошу помощи",
    "выручайте",
    "посмотрите, пожалуйста",
    "Please help",
    "Please check",
    "Could you please check and advise?",
    "Can you look into it?",
    "Kindly do the needful",
];

fn with(body: &str, plea: &str, way: usize) -> String {
    match way {
        0 => format!("{body}, {plea}"),
        1 => format!("{body}. {plea}."),
        2 => format!("{plea}. {body}."),
        _ => format!("{body}\n\n{plea}\n"),
    }
}

fn first(body: &str, rules: &Rules) -> Request {
    read(&mail("", body), Before::default(), rules)
}

#[test]
fn a_plea_takes_no_field_away() {
    for body in FAULTS {
        let plain = first(body, &RULES).fields;
        for (plea, way) in PLEAS.iter().flat_map(|plea| (0..4).map(move |way| (plea, way))) {
            let begged = with(body, plea, way);
            let fields = first(&begged, &RULES).fields;
            for field in [Field::Description, Field::Objects] {
                let lost =
                    plain.get(field).state != State::Missing && fields.get(field).state == State::Missing;
                assert!(!lost, "{begged}: {field:?}");
            }
        }
    }
}

#[test]
fn a_plea_alone_tells_nothing() {
    for body in
        ["Wialon. Помогите пожалуйста.", "Wialon не работает, выручайте", "Please check Wialon. Please help."]
    {
        assert_eq!(first(body, &AGAINST).fields.description.state, State::Missing, "{body}");
    }
}

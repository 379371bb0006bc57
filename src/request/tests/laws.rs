use super::super::{Before, Field, Kind, Place, State};
use super::{RULES, mail, read};
use crate::mail::{Segment, SegmentKind};
use proptest::prelude::*;
use std::time::{Duration, Instant};
use strum::VariantArray as _;

/// Reads any text as a body and checks what must hold of any reading.
fn laws(subject: &str, body: &str, asked: &[Field]) {
    let mut mail = mail("", "");
    mail.subject = subject.to_owned();
    mail.text.full = body.to_owned();
    mail.text.segments = vec![Segment { kind: SegmentKind::Own, range: 0..body.len() }];
    let before = Before { asked, kind: (!asked.is_empty()).then_some(Kind::Problem), all_told: false };
    let request = read(&mail, before, &RULES);
    for (field, finding) in request.fields.iter() {
        assert!(finding.state != State::Missing || finding.evidence.is_empty(), "{field:?}");
        // Objects that only the words around them betray have no name to show.
        let named = finding.value.is_some() || field == Field::Objects && !finding.evidence.is_empty();
        assert!(finding.state != State::Present || named, "{field:?}: {finding:?}");
        for found in &finding.evidence {
            let text = match found.place {
                Place::Subject => subject,
                Place::Body => body,
                Place::Attachment => panic!("there is none"),
            };
            assert_eq!(text.get(found.span.clone()), Some(found.text.as_str()), "{field:?}");
            assert!(!found.text.is_empty(), "{field:?}");
        }
    }
    assert_eq!(read(&mail, before, &RULES), request, "the same mail reads the same");
}

#[test]
fn a_mark_alone_is_no_evidence() {
    laws("", "?", &[Field::Description, Field::Steps]);
    laws("?", "\n", &[]);
}

const PIECES: &[&str] = &[
    "Wialon",
    "виалон",
    "hosting",
    "«",
    "»",
    "\"",
    "'",
    "1. ",
    "2) ",
    "> ",
    "\n",
    "\n\n",
    ". ",
    ", ",
    " – ",
    " -> ",
    ": ",
    "?",
    "!",
    "открываю",
    "нажал",
    "жму Выполнить",
    "не ",
    "показывает",
    "А123ВС77",
    "а 1 2 3",
    "864275041234561",
    "itemId",
    "объект",
    "отчёт",
    "unit",
    "click",
    "please",
    "не могу",
    "ё",
    "и\u{306}",
    "\u{200b}",
    "\u{a0}",
    "🚚",
    "https://hosting.wialon.com/?a=",
    "x@y.z",
    "Продукт: ",
    "Шаги:",
    "нет",
    "спасибо",
    "—",
    "№ 5",
    "ZDRAVSTVUYTE ne pokazyvaet",
    "\t",
    "'s",
    "a.b.c",
    "12.05.2024 10:15",
    "%",
    "(",
    ")",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_text_is_read(subject in "\\PC{0,60}", body in any::<String>()) {
        laws(&subject, &body, &[]);
    }

    #[test]
    fn any_mixture_of_the_fields_words_is_read(
        pieces in prop::collection::vec((prop::sample::select(PIECES), any::<bool>()), 0..80),
        asked in prop::sample::subsequence(Field::VARIANTS, 0..=5),
    ) {
        let body: String = pieces.iter().map(|(piece, spaced)| format!("{piece}{}", if *spaced { " " } else { "" })).collect();
        laws(&body, &body, &asked);
    }
}

fn time(body: &str) -> Duration {
    let mut mail = mail("", "");
    mail.text.full = body.to_owned();
    mail.text.segments = vec![Segment { kind: SegmentKind::Own, range: 0..body.len() }];
    let start = Instant::now();
    let _ = read(
        &mail,
        Before { asked: &[Field::Product, Field::Objects, Field::Steps], ..Before::default() },
        &RULES,
    );
    start.elapsed()
}

#[test]
fn no_text_makes_reading_slow() {
    // Sixteen times the text takes about sixteen times as long; a square would take 256 times. A busy machine can
    // only make a reading look slower, so one good measurement out of several is proof.
    let more =
        ["нажмите «", "a-", "1. открываю ", "объект № ", "не ", "Продукт: x\n", "> продукт?\nx\n", "\" ' « "];
    for piece in PIECES.iter().chain(&more) {
        let (short, long) = (piece.repeat(2_000 / piece.len()), piece.repeat(32_000 / piece.len()));
        let linear = (0..8).any(|_| time(&long) < time(&short) * 64);
        assert!(linear, "{piece:?}: {:?} grows to {:?}", time(&short), time(&long));
    }
}

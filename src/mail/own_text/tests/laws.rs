//! What holds for any text.

use super::super::split;
use crate::mail::{SegmentKind, Text};
use proptest::prelude::*;

/// Lines of the kinds that the rules look for, and lines that are nobody's.
fn line() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "",
        " ",
        ">",
        "> ",
        "> Какой объект?",
        ">> глубже",
        "--",
        "-- ",
        "—",
        "---",
        "________",
        "С уважением,",
        "Best regards, John",
        "Илья",
        "P.S. ещё",
        "От: Иван <a@b.test>",
        "Отправлено: 4 марта 2024 г. 10:15",
        "Кому: c@d.test",
        "Тема: RE: x",
        "From: support@a.test",
        "Sent: Monday",
        "-----Original Message-----",
        "---------- Forwarded message ---------",
        "> Begin forwarded message:",
        "-------- Конец пересылаемого сообщения --------",
        "04.03.2024, 10:15, \"Имя\" <a@b.test>:",
        "On Mon, Mar 4, 2024 at 10:15 AM Name <",
        "a@b.test> wrote:",
        "Отправлено с iPhone",
        "1. Какой объект?",
        "1) Шаги? открываю",
        "[EXTERNAL]",
        "This e-mail is confidential, for the recipient.",
        "ИВ> цитата",
        "Вы писали:",
        "ответил ниже",
        "\u{feff}>\u{a0}x",
    ]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => "\\PC{0,30}", 1 => "[а-яА-Я ,.:>0-9-]{0,40}"]
}

fn text() -> impl Strategy<Value = String> {
    (prop::collection::vec((line(), prop::sample::select(vec!["\n", "\r\n", "\n\n", ""])), 0..40))
        .prop_map(|lines| lines.into_iter().map(|(line, end)| line + end).collect())
}

proptest! {
    #[test]
    fn segments_cover_the_text_in_whole_lines(full in text()) {
        let segments = split(&full);
        let mut end = 0;
        for segment in &segments {
            prop_assert_eq!(segment.range.start, end);
            prop_assert!(segment.range.end > segment.range.start);
            prop_assert!(full.is_char_boundary(segment.range.end));
            prop_assert!(segment.range.start == 0 || full.as_bytes()[segment.range.start - 1] == b'\n');
            end = segment.range.end;
        }
        prop_assert_eq!(end, full.len());
        prop_assert!(segments.windows(2).all(|pair| pair[0].kind != pair[1].kind));
    }

    #[test]
    fn any_characters_are_fine(full in "(?s).{0,300}") {
        prop_assert_eq!(split(&full).iter().map(|segment| segment.range.len()).sum::<usize>(), full.len());
    }

    #[test]
    fn line_ends_change_nothing(full in text()) {
        let unix = full.replace("\r\n", "\n");
        let kinds = |text: &str| split(text).iter().map(|segment| segment.kind).collect::<Vec<_>>();
        prop_assert_eq!(kinds(&unix), kinds(&unix.replace('\n', "\r\n")));
    }

    // A short word at the beginning of a line may be a farewell, as in "br, Al".
    #[test]
    fn plain_words_are_all_own(full in "([а-яa-z]{6,9}[ ,]?( [а-яa-z]{2,9}){0,9}\\.?\n){0,12}") {
        prop_assume!(!full.contains("--"));
        let own = Text { segments: split(&full), full: full.clone() }.own();
        prop_assert_eq!(&own, &full);
        prop_assert_eq!(split(&own), split(&full));
    }
}

#[test]
fn nothing_has_no_segments() {
    assert_eq!(split(""), Vec::new());
    assert_eq!(split("\n\n").len(), 1);
    assert_eq!(split(" ")[0].kind, SegmentKind::Own);
}

#[test]
fn many_lines_and_long_lines_end() {
    for unit in [
        "\n",
        ">\n",
        ">",
        "От: a\n",
        "--\n",
        "1. a?\n",
        "04.03.2024 10:15\n",
        "С уважением,\n",
        "a ",
        "Илья\n",
        "> Begin forwarded message:\nx\n",
    ] {
        let full = unit.repeat(200_000 / unit.len());
        assert_eq!(split(&full).last().map(|segment| segment.range.end), Some(full.len()), "{unit:?}");
    }
}

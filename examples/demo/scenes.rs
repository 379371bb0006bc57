//! Who writes what in the demo, and which letter the regulation wants for it.

use askback::request::Field;
use std::fmt;

/// One client.
pub(crate) struct Scene {
    /// The address that writes.
    pub(crate) client: &'static str,
    /// What he sends, for the spectator.
    pub(crate) told: &'static str,
    /// `fixtures/demo/NAME.eml`.
    pub(crate) fixture: &'static str,
    /// The letter that he gets.
    pub(crate) expect: Expect,
    /// He answers under the questions of that letter, and then gets one that accepts.
    pub(crate) answers: Option<Answers>,
    /// His mail server sends the letter back.
    pub(crate) bounces: bool,
}

/// What to type under a question that asks for these fields; nothing where there is nothing to say.
pub(crate) type Answers = fn(&[Field]) -> Option<String>;

/// What a letter has to be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expect {
    /// It asks for exactly these, in the regulation's order.
    Asked(&'static [Field]),
    /// It confirms and asks for nothing.
    Accepted,
    /// There must not be one.
    Nothing,
}

impl Expect {
    /// The fields that it asks for.
    pub(crate) fn fields(&self) -> &'static [Field] {
        match self {
            Self::Asked(fields) => fields,
            Self::Accepted | Self::Nothing => &[],
        }
    }
}

impl fmt::Display for Expect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked(fields) => {
                let names: Vec<&str> = fields.iter().map(Into::into).collect();
                write!(f, "asked for {}", names.join(" and "))
            }
            Self::Accepted => f.write_str("accepted, nothing asked"),
            Self::Nothing => f.write_str("no letter"),
        }
    }
}

const fn scene(client: &'static str, fixture: &'static str, told: &'static str, expect: Expect) -> Scene {
    Scene { client, told, fixture, expect, answers: None, bounces: false }
}

/// The cast.
pub(crate) const SCENES: &[Scene] = &[
    scene("o.zimina@alfa-trans.test", "complete", "a complete request with a screenshot", Expect::Accepted),
    Scene {
        answers: Some(answer),
        ..scene(
            "p.gromov@beta-agro.test",
            "incomplete",
            "product and description, nothing else",
            Expect::Asked(&[Field::Objects, Field::Steps]),
        )
    },
    Scene {
        bounces: true,
        ..scene(
            "s.lukin@gamma-log.test",
            "koi8-r",
            "«ничего не работает», in koi8-r",
            Expect::Asked(&[Field::Product, Field::Description, Field::Objects, Field::Steps]),
        )
    },
    scene(
        "i.belova@delta-bus.test",
        "windows-1251",
        "a question how to do it, in windows-1251",
        Expect::Accepted,
    ),
    scene(
        "j.carter@epsilon-haulage.test",
        "html",
        "an English HTML mail without the product",
        Expect::Asked(&[Field::Product]),
    ),
    scene("a.orlova@zeta-trans.test", "out-of-office", "an out-of-office reply", Expect::Nothing),
    scene("news@eta-media.test", "newsletter", "a newsletter", Expect::Nothing),
    scene(
        "t.akhmetov@theta-taxi.test",
        "quotes",
        "a reply above an old quoted letter, with a log",
        Expect::Accepted,
    ),
];

/// What `incomplete.eml`'s writer has to say to a question.
fn answer(asked: &[Field]) -> Option<String> {
    match asked {
        [Field::Objects] => Some("Комбайн Acros 585, госномер 3344 УК 61".to_owned()),
        [Field::Steps] => Some(
            "Открываю «Отчёты», выбираю шаблон «Топливо за смену» и этот комбайн, нажимаю «Выполнить» — \
             в строке «Итого» выходит 180 л."
                .to_owned(),
        ),
        [Field::Product | Field::Description | Field::Attachments] | [] | [_, _, ..] => None,
    }
}

/// The fields that the numbered questions of a letter ask for, told by the regulation's own words for them.
pub(crate) fn fields_asked(text: &str) -> Vec<Field> {
    // «описание действий» is a question for steps, so description is looked for last.
    const WORDS: [(Field, &[&str]); 4] = [
        (Field::Product, &["продукт", "product"]),
        (Field::Steps, &["действи", "actions", "steps"]),
        (Field::Objects, &["элемент", "объект", "element", "object"]),
        (Field::Description, &["описание", "описать", "опишите", "description", "describe"]),
    ];
    let number = |line: &str| {
        let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
        digits.len() < line.len() && digits.starts_with(['.', ')'])
    };
    let field = |line: &str| {
        let line = line.to_lowercase();
        WORDS.iter().find(|(_, words)| words.iter().any(|word| line.contains(word))).map(|(field, _)| *field)
    };
    text.lines().map(str::trim).filter(|line| number(line)).filter_map(field).collect()
}

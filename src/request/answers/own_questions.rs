//! Our own questions: what we ask for a field, and how a question is known when it comes back in a quote.

use crate::mail::characters::squeeze;
use crate::request::reading::is_informative;
use crate::request::text::lexicon::Class;
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Case, Token, words};
use crate::request::{Field, Kind, Language, PerField};
use std::collections::HashSet;

/// What is asked for each field in one language, by the kind of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Questions {
    /// Of a problem.
    pub problem: PerField<String>,
    /// Of a question.
    pub question: PerField<String>,
    /// Of a service.
    pub service: PerField<String>,
}

impl Questions {
    /// What `question` gives for each kind and field.
    pub fn from_fn(mut question: impl FnMut(Kind, Field) -> String) -> Self {
        let mut of = |kind| PerField::from_fn(|field| question(kind, field));
        Self { problem: of(Kind::Problem), question: of(Kind::Question), service: of(Kind::Service) }
    }

    /// The built-in ones.
    #[must_use]
    pub fn built_in(language: Language) -> Self {
        Self::from_fn(|kind, field| default_question(language, kind, field).to_owned())
    }

    /// Those of one kind; what is no request is asked nothing, so any will do.
    #[must_use]
    pub const fn of(&self, kind: Kind) -> &PerField<String> {
        match kind {
            Kind::Problem | Kind::None => &self.problem,
            Kind::Question => &self.question,
            Kind::Service => &self.service,
        }
    }

    /// Those of each kind.
    #[must_use]
    pub const fn all(&self) -> [&PerField<String>; 3] {
        [&self.problem, &self.question, &self.service]
    }
}

/// What is asked for a field unless the operator says it in other words. It follows the regulation, and names no product:
/// a question that is quoted back must not look like an answer.
#[must_use]
pub const fn default_question(language: Language, kind: Kind, field: Field) -> &'static str {
    match (kind, field) {
        (Kind::Question, Field::Description) => match language {
            Language::Russian => "Уточните, пожалуйста, вопрос: что вы хотите узнать или сделать?",
            Language::English => "Could you say in more detail what you would like to know or to do?",
        },
        (Kind::Service, Field::Description) => match language {
            Language::Russian => "Опишите, пожалуйста, подробнее: что нужно сделать и что должно получиться?",
            Language::English => {
                "Could you describe it in more detail: what should be done, and what should come of it?"
            }
        },
        (Kind::Service, Field::Objects) => match language {
            Language::Russian => {
                "Для каких конкретно элементов это нужно: какой объект, какая учётная запись, какой пользователь?"
            }
            Language::English => {
                "Which elements exactly should it be done for: which unit, which account, which user?"
            }
        },
        (_, field) => usual_question(language, field),
    }
}

const fn usual_question(language: Language, field: Field) -> &'static str {
    match (language, field) {
        (Language::Russian, Field::Product) => "По какому продукту компании возник вопрос?",
        (Language::Russian, Field::Description) => {
            "Опишите, пожалуйста, вопрос подробнее: что происходит и чего вы ожидали?"
        }
        (Language::Russian, Field::Objects) => {
            "По каким конкретно элементам возник вопрос: какой объект, какой шаблон отчёта, за какой интервал времени?"
        }
        (Language::Russian, Field::Steps) => {
            "Какими действиями воспроизвести проблему: что вы открываете, что нажимаете и что получается?"
        }
        (Language::Russian, Field::Attachments) => {
            "Можете ли вы прислать скриншоты, графические пояснения или лог-файлы?"
        }
        (Language::English, Field::Product) => "Which of our products is this about?",
        (Language::English, Field::Description) => {
            "Could you describe it in more detail: what happens, and what did you expect?"
        }
        (Language::English, Field::Objects) => {
            "Which elements exactly is it about: which unit, which report template, which time interval?"
        }
        (Language::English, Field::Steps) => {
            "Which actions reproduce the problem: what do you open, what do you press, and what happens then?"
        }
        (Language::English, Field::Attachments) => "Could you send screenshots, drawings or log files?",
    }
}

/// All questions that are asked, in all languages, as they are looked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct OwnQuestions(Vec<(Field, String)>);

/// Most characters of a line that is looked at.
const LONGEST: usize = 160;
/// Fewer letters of a question are no proof of it.
const FEWEST_LETTERS: usize = 10;

impl OwnQuestions {
    /// These, of each language.
    pub(crate) fn new(asked: &[Questions]) -> Self {
        let all = asked.iter().flat_map(Questions::all).flat_map(PerField::iter);
        let mut squeezed: Vec<_> = all.map(|(field, text)| (field, squeeze(text))).collect();
        let mut seen = HashSet::new();
        squeezed.retain(|one| seen.insert(one.clone()));
        Self(squeezed)
    }

    /// The field that a question or label is about, if it is about one: a question of ours, or a part of it where a mail program has
    /// wrapped it; else one that has a word for a field, as labels have, and the questions of agents.
    pub(crate) fn about(&self, text: &str) -> Option<Field> {
        if text.chars().count() > LONGEST {
            return None;
        }
        self.ours(text).or_else(|| by_words(&Sheet::of(text)))
    }

    /// The field of the question of ours that these are the words of, or a part of them.
    pub(crate) fn ours(&self, text: &str) -> Option<Field> {
        let said = squeeze(text);
        let known = || self.0.iter().find(|(_, question)| question.contains(&said));
        (said.chars().count() >= FEWEST_LETTERS).then(known)?.map(|(field, _)| *field)
    }

    /// The field of a question that a client has written anew to answer it: «О каких элементах идёт речь?». It asks for a field by its
    /// word, and nothing in it could be an answer.
    pub(crate) fn written_anew(&self, text: &str) -> Option<Field> {
        if text.chars().count() > LONGEST {
            return None;
        }
        let sheet = Sheet::of(text);
        let mut words = sheet.tokens.iter().filter(|token| token.is_word()).peekable();
        let asks = words.peek().is_some_and(|first| ASKS.contains(&first.form.as_str()));
        let plain = |(at, token): (usize, &Token)| {
            !token.has_digit() && (at == 0 || token.case == Case::Lower) && !token.has(Class::Make)
        };
        let is_label = |token: &Token| LABELS.into_iter().any(|(class, _)| token.has(class));
        let own = sheet.tokens.iter().filter(|token| is_informative(token) && !is_label(token)).count();
        let bare = sheet.quoted.is_empty() && own <= MOST_OWN && words.enumerate().all(plain);
        (asks && bare).then(|| by_words(&sheet)).flatten()
    }
}

/// What a question that is written anew begins with.
const ASKS: &[&str] = &[
    "о",
    "об",
    "по",
    "какой",
    "какая",
    "какое",
    "какие",
    "каких",
    "каким",
    "какими",
    "какому",
    "каком",
    "какую",
    "как",
    "which",
    "what",
    "how",
];
/// Words for what we ask for.
const LABELS: [(Class, Field); 5] = [
    (Class::LabelSteps, Field::Steps),
    (Class::LabelProduct, Field::Product),
    (Class::LabelObjects, Field::Objects),
    (Class::LabelDescription, Field::Description),
    (Class::LabelAttachments, Field::Attachments),
];
/// So many words of a question that is written anew are none of these: «какими действиями воспроизвести проблему?»
const MOST_OWN: usize = 2;

fn by_words(sheet: &Sheet<'_>) -> Option<Field> {
    let alone = words(&sheet.tokens) == 1;
    let has =
        |class: Class| sheet.tokens.iter().any(|token| token.has(class) && !is_preposition(token, alone));
    let attach =
        sheet.tokens.iter().any(|token| token.begins(&["прилож", "прикреп", "attach", "пришлит", "upload"]));
    let found: Vec<Field> =
        LABELS.into_iter().filter(|(class, _)| has(*class)).map(|(_, field)| field).collect();
    match found.as_slice() {
        [.., Field::Attachments] if attach => Some(Field::Attachments),
        [Field::Steps, Field::Product, Field::Objects, ..] => None,
        [first, ..] => Some(*first),
        [] => None,
    }
}

/// «ПО» is software; «по» in «по какому объекту» is no word for a product.
fn is_preposition(token: &Token, alone: bool) -> bool {
    token.form == "по" && token.case != Case::Upper && !alone
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::RuleSettings;
    use strum::VariantArray as _;

    fn questions() -> OwnQuestions {
        OwnQuestions::new(&RuleSettings::wialon().questions)
    }

    #[test]
    fn each_question_is_known_by_its_field_however_it_is_wrapped() {
        let questions = questions();
        for &language in Language::VARIANTS {
            let built_in = Questions::built_in(language);
            for (field, question) in built_in.all().into_iter().flat_map(PerField::iter) {
                let words: Vec<&str> = question.split(' ').collect();
                assert_eq!(questions.about(&format!("3. {question}")), Some(field), "{question}");
                for at in 1..words.len() {
                    let (first, rest) = words.split_at(at);
                    let parts = [first.join(" "), rest.join(" ")];
                    for part in parts.iter().filter(|part| squeeze(part).chars().count() > 12) {
                        assert_eq!(questions.about(&format!("3) {part}")), Some(field), "{part}");
                    }
                }
            }
        }
    }

    #[test]
    fn questions_of_others_and_labels_are_known_by_their_words() {
        for (text, field) in [
            ("По каким элементам возник вопрос", Some(Field::Objects)),
            ("ПО", Some(Field::Product)),
            ("по", Some(Field::Product)),
            ("Какое ПО вы используете?", Some(Field::Product)),
            ("По шагам", Some(Field::Steps)),
            ("Steps to reproduce", Some(Field::Steps)),
            ("По какой причине?", None),
        ] {
            assert_eq!(questions().about(text), field, "{text}");
        }
    }
}

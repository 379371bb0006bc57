//! Steps: actions of the user with what follows. Who acts is read from the form of the verb.

use super::form::{Form, russian};
use super::lexicon::Class;
use super::reading::{Reading, is_informative};
use super::sheet::Sheet;
use super::tokens::{Case, Token, TokenKind};
use super::{Evidence, Field, Finding, State};
use std::ops::Range;

/// One action of the user.
pub(super) struct Action {
    /// Its token in the body.
    pub(super) at: usize,
    /// Halves: a glance counts one, a gesture two.
    weight: u32,
    /// The sentence that it is in.
    pub(super) sentence: Range<usize>,
}

/// All actions of the user that the body tells, in order.
pub(super) fn actions(reading: &Reading<'_>) -> Vec<Action> {
    let mut actions = Vec::new();
    for sentence in &reading.body.sentences {
        collect(reading, &reading.body, sentence, &mut actions);
    }
    actions
}

/// Looks for actions and what follows them.
pub(super) fn find(reading: &Reading<'_>, actions: &[Action]) -> Finding {
    let sheet = &reading.body;
    let gestures = actions.iter().filter(|action| action.weight >= 2).count();
    let weight: u32 = actions.iter().map(|action| action.weight).sum();
    let follows = actions.iter().any(|action| has_result(sheet, action));
    let answered = reading.replies_to(Field::Steps).find(|range| answers_steps(sheet, range));
    let nothing_done = sheet.tokens.iter().any(|token| token.has(Class::NoAction));
    let own_cue = reading.cue(Field::Steps);
    let asked = reading.asked.contains(&Field::Steps);
    let state = if own_cue.is_some() || answered.is_some() {
        State::Present
    } else if nothing_done && gestures == 0 {
        State::Missing
    } else if weight >= 4 || gestures >= 1 && (follows || asked) {
        State::Present
    } else if weight >= 2 || weight == 1 && follows && asked {
        State::Unsure
    } else {
        State::Missing
    };
    if state == State::Missing {
        return Finding::default();
    }
    let mut evidence: Vec<Evidence> = spans(sheet, actions)
        .into_iter()
        .map(|range| sheet.evidence(range, if follows { "action and result" } else { "action" }))
        .collect();
    evidence.extend(answered.map(|range| sheet.evidence(trim(sheet, range), "answer to our question")));
    evidence.extend(own_cue);
    evidence.truncate(super::MOST_EVIDENCE);
    let value = evidence.first().map(|first| super::shorten(&first.text));
    Finding { state, value, evidence }
}

/// One range a sentence, from its first action to the end of the clause of its last.
fn spans(sheet: &Sheet<'_>, actions: &[Action]) -> Vec<Range<usize>> {
    let mut spans: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    for action in actions {
        let end =
            trim(sheet, action.at..sheet.clause(&action.sentence, action.at).end).end.max(action.at + 1);
        match spans.last_mut() {
            Some((sentence, range)) if *sentence == action.sentence => range.end = range.end.max(end),
            _ => spans.push((action.sentence.clone(), action.at..end)),
        }
    }
    spans.into_iter().map(|(_, range)| range).collect()
}

/// The range without marks and line ends at its edges.
pub(super) fn trim(sheet: &Sheet<'_>, mut range: Range<usize>) -> Range<usize> {
    let bare = |at: usize| {
        sheet.token(at).is_some_and(|token| matches!(token.kind, TokenKind::Newline | TokenKind::Mark(_)))
    };
    while range.end > range.start + 1 && bare(range.end - 1) {
        range.end -= 1;
    }
    while range.start + 1 < range.end && bare(range.start) {
        range.start += 1;
    }
    range
}

/// Whether an answer to our question about the steps tells any.
fn answers_steps(sheet: &Sheet<'_>, range: &Range<usize>) -> bool {
    let tokens = sheet.slice(range.clone());
    let words = tokens.iter().filter(|token| token.is_word()).count();
    if tokens.iter().any(|token| {
        token.classes.any(&[Class::NoAction, Class::Refusal, Class::Promise, Class::AlreadySaid])
    }) {
        return false;
    }
    let cures = tokens.iter().filter(|token| token.has(Class::Cure)).count();
    let verbs = tokens
        .iter()
        .filter(|token| !token.has(Class::Cure))
        .filter(|token| token.classes.any(&[Class::Gesture, Class::Operation, Class::ActionNoun]))
        .count();
    let negated = tokens.iter().any(|token| token.has(Class::Negation));
    verbs >= 2 && words >= 3 || verbs == 1 && words >= 2 && cures == 0 && !negated
}

/// The actions of one sentence.
fn collect(reading: &Reading<'_>, sheet: &Sheet<'_>, sentence: &Range<usize>, actions: &mut Vec<Action>) {
    if is_cure(sheet, sentence) {
        return;
    }
    let mut chained = false;
    for at in sentence.clone() {
        let Some(token) = sheet.token(at) else { continue };
        let quoted = sheet.quoted_at(at).is_some_and(|quote| quote.len() <= 6);
        let weight = match token.kind {
            TokenKind::Word if !quoted => weigh(reading, sheet, sentence, at, token, chained),
            TokenKind::Address if token.form.contains("svc=") => 2,
            TokenKind::Word
            | TokenKind::Address
            | TokenKind::Number
            | TokenKind::Mark(_)
            | TokenKind::Mailbox
            | TokenKind::Newline => 0,
        };
        if weight > 0 {
            chained = true;
            actions.push(Action { at, weight, sentence: sentence.clone() });
        }
    }
    if let Some(at) = navigation(sheet, sentence) {
        actions.push(Action { at, weight: 2, sentence: sentence.clone() });
        actions.sort_by_key(|action| action.at);
    }
}

/// Whether a sentence tells only what was tried against the fault.
fn is_cure(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    let tokens = sheet.slice(sentence.clone());
    let count = |class: Class| tokens.iter().filter(|token| token.has(class)).count();
    let helped = tokens.iter().any(|token| {
        token.form.starts_with("помог") || token.form.starts_with("help") || token.form == "бесполезно"
    });
    let cures = count(Class::Cure);
    cures > 0
        && (helped
            || count(Class::Attempt) > 0
            || cures * 2 >= count(Class::Gesture) + count(Class::Operation))
        || helped && count(Class::Attempt) > 0
}

/// How much the word at `at` is an action of the user: 2, 1 for a glance, 0.
fn weigh(
    reading: &Reading<'_>,
    sheet: &Sheet<'_>,
    sentence: &Range<usize>,
    at: usize,
    token: &Token,
    chained: bool,
) -> u32 {
    let then = token.has(Class::InterfaceNoun)
        && chained
        && sheet.before(at, 1).is_some_and(|before| before.has(Class::Then) && !before.is_latin());
    if then {
        return 2; // «потом вкладка Датчики, потом кнопка Таблица»
    }
    const VERBS: &[Class] = &[Class::Gesture, Class::Operation, Class::Look, Class::Sending];
    if token.has(Class::Cure) && !token.classes.any(&[Class::Gesture]) {
        return 0;
    }
    let clause = sheet.clause(sentence, at);
    if sheet.any(clause.clone(), &[Class::Formerly]) && !chained {
        return 0;
    }
    if token.has(Class::ActionNoun) && acts_as_noun(sheet, &clause, at) {
        return 2;
    }
    if !token.classes.any(VERBS) || to_us(sheet, &clause, token) {
        return 0;
    }
    let done = if token.is_latin() && !sheet.is_transliterated() || token.form.is_ascii() {
        english(sheet, sentence, &clause, at, chained)
    } else {
        russian_action(reading, sheet, sentence, &clause, at, token, chained)
    };
    let alone = !chained
        && sheet
            .slice(clause.clone())
            .iter()
            .filter(|other| other.is_word() || other.kind == TokenKind::Number)
            .count()
            <= 2
        && sheet
            .slice(sentence.clone())
            .iter()
            .filter(|other| is_informative(other) || other.has(Class::Common))
            .count()
            <= 2;
    if alone && !is_listed(sheet, at) {
        return 0; // "filled in:", «заполнил»
    }
    match (done, token.classes.any(&[Class::Gesture, Class::Operation, Class::Sending])) {
        (false, _) => 0,
        (true, true) => 2,
        (true, false) => 1,
    }
}

/// «при нажатии», "after pressing".
fn acts_as_noun(sheet: &Sheet<'_>, clause: &Range<usize>, at: usize) -> bool {
    let upon = (1..=2).any(|back| {
        at.checked_sub(back).is_some_and(|before| before >= clause.start)
            && sheet.before(at, back).is_some_and(|token| {
                token.has(Class::Upon)
                    && !matches!(
                        token.form.as_str(),
                        "through" | "during" | "by" | "before" | "while" | "through_"
                    )
                    || token.has(Class::Attempt)
            })
    });
    let latin = sheet.token(at).is_some_and(Token::is_latin);
    let gerund = sheet.token(at).is_some_and(|token| token.form.ends_with("ing") || !latin);
    let cured = sheet.any(clause.clone(), &[Class::Cure]);
    upon && gerund && !cured
}

/// Whether the action is sending something to us, or recording it for us.
fn to_us(sheet: &Sheet<'_>, clause: &Range<usize>, token: &Token) -> bool {
    let records = token.has(Class::Sending)
        || ["сня", "сним", "скача", "прилож", "загруз", "выгруз", "post", "upload", "made", "make", "took"]
            .iter()
            .any(|stem| token.form.starts_with(stem));
    let picture = sheet.slice(clause.clone()).iter().any(|other| {
        [
            "скрин",
            "видео",
            "video",
            "лог",
            "логи",
            "log",
            "logs",
            "снимок",
            "снимк",
            "фото",
            "screenshot",
            "письмо",
            "заявк",
            "recording",
            "screencast",
        ]
        .iter()
        .any(|stem| {
            other.form.starts_with(stem)
                && (stem.len() > 6 || other.form.chars().count() <= stem.chars().count() + 2)
        })
    });
    records && (picture || sheet.any(clause.clone(), &[Class::Company]))
}

/// Whether a clause before `at` has a person or the writer as its actor, or a thing that acts by itself.
fn actor(sheet: &Sheet<'_>, clause: &Range<usize>, at: usize) -> (bool, bool) {
    let before = clause.start..at;
    let person = sheet.any(before.clone(), &[Class::Writer, Class::Person]);
    let thing = sheet.slice(before).iter().any(|token| token.has(Class::Thing) && is_subject(token));
    (person, thing)
}

/// Whether a noun can be the subject of its clause: «трекер», not «трекера».
fn is_subject(token: &Token) -> bool {
    token.is_latin()
        || !token.form.ends_with(['у', 'ю', 'е', 'и', 'ы', 'м', 'х'])
        || token.form == "машины"
        || token.form == "трекеры"
        || token.form == "приложение"
        || token.form == "объекты"
        || token.form == "устройство"
}

fn russian_action(
    reading: &Reading<'_>,
    sheet: &Sheet<'_>,
    sentence: &Range<usize>,
    clause: &Range<usize>,
    at: usize,
    token: &Token,
    chained: bool,
) -> bool {
    if sheet
        .before(at, 1)
        .is_some_and(|before| matches!(before.form.as_str(), "не" | "ни" | "бы" | "буду" | "будем"))
    {
        return false;
    }
    let inside = |class: Class| sheet.any(clause.clone(), &[class]);
    let (person, thing) = actor(sheet, clause, at);
    let company = sheet.any(clause.start..at, &[Class::Company]);
    match russian(&token.form) {
        Form::First => true,
        Form::Past => !company && !token.form.ends_with("ло") && (person || !thing),
        Form::Gerund => token.case == Case::Lower || sheet.starts_line(at) || at == sentence.start,
        Form::Third => person && !thing && !company,
        Form::Infinitive => {
            let button = token.case != Case::Lower && !sheet.starts_line(at) && at != sentence.start;
            let before = sentence.start..at;
            let trying =
                sheet.any(clause.start..at, &[Class::Attempt]) || inside(Class::If) || inside(Class::Attempt);
            let wished = sheet.slice(before).iter().any(|token| {
                token.has(Class::Modal) && !matches!(token.form.as_str(), "как" | "чтобы" | "чтоб" | "дать")
                    || matches!(token.form.as_str(), "как" | "чтобы" | "чтоб")
            });
            !button
                && (trying || sheet.starts_line(at) && !wished && is_listed(sheet, at) || chained && !wished)
        }
        Form::Imperative => {
            let asks_us =
                sheet.any(sentence.clone(), &[Class::Please]) || reading.is_errand_sentence(sentence);
            let listed = is_listed(sheet, at);
            token.has(Class::Gesture)
                && !asks_us
                && (listed || chained || inside(Class::If) || many_gestures(sheet, sentence))
        }
        Form::Reflexive | Form::Passive | Form::Noun => false,
    }
}

/// Whether the line of `at` is an item of a list.
fn is_listed(sheet: &Sheet<'_>, at: usize) -> bool {
    sheet.starts_line(at)
        && at.checked_sub(1).and_then(|before| sheet.token(before)).is_some_and(|before| {
            matches!(
                before.kind,
                TokenKind::Mark('.' | ')' | '-' | '*' | '•' | '·' | '–' | '>' | '→' | '+')
                    | TokenKind::Number
            )
        })
}

/// Whether the sentence has gestures enough that its imperatives are a recipe.
fn many_gestures(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    sheet.slice(sentence.clone()).iter().filter(|token| token.has(Class::Gesture)).count() >= 2
}

fn english(
    sheet: &Sheet<'_>,
    sentence: &Range<usize>,
    clause: &Range<usize>,
    at: usize,
    chained: bool,
) -> bool {
    const DETERMINERS: &[&str] = &[
        "the", "a", "an", "this", "that", "my", "our", "your", "no", "of", "in", "for", "each", "any", "is",
        "are", "was", "were", "be", "been", "being", "get", "got", "gets", "per", "on", "with", "by", "last",
        "next", "to_the", "some", "its", "their", "new", "could", "would", "will", "please", "not", "never",
        "don't", "didn't", "doesn't", "can't", "cannot",
    ];
    let Some(token) = sheet.token(at) else { return false };
    let before = sheet.before(at, 1);
    let previous = before.map_or("", |token| token.form.as_str());
    if DETERMINERS.contains(&previous) {
        return false;
    }
    let trying = sheet.any(clause.start..at, &[Class::Attempt]) || previous == "trying";
    let wished = sheet
        .slice(clause.start..at)
        .iter()
        .any(|token| token.has(Class::Modal) || token.has(Class::Negation) && token.form != "no");
    if wished && !trying {
        return false;
    }
    if trying {
        return true;
    }
    let condition = sheet.any(clause.start..at, &[Class::If]);
    let company = sheet.any(clause.start..at, &[Class::Company]) && !condition;
    let asks = sheet.any(sentence.clone(), &[Class::Please])
        || sheet.slice(sentence.clone()).last().is_some_and(|last| last.is_mark('?'));
    let opens_clause = at == clause.start
        || sheet.starts_line(at)
        || sheet.slice(clause.start..at).iter().all(|token| token.has(Class::Then) || !token.is_word());
    let after_then = before.is_some_and(|before| before.has(Class::Then)) && chained;
    let subject = sheet.before(at, 1).is_some_and(|token| token.classes.any(&[Class::Writer, Class::Person]))
        || sheet.before(at, 2).is_some_and(|token| {
            token.has(Class::Writer)
                && before.is_some_and(|before| {
                    ["then", "just", "also", "now", "first", "always", "have", "had", "simply"]
                        .contains(&before.form.as_str())
                })
        });
    let you = condition && sheet.before(at, 1).is_some_and(|token| token.form == "you");
    let gerund = token.form.ends_with("ing");
    if company {
        return false;
    }
    if subject || you {
        return true;
    }
    if gerund {
        let subject =
            at == sentence.start && sheet.any(sentence.clone(), &[Class::Shows, Class::Fault, Class::Error]);
        return subject
            || sheet
                .before(at, 1)
                .is_some_and(|token| token.has(Class::Upon) || token.has(Class::If) || token.form == "by")
            || opens_clause && chained;
    }
    let recipe = token.has(Class::Gesture) || chained || is_listed(sheet, at);
    (opens_clause || after_then) && recipe && !(asks && !chained)
}

/// A path through menus: «Отчёты → Шаблон → Выполнить», `Reports > Execute`, «Поля – Импорт – выбрал».
fn navigation(sheet: &Sheet<'_>, sentence: &Range<usize>) -> Option<usize> {
    let mut separators = 0;
    let mut first = None;
    let mut since = 0;
    for at in sentence.clone() {
        let token = sheet.token(at)?;
        let arrow = matches!(token.kind, TokenKind::Mark('→' | '>' | '➔' | '➜' | '»' | '/'))
            && token.kind != TokenKind::Mark('»')
            && (token.spaced || token.is_mark('>') || token.is_mark('→'))
            || token.is_mark('-') && token.spaced;
        if token.is_mark('-') && sheet.token(at + 1).is_some_and(|next| next.is_mark('>')) {
            continue;
        }
        if arrow {
            let weak = token.is_mark('-') || token.is_mark('/');
            let capital = sheet.token(at + 1).is_some_and(|next| {
                next.case != Case::Lower
                    || next.is_mark('«')
                    || next.is_mark('"')
                    || next.classes.any(&[Class::Gesture, Class::InterfaceNoun])
            });
            if since <= 8 && (!weak || capital) {
                separators += 1;
                if first.is_none() {
                    first = Some(at.saturating_sub(since.max(1)).max(sentence.start));
                }
            } else {
                separators = 0;
                first = None;
            }
            since = 0;
        } else {
            since += 1;
        }
        if separators >= 2 {
            return first;
        }
    }
    None
}

/// Whether something follows an action: in its sentence behind it, or in the next two.
fn has_result(sheet: &Sheet<'_>, action: &Action) -> bool {
    const RESULTS: &[Class] = &[
        Class::Fault,
        Class::VagueFault,
        Class::Shows,
        Class::Contrast,
        Class::Error,
        Class::Negation,
        Class::NoAction,
    ];
    let index = sheet.sentences.partition_point(|range| range.end <= action.at);
    let until = sheet
        .sentences
        .get(index + 2)
        .or(sheet.sentences.last())
        .map_or(action.sentence.end, |range| range.end);
    let after = action.at + 1..until.max(action.at + 1);
    let shown = sheet.slice(after.clone()).iter().any(|token| token.classes.any(RESULTS));
    let before = sheet.any(action.sentence.start..action.at, &[Class::Fault, Class::Shows, Class::Error]);
    shown || before && sheet.slice(after).iter().any(is_informative)
}

//! What a mention of a product is besides naming it: part of another name, ruled out, compared with.

use crate::request::Place;
use crate::request::text::lexicon::{Class, Classes};
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Case, Token, TokenKind, words};
use std::ops::Range;

/// Whether a common word stands as a name: capitalised inside a sentence, and no part of another name.
pub(crate) fn is_proper(sheet: &Sheet<'_>, at: usize) -> bool {
    let Some(token) = sheet.token(at) else { return false };
    let capital = |token: &Token| token.case != Case::Lower;
    let before = sheet.before(at, 1);
    let after = sheet.token(at + 1);
    // «Logistics. Загружаю …»: it stands alone before what is said of it.
    let heads = sheet.starts_line(at)
        && after.is_none_or(|after| {
            matches!(after.kind, TokenKind::Mark('.' | ',' | ':' | '-') | TokenKind::Newline)
        });
    if capital(token) && heads && sheet.place == Place::Body {
        return true;
    }
    capital(token) && before.is_some_and(|before| !before.is_mark('.')) && !in_a_name(sheet, at)
}

/// Words of a sentence that begin it with a capital letter beside a name: "In Logistics I pick", "From Logistics".
const NO_NAMES: &[&str] = &["i", "in", "from", "on", "with", "to", "when", "if"];

/// Whether a word stands beside another that is a name: "Acme Logistics Ltd".
pub(crate) fn in_a_name(sheet: &Sheet<'_>, at: usize) -> bool {
    let name = |token: Option<&Token>| {
        token.is_some_and(|token| {
            token.is_word()
                && token.is_latin()
                && token.case != Case::Lower
                && !NO_NAMES.contains(&token.form.as_str())
        })
    };
    name(sheet.before(at, 1)) || name(sheet.token(at + 1))
}

/// How companies are called in front of their names.
const COMPANY: &[&str] = &[
    "ооо",
    "оао",
    "зао",
    "ао",
    "пао",
    "нао",
    "тоо",
    "ип",
    "чп",
    "гк",
    "тк",
    "компания",
    "компании",
    "компанию",
    "компанией",
    "фирма",
    "фирмы",
    "фирме",
    "организация",
    "организации",
    "холдинг",
    "холдинга",
    "предприятие",
    "предприятия",
];

/// And behind them.
const LIMITED: &[&str] = &["ltd", "llc", "inc", "gmbh", "limited", "plc", "srl"];

/// Most words of a company's name behind the one that is a product's, too.
const LONGEST_NAME: usize = 3;

/// Whether the mention at `range` is part of a company's name: «ООО «Нимбус»», «Юг-Логистикс», "Nimbus Transport Ltd".
/// `names` says where another product is named: «Wialon-NimBus» is no company.
pub(crate) fn in_company(sheet: &Sheet<'_>, range: &Range<usize>, names: impl Fn(usize) -> bool) -> bool {
    let quote = sheet.quoted_at(range.start).filter(|quote| quote.start == range.start);
    let opening = quote.map(|quote| quote.start.saturating_sub(1));
    let company = |at: usize| at.checked_sub(1).is_some_and(|before| COMPANY.contains(&sheet.form(before)));
    // Only what is quoted, or of a legal form, is the name of a client.
    let quoted = opening.is_some_and(company);
    let named = company(range.start)
        && range.start.checked_sub(1).is_some_and(|at| sheet.form(at).chars().count() <= 3);
    let capital = |at: usize| {
        sheet
            .token(at)
            .is_some_and(|token| token.is_word() && token.case != Case::Lower && token.has_letters(2))
    };
    let limited = (range.end..range.end + LONGEST_NAME)
        .take_while(|at| capital(*at))
        .any(|at| LIMITED.contains(&sheet.form(at)));
    let hyphen = |at: usize| sheet.glued(at).is_some_and(|token| token.is_mark('-'));
    let part = |at: usize| {
        capital(at)
            && !names(at)
            && sheet.token(at).is_some_and(|token| !token.has_digit() && !token.classes.meets(NO_PART))
    };
    let before = || {
        range
            .start
            .checked_sub(2)
            .is_some_and(|at| hyphen(at + 1) && sheet.glued(range.start).is_some() && part(at))
    };
    let joined = capital(range.start)
        && (hyphen(range.end) && sheet.glued(range.end + 1).is_some() && part(range.end + 1) || before());
    quoted || named || limited || joined
}

/// What is joined to the name of a product and makes none of a company: «Wialon-Ошибка», «GPS-Wialon».
const NO_PART: Classes = Classes::of_all(&[
    Class::Abbreviation,
    Class::Error,
    Class::Fault,
    Class::VagueFault,
    Class::Negation,
    Class::ElementNoun,
    Class::AccountNoun,
    Class::InterfaceNoun,
    Class::AttachmentNoun,
    Class::Asks,
]);

/// Whether the mention at `range` names the product only to rule it out or to say that it works, or as somebody's title.
pub(crate) fn ruled_out(sheet: &Sheet<'_>, range: &Range<usize>) -> bool {
    const OUT: &[&str] = &["не", "кроме", "not", "except", "without", "вместо", "нет", "isn't"];
    const BETWEEN: &[&str] =
        &["в", "на", "про", "о", "об", "по", "с", "это", "in", "on", "about", "the", "a", "for"];
    let near = |back: usize| sheet.before(range.start, back);
    let out = |token: Option<&Token>| token.is_some_and(|token| OUT.contains(&token.form.as_str()));
    let between = near(1).is_some_and(|token| BETWEEN.contains(&token.form.as_str()));
    // «Машины нет в Wialon», "not on Wialon" is what is wrong with it, unless it is somewhere else, or the trouble is.
    let placed = near(1).is_some_and(|token| matches!(token.form.as_str(), "in" | "on" | "в" | "на"));
    if out(near(1)) || between && out(near(2)) && !(placed && lacks(sheet, range)) {
        return true;
    }
    // "I said Wialon but I meant NimBus"
    const WROTE: &[&str] =
        &["said", "wrote", "typed", "написал", "написала", "написали", "указал", "указала", "указали"];
    let wrote = near(1).is_some_and(|token| WROTE.contains(&token.form.as_str()));
    let meant = || {
        let rest = range.end..sheet.sentence_at(range.start).end;
        sheet.slice(rest).windows(2).any(|pair| match pair {
            // Not "I meant to log in", «имейте в виду».
            [had, next] => {
                had.form == "meant" && next.form != "to" || had.form.starts_with("имел") && next.form == "в"
            }
            _ => false,
        })
    };
    if wrote && meant() {
        return true;
    }
    let partner = |token: Option<&Token>| token.is_some_and(|token| token.has(Class::Partner));
    if partner(near(1))
        || partner(sheet.token(range.end))
        || partner(near(2)) && near(1).is_some_and(|token| token.form == "of")
    {
        return true;
    }
    let sentence = sheet.sentence_at(range.start);
    let clause = sheet.clause(&sentence, range.start);
    let words: Vec<&str> = sheet.slice(clause).iter().map(|token| token.form.as_str()).collect();
    let unused = words
        .windows(3)
        .any(|run| matches!(run, ["ни", "при", "чем"] | ["мы", "не", "пользуемся"] | ["we", "don't", "use"]))
        || words
            .windows(2)
            .any(|pair| matches!(pair, ["не", "пользуемся"] | ["don't", "use"] | ["unrelated", "to"]));
    if unused {
        return true;
    }
    let fine = words.iter().any(|word| {
        [
            "нормально",
            "ок",
            "порядке",
            "норм",
            "отлично",
            "fine",
            "ok",
            "correctly",
            "корректно",
            "правильно",
            "верно",
            "штатно",
            "perfectly",
            "идеально",
            "прекрасно",
        ]
        .contains(word)
            || word.starts_with("исправно")
    }) || words.windows(2).any(|pair| {
        matches!(
            pair,
            ["все" | "она" | "он", "работает" | "работают" | "хорошо" | "верно" | "ок"]
                | ["works", "well"]
                | ["без", "проблем"]
        )
    });
    let faulty = words.iter().any(|word| {
        matches!(
            *word,
            "не" | "not"
                | "был"
                | "была"
                | "было"
                | "были"
                | "was"
                | "должен"
                | "должно"
                | "isn't"
                | "doesn't"
        )
    });
    fine && !faulty
}

/// Whether «не в …» in front of the mention at `range` says that something lacks there: not «не в Wialon, а в NimBus», «проблема не в Wialon».
fn lacks(sheet: &Sheet<'_>, range: &Range<usize>) -> bool {
    const TROUBLE: &[&str] = &["дело", "причин", "вопрос", "cause", "question", "matter", "reason", "about"];
    let sentence = sheet.sentence_at(range.start);
    let elsewhere = sheet.slice(range.end..sentence.end).iter().any(|token| {
        matches!(token.form.as_str(), "а" | "но" | "but" | "rather" | "instead" | "in" | "on" | "в" | "на")
    });
    let trouble = sheet
        .slice(sentence.start..range.start)
        .iter()
        .any(|token| token.classes.any(&[Class::VagueFault, Class::Error]) || token.begins(TROUBLE));
    let told = words(sheet.slice(sentence.start..range.start)) > 2;
    told && !elsewhere && !trouble
}

/// Whether the mention at `range` is of what our software is compared with: «в вашей программе 18 литров, а в Omnicomm 62», "your
/// report shows 12 litres, Omnicomm says 92".
pub(crate) fn is_compared_with(sheet: &Sheet<'_>, range: &Range<usize>) -> bool {
    let sentence = sheet.sentence_at(range.start);
    let begins = |at: usize, stems: &[&str]| sheet.token(at).is_some_and(|token| token.begins(stems));
    // «в вашей программе», «у вас», "your report".
    let is_ours = |at: usize| {
        sheet.form(at) == "вас" && at.checked_sub(1).is_some_and(|before| sheet.form(before) == "у")
            || begins(at, &["ваш", "your"]) && begins(at + 1, OURS)
    };
    let shows = |clause: Range<usize>| {
        clause.filter(|at| !range.contains(at)).any(|at| {
            sheet.token(at).is_some_and(|token| token.has(Class::Shows) || token.kind == TokenKind::Number)
        })
    };
    let clause = sheet.clause(&sentence, range.start);
    let same_clause = clause.clone().any(is_ours);
    let device = sheet.any(clause.clone(), &[Class::Fault, Class::Negation])
        || sheet
            .before(range.start, 1)
            .is_some_and(|noun| noun.classes.any(&[Class::Common, Class::UnitNoun]));
    if same_clause || device || !shows(clause.clone()) {
        return false;
    }
    let before = sheet.sentence_before(&sentence).unwrap_or(sentence.start..sentence.start);
    let clauses = [before, sentence].into_iter().flat_map(|sentence| {
        let mut at = sentence.start;
        std::iter::from_fn(move || {
            let clause = (at < sentence.end).then(|| sheet.clause(&sentence, at))?;
            at = clause.end.max(at) + 1;
            Some(clause)
        })
    });
    clauses.into_iter().any(|other| other != clause && other.clone().any(is_ours) && shows(other))
}

/// What our software is called where it is not named.
const OURS: &[&str] = &[
    "программ",
    "систем",
    "сервис",
    "софт",
    "платформ",
    "портал",
    "приложени",
    "мониторинг",
    "отчет",
    "карт",
    "трек",
    "график",
    "software",
    "program",
    "system",
    "service",
    "platform",
    "portal",
    "app",
    "report",
    "map",
    "track",
    "chart",
];

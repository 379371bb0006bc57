//! config.example.toml: works as shipped, has every key, shows every default.

use super::*;
use crate::request::{Kind, default_question};
use std::collections::BTreeSet;
use strum::VariantArray as _;

#[test]
fn the_example_works_as_shipped() {
    let config = parse(EXAMPLE).unwrap();
    assert_eq!(config.support.addresses.first().unwrap().as_str(), "support@m2mail.ru");
    assert_eq!(config.head.clone().unwrap().address.as_str(), "ag@m2mail.ru");
    assert!(config.product.iter().any(|product| product.name == "Wialon Hosting"));
    let regulation = config.regulation.last().unwrap();
    assert_eq!(*regulation.fields.get(Field::Steps), Level::Required);
    assert_eq!(*regulation.fields.get(Field::Attachments), Level::Welcome);
    let now = "2026-05-05T00:00:00Z".parse().unwrap();
    assert_eq!(config.hours_text(Language::Russian, now), "по будням с 9:00 до 18:00 (GMT+3)");
    assert!(config.hours.hours("2027-01-05".parse().unwrap()).is_closed());
}

#[test]
fn the_example_shows_the_default_products_and_questions() {
    let config = parse(EXAMPLE).unwrap();
    assert_eq!(config.product, crate::request::RuleSettings::wialon().products);
    for (code, language) in [("ru", Language::Russian), ("en", Language::English)] {
        let (_, section) = EXAMPLE.split_once(&format!("[questions.{code}]")).unwrap();
        for &field in Field::VARIANTS {
            let usual = default_question(language, Kind::Problem, field);
            let line = format!("#{field} = \"{usual}\"");
            assert!(section.lines().take(10).any(|shown| shown == line), "{line}");
            for (name, kind) in [("question", Kind::Question), ("service", Kind::Service)] {
                let question = default_question(language, kind, field);
                let line = format!("#{name}.{field} = \"{question}\"");
                assert!(question == usual || section.lines().take(10).any(|shown| shown == line), "{line}");
            }
        }
    }
}

/// `#key = value` shows the default: with all of them in force, the configuration is the same, but for the keys that
/// say they have no default, or come in place of another.
#[test]
fn commented_out_keys_show_the_defaults() {
    let without_default = [
        "password_file",
        "oauth",
        "ca_file",
        "bounce_address",
        "hours",
        "hours.ru",
        "hours.en",
        "effective_from",
        "effective_until",
        "names",
        "patterns",
        "description",
        "steps",
        "attachments",
        "templates",
        "authserv_id",
        "forms",
    ];
    let (mut in_questions, mut in_force) = (false, true);
    let mut active = String::new();
    for line in EXAMPLE.lines() {
        if line.trim_start_matches('#').starts_with('[') {
            in_questions = line.starts_with("[questions");
            in_force = line.starts_with('[');
        }
        let key = line.strip_prefix('#').and_then(|rest| rest.split_once(" = ")).map(|(key, _)| key);
        let uncomment = in_force
            && key.is_some_and(|key| !in_questions && !key.contains(' ') && !without_default.contains(&key));
        active.push_str(if uncomment { line.trim_start_matches('#') } else { line });
        active.push('\n');
    }
    assert!(active.lines().count() > 100 && active != EXAMPLE);
    assert_eq!(parse(&active).unwrap(), parse(EXAMPLE).unwrap());
}

/// Where the default is not a value but another key, or nothing, a sentence says so.
#[test]
fn defaults_told_in_words_are_those_of_the_code() {
    let with = |more: &str| parse(&format!("{ESSENTIALS}{more}")).unwrap();
    let on_this_machine = |security: &str| {
        let text = ESSENTIALS.replace("smtp.example.com", "localhost");
        parse(&format!("{text}security = \"{security}\"")).unwrap().smtp.port
    };
    let plain = with("");
    let (mailbox, regulation) = (plain.mailbox.first().unwrap(), plain.regulation.first().unwrap());
    let of_alfa = parse(&ESSENTIALS.replace("[support]", "[support]\ncompany = \"Alfa\"")).unwrap();
    let holidays = with("[[hours.exception]]\ndate = \"2026-12-31\"\nclosed = true\n").exception_names;
    let account = with(
        "[[oauth]]\nname = \"a\"\ntoken_url = \"https://a.example\"\nclient_id = \"b\"\nrefresh_token_file = \"c\"",
    );
    for (told, so) in [
        ("that letters come from. Default: the company.", of_alfa.support.name == "Alfa"),
        ("as letters name it. Default: \"\", not named.", plain.support.company.is_empty()),
        ("one line in each letter. Default: none.", plain.support.contact == ByLanguage::default()),
        ("is his request, whatever else its headers say", plain.support.forms.is_empty()),
        ("hears of what is overdue. Default: nobody.", plain.head.is_none()),
        ("do not change it later. Default: the user.", mailbox.name == mailbox.user),
        ("The login name. Default: the first address of [support].", mailbox.user == "support@example.com"),
        ("Default: those of the system.", mailbox.trust == crate::net::Trust::System),
        (
            "# Default: 465 for \"tls\", 587 for \"starttls\", 25 for \"none\".",
            ["tls", "starttls", "none"].map(on_this_machine) == [465, 587, 25],
        ),
        (
            "#grant = \"refresh_token\"",
            account
                .oauth
                .iter()
                .all(|one| matches!(one.grant, OAuthGrant::RefreshToken { lifetime: None, .. })),
        ),
        ("The last date of a stretch. Default: the same date.", holidays.len() == 1),
        (
            "\"2026-01-01T12:00:00+03:00\". Default: always.",
            regulation.effective_from == DateTime::<Utc>::MIN_UTC,
        ),
        ("that letter, and the log says so. Default: none.", plain.reply.templates.is_none()),
        ("# Default: none; then senders count as unverified", plain.reply.authserv_id.is_none()),
    ] {
        assert!(EXAMPLE.contains(told) && so, "{told}");
    }
}

/// The sections, and the lines that begin them.
const SECTIONS: [(&str, &str); 23] = [
    ("", ""),
    ("support", "[support]"),
    ("support.contact", "[support.contact]"),
    ("support.hours", "[support.hours]"),
    ("mailbox", "[[mailbox]]"),
    ("smtp", "[smtp]"),
    ("oauth", "[[oauth]]"),
    ("store", "[store]"),
    ("hours", "[hours]"),
    ("hours.exception", "[[hours.exception]]"),
    ("regulation", "[[regulation]]"),
    ("regulation.fields", "[[regulation]]\n[regulation.fields]"),
    ("product", "[[product]]"),
    ("objects", "[objects]"),
    ("cues", "[cues]"),
    ("questions.ru", "[questions.ru]"),
    ("questions.ru.question", "[questions.ru.question]"),
    ("questions.ru.service", "[questions.ru.service]"),
    ("reply", "[reply]"),
    ("reply.limits", "[reply.limits]"),
    ("tickets", "[tickets]"),
    ("nudges", "[nudges]"),
    ("nudges.to", "[nudges.to]"),
];

/// The keys that a section can have, as the error about an unknown one tells them.
fn known_keys(header: &str) -> Vec<String> {
    let errors = parse(&format!("{header}\nqqqqqqqqq = 1\n")).unwrap_err();
    let remedy = &errors.problems().first().unwrap().remedy;
    let (_, known) = remedy.split_once("known here: ").expect(remedy);
    known.split(", ").map(str::to_owned).collect()
}

#[test]
fn the_example_has_every_key() {
    let mut shown = BTreeSet::new();
    let mut section = String::new();
    for line in EXAMPLE.lines() {
        let line = line.strip_prefix('#').unwrap_or(line);
        if line.starts_with('[') && line.ends_with(']') {
            section = line.trim_matches(['[', ']']).to_owned();
            shown.insert(section.clone());
        } else if let Some((key, _)) = line.split_once(" = ") {
            shown.insert(format!("{section}.{key}"));
        }
    }
    let mut sections: Vec<(&str, &str)> = SECTIONS.to_vec();
    sections.extend([
        ("questions.en", "[questions.en]"),
        ("questions.en.question", "[questions.en.question]"),
        ("questions.en.service", "[questions.en.service]"),
        ("agent", "[[agent]]"),
        ("head", "[head]"),
        ("log", "[log]"),
    ]);
    let names: BTreeSet<&str> = sections.iter().map(|(name, _)| *name).collect();
    let mut count = 0;
    for (name, header) in &sections {
        for key in known_keys(header) {
            let path = if name.is_empty() { key } else { format!("{name}.{key}") };
            let is_group = names.iter().any(|name| *name == path || name.starts_with(&format!("{path}.")));
            assert!(is_group || shown.contains(&path), "config.example.toml does not have {path}");
            count += 1;
        }
    }
    assert!(count > 90, "{count}");
}

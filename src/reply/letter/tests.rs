use super::*;

fn facts(language: Language) -> LetterFacts {
    let (hours, contact) = match language {
        Language::Russian => ("по будням с 9:00 до 18:00 (GMT+3)", "Телефон: +7 495 000-00-00"),
        Language::English => ("9:00–18:00 on weekdays (GMT+3)", "Phone: +7 495 000-00-00"),
    };
    LetterFacts {
        ticket: TicketId(12),
        language,
        standing: Standing::Verified,
        subject: "Отчёт по поездкам".to_owned(),
        understood: Vec::new(),
        missing: Vec::new(),
        asked_before: false,
        optional_attachments: true,
        due: None,
        hours: hours.to_owned(),
        contact: contact.to_owned(),
        company: "M2M Solutions".to_owned(),
    }
}

fn missing(language: Language, fields: &[Field]) -> Vec<(Field, String)> {
    fields
        .iter()
        .map(|field| (*field, crate::request::default_question(language, Kind::Problem, *field).to_owned()))
        .collect()
}

fn understood(values: &[(Field, &str)]) -> Vec<(Field, String)> {
    values.iter().map(|(field, value)| (*field, (*value).to_owned())).collect()
}

fn shown(purpose: Purpose, facts: &LetterFacts) -> String {
    let letter = Letters::new(&[]).unwrap().write(purpose, facts).unwrap();
    format!("{}\n\n{}", letter.subject, letter.text)
}

/// Every kind of letter as a client gets it, both languages: `snapshots/`.
#[test]
fn letters_as_clients_read_them() {
    let due = DateTime::parse_from_rfc3339("2024-11-25T15:00:00+03:00").unwrap();
    for (language, code) in [(Language::Russian, "ru"), (Language::English, "en")] {
        let see = |name: &str, purpose, facts: &LetterFacts| {
            insta::assert_snapshot!(format!("{code}_{name}"), shown(purpose, facts));
        };
        let plain = facts(language);
        let product_and_plate = understood(&[
            (Field::Product, "Wialon Hosting"),
            (Field::Objects, "А123ВС77"),
            (Field::Description, "…"),
        ]);

        let one = LetterFacts {
            understood: product_and_plate.clone(),
            missing: missing(language, &[Field::Steps]),
            ..plain.clone()
        };
        see("ask_one", Purpose::Ask, &one);
        let required = [Field::Product, Field::Description, Field::Objects, Field::Steps];
        see("ask_all", Purpose::Ask, &LetterFacts { missing: missing(language, &required), ..plain.clone() });
        let two = LetterFacts {
            standing: Standing::Unverified,
            understood: understood(&[(Field::Description, "…"), (Field::Steps, "…")]),
            missing: missing(language, &[Field::Product, Field::Objects]),
            ..plain.clone()
        };
        see("ask_two_of_a_stranger", Purpose::Ask, &two);
        see(
            "ask_again_one",
            Purpose::Ask,
            &LetterFacts { asked_before: true, optional_attachments: false, ..one },
        );
        let again = LetterFacts {
            asked_before: true,
            understood: understood(&[(Field::Product, "Wialon Local")]),
            missing: missing(language, &[Field::Objects, Field::Steps]),
            ..plain.clone()
        };
        see("ask_again_two", Purpose::Ask, &again);
        let complete = LetterFacts {
            understood: product_and_plate,
            due: Some(due),
            optional_attachments: false,
            ..plain
        };
        see("accept_with_due", Purpose::Accept, &complete);
        let stranger = LetterFacts {
            due: None,
            standing: Standing::Unverified,
            optional_attachments: true,
            ..complete.clone()
        };
        see("accept_without_due", Purpose::Accept, &stranger);
        see("accept_after_ask", Purpose::Accept, &LetterFacts { asked_before: true, ..complete });
    }
}

#[test]
fn subjects_of_strangers_are_not_repeated() {
    let check = |standing, theirs: &str, expect: &str| {
        let facts = LetterFacts { standing, subject: theirs.to_owned(), ..facts(Language::Russian) };
        assert_eq!(subject(&facts).as_str(), expect, "{theirs:?}");
    };
    check(Standing::Verified, "Отчёт", "Re: Отчёт [#12]");
    check(Standing::Registered, "RE: Fwd: на: Пересл.: re[2]: Отчёт [#12]", "Re: Отчёт [#12]");
    check(Standing::Registered, "[Fwd: Отчёт]", "Re: Отчёт [#12]");
    check(Standing::Registered, "Отв : [Fwd : Отчёт] [#12]", "Re: Отчёт [#12]");
    check(Standing::Verified, "Вопрос: отчёт", "Re: Вопрос: отчёт [#12]");
    check(Standing::Verified, " \u{202e} ", "Ваше обращение [#12]");
    check(Standing::Verified, "Re:", "Ваше обращение [#12]");
    check(Standing::Verified, "Отчёт\r\nBcc: x@y.test", "Re: Отчёт Bcc: x@y.test [#12]");
    check(Standing::Unverified, "Выиграйте приз на evil.test", "Ваше обращение [#12]");
    let long =
        LetterFacts { standing: Standing::Verified, subject: "я".repeat(5000), ..facts(Language::Russian) };
    assert!(subject(&long).as_str().ends_with("я… [#12]") && subject(&long).as_str().chars().count() < 140);
}

#[test]
fn values_are_short_clean_and_no_links_for_strangers() {
    let check = |standing, values: &[(Field, &str)], expect: &str| {
        let facts = LetterFacts {
            standing,
            understood: super::tests::understood(values),
            ..facts(Language::Russian)
        };
        assert_eq!(super::understood(&facts), expect);
    };
    let both = [(Field::Product, "Wialon Hosting"), (Field::Objects, "А123ВС77")];
    check(Standing::Unverified, &both, "Wialon Hosting, А123ВС77");
    check(Standing::Unverified, &[(Field::Objects, "Газель 3.5 т.")], "Газель 3.5 т");
    check(Standing::Unverified, &[(Field::Objects, "\"TRK-018 / PBC-4471\"")], "«TRK-018 / PBC-4471»");
    for link in [
        "evil.test",
        "http://evil",
        "см. evil.ru/x",
        "a@b",
        "ЗВОНИ.рф",
        "\\\\host",
        "10.0.0.1/x",
        "//evil",
        "sip:a/b",
    ] {
        check(Standing::Unverified, &[(Field::Product, "Wialon"), (Field::Objects, link)], "Wialon");
    }
    for phone in ["Карта закрыта, звоните 8 800 555 35 35", "88005553535", "+7(912)000-00-00"]
    {
        check(Standing::Unverified, &[(Field::Product, "Wialon"), (Field::Objects, phone)], "Wialon");
        check(Standing::Verified, &[(Field::Objects, phone)], phone);
    }
    check(Standing::Unverified, &[(Field::Objects, "861230043907626")], "861230043907626");
    check(Standing::Registered, &[(Field::Objects, "hosting.wialon.com")], "hosting.wialon.com");
    check(Standing::Verified, &[(Field::Objects, "А\r\n\r\n123\u{202e}")], "А 123");
    check(Standing::Verified, &[(Field::Objects, &"я".repeat(500))], &format!("{}…", "я".repeat(80)));
    check(Standing::Verified, &[(Field::Description, "длинный рассказ"), (Field::Steps, "x")], "");
}

#[test]
fn what_is_cut_ends_in_one_mark() {
    let cut = understood(&[(Field::Objects, "из «Мегастрой» в «Мегастрой Плюс», погрузчики LiuGong 1 и…")]);
    for purpose in [Purpose::Ask, Purpose::Accept] {
        let facts = LetterFacts {
            understood: cut.clone(),
            missing: missing(Language::Russian, &[Field::Steps]),
            ..facts(Language::Russian)
        };
        let text = shown(purpose, &facts);
        assert!(text.contains("LiuGong 1 и…") && !text.contains("…."), "{text}");
    }
}

fn with(source: &str) -> Result<Letters, LetterError> {
    let own = Override {
        purpose: Purpose::Ask,
        language: Language::English,
        file: "/etc/askback/ask.en.txt".to_owned(),
        source: source.to_owned(),
    };
    Letters::new(&[own])
}

#[test]
fn the_operators_template_takes_the_place_of_ours() {
    let letters = with("No. {{ number }}\n{% for q in questions %}\n- {{ q }}\n{% endfor %}\n").unwrap();
    let facts =
        LetterFacts { missing: missing(Language::English, &[Field::Product]), ..facts(Language::English) };
    assert_eq!(
        letters.write(Purpose::Ask, &facts).unwrap().text,
        "No. 12\n- Which of our products is this about?\n"
    );
    let russian = LetterFacts { language: Language::Russian, ..facts };
    assert!(letters.write(Purpose::Ask, &russian).unwrap().text.starts_with("Здравствуйте!"));
}

#[test]
fn template_mistakes_name_file_and_line() {
    let list = "{% for question in questions %}{{ question }}{% endfor %}";
    let mistakes = [
        "Hello\n{% for q in questions %}".to_owned(),
        format!("Hello\n\n{{{{ numbr }}}} {list}"),
        format!("{list}\n{{{{ count | plurall }}}}"),
        format!("{list}\n{{{{ count | plural('a') }}}}"),
        "Hello".to_owned(),
        format!("{list} {}", "long ".repeat(500)),
        // In a branch that only a second letter takes.
        format!("{list}\n{{% if again %}}{{{{ oops }}}}{{% endif %}}"),
        // In a branch that no sample takes.
        format!("{list}\n\n{{% if company == 'ООО М' %}}{{{{ komp }}}}{{% endif %}}"),
        // Its word stands in the prose, too; of two, the first is named.
        format!("Your ticket\n{list}\n{{% if\n  ticket %}}{{{{ zzz }}}}{{% endif %}}"),
        "{% for question in questions %}\n{{ question.text }}\n{% endfor %}".to_owned(),
    ];
    let errors: Vec<String> = mistakes.iter().map(|source| with(source).unwrap_err().to_string()).collect();
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn a_letter_without_a_word_is_none() {
    let source = "{% if false %}{% endif %}\n".to_owned();
    let own = Override {
        purpose: Purpose::Accept,
        language: Language::Russian,
        file: "accept.ru.txt".to_owned(),
        source,
    };
    insta::assert_snapshot!(Letters::new(&[own]).unwrap_err(), @"the letter template accept.ru.txt makes letters without a word: write them, or take the file away to use the built-in one");
}

#[test]
fn where_the_operators_template_fails_the_built_in_one_has_words() {
    let list = "{% for question in questions %}{{ question }}{% endfor %}";
    for source in [
        format!("{list}{{% if number == 4711 %}}{{{{ count | plural('a') }}}}{{% endif %}}"),
        format!("{{% if number != 4711 %}}{list}{{% endif %}}"),
    ] {
        let letters = with(&source).unwrap();
        let of = |ticket| LetterFacts {
            ticket: TicketId(ticket),
            missing: missing(Language::English, &[Field::Product]),
            ..facts(Language::English)
        };
        letters.write(Purpose::Ask, &of(12)).unwrap();
        letters.write(Purpose::Ask, &of(4711)).unwrap_err();
        let letter = letters.write_built_in(Purpose::Ask, &of(4711)).unwrap();
        assert!(letter.text.contains("Which of our products is this about?"), "{}", letter.text);
    }
}

#[test]
fn the_built_in_templates_pass_their_own_trial() {
    let letters = Letters::new(&[]).unwrap();
    for (purpose, language, _) in BUILT_IN {
        letters.try_out(purpose, language, "built in").unwrap();
    }
}

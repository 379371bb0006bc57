use super::super::cue::Cue;
use super::super::{Before, Field, Level, Product, RuleError, RuleSettings, Rules, State, read};
use super::mail;

fn settings(change: impl FnOnce(&mut RuleSettings)) -> RuleSettings {
    let mut settings = RuleSettings::wialon();
    change(&mut settings);
    settings
}

#[test]
fn what_an_operator_adds_is_found() {
    let rules = Rules::new(settings(|settings| {
        settings.products.push(Product {
            name: "Depot Watch".to_owned(),
            aliases: vec!["depot watch".to_owned()],
            ..Product::default()
        });
        settings.object_patterns.push(r"\bDW-\d{4}\b".to_owned());
        settings.names.push("Зелёный змей".to_owned());
        settings.cues.steps.push("по инструкции 7".to_owned());
        settings.levels.attachments = Level::Off;
    }))
    .unwrap();
    let request =
        read(&mail("", "Depot Watch: dw-0042 пропал, сделал по инструкции 7"), Before::default(), &rules);
    assert_eq!(request.fields.product.value.as_deref(), Some("Depot Watch"));
    assert_eq!(request.fields.objects.value.as_deref(), Some("dw-0042"));
    assert_eq!(request.fields.steps.state, State::Present);
    assert_eq!(request.fields.attachments.state, State::Off);
    let request = read(&mail("", "пропал зеленый змей"), Before::default(), &rules);
    assert_eq!(request.fields.objects.value.as_deref(), Some("«зеленый змей»"));
}

#[test]
fn what_a_pattern_of_the_operators_fits_is_shown_before_what_may_be_an_element() {
    let pattern = r"\b(?:TID )?[12]\d{7}\b".to_owned();
    let rules = Rules::new(settings(|settings| settings.object_patterns = vec![pattern])).unwrap();
    for (body, value) in [
        ("В кафе «Ромашка» не проходит оплата, TID 20111222", "TID 20111222"),
        ("Касса на точке Мира 10 не печатает чек. Терминал 20111222", "терминал 20111222"),
        ("Не проходит оплата в магазине «Север» с утра: 20111222, 20111223 и 20111224", "20111222 и ещё 2"),
    ] {
        let request = read(&mail("", body), Before::default(), &rules);
        assert_eq!(request.fields.objects.value.as_deref(), Some(value), "{body}");
        assert_eq!(request.fields.objects.state, State::Present, "{body}");
    }
}

/// Which product it is they do not say; that one is named they do.
#[test]
fn what_an_operator_says_shows_a_product_or_a_file_is_believed() {
    let rules = Rules::new(settings(|settings| {
        settings.cues.product = vec!["наш портал".to_owned()];
        settings.cues.attachments = vec!["выложил* на сервер".to_owned()];
    }))
    .unwrap();
    let text = "Наш портал не показывает отчёты за вчера, выложили на сервер запись экрана";
    let request = read(&mail("", text), Before::default(), &rules);
    assert_eq!(request.fields.product.state, State::Unsure);
    assert!(request.fields.product.evidence[0].is_by(Cue::ConfiguredWord));
    assert_eq!(request.fields.attachments.state, State::Present);
    let named = read(&mail("", "Наш портал и Wialon Hosting"), Before::default(), &rules);
    assert_eq!(named.fields.product.value.as_deref(), Some("Wialon Hosting"));
}

#[track_caller]
fn refused(change: impl FnOnce(&mut RuleSettings), message: &str) -> RuleError {
    let error = Rules::new(settings(change)).unwrap_err();
    assert_eq!(error.to_string(), message);
    error
}

#[test]
fn a_setting_that_cannot_mean_what_it_should_is_named() {
    let error = refused(
        |settings| settings.products[1].aliases[2] = "ж".to_owned(),
        "\"ж\" of product \"Wialon Hosting\" is too short to mean a product: use at least two letters or digits",
    );
    assert!(matches!(error, RuleError::Alias { product: 1, list: "aliases", index: 2, .. }));
    let error = refused(
        |settings| settings.object_patterns = vec!["ok-\\d+".to_owned(), "\\d*".to_owned()],
        "the object pattern \"\\d*\" fits the empty text: every mail would name an object",
    );
    assert!(matches!(error, RuleError::EmptyPattern { index: 1, .. }));
    let broken = settings(|settings| settings.object_patterns = vec!["(".to_owned()]);
    assert!(matches!(Rules::new(broken).unwrap_err(), RuleError::Pattern { index: 0, .. }));
    refused(
        |settings| settings.products[0].name.clear(),
        "product 0 has no name: give it the name that clients read",
    );
    refused(
        |settings| settings.cues.steps = vec!["…".to_owned()],
        "the cue \"…\" for steps has no letter or digit",
    );
}

#[test]
fn nobody_is_asked_which_product_if_there_is_but_one() {
    for (products, missing) in [(1, vec![Field::Steps]), (2, vec![Field::Product, Field::Steps])] {
        let rules = Rules::new(settings(|settings| settings.products.truncate(products))).unwrap();
        let request = read(&mail("", "Пропал трек у А123ВС77"), Before::default(), &rules);
        let mut answers = super::Answers::default();
        answers.absorb(&request);
        assert_eq!(answers.missing(&rules), missing, "{products}");
    }
}

#[test]
fn a_field_that_is_only_welcome_is_never_asked() {
    let rules = Rules::new(settings(|settings| settings.levels.steps = Level::Welcome)).unwrap();
    let request = read(&mail("", "В Wialon пропал трек у А123ВС77"), Before::default(), &rules);
    let mut answers = super::Answers::default();
    answers.absorb(&request);
    assert_eq!(request.fields.get(Field::Steps).state, State::Missing);
    assert!(answers.missing(&rules).is_empty());
}

use super::super::cues::{errand, papers, question};
use super::super::reading::Reading;
use super::super::{Before, Field, Kind, PerField, Stance, State};
use super::{RULES, check, mail, read, read_body};

#[track_caller]
fn is(body: &str, kind: Kind) {
    assert_eq!(read_body(body).kind, kind, "{body}");
}

#[test]
fn a_malfunction_is_a_problem() {
    is("Пропал трек у машины А123ВС77", Kind::Problem);
    is("Почему у объекта «Кран 5» температура -127?", Kind::Problem);
    is("The unit is offline since Monday", Kind::Problem);
    is("Ничего не работает, помогите!", Kind::Problem);
}

#[test]
fn asking_for_a_way_a_possibility_or_a_price_is_a_question() {
    is("Как в Wialon сменить пароль?", Kind::Question);
    is("Можно ли сделать, чтобы уведомления не приходили ночью?", Kind::Question);
    is("Сколько стоит Hecterra на 40 полей?", Kind::Question);
    is("В отчёте нет колонки пробега. Как её добавить?", Kind::Question);
    is("Здравствуйте, есть вопрос по вашему сервису", Kind::Question);
}

#[test]
fn asking_us_to_do_a_thing_is_a_service() {
    is("Просим добавить 15 лицензий в учётную запись «Юг»", Kind::Service);
    is("Сбросьте пароль.", Kind::Service);
    is("Please move unit 12 to the account \"North\"", Kind::Service);
    is("Направьте акт сверки за 3 квартал", Kind::Service);
    is("Нужен доступ для нового диспетчера", Kind::Service);
}

#[test]
fn what_asks_nothing_is_none_and_supplies_nothing() {
    let thanks = read(&mail("Re: отчёт", "Спасибо, всё понятно!"), Before::default(), &RULES);
    assert_eq!((thanks.kind, thanks.stance), (Kind::None, Stance::Courtesy));
    let away = read(
        &mail("Automatic reply: request", "I am out of the office until Monday."),
        Before::default(),
        &RULES,
    );
    assert_eq!(away.kind, Kind::None);
    let spam = read_body("Предлагаем продвижение сайтов, первый аудит бесплатно. Wialon тоже наш клиент.");
    assert_eq!((spam.kind, spam.fields.product.state), (Kind::None, State::Missing));
}

#[test]
fn a_complaint_without_detail_is_no_description() {
    for body in [
        "не работает",
        "помогите",
        "опять беда с машинами, разберитесь",
        "виалон не робит что делать",
        "its not working again pls fix",
    ] {
        check(body, Field::Description, State::Missing);
    }
    for body in [
        "не показывает температуру на карте",
        "пробег завышен вдвое",
        "the marker stops while the clock keeps running",
    ] {
        check(body, Field::Description, State::Present);
    }
}

#[test]
fn who_only_says_what_a_product_does_not_do_asks_nothing() {
    for body in [
        "NimBus does not send the delay report",
        "Wialon does not send the notifications",
        "The Wialon app does not send push messages",
        "Fleetrun does not close service intervals",
    ] {
        is(body, Kind::Problem);
    }
    is("Does Wialon not send notifications?", Kind::Question);
    is("Wialon does not support push messages?", Kind::Question);
}

#[test]
fn what_a_product_does_not_do_is_a_description() {
    for body in [
        "Флитран не закрывает обслуживание",
        "Fleetrun does not close the service",
        "Fleetrun doesn't close the service",
        "Hecterra does not save the fields",
        "Hecterra does not count the area",
        "Logistics does not build the route",
    ] {
        assert_ne!(read_body(body).fields.description.state, State::Missing, "{body}");
    }
    for body in ["Wialon does not work", "Виалон не работает"] {
        check(body, Field::Description, State::Missing);
    }
}

#[test]
fn what_few_words_tell_is_not_asked_for_again() {
    let told = |subject: &str, body: &str| {
        let request = read(&mail(subject, body), Before::default(), &RULES);
        request.fields.description.state != State::Missing
    };
    for (subject, body) in [
        ("Unlock user anna_k in Wialon", "Thanks in advance!"),
        ("Разблокировать пользователя ivanov_t в Wialon", "Заранее спасибо"),
        ("Виалон: отчёт \"Рейсы\" пустой", "в теме письма всё"),
        ("", "app keeps logging me out"),
        ("PLEASE HELP!!!", "Our dispatch screen is BLANK."),
        ("WiaTag", "Курьеры жалуются: виатаг жрёт батарею, телефон садится за 3 часа. Что делать?"),
        ("Print", "Wialon report \"Weekly\" will not print."),
    ] {
        assert!(told(subject, body), "{subject}: {body}");
    }
    assert!(!told("Помогите", "Спасибо"));
}

#[test]
fn a_wrong_paper_is_no_malfunction() {
    for body in [
        "В счёте 1045 неверная сумма, просим исправить",
        "В счете-фактуре 77 ошибка в ИНН, исправьте, пожалуйста.",
        "В договоре 12/26 неверно указан адрес, нужно исправить",
        "Hello, the amount in invoice 1045 is wrong, please correct it.",
    ] {
        let request = read_body(body);
        assert_eq!((request.kind, request.applies.objects), (Kind::Service, false), "{body}");
        assert_ne!(request.fields.description.state, State::Missing, "{body}");
    }
    for body in [
        "По договору видео лежит 30 суток, а у меня пусто. Исправьте.",
        "В Wialon счётчик моточасов неверный, исправьте. Счёт за октябрь пришёл.",
        "В отчёте «Счёт за топливо» неверная сумма, просим исправить",
        "Не формируется накладная в Wialon, исправьте.",
        "The contract page shows an error, please fix it.",
    ] {
        assert_eq!(read_body(body).kind, Kind::Problem, "{body}");
    }
}

#[test]
fn a_paper_that_lacks_or_money_taken_twice_is_no_malfunction() {
    for body in [
        "Не пришёл счёт за ноябрь",
        "Не пришли документы за октябрь",
        "В счете ошибка: неверный ИНН. Wialon",
        "В акте не та сумма",
        "В счете 14 объектов, а у нас 12",
        "С нас списали дважды",
        "До сих пор не получили акт за октябрь. Wialon",
        "We have not received the invoice for November.",
        "The invoice for October did not arrive. Wialon",
    ] {
        let request = read_body(body);
        assert!(matches!(request.kind, Kind::Service | Kind::Question), "{body}: {:?}", request.kind);
        assert!(!request.applies.objects && !request.applies.steps, "{body}");
        assert_ne!(request.fields.description.state, State::Missing, "{body}");
    }
    for body in [
        "Не приходит накладная в 1С из Wialon",
        "Wialon не отправляет счета клиентам, не пришёл ни один счёт",
        "Не пришёл отчёт на почту",
        "The battery was charged twice and the unit went offline",
    ] {
        let alone = by_rule(body, |reading| papers::are_wrong(reading, &PerField::default()));
        assert!(!alone, "{body}");
    }
}

/// What a rule says of a first mail, whatever is learned.
fn by_rule(body: &str, rule: impl Fn(&Reading<'_>) -> bool) -> bool {
    let mail = mail("", body);
    rule(&Reading::new(&mail, Before::default(), &RULES))
}

#[test]
fn of_a_forgotten_password_only_the_login_is_asked() {
    for body in [
        "I forgot my Wialon password",
        "I have forgotten my password. Wialon",
        "We cannot remember the password for Wialon",
        "Забыл пароль от Wialon",
        "Не помню пароль. Виалон",
    ] {
        let request = read_body(body);
        assert_ne!(request.kind, Kind::Problem, "{body}");
        assert_ne!(request.fields.description.state, State::Missing, "{body}");
        assert!(!request.applies.steps, "{body}");
    }
    for body in [
        "Забыл пароль, восстанавливаю, а письмо со ссылкой не приходит и пишет «ошибка»",
        "I forgot my password, the reset page shows an error",
    ] {
        assert!(!by_rule(body, errand::forgets_password), "{body}");
    }
}

#[test]
fn a_question_is_put_without_a_question_mark_too() {
    assert!(by_rule("Подскажите контактный телефон техподдержки", question::is_put));
    for body in ["Подскажите по Wialon", "Кому адресовать вопрос по Wialon", "Помогите, пожалуйста"]
    {
        assert!(!by_rule(body, question::is_put), "{body}");
    }
}

#[test]
fn what_a_subject_asks_for_above_thanks_is_asked_for() {
    for (subject, body) in [
        ("Сброс пароля Wialon petrov", "Спасибо"),
        ("Счет за декабрь Wialon", "Заранее спасибо!"),
        ("Акт сверки за 3 квартал", "Заранее спасибо! С уважением, Иван Петров"),
        ("Новый пользователь ivanov Wialon", "Спасибо"),
        ("Invoice for December Wialon", "Thanks in advance"),
    ] {
        let request = read(&mail(subject, body), Before::default(), &RULES);
        assert_ne!(request.kind, Kind::None, "{subject}: {body}");
        assert_eq!(request.stance, Stance::Request, "{subject}: {body}");
    }
    for (subject, body) in [
        ("Re: Счет за декабрь Wialon", "Спасибо"),
        ("Спасибо за счет", "Спасибо"),
        ("Счет за декабрь", "Спасибо, всё получили"),
        ("Счет за декабрь", "Спасибо за помощь!"),
    ] {
        let request = read(&mail(subject, body), Before::default(), &RULES);
        assert_ne!(request.stance, Stance::Request, "{subject}: {body}");
    }
}

/// A mail with a file.
fn with_file(body: &str, name: &str) -> crate::mail::Mail {
    let text = format!("--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n");
    let head =
        "From: client@example.test\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n";
    let file = format!(
        "--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\nabcd\r\n--b--\r\n"
    );
    crate::mail::parse(format!("{head}{text}{file}").as_bytes())
}

#[test]
fn elements_in_an_attached_list_are_not_asked_for() {
    let objects =
        |body: &str, name: &str| read(&with_file(body, name), Before::default(), &RULES).fields.objects.state;
    for (body, name) in [
        ("Просим отключить от мониторинга машины по списку во вложении. Wialon", "list.xlsx"),
        ("Во вложении список машин на подключение. Виалон", "list.xlsx"),
        ("Просим отключить машины по списку. Wialon", "a.csv"),
        ("Please remove the units in the attached spreadsheet from Wialon", "units.xlsx"),
        ("Please see the list of units to be moved. Wialon", "units.pdf"),
    ] {
        assert_ne!(objects(body, name), State::Missing, "{body}");
    }
    for (body, name) in [
        ("В списке машин ничего не видно. Wialon", "screen.png"),
        ("Не строится отчёт, скриншот во вложении. Wialon", "screen.png"),
    ] {
        assert_eq!(objects(body, name), State::Missing, "{body}");
    }
}

#[test]
fn who_does_not_understand_our_questions_is_asked_nothing_more() {
    for answer in [
        "I do not understand these questions",
        "Sorry, I don't understand your questions.",
        "Не понимаю ваших вопросов",
    ] {
        let request = read(
            &mail("Re: ask", answer),
            Before { asked: &[Field::Description, Field::Steps], kind: Some(Kind::Problem), all_told: false },
            &RULES,
        );
        assert_eq!(request.stance, Stance::Refusal, "{answer}");
    }
}

#[test]
fn plain_english_says_enough_to_begin_with() {
    let described = |subject: &str, body: &str| {
        let request = read(&mail(subject, body), Before::default(), &RULES);
        assert_ne!(request.fields.description.state, State::Missing, "{subject}: {body}");
        request.kind
    };
    described("", "Digger 4 isn't tracking. Wialon.");
    described("Mileage of van 7 too small since Friday", "Please see subject. Wialon, van 7.");
    let service = described("", "Please help us to calibrate the probe of lorry 77, here is the table.");
    assert_eq!(service, Kind::Service);
    described("", "Please your support for the deactivation of the user \"jperez\".");
}

#[test]
fn a_question_that_is_put_is_not_asked_for_again() {
    for body in [
        "Что означает ошибка 1003 в Wialon Hosting?",
        "Когда будет обновление Wialon Local?",
        "Что значит код 7?",
        "Добрый день! Как понять, что трекер на связи?",
    ] {
        assert_ne!(read_body(body).fields.description.state, State::Missing, "{body}");
    }
    for body in ["Кому адресовать вопрос по Wialon?", "Есть вопрос по Logistics. Можно позвонить?"]
    {
        check(body, Field::Description, State::Missing);
    }
}

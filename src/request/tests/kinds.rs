use super::super::{Before, Field, Kind, Stance, State};
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
    is("Could you send us the price of Fleetrun for 60 vehicles?", Kind::Question);
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
    for body in ["Кому адресовать вопрос по Wialon?", "Есть вопрос по Logistics. Можно позвонить?", "Wialon?"]
    {
        check(body, Field::Description, State::Missing);
    }
}

use super::super::{Before, Field, Kind, Language, State, read};
use super::{RULES, later, mail, mail_from, read_body};

const RU: Option<Language> = Some(Language::Russian);
const EN: Option<Language> = Some(Language::English);

const LOG: &str = "2026-03-05 10:11:12 ERROR com.gurtam.lib.Report - report execution failed for item 12345\n\
                   2026-03-05 10:11:12 ERROR com.gurtam.lib.Report - caused by timeout while waiting for your response\n\
                   2026-03-05 10:11:13 WARN please try again, connection reset by peer\n\
                   at com.example.Client.execute(Client.java:55)\n";

const LOG_OF_CODE: &str =
    "{\"error\":4,\"reason\":\"VALIDATE_PARAMS\"}\nat com.example.Client.execute(Client.java:55)\n";

#[track_caller]
fn is(body: &str, language: Option<Language>) {
    assert_eq!(read_body(body).language, language, "{body}");
}

#[test]
fn the_language_is_that_of_the_words_not_of_the_names() {
    is("В Wialon Hosting у unit TRK нет связи", RU);
    is("The unit «Камаз» is offline", EN);
    is("Unit Самосвал Север offline", EN);
    is(
        "Report «Поездки за сутки» is empty for group Юг, I press Execute and we see nothing. Please help",
        EN,
    );
    is("Zdravstvuyte, mashina ne pokazyvaet, pomogite pozhalusta", RU);
    is("Unit 7 offline", EN);
    is("А123ВС77 Хостинг", RU);
    is("Hi, the app says «Ошибка выполнения отчёта, повторите позже» when I open my report", EN);
    is("not work", EN);
    is("The panic alarm arrives late.", EN);
    is("CHECK MY CAR PLEASE", EN);
    is("The unit камаз 412 is offline since yesterday evening.", EN);
    is("Dear team, sensor топливо shows zero for two days, please check", EN);
    is("In Wialon Hosting report Daily for unit TRK-12 пустой", RU);
    is("Wialon Hosting: пропал трек unit TRK-12, report Daily, template Trips", RU);
    is("УЖЕ ВТОРУЮ НЕДЕЛЮ ВАШ WIALON ИЗДЕВАЕТСЯ НАД ЛЮДЬМИ!!!", RU);
}

#[test]
fn russian_in_latin_letters_is_russian_however_it_is_spelt() {
    for body in [
        "Dobryi den! Ne otobrajaetsya mashina na karte, uje 2 dnya, proverte pojaluista",
        "Salam, mashina ne pokazivaet na karte uje vtoroi den, proverte pojaluista",
        "Dobry den, podskazhite skolko stoit abonentskaya plata v mesyac",
        "Dobryj den! Uje tretij den ne vidim gruzoviki, jdem otvet",
        "Zdravstvuyte. u nas ne rabotaet gps na mashine, kajdyi den propadaet svyaz', skajite chto delat",
    ] {
        is(body, RU);
        assert_eq!(read_body(body).concern, None, "{body}");
    }
    let silent = read_body("Dobryi den! Ne otobrajaetsya mashina na karte, uje 2 dnya, proverte pojaluista");
    assert_eq!((silent.kind, silent.fields.description.state), (Kind::Problem, State::Present));
    for body in [
        "Pozdrav, ne radi izvestaj za vozilo BG 123-AB. Otvorim Izvestaje i prazno je. Da li mozete da proverite?",
        "Pozdrav, od jucer nam ne radi pracenje, vozilo ZG 1234-AB se ne vidi na karti, molim provjerite i javite",
        "Postovani, kako da dodam novog korisnika? Ne mogu da nadjem tu opciju u sistemu, hvala",
        "Dobry den, nevidim vozidlo na mape, prosim o kontrolu, GPS nefunguje uz druhy den, dakujem",
        "Dobry den, vozidlo se nezobrazuje na mape, jak to opravit? Dekuji za pomoc",
        "Dzien dobry, nie dziala mi mapa, pojazd jest niewidoczny od wczoraj, co mam zrobic? Na mapie nie ma sladu",
        "Dzien dobry, raport nie dziala, prosze o pomoc za wczoraj, nasz numer konta 12",
        "Pozdrav, izvestaj za jucer je prazan, ne znam da li vozilo salje podatke",
    ] {
        assert_ne!(read_body(body).language, RU, "{body}");
    }
}

#[test]
fn one_russian_sentence_tells_more_than_pages_of_a_log() {
    for words in [
        "Добрый день, вот лог",
        "лог ниже",
        "Здравствуйте!",
        "не строится отчёт",
        "пропал трек",
        "Помогите пожалуйста разобраться",
    ] {
        is(&format!("{words}\n{}", LOG.repeat(30)), RU);
        is(&format!("{}\n{words}", LOG.repeat(30)), RU);
    }
    is(&format!("Hello, please look at my log\n{}", LOG.repeat(30)), EN);
    let api = "POST https://hst-api.wialon.com/wialon/ajax.html?svc=report/exec_report\n{\"error\":4,\"reason\":\"VALIDATE_PARAMS\"}\n";
    let titled =
        |subject: &str| read(&mail(subject, &format!("{api}{LOG}")), Before::default(), &RULES).language;
    assert_eq!(titled("Не выполняется отчёт через API"), RU);
    assert_eq!(titled("Re: отчёт через API"), RU);
}

#[test]
fn where_the_text_tells_nothing_the_signature_and_the_name_do() {
    let from = |name: &str, body: &str| read(&mail_from(name, "", body), Before::default(), &RULES).language;
    let code = LOG_OF_CODE;
    assert_eq!(from("Ivan", code), None);
    assert_eq!(from("Ivan", &format!("{code}\n-- \nС уважением,\nИван Петров\n")), RU);
    assert_eq!(from("Иван Петров", code), RU);
    // Whoever writes English is answered in English, whatever he is called.
    assert_eq!(from("Иван Петров", "Hello, our report is empty, please help"), EN);
    assert_eq!(from("Иван Петров", "Unit 7 offline"), EN);
}

#[test]
fn a_few_latin_words_speak_for_english_where_nothing_is_russian() {
    let leaning = |name: &str, subject: &str, body: &str| {
        let request = read(&mail_from(name, subject, body), Before::default(), &RULES);
        request.language.or(request.leaning)
    };
    for (subject, body) in [
        ("", "Wialon down"),
        ("", "4471 offline"),
        ("No GPS", ""),
        ("Help", ""),
        ("Question", "Price?"),
        ("", "webinar date?"),
        ("", "Wialon Error 500"),
        ("", "Unidad perdida"),
        ("", "Hola, no puedo ver mis vehiculos en Wialon"),
    ] {
        assert_eq!(leaning("John Miller", subject, body), EN, "{subject}: {body}");
    }
    // Codes, products, names, logs and files, and Russian in Latin letters.
    for body in [
        "",
        "TRK-12",
        "4471 12",
        "860112045670001",
        "Wialon",
        "Wialon Hosting",
        "CMS Manager",
        "FMB920",
        "report.xlsx",
        "Toyota Camry",
        "mashina 4471",
        "mashina propala",
        "trek propal",
        "otchet pust",
        "net svyazi",
        "propal signal",
        LOG_OF_CODE,
    ] {
        assert_eq!(leaning("John Miller", "", body), None, "{body}");
    }
    // Whoever is called in Russian, or signs so, may well write "offline".
    assert_eq!(leaning("Иван Петров", "", "4471 offline"), RU);
    assert_eq!(leaning("John Miller", "", "4471 offline\n\n-- \nС уважением,\nИван"), RU);
    assert_eq!(leaning("John Miller", "Камаз", "offline"), RU);
    // It is a leaning and no more: his earlier requests tell more.
    assert_eq!(read_body("4471 offline").language, None);
}

#[test]
fn a_few_words_in_a_conversation_change_no_language() {
    let later = |body: &str| {
        let before = later(&[]);
        read(&mail("Re: request", body), before, &RULES).language
    };
    for body in ["Wialon Hosting", "ok, hosting please", "1) CMS Manager 2) TRK-12", "А123ВС77", LOG] {
        assert_eq!(later(body), None, "{body}");
    }
    assert_eq!(later("Открываю отчёты, жму Выполнить"), RU);
    assert_eq!(later("I open reports, press Execute and nothing is shown to me"), EN);
    let named =
        "1) Wialon Hosting 2) report is blank 3) unit фура 12, template топливо 4) it is like that all day";
    assert_eq!(later(named), EN);
    assert_eq!(later("1) Wialon Hosting 2) отчёт пустой 3) unit TRK-12, template Daily trips"), RU);
}

#[test]
fn what_a_ukrainian_mail_tells_is_found() {
    let update = "Добрий день! Не оновлюються дані по автомобілю АА1234ВС з вчорашнього дня, відкриваю Моніторинг у Wialon, обираю \
                  авто, остання точка вчора о 18:00.";
    let report = "Доброго дня! У Wialon Hosting не будується звіт «Поїздки» по автомобілю АІ5678КЕ за 20 листопада. Відкриваю Звіти, \
                  натискаємо Виконати, таблиця порожня.";
    for (body, vehicle) in [(update, "автомобіль АА1234ВС"), (report, "автомобіль АІ5678КЕ")]
    {
        let request = read_body(body);
        assert_eq!((request.kind, request.language), (Kind::Problem, RU), "{body}");
        for field in [Field::Product, Field::Description, Field::Objects, Field::Steps] {
            assert_eq!(request.fields.get(field).state, State::Present, "{body}: {field:?}");
        }
        assert_eq!(request.fields.objects.value.as_deref(), Some(vehicle), "{body}");
    }
    let wish = read_body("Просимо додати користувача ivanenko у Wialon Hosting.");
    assert_eq!((wish.kind, wish.fields.description.state), (Kind::Service, State::Present));
    assert_eq!(read_body("Не працює віалон").fields.description.state, State::Missing);
    assert_eq!(read_body("Дякую, все працює!").kind, Kind::None);
}

#[test]
fn a_letter_in_english_is_answered_in_english_whatever_its_subject() {
    let told = |body: &str| read(&mail("отчёт по пробегу", body), Before::default(), &RULES).language;
    assert_eq!(
        told("Dear colleagues, the mileage of van LRT 221 is wrong since May and I cannot repair it."),
        EN
    );
    assert_eq!(told("The session has expired. Please log in again."), RU);
    assert_eq!(told("Hi, пробег не тот, I see 12 km"), RU);
}

#[test]
fn whoever_asks_for_a_language_is_answered_in_it() {
    is("Здравствуйте, не строится отчёт по машине 412. Please answer in English", EN);
    is("Не строится отчёт по машине 412. Ответьте, пожалуйста, на английском.", EN);
    is("The report for truck 412 is empty. Please reply to us in Russian, thanks", RU);
    is("Здравствуйте, отчёт приходит на английском, помогите", RU);
    is("Здравствуйте, интерфейс in English, а нужен русский", RU);
    is("Hello, the app is in Russian, we need it in English", EN);
}

use super::super::{Answers, Field, State, read};
use super::{RULES, check, later, mail, read_body};

#[track_caller]
fn names(body: &str, product: &str) {
    let request = read_body(body);
    assert_eq!(request.fields.product.value.as_deref(), Some(product), "{body}");
}

#[track_caller]
fn names_none(body: &str) {
    check(body, Field::Product, State::Missing);
}

#[test]
fn aliases_endings_and_slips_of_the_pen_name_a_product() {
    names("В виалоне пропал трек", "Wialon");
    names("в ВИАЛОНОВСКОМ отчёте пусто", "Wialon");
    names("карта в wialon'е серая", "Wialon");
    names("The report in Wiallon is empty", "Wialon");
    names("В Wialon Hosting не строится отчёт", "Wialon Hosting");
    names("виалон-хостинг не открывается", "Wialon Hosting");
    names("В гектерру не грузятся поля", "Hecterra");
    names("Hektera shows zero area", "Hecterra");
    names("в Нимбусе пропал рейс", "NimBus");
}

#[test]
fn letters_of_the_other_alphabet_are_read_as_meant() {
    // The second and fourth letters are Cyrillic а and о.
    names("в Wi\u{430}l\u{43e}n пусто", "Wialon");
    names("Vialon ne pokazyvaet mashinu s utra, dannyh net", "Wialon");
}

#[test]
fn hosts_and_calls_that_only_it_has_name_it() {
    names("не открывается https://hosting.wialon.com/login", "Wialon Hosting");
    names("на wialon.client.example карта серая", "Wialon");
    names("POST https://gps.example.test/wialon/ajax.html?svc=core/search_items", "Wialon");
}

#[test]
fn what_is_named_by_the_way_is_no_product() {
    names_none("Ваша программа не показывает машину");
    names_none("Не в Wialon, а в приложении курьеров пропал заказ");
    names_none("В Wialon всё работает, а в приложении курьеров пропал заказ");
    names_none("Мы партнёр Wialon, у нас пропал трек");
    names_none("файл wialon_export.kml пустой");
    names_none("Отчёт пустой, см. вложение Wialon.png");
    names_none("Пишет с адреса ivan@wialon-dealer.example");
    names_none("Our logistics department sees no orders");
    names_none("Площадь поля 48 гектаров, в отчёте 61");
}

#[test]
fn a_common_word_names_it_only_as_a_name() {
    names("Заказы в Logistics висят со вчера", "Logistics");
    names_none("Acme Logistics Ltd cannot see the orders");
}

#[test]
fn logistics_as_a_trade_is_no_product() {
    for body in [
        "Отдел логистики не видит машин на карте",
        "Наши логистики говорят, что на карте не видно машин",
        "Логистик видит пустую карту",
        "Директор по логистике просит верный пробег",
        "У компании «Северная логистика» пропал трек",
        "ООО «Транс-Логистика»: не приходит уведомление",
        "Агро-Логистика, у нас пропал трек",
    ] {
        names_none(body);
    }
    names("в логистиксе не строится маршрут 5", "Logistics");
    names("в логестикс не строится маршрут 5", "Logistics");
    names("в Логистксе не строится маршрут 5", "Logistics");
    names("в виалон логистике не строится маршрут 5", "Logistics");
    names("In Logistics I assign orders 5501 and press Send", "Logistics");
}

#[test]
fn what_is_called_like_a_product_and_is_a_company() {
    for body in [
        "ООО «Нимбус-Авто», пропал трек у машины А123ВС77",
        "Пропал трек. Нимбус-Авто, Иванов",
        "Компания «Нимбус» просит вернуть трек",
        "ООО Нимбус: пропал трек",
        "В аккаунте Юг-Логистикс нет данных",
        "Nimbus Transport Ltd cannot see the bus 44 on the map",
    ] {
        names_none(body);
    }
    names("ООО «Нимбус-Авто», в Wialon Local пропал трек", "Wialon Local");
    names("В приложении «NimBus» рейс 5 завис", "NimBus");
    names("В NimBus-е рейс 5 завис", "NimBus");
    names("прибор Teltonika-FMB920 не на связи", "Teltonika FMB920");
    names("Wialon-Ошибка при входе", "Wialon");
}

#[test]
fn what_ours_is_compared_with_is_no_product() {
    for body in [
        "в вашей программе 18 литров, а в Omnicomm Online 62; Omnicomm считает верно",
        "В вашей программе пробег 100 км. В системе Omnicomm 180",
        "В Omnicomm 62 литра, а у вас 18",
        "У вас по А123ВС77 90 литров, в системе Omnicomm 180",
        "Your report shows 12 litres, Omnicomm says 92 and it is right",
    ] {
        names_none(body);
    }
    names("трекер Omnicomm не передаёт", "Omnicomm");
    names("У вас 90 литров, а датчик Omnicomm показывает 4095", "Omnicomm");
    names("По вашему совету 12 мая настроил, а Wialon показывает 4095", "Wialon");
}

#[test]
fn the_line_of_products_is_nobody_else_s_name() {
    for body in [
        "У вас на сайте указано 5 объектов. Wialon показывает 6 объектов.",
        "У вас по договору 10 машин, а Wialon показывает 12.",
        "Your service charged us for 5 units. Wialon shows 6 units.",
        "Система мониторинга компании «Виалон» не строит трек машины 5",
        "Работаем через ТК Wialon, не строится трек машины 5",
        "Мониторинг-Wialon: не строится трек машины 5",
        "Hi, in Wialon Acme Ltd shows no data for unit TRK-001",
    ] {
        names(body, "Wialon");
    }
    names("компании «М2М Солюшнс, Wialon Hosting» нет данных по машине 5", "Wialon Hosting");
    names("Компания «Вектор (NimBus)»: рейс 5 завис", "NimBus");
}

#[test]
fn the_longer_name_wins_over_a_common_word_beside_it() {
    names("В приложении Wialon Local не открывается карта", "Wialon Local");
    names("в приложении Wialon Hosting не открывается карта", "Wialon Hosting");
    names("В мобильном приложении виалон локал не открывается карта", "Wialon Local");
    names("Приложение Wialon Logistics не показывает заявки", "Logistics");
    names("приложение wialon hecterra не грузит поля", "Hecterra");
    names("локальный Wialon Hosting не показывает карту", "Wialon Hosting");
    names("мобильный Wialon Logistics не показывает заявки", "Logistics");
    names("не создаётся пользователь в CMS Wialon Local", "Wialon Local");
    names("wialon local cms manager не открывается", "Wialon Local");
    // A word that is written as a name beside another is named, too.
    names("API Wialon Local не отвечает", "Wialon SDK and Remote API, Wialon Local");
    names("Wialon mobile Hecterra shows no fields", "Wialon App, Hecterra");
    // The common word with nothing longer beside it.
    names("В приложении Wialon не открывается карта", "Wialon App");
    names("мобильное приложение Wialon не показывает объекты", "Wialon App");
    names("после обновления приложения Wialon карта серая", "Wialon App");
}

#[test]
fn the_cms_is_named_in_many_ways() {
    for name in [
        "CMS Manager",
        "cms manager",
        "CMS-manager",
        "CMSManager",
        "CMS manger",
        "CMS-менеджере",
        "цмс менеджере",
        "менеджере CMS",
        "менеджере ЦМС",
        "CMS Wialon",
        "cms виалона",
    ] {
        names(&format!("в {name} не создаётся пользователь petrov"), "Wialon");
    }
    // Others have one, too: alone it names ours for certain only in an answer.
    names_none("У нас CMS Битрикс, не открывается виджет карты на сайте");
    names_none("Our CMS (Joomla) shows a blank widget");
    for name in ["CMS", "цмс"] {
        let before = later(&[Field::Product]);
        let product = read(&mail("Re: ask", name), before, &RULES).fields.product;
        assert_eq!((product.state, product.value.as_deref()), (State::Present, Some("Wialon")), "{name}");
    }
}

#[test]
fn what_is_but_the_heading_of_a_list_is_called_as_the_client_calls_it() {
    names("Трекер Teltonika FMB920 на КАМАЗ 458 не передаёт данные в Wialon", "Teltonika FMB920, Wialon");
    names("прибор галилео молчит", "Галилео");
    names("Navtelecom Smart S-2423 шлёт пустые пакеты", "Navtelecom Smart S-2423");
}

#[test]
fn what_was_written_and_not_meant_is_no_product() {
    for body in ["I said Wialon but I meant NimBus", "Написал Wialon, но имел в виду NimBus"]
    {
        names(body, "NimBus");
    }
    for body in [
        "I said that Wialon is slow",
        "I meant Wialon",
        "Я написал в Wialon сообщение водителю, оно не дошло",
    ] {
        names(body, "Wialon");
    }
}

#[test]
fn a_word_of_another_meaning_is_no_slip_of_a_name() {
    for body in [
        "Токен валидный, а ответ пустой",
        "файл валидный, не грузится",
        "Адрес валидный",
        "данные валидные, отчёт пустой",
        "координаты валидны",
        "передаём валидного пользователя",
    ] {
        names_none(body);
    }
    names("в виалоновском отчёте пусто", "Wialon");
    names("в вилоне пусто", "Wialon");
    names("карта в валионе серая", "Wialon");
}

#[test]
fn a_tracker_told_besides_takes_no_place_of_the_product() {
    for body in [
        "Машина Р 880 СО 58, трекер Teltonika FMB920",
        "Vehicle KX19 ABC, tracker Teltonika FMB920",
        "Прибор Галилео, машина 412",
    ] {
        let first = read_body("В Wialon не видно машину");
        let mut answers = Answers::default();
        answers.absorb(&first);
        let asked = [Field::Objects, Field::Steps];
        answers.absorb(&read(&mail("Re: ask", body), answers.before(&asked, &RULES), &RULES));
        assert_eq!(answers.found.product.value.as_deref(), Some("Wialon"), "{body}");
    }
    let answer = read(&mail("Re: ask", "Teltonika FMB920"), later(&[Field::Product]), &RULES);
    assert_eq!(answer.fields.product.value.as_deref(), Some("Teltonika FMB920"));
}

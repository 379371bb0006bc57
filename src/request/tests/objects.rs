use super::super::{Before, Field, State, cue::Cue};
use super::{RULES, check, later, mail, read, read_body, shown};

#[track_caller]
fn finds(body: &str, name: &str) {
    let request = read_body(body);
    let found = shown(&request, Field::Objects);
    let named = request.fields.objects.state != State::Missing;
    assert!(named && found.iter().any(|text| text.contains(name)), "{body}: {found:?}");
}

#[track_caller]
fn finds_none(body: &str) {
    check(body, Field::Objects, State::Missing);
}

#[test]
fn a_name_is_whole_to_its_last_part() {
    finds("ночью прицеп 55-81 слал тревогу за тревогой", "прицеп 55-81");
    finds("у птицевоза 3 пропал трек", "птицевоза 3");
    finds("не пускает в виалон, учётная запись alfa-trans", "учётная запись alfa-trans");
    finds("Wialon, user: ivan-petrov cannot log in", "user: ivan-petrov");
    finds("Добавьте пользователю elena.mostovaya право на отчёты", "пользователю elena.mostovaya");
    finds("серийный номер лицензии WL-00817-KR не виден", "лицензии WL-00817-KR");
    finds("Please give access to Wialon for account alfa-trans", "account alfa-trans");
    assert_eq!(read_body("account e-mail is not arriving").fields.objects.value, None);
    assert_eq!(
        shown(&read_body("IMEI 352093081234567-НЕТ СВЯЗИ"), Field::Objects)[0],
        "IMEI 352093081234567"
    );
    assert_eq!(shown(&read_body("пропали машины (группа Север)"), Field::Objects), ["группа Север"]);
    finds("по мазу двести семь пустая карта", "двести семь");
}

#[test]
fn plates_in_all_spellings() {
    for plate in [
        "А123ВС77",
        "а 123 вс 777",
        "A123BC77",
        "о214мр159",
        "Х 418 ТУ 24",
        "АВ 1234 77",
        "1234 АВ 77",
        "417 AOK 02",
        "4417 МА 29",
        "4417МА 29",
        "4417 MA 129",
        "х 313 ан",
        "о 515 хм",
        "т 604 но 43",
    ] {
        finds(&format!("пропала с карты {plate}, трек пустой"), plate);
    }
    finds("Truck ND 481-220 lost its track", "ND 481-220");
    finds("one of our trucks dropped off the map this morning, KHL 209 GP", "KHL 209 GP");
    finds("Vehicle MH12AB1234 is offline since morning", "MH12AB1234");
    finds("bus DL3CAB1234 lost its track", "DL3CAB1234");
    finds("MH-12-AB-1234 is offline since morning", "MH-12-AB-1234");
    finds("the truck is offline since morning, its last place is wrong: KDA 553X", "KDA 553X");
    finds("Truck T 123 ABC is offline", "T 123 ABC");
    finds("Our vehicle HH-AB 1234 is offline", "HH-AB 1234");
    finds("Our vehicle B-AB 1234 is offline", "B-AB 1234");
    finds("рефрижератор хв 4471 шлет минус 127", "хв 4471");
    finds("прицеп ав 1234 77 пропал с карты", "ав 1234 77");
    for plate in ["29 МА 4417", "4417 МА 29", "4417 ма 29", "т 340 оу 178"] {
        for label in ["гос номер", "Госномер:", "гос. №", "г/н", "рег. знак", "license plate"]
        {
            finds(&format!("пропал с карты {label} {plate}, трек пустой"), plate);
        }
    }
}

#[test]
fn numbers_that_find_an_element() {
    finds("прибор 864275041234561 не выходит на связь", "864275041234561");
    finds("params={\"itemId\": 311225}, пустой ответ", "311225");
    finds("сим-карта трекера +7 900 000-31-77 офлайн", "900");
    finds("заказ 100248 висит", "заказ 100248");
    finds("15-й маршрут пропал", "15-й маршрут");
}

#[test]
fn names_beside_a_noun() {
    finds("отчёт «Моточасы (сутки)» пустой", "Моточасы (сутки)");
    finds("пропали геозоны «Склад», «База 2»", "База 2");
    finds("датчик Барабан стоит", "датчик Барабан");
    finds("логин ivanov не пускает", "логин ivanov");
    finds("в учётке demo_agro пусто", "demo_agro");
    finds("борт 88 пропал", "борт 88");
    finds("На карте Рысь 14 стоит в море", "Рысь 14");
    finds("Shuttle 2 shows up in the sea", "Shuttle 2");
    finds("Unit TRK-0457 is offline", "TRK-0457");
    finds("my \"Daily mileage\" report is empty", "Daily mileage");
    finds("user \"ops.night\" sees nothing", "ops.night");
    finds("не приходят фотографии с камеры топливозаправщика 11", "топливозаправщика 11");
    for noun in [
        "АТЗ",
        "Ричтрак",
        "Длинномер",
        "Скиддер",
        "Шаланда",
        "АЗС",
        "Резервуар",
        "Котельная",
        "Пескоразбрасыватель",
    ] {
        finds(&format!("{noun} 11 не на связи"), &format!("{noun} 11"));
    }
    for noun in ["Rider", "Cab", "Container", "Dumper", "Tipper", "Ute", "Compressor", "Rig", "Pump", "RCV"] {
        finds(&format!("{noun} 12 is offline"), &format!("{noun} 12"));
    }
    finds("I create a route with 50 orders and get an error. Depot Lyon-Sud.", "Depot Lyon-Sud");
    finds("please unlock user john in Wialon", "user john");
}

#[test]
fn what_cannot_be_found_by_it_is_no_object() {
    finds_none("некоторые машины пропали с карты");
    finds_none("the 500 truck limit is reached and the map is empty");
    finds_none("the 2019 truck is not on the map");
    finds_none("our account manager, please call us, the map is empty");
    finds_none("the user interface, the account settings, the user list: all empty in Wialon");
    finds_none("сбросьте пароль qwerty на asdfgh");
    finds_none("нажимаю кнопку «Выполнить», отчёт пустой");
    finds_none("выдаёт ошибку «Доступ запрещён»");
    finds_none("по договору № 45/2023 нет данных");
    finds_none("та же машина опять пропала");
    finds_none("все отчёты пустые с 12 июня");
    finds_none("5 машин пропали");
    finds_none("Осталось 5, остальные пропали с карты");
    finds_none("Пишет 404, карта пустая");
    finds_none("трек уехал в 300 км от трассы");
    // Whether the numbers are units, only what was learned can suspect.
    for body in [
        "скорость скачет с 120 на 80 и обратно",
        "с 01.10.2024 00:00 по 07.10.2024 нет данных",
        "На Android 13 карта пустая",
    ] {
        assert_ne!(read_body(body).fields.objects.state, State::Present, "{body}");
    }
    finds_none("трек стоит в 300 м с 12 часов");
    finds_none("the truck must be back by 2026 and the map is empty");
    finds_none("звоните по тел. 8 (800) 000-11-22");
}

#[test]
fn an_element_is_worded_for_a_letter() {
    let worded = |body: &str| read_body(body).fields.objects.value;
    for (body, words) in [
        ("В Wialon Hosting по объекту Самосвалом 12 не приходит уведомление", "объект «Самосвалом 12»"),
        ("не могу войти в виалон под логином ivanov, пишет неверный логин", "логин ivanov"),
        ("В Wialon у машины А123ВС77 нет связи", "машина А123ВС77"),
        ("В Wialon по газели 412 пропал трек", "газель 412"),
        ("В Wialon на экскаваторе 7 неверное топливо", "экскаватор 7"),
        ("Отчёт по шаблону «Поездки за сутки» в Wialon пустой", "«Поездки за сутки»"),
        ("В Wialon по геозоне Склад Север не приходит уведомление", "геозона «Склад Север»"),
        ("В Wialon у пользователя petrov нет доступа к отчётам", "пользователь petrov"),
        ("В Wialon у водителя Сидорова нет смен", "водитель «Сидорова»"),
        ("В Wialon машина с номером 412 не на связи", "машина с номером 412"),
        ("В Wialon по объектам 12 и 14 не на связи", "объекты 12 и 14"),
        ("В Wialon по машинам 412, 413 и 414 пропал трек", "машины 412, 413 и 414"),
        ("В Wialon снегоходы 3 и 8 на карте стоят", "снегоходы 3 и 8"),
        ("В Wialon у КАМАЗов 401, 402 пропал трек", "Камазы 401, 402"),
        ("В Wialon на бетоновозах 3 и 5 пропал трек", "бетоновозы 3 и 5"),
        ("В Wialon у тягача 515, 516 пропал трек", "тягач 515, 516"),
        ("In Wialon buses 12 and 14 are offline", "buses 12 and 14"),
        ("В Wialon машина 412 и 3 прицепа не на связи", "машина 412"),
        ("В Wialon машина 412, 5 дней нет данных", "машина 412"),
        ("В Wialon в хлебовозке 2 пропал трек", "хлебовозка 2"),
        ("В Wialon у катка Bomag нет моточасов", "каток Bomag"),
        ("В Wialon по молоковозу 3 пропал трек", "молоковоз 3"),
        ("В Wialon по Скании 882 пропал трек", "Скания 882"),
        ("В Wialon трактор МТЗ-1221 №15 показывает скорость 0", "трактор МТЗ-1221 №15"),
        (
            "По самосвалам (БелАЗ-75306 борт 41, 43 и 47) Wialon не фиксирует погрузку",
            "самосвалы «БелАЗ-75306 борт 41, 43 и 47»",
        ),
        ("В Wialon у экскаваторов ЕК-14 №1 и №2 нет данных", "экскаваторы ЕК-14 №1 и №2"),
        ("В Wialon по кранам КС-45717 №1, КС-45717 №2 нет данных", "кран КС-45717 №1"),
        ("В Wialon Урал 4320 борт 8 стоит", "«Урал 4320 борт 8»"),
        ("По погрузчикам: 1) JCB 5 2) JCB 6 в Wialon нет данных", "JCB 5"),
        ("Wialon shows truck PB-10-AX-1121 in the wrong place", "truck PB-10-AX-1121"),
        ("Wialon Hosting. SYN без ответа. IMEI одного: 866104020011122.", "IMEI 866104020011122"),
        ("The number plate is YK15 BVN. In Wialon the bus is not on the map", "number plate YK15 BVN"),
        ("Уведомление называется Скорость 90, не приходит в Wialon", "уведомление «Скорость 90»"),
        ("WiaTag вылетает. Айфон 12, ios 18. Пользователь agro_7", "пользователь agro_7"),
        ("Машина А123ВС77 в Wialon не на связи", "машина А123ВС77"),
        ("прошу в Wialon дать доступ к учетной записи megatrans", "учётная запись megatrans"),
        ("МАЗ В345КХ в Wialon не на связи", "МАЗ В345КХ"),
        ("В Wialon Экскаватор-погрузчик JCB 12 не на связи", "«Экскаватор-погрузчик JCB 12»"),
        ("In Wialon unit TRK-12 is offline since morning", "unit TRK-12"),
        ("In Wialon report \"Trips daily\" is empty", "\"Trips daily\""),
        // Names that look like what a program says.
        ("Unit KAMAZ_SEVER is offline in Wialon", "Unit KAMAZ_SEVER"),
        ("В Wialon объект КАМАЗ_СЕВЕР не на связи", "объект КАМАЗ_СЕВЕР"),
        ("В Wialon пустой отчёт (\"Поездки за сутки\")", "\"Поездки за сутки\""),
        ("В Wialon объект:\"Камаз 412\" не на связи", "\"Камаз 412\""),
    ] {
        assert_eq!(worded(body).as_deref(), Some(words), "{body}");
    }
    // Days, and what a program says, are in no letter.
    for body in [
        "маршруты 12 и 14 мая пустые",
        "core/create_unit возвращает ошибку {\"creatorId\":123,\"name\":\"Test\"}",
        "Токен перестал работать {\"error\":1,\"reason\":\"INVALID_SID\"}",
        "Страница Wialon пишет ERR_CONNECTION_TIMED_OUT",
    ] {
        assert_eq!(worded(body), None, "{body}");
    }
}

#[test]
fn a_button_of_an_element_is_not_its_name() {
    for body in [
        "нажимаю на готовом отчёте Экспорт – PDF, файл пустой",
        "нажал на отчете Печать, лист пустой",
        "нажимаю в геозоне Изменить, окно пустое",
        "нажимаю у отчёта Выполнить, таблица пустая",
        "в уведомлении Сохранить не нажимается",
        "у группы жму Свойства, окно пустое",
    ] {
        let request = read_body(body);
        assert!(
            !request.fields.objects.evidence.iter().any(|found| found.is_by(Cue::NounWithName)),
            "{body}"
        );
    }
    finds("открываю отчёт Пробег, жму Выполнить, таблица пустая", "отчёт Пробег");
    finds("нажимаю на отчёт Пробег, таблица пустая", "отчёт Пробег");
    finds("геозона Склад не видна, жму Сохранить", "геозона Склад");
    finds("отчёт Выработка пустой", "отчёт Выработка");
}

#[test]
fn in_capitals_case_says_nothing() {
    let names = |body: &str| {
        let evidence = read_body(body).fields.objects.evidence;
        evidence.into_iter().map(|found| found.text).collect::<Vec<_>>()
    };
    let body = "ЗАХОЖУ В ВИАЛОН ПИШУ ЛОГИН ПАРОЛЬ ЖМУ ВОЙТИ ПОТОМ КАРТА БЕЛАЯ";
    assert!(!names(body).iter().any(|name| name.contains("ПАРОЛЬ")), "{:?}", names(body));
    for (body, words) in [
        ("YOUR WIALON IS SHOWING BUS 44 IN THE SEA!!!! FIX IT NOW", "BUS 44"),
        ("ЛОГИН IVANOV НЕ ПУСКАЕТ В ВИАЛОН", "логин IVANOV"),
        ("ОБЪЕКТ КАМАЗ 412 ПРОПАЛ С КАРТЫ ВИАЛОН", "объект КАМАЗ 412"),
        ("МАШИНА А 731 КО 178 НЕ ВИДНА НА КАРТЕ ВИАЛОН", "А 731 КО 178"),
        ("ТРАКТОР 4417 МА 29 НЕ ВИДЕН В ВИАЛОН", "трактор 4417 МА 29"),
    ] {
        assert_eq!(read_body(body).fields.objects.value.as_deref(), Some(words), "{body}");
    }
}

#[test]
fn a_shown_name_is_neither_cut_nor_goes_beyond_its_end() {
    for (body, words) in [
        (
            "Объект: Урал-4320 «Вахта 6», гос. номер С 204 РТ 89. Система: виалон. Трек пропал",
            "Урал-4320 «Вахта 6», гос. номер С 204 РТ 89",
        ),
        ("Гектерра, поле 118-Б (яровая пшеница) не сохраняется", "«поле 118-Б»"),
        ("Нимбус, маршрут 18-02-Дубна не виден", "маршрут «18-02-Дубна»"),
        ("В Wialon у водителя «Абрамов К.» нет смен", "«Абрамов К.»"),
        ("В Wialon нет смен водителя Абрамов К.Н. (карта 5)", "водитель «Абрамов К.Н.»"),
        (
            "Dobavte v vialon mashinu Hyundai Porter, imei 868345031234567, tel net. Mashina ne vidna, dannyh net",
            "imei 868345031234567",
        ),
    ] {
        assert_eq!(read_body(body).fields.objects.value.as_deref(), Some(words), "{body}");
    }
    assert_eq!(answered("Ну вот например отчёт «Пробеги ИТР».").as_deref(), Some("отчёт «Пробеги ИТР»"));
    assert_eq!(answered("for example unit \"Volvo 14\"").as_deref(), Some("unit \"Volvo 14\""));
    // Its first letters are part of a name.
    assert_eq!(answered("К-701").as_deref(), Some("К-701"));
    assert_eq!(answered("это К-701 зерновой").as_deref(), Some("«К-701 зерновой»"));
    assert_eq!(answered("к примеру, К-744 Р2").as_deref(), Some("К-744 Р2"));
    // A list in an answer that tells no language is counted in none.
    assert_eq!(answered("А123ВС77, А124ВС77").as_deref(), Some("А123ВС77, А124ВС77"));
}

#[test]
fn of_a_list_the_others_are_counted_where_that_is_certain() {
    for (body, words) in [
        ("В Wialon пропали машины А123ВС77, А124ВС77 и А125ВС77", "машина А123ВС77 и ещё 2"),
        ("В Wialon пропали геозоны «Склад», «База 2» и «Порт»", "«Склад» и ещё 2"),
        ("In Wialon units TRK-12, TRK-13 and TRK-14 are offline", "units TRK-12 and 2 more"),
        (
            "Kindly move units TRK-001, TRK-002 and TRK-009 in Wialon to \"Gulf South\"",
            "units TRK-001 and 2 more",
        ),
        // Named twice.
        ("В Wialon пропали А123ВС77, A 123 BC 77 и А125ВС77", "А123ВС77 и ещё 1"),
        ("В Wialon машина А123ВС77 стоит. Трек А123ВС77 пустой", "машина А123ВС77"),
        ("В Wialon пропали Дастер 1, Дастер 2, Дастер 5", "«Дастер 1» и ещё 2"),
        ("В Wialon пропали Газель 334 и Камаз 5", "Газель 334 и ещё 1"),
        (
            "In Wialon truck PB-10-AX-1121 and truck PB-10-BC-0907 are offline",
            "truck PB-10-AX-1121 and 1 more",
        ),
        // A line each.
        ("В Wialon пропали машины:\nА123ВС77\nА124ВС77\nА125ВС77\n\nПрошу помочь", "А123ВС77 и ещё 2"),
        (
            "Перенесите в Wialon:\n- Камаз В 441 ОТ 161\n- Камаз В 442 ОТ 161\n- Газель К 019 СУ 761\nСпасибо",
            "В 441 ОТ 161 и ещё 2",
        ),
        (
            "In Wialon these are offline:\n1. PB-10-AX-1121\n2. PB-10-AX-1134\n\nThanks",
            "PB-10-AX-1121 and 1 more",
        ),
        // Of different kinds.
        ("В Wialon отчёт Пробег и группа Север пустые", "отчёт «Пробег»"),
        ("В Wialon пропали:\nА123ВС77\nА124ВС77\n412\n", "А123ВС77"),
        // What the list has besides is not known.
        ("В Wialon пропали А123ВС77, 412 и А125ВС77", "А123ВС77"),
        ("В Wialon пропали А123ВС77, А124ВС77, 412", "А123ВС77"),
        ("В Wialon пропали А123ВС77 и А124ВС77, а после обеда А125ВС77", "А123ВС77"),
        ("В Wialon отчёт «Поездки», «Суточный» пустой", "«Поездки»"),
    ] {
        assert_eq!(read_body(body).fields.objects.value.as_deref(), Some(words), "{body}");
    }
}

#[test]
fn what_is_no_name_is_not_shown_as_one() {
    for (body, words) in [
        ("Токен сгенерил через login.html?client_id=app, потом передаю его в loginToken, код 8", None),
        ("Уведомление называется Скорость 90, по всем мусоровозам", Some("уведомление «Скорость 90»")),
        ("Газель 334 и Газель 338", Some("«Газель 334 и Газель 338»")),
    ] {
        assert_eq!(answered(body).as_deref(), words, "{body}");
    }
    let rows = "Please create these users in Wialon under account rutasol:\n\nLogin\tName\tRights\nrs_mgarcia\tMaria Garcia\tview";
    assert_ne!(read_body(rows).fields.objects.value.as_deref(), Some("Rights"));
    let cells = "Не выходят на связь в Wialon:\n\n1\tЭкскаватор Hitachi\t2214 ЕК 78\t861230048811201\t21.11.2026 14:05";
    assert_eq!(read_body(cells).fields.objects.value.as_deref(), Some("2214 ЕК 78"));
    let number = read(
        &mail(
            "[INC0047711] Wialon Local - SSL certificate expired",
            "Our Wialon Local server shows an error.",
        ),
        Before::default(),
        &RULES,
    );
    assert_eq!(number.fields.objects.value, None);
}

#[test]
fn an_element_in_the_subject_is_not_asked_for_below_a_body_that_says_nothing() {
    for body in ["см тему", "Добрый день! Тема в теме. Спасибо"] {
        let request =
            read(&mail("В виалоне А123ВС77 не на связи со вторника", body), Before::default(), &RULES);
        assert_ne!(request.fields.objects.state, State::Missing, "{body}");
        assert_eq!(request.fields.objects.value.as_deref(), Some("А123ВС77"), "{body}");
    }
}

#[test]
fn a_login_or_place_that_is_named_is_not_asked_for() {
    for body in [
        "We would like to add 20 units from 1 January, account sgcold, please send quotation. Wialon Hosting",
        "When I create a route in Logistics with more than 50 orders, press Save, I receive \"Internal error\". Depot Lyon-Sud.",
        "Hi, one of our trucks dropped off the map this morning, KHL 209 GP. Driver says he is on the N1. Pls check asap",
    ] {
        assert_ne!(read_body(body).fields.objects.state, State::Missing, "{body}");
    }
}

#[test]
fn a_label_and_its_mark_are_no_part_of_a_name() {
    for (body, words) in [
        ("Объект: Рено. В Wialon пропал трек", "объект «Рено»"),
        ("По объекту: Рено в Wialon пропал трек", "объект «Рено»"),
        ("Объект - Камаз 043, в Wialon пропал трек", "объект «Камаз 043»"),
        ("Объект (Камаз 043) в Wialon не едет", "объект «Камаз 043»"),
        ("Машина : А111АА29, в Wialon пропал трек", "машина А111АА29"),
        ("Машина=А111АА29, в Wialon пропал трек", "машина А111АА29"),
        ("ТС: Урал 556, проблема: в Wialon скачет топливо", "ТС «Урал 556»"),
        ("По технике: Камаз 5 в Wialon пусто", "«Камаз 5»"),
        ("Учётная запись: megatrans, в Wialon не пускает", "учётная запись megatrans"),
        ("Гос номер 29 МА 4417, в Wialon пропал трек", "госномер 29 МА 4417"),
        ("гос номер 4417 МА 29 не на связи, Wialon", "госномер 4417 МА 29"),
        ("г/н: а123вс 77 в Wialon пропал с карты", "госномер а123вс 77"),
        ("Unit: TRK-12 is offline in Wialon", "unit TRK-12"),
        ("Vehicle - Volvo FH 0457 is offline in Wialon", "vehicle Volvo FH 0457"),
        ("Reg. no: AB12 CDE offline in Wialon", "reg. no AB12 CDE"),
        ("IMEI: 864275041234561 не выходит на связь в Wialon", "IMEI 864275041234561"),
        ("терминал с номером +7 900 000-55-12 не на связи, Wialon", "терминал с номером +7 900 000-55-12"),
        ("номер симки на +7 900 000-62-09, в Wialon пусто", "номер симки на +7 900 000-62-09"),
    ] {
        assert_eq!(read_body(body).fields.objects.value.as_deref(), Some(words), "{body}");
    }
}

#[test]
fn an_identifier_is_shown_before_a_make_and_its_model() {
    for (body, words) in [
        ("Камаз-самосвал 65115 гос. № А 043 ММ 29 в Wialon стоит", "А 043 ММ 29"),
        ("Экскаватор Komatsu PC200 рег. знак 4417АВ29 в Wialon стоит", "4417АВ29"),
        ("самосвал Шакман 3000 imei 864275041234561 в Wialon стоит", "imei 864275041234561"),
    ] {
        assert_eq!(read_body(body).fields.objects.value.as_deref(), Some(words), "{body}");
    }
}

#[test]
fn a_quotation_is_shown_whole_or_not_at_all() {
    for (body, words) in [
        (r#"В Wialon объект "ООО ""Ромашка"" КАМАЗ" пропал"#, r#""ООО ""Ромашка"" КАМАЗ""#),
        (r#"В Wialon объект ""Ромашка 5"" пропал"#, r#""Ромашка 5""#),
        ("Объект «ООО «Ромашка» КАМАЗ» пропал в Wialon", "«ООО «Ромашка» КАМАЗ»"),
    ] {
        assert_eq!(read_body(body).fields.objects.value.as_deref(), Some(words), "{body}");
    }
    let long = read_body(&format!("В Wialon пропал объект «{}»", "Камаз Север ".repeat(9).trim()));
    let value = long.fields.objects.value.unwrap();
    assert!(value.ends_with("…»") && value.chars().count() <= 60, "{value}");
}

/// The value of a body that answers our question about the objects.
fn answered(body: &str) -> Option<String> {
    let before = later(&[Field::Objects]);
    let objects = read(&mail("Re: ask", body), before, &RULES).fields.objects;
    objects.value.filter(|_| objects.state == State::Present)
}

#[test]
fn an_interval_adds_to_an_element_and_replaces_none() {
    for body in [
        "С 1 по 7 мая",
        "за период 1-7 мая",
        "Период: 01.05.2026 - 07.05.2026",
        "с 9:00 до 12:00 12 мая",
        "за последнюю неделю",
        "yesterday 10:00 - 12:00",
        "from 1 to 7 May",
    ] {
        assert_eq!(answered(body), None, "{body}");
    }
    for (body, words) in [
        ("Камаз 412 с 1 по 7 мая", "«Камаз 412 с 1 по 7 мая»"),
        ("Камаз; Рено; Маз 5", "«Камаз; Рено; Маз 5»"),
        ("ООО \"Ромашка\"", "ООО \"Ромашка\""),
        ("(Рено белый)", "«Рено белый»"),
        ("шаблон \"Поездки\" за май", "шаблон \"Поездки\" за май"),
    ] {
        assert_eq!(answered(body).as_deref(), Some(words), "{body}");
    }
}

#[test]
fn the_name_of_a_call_is_no_element() {
    let body = "Wialon Remote API. unit/update_sensor -> {\"error\":7}. Права на объект 17765544 есть";
    assert_eq!(read_body(body).fields.objects.value.as_deref(), Some("объект 17765544"));
}

#[test]
fn what_plates_look_like_and_are_not() {
    let plates = |body: &str| {
        let found = read_body(body).fields.objects.evidence.into_iter();
        found.filter(|found| found.is_by(Cue::Plate)).map(|found| found.text).collect::<Vec<_>>()
    };
    for body in [
        "С 12 МА 2024 в Wialon нет данных",
        "ПОГРУЗЧИК ПРОЕХАЛ 1200 КМ 24 ЧАСА, В WIALON НЕТ ТРЕКА",
        "Заплатили 4500 РУ 29 мая за Wialon",
        "Машина проехала 1200 км 24 мая, в Wialon нет трека",
        "В Wialon прибор тянет 1500 ма 12 часов",
        "Звоните 8 921 123 45 67 с 10 до 18",
        "Wialon shows ERR 404 AB on the map",
        "The FMC 130 EU in our truck sends nothing to Wialon",
        "Driver got ISO 900 A in Wialon",
        "We use GSM 900 MHZ in Wialon",
        "Wialon says KDA 553X",
        "See RFC-IP 1234 for Wialon",
    ] {
        assert_eq!(plates(body), Vec::<String>::new(), "{body}");
    }
}

#[test]
fn english_values_read_well_in_a_letter() {
    for (body, value) in [
        ("Wialon shows 0 for it. Unit is GHB 771.", "unit GHB 771"),
        ("Wialon logs me out. My username is fleet_oslo", "username fleet_oslo"),
        ("In Wialon units AB-11 to AB-19 are grey.", "units AB-11 to AB-19"),
        ("Wialon: buses 301 through 315 have no driver", "buses 301 through 315"),
        ("Wialon: lorry 2217 MN 04 has no fuel.", "lorry 2217 MN 04"),
        ("I send command \"Open door\" to van 15 in Wialon and it says error.", "van 15"),
        ("Wialon: the sensor \"Door left\" of bus KR-12 is always on", "bus KR-12"),
        ("Wialon: the sensor \"Door left\" is always on", "\"Door left\""),
        ("Wialon, the limo 7 stays in the garage on the map", "limo 7"),
    ] {
        assert_eq!(read_body(body).fields.objects.value.as_deref(), Some(value), "{body}");
    }
    let option = read_body("Please can you enable the \"Tasks\" option for van KDA 331C in Wialon?");
    assert!(shown(&option, Field::Objects).iter().all(|name| name.contains("KDA 331C")));
    let dated = read_body("Wialon: trip 12 to 15 May is missing");
    assert_ne!(dated.fields.objects.value.as_deref(), Some("trip 12 to 15"));
}

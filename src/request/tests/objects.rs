use super::super::{Field, State};
use super::{check, read_body, shown};

#[track_caller]
fn finds(body: &str, name: &str) {
    let request = read_body(body);
    let found = shown(&request, Field::Objects);
    let present = request.fields.objects.state == State::Present;
    assert!(present && found.iter().any(|text| text.contains(name)), "{body}: {found:?}");
}

#[track_caller]
fn finds_none(body: &str) {
    check(body, Field::Objects, State::Missing);
}

#[test]
fn a_name_is_whole_to_its_last_part() {
    finds("ночью прицеп 55-81 слал тревогу за тревогой", "прицеп 55-81");
    finds("у птицевоза 3 пропал трек", "птицевоза 3");
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
        "х 313 ан",
        "о 515 хм",
        "т 604 но 43",
    ] {
        finds(&format!("пропала с карты {plate}, трек пустой"), plate);
    }
    finds("Truck ND 481-220 lost its track", "ND 481-220");
    finds("рефрижератор хв 4471 шлет минус 127", "хв 4471");
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
}

#[test]
fn what_cannot_be_found_by_it_is_no_object() {
    finds_none("некоторые машины пропали с карты");
    finds_none("нажимаю кнопку «Выполнить», отчёт пустой");
    finds_none("выдаёт ошибку «Доступ запрещён»");
    finds_none("с 01.10.2024 00:00 по 07.10.2024 нет данных");
    finds_none("по договору № 45/2023 нет данных");
    finds_none("та же машина опять пропала");
    finds_none("все отчёты пустые с 12 июня");
    finds_none("5 машин пропали");
    finds_none("Осталось 5, остальные пропали с карты");
    finds_none("Пишет 404, карта пустая");
    finds_none("трек уехал в 300 км от трассы");
    finds_none("скорость скачет с 120 на 80 и обратно");
    finds_none("трек стоит в 300 м с 12 часов");
    finds_none("the truck must be back by 2026 and the map is empty");
    finds_none("На Android 13 карта пустая");
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
        ("В Wialon по объектам 12 и 14 не на связи", "объект 12"),
        ("В Wialon по машинам 412, 413 и 414 пропал трек", "машина 412"),
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
    // What a program says is in no letter.
    for body in [
        "core/create_unit возвращает ошибку {\"creatorId\":123,\"name\":\"Test\"}",
        "Токен перестал работать {\"error\":1,\"reason\":\"INVALID_SID\"}",
        "Страница Wialon пишет ERR_CONNECTION_TIMED_OUT",
    ] {
        assert_eq!(worded(body), None, "{body}");
    }
}

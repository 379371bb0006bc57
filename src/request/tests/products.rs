use super::super::{Field, State};
use super::{check, read_body};

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
    names("POST https://gps.example.test/wialon/ajax.html?svc=core/search_items", "Wialon");
}

#[test]
fn what_is_named_by_the_way_is_no_product() {
    names_none("Ваша программа не показывает машину");
    names_none("Не в Wialon, а в приложении курьеров пропал заказ");
    names_none("В Wialon всё работает, а в приложении курьеров пропал заказ");
    names_none("Мы партнёр Wialon, у нас пропал трек");
    names_none("файл wialon_export.kml пустой");
    names_none("Пишет с адреса ivan@wialon-dealer.example");
    names_none("Our logistics department sees no orders");
    names_none("Площадь поля 48 гектаров, в отчёте 61");
}

#[test]
fn a_common_word_names_it_only_as_a_name() {
    names("Заказы в Logistics висят со вчера", "Logistics");
    names_none("Acme Logistics Ltd cannot see the orders");
}

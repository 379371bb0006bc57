//! Elements among what looks like a part of their names.

use super::super::Field;
use super::{read_body, shown};

#[track_caller]
fn is_called(body: &str, name: &str) {
    let request = read_body(body);
    let value = request.fields.objects.value.clone().unwrap_or_default();
    assert!(value.contains(name), "{body}: {value} {:?}", shown(&request, Field::Objects));
}

#[track_caller]
fn has_none_like(body: &str, part: &str) {
    let request = read_body(body);
    let found = shown(&request, Field::Objects);
    assert!(!found.iter().any(|text| text.contains(part)), "{body}: {found:?}");
}

#[test]
fn a_plate_is_whole_behind_a_short_model() {
    for model in ["Volvo FH", "Volvo FM", "Scania R", "Renault T", "DAF XF", "MAN TGX"] {
        is_called(&format!("В Wialon пропала машина {model} В 007 АА 39"), "В 007 АА 39");
        is_called(&format!("В Wialon нет данных с {model} В007АА39"), "В007АА39");
    }
    is_called("В Wialon пропала машина АВ 1234 77", "АВ 1234 77");
    is_called("В Wialon пропала машина 417 AOK 02", "417 AOK 02");
}

#[test]
fn a_login_ends_with_its_last_letter_or_number() {
    for login in ["anna.k", "gary.w", "j.d", "dispatch.1", "anna-k", "anna.ko", "b.serikov"] {
        for noun in ["user", "account", "login"] {
            is_called(&format!("In Wialon {noun} {login} cannot open reports"), login);
        }
        is_called(&format!("Please unlock user {login}."), login);
    }
    for body in
        ["In Wialon the user i.e. our dispatcher cannot open reports", "account e-mail is not arriving"]
    {
        has_none_like(body, "i.e");
        has_none_like(body, "e-mail");
    }
}

#[test]
fn the_number_of_a_company_is_no_imei() {
    for number in [
        "TRN: 100234567800003",
        "VAT No. 310123456700003",
        "ОГРНИП 304500116000157",
        "ИНН/ОГРНИП: 500100732259 / 304500116000157",
    ] {
        has_none_like(&format!("The Wialon report does not open. {number}"), "00");
    }
    for imei in ["352093081234567", "IMEI 352093081234567", "tracker 352093081234567 in VAT report"] {
        is_called(&format!("In Wialon there is no data from {imei}"), "352093081234567");
    }
}

#[test]
fn all_elements_of_a_list_are_counted() {
    for (body, more) in [
        ("Wialon: KX19 ABC & KX20 DEF are offline", "1 more"),
        ("В Wialon пропали КАМАЗ Н312УК 152 и МАЗ В 780 ОХ 152", "ещё 1"),
        ("В Wialon не видно 352093081234567, 352093081234568, 352093081234569", "ещё 2"),
    ] {
        is_called(body, more);
    }
    for body in ["В Wialon пропал КАМАЗ Н312УК 152 и трек", "Wialon: KX19 ABC & its trailer are offline"]
    {
        let value = read_body(body).fields.objects.value.unwrap_or_default();
        assert!(!value.contains("ещё") && !value.contains("more"), "{body}: {value}");
    }
}

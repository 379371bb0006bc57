use super::super::{Before, Field, Kind, State, read};
use super::{RULES, check, mail, read_body, shown};

#[track_caller]
fn told(body: &str) {
    check(body, Field::Steps, State::Present);
}

#[track_caller]
fn not_told(body: &str) {
    check(body, Field::Steps, State::Missing);
}

#[test]
fn actions_with_what_follows_are_steps() {
    told("Захожу в отчёты, выбираю шаблон, жму Выполнить, таблица пустая");
    told("строю отчёт по машине и получаю нули");
    told("При нажатии на «Сохранить» выдаёт ошибку");
    told("Нажав «Построить», вижу пустую карту");
    told("Как повторить:\n1. Открыть отчёты\n2. Выбрать шаблон\n3. Нажать Выполнить\nПусто.");
    told("Диспетчер открывает карту, нажимает трек, а трек не рисуется");
    told("Пытаюсь сохранить геозону, пишет «Ошибка»");
    told("Отчёты → Шаблон → Выполнить, таблица пустая");
    told("I open Reports, choose the template and press Execute. The table is empty.");
    told("When I click Save, an error appears");
    told("Go to Reports, select a unit, hit Execute - the table is empty");
    told("Zahozhu v otchety, vybirayu mashinu, nazhimayu vypolnit - pusto, dannyh net");
}

#[test]
fn symptoms_cures_and_wishes_are_no_steps() {
    not_told("Отчёт не строится, таблица пустая");
    not_told("Не могу открыть отчёт");
    not_told("Чистили кэш, перезагружали компьютер, не помогло");
    not_told("Пробовали зайти с другого браузера, не помогло");
    not_told("Ничего не делали, само пропало");
    not_told("Трекер отправил координаты и замолчал");
    not_told("Скриншот отправил вчера");
    not_told("Вы что-то поменяли, и теперь пусто");
    not_told("The unit stopped sending messages");
    not_told("I cannot open the report");
    not_told("We restarted the server and cleared the cache, no change");
    not_told("The report is created with wrong values");
}

#[test]
fn to_send_a_file_is_no_step() {
    let asked = [Field::Objects, Field::Steps];
    for body in [
        "Отправляю",
        "Отправляю скриншот",
        "Прикладываю",
        "Отправил вам файл, спасибо",
        "Sending the screenshot",
    ] {
        let before = Before { asked: &asked, kind: Some(Kind::Problem), all_told: false };
        let steps = read(&mail("Re: ask", body), before, &RULES).fields.steps;
        assert_eq!(steps.state, State::Missing, "{body}");
    }
}

#[test]
fn the_actions_are_the_evidence() {
    let request = read_body("Добрый день. Открываю трек за вчера, жму Построить, линия обрывается.");
    assert_eq!(shown(&request, Field::Steps), ["Открываю трек за вчера, жму Построить"]);
}

#[test]
fn to_log_in_is_a_step_and_not_to_get_in_is_none() {
    let asks = |body: &str| read_body(body).fields.steps.state == State::Missing;
    for body in [
        "При входе в Wialon под логином ivanov пишет «Доступ запрещён»",
        "пытаюсь войти в виалон, выдаёт ошибку 7, логин ivanov",
        "При попытке войти в Wialon Local логином ivanov появляется сообщение «Сервер недоступен»",
        "when i login to wialon it says account blocked. user name lagos_fleet",
        "When we try to log in to Wialon it shows \"Access denied\", user lagos_fleet",
    ] {
        assert!(!asks(body), "{body}");
    }
    // As the labels have it: who only cannot get in has not said what he did.
    for body in [
        "После смены пароля не могу войти, пишет «нет доступа к сервису»",
        "Не могу войти в Wialon. Помогите.",
        "cant login to wialon hosting, user dispatch1, invalid user or password",
    ] {
        assert!(asks(body), "{body}");
    }
}

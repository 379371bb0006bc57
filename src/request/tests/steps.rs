use super::super::{Before, Field, Kind, State, read};
use super::{RULES, check, later, mail, read_body, shown};

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
        let before = later(&asked);
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

/// What is asked for of a first mail, or of an answer to our questions.
#[track_caller]
fn is_asked(body: &str, asked: &[Field], field: Field) -> bool {
    let subject = if asked.is_empty() { "" } else { "Re: ask" };
    let kind = (!asked.is_empty()).then_some(Kind::Problem);
    let request = read(&mail(subject, body), Before { asked, kind, all_told: false }, &RULES);
    request.fields.get(field).state == State::Missing
}

#[test]
fn one_action_of_the_writer_with_what_comes_of_it_is_steps() {
    for body in [
        "снегоходы 3 и 8 на карте стоят хотя егеря в лесу. программа wialon. я открываю карту они у базы",
        "Hi, Bus 12 is missing from the Wialon map since Monday. I tap the bus and nothing happens.",
        "Виалон, снегоход 3 пропал. Открываю карту, его нет.",
        "Wialon, bus 12 is missing from the map since Monday. I open the map and no bus",
        "Wialon, bus 12 is missing from the map since Monday. run report, empty",
    ] {
        assert!(!is_asked(body, &[], Field::Steps), "{body}");
    }
    for body in [
        "В Wialon пропал снегоход 3, пересылаю письмо егеря, там ничего",
        "Wialon. After we change the battery of trailer 9 it shows nothing",
        "Wialon, bus 12 is gone. What do I press, nothing helps",
    ] {
        assert!(is_asked(body, &[], Field::Steps), "{body}");
    }
}

#[test]
fn a_glance_or_a_path_answers_our_question_about_the_steps() {
    let asked = [Field::Steps];
    for body in [
        "смотрю отчет рейсы, там 0",
        "нимбус - рейсы - маршрут 14 - автобус 1422 - все остановки красные",
        "просто открываю карту, автобуса нет",
        "смотрю в телефоне в приложении, бульдозер 155 второй, скорость 12 км/ч",
    ] {
        assert!(!is_asked(body, &asked, Field::Steps), "{body}");
    }
    for body in ["просто смотрим на него", "ничего не нажимаем, они сами скачут", "Камаз 14 - Иванов"]
    {
        assert!(is_asked(body, &asked, Field::Steps), "{body}");
    }
}

#[test]
fn a_path_under_the_label_of_a_form_is_steps() {
    let form = "Система: Wialon Hosting\nОбъект: Isuzu ELF Т 017 ОО 54\nСуть: датчик веса не обнуляется после разгрузки\n";
    let path = "Действия: мониторинг - объект - подсказка, параметр \"Вес\" = 3400 при пустом кузове";
    assert!(!is_asked(&format!("{form}{path}"), &[], Field::Steps));
    assert!(is_asked(&format!("{form}Действия: -"), &[], Field::Steps));
}

#[test]
fn who_puts_somebody_in_copy_does_nothing_in_a_product() {
    let asked = [Field::Objects, Field::Steps];
    for body in ["Добавляю Рената в копию", "I am adding Robert in copy"] {
        assert!(is_asked(body, &asked, Field::Steps), "{body}");
    }
}

#[test]
fn steps_with_what_came_of_them_describe_the_malfunction() {
    for body in [
        "In Wialon I press Save in unit group \"North\" and nothing happens.",
        "Виалон. Жму Выполнить, ничего.",
        "Виалон. Отправляю команду на МАЗ 5440 А123ВС77 — ничего не происходит.",
        "WiaTag user rider_4: he presses Start and the app closes.",
        "Виалон, объект А123ВС77. Открываю отчёт, крутится.",
        "Wialon, unit TRK-22. I tap the unit and the app freezes.",
    ] {
        assert!(!is_asked(body, &[], Field::Description), "{body}");
    }
    // That it is no good does not say what happens.
    for body in [
        "Захожу в Wialon под gulnara, открываю «Заправки» по топливозаправщику №3, выполняю. Объём неправильный.",
        "Wialon. Жму Сохранить по объекту 14, и получается ерунда",
        "Жму на машинку, потом на ключ, а дальше у меня ничего не выходит",
    ] {
        assert!(is_asked(body, &[], Field::Description), "{body}");
    }
}

#[test]
fn a_telephone_call_is_no_step() {
    not_told("Набираю номер поддержки, никто не берёт. В Wialon объект 458 не на связи.");
    not_told("Wialon, объект 458 не обновляется. Набираю вас по телефону, никто не берёт трубку.");
    told("Wialon: набираю номер телефона в поле карточки, жму Сохранить, поле пустое");
    told("На вашей платформе набираю в поиске часть номера, список пустеет насовсем.");
}

#[test]
fn english_tells_steps_by_the_build_of_a_sentence() {
    for body in [
        "Hello, in Wialon I take the report \"Stops\" for bus 41 and get 60 stops but there were 8 until noon.",
        "Wialon, ferry 2. In Unit > Properties > Sensors the draught is zero.",
        "Wialon. Checked van 31 in Settings > Counters, mileage there is 12 since May.",
        "The Wialon app counts 12 for depot Riga instead of 30. Just open it and look at the upper widget.",
        "Wialon, depot Riga. Ran our weekly report and Sunday isn't in it.",
        "Wialon shows a wrong counter at pump 4. Went to its card, the number is from May.",
        // No product and no word of our field, but the speed list and the plate.
        "When we click Build, a window comes: \"Too many rows\". It is the speeding overview of one month, we want it on paper.",
        "We press \"update\" and nothing changes for AB12 CDE since noon, the position is of yesterday evening.",
    ] {
        assert_ne!(read_body(body).fields.steps.state, State::Missing, "{body}");
    }
    let asked = [Field::Steps];
    let before = || later(&asked);
    for body in [
        "what do you mean with actions? I look on the screen and the van is in the sea",
        "I watch the report and the place is the other town",
    ] {
        let steps = read(&mail("Re: ask", body), before(), &RULES).fields.steps;
        assert_ne!(steps.state, State::Missing, "{body}");
    }
    not_told("Selected units of our depot do not move in Wialon since Monday");
    not_told("Wialon, truck 7. The speed is > 90 in town, it is a lie");
}

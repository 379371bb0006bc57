use super::super::{
    Answers, Before, Field, Kind, Language, PerField, Request, Stance, State, default_question,
};
use super::{RULES, asked_after, later, mail, read, read_body};
use strum::VariantArray as _;

#[test]
fn answers_are_taken_by_number_by_line_and_by_label() {
    let first = "Здравствуйте, помогите, у нас опять беда.";
    assert_eq!(asked_after(&[first]), [Field::Product, Field::Description, Field::Objects, Field::Steps]);
    let numbered =
        "1. Hosting 2. трек рисуется прямой линией через реку 3. А123ВС77 4. открываю трек, жму построить";
    assert_eq!(asked_after(&[first, numbered]), []);
    let lines = "локал\nтрек рисуется прямой линией через реку\nСканиа 17\n-";
    assert_eq!(asked_after(&[first, lines]), [Field::Steps]);
    let labels =
        "Продукт: виалон\nОбъект: -\nШаги: открыть трек, нажать построить\nЧто происходит: линия рвётся";
    assert_eq!(asked_after(&[first, labels]), [Field::Objects]);
}

#[test]
fn answers_on_one_line_are_read_as_on_lines_of_their_own() {
    let first = "не работает, помогите";
    let asked = [Field::Product, Field::Description, Field::Objects, Field::Steps];
    let lines = [
        "1) Wialon Hosting 2) не строится отчёт 3) объект А123ВС77 4) открываю отчёты, жму выполнить",
        "1. Wialon Hosting 2. не строится отчёт 3. объект А123ВС77 4. открываю отчёты, жму выполнить",
        "1-Wialon Hosting 2-не строится отчёт 3-объект А123ВС77 4-открываю отчёты, жму выполнить",
        "1 - Wialon Hosting 2 - не строится отчёт 3 - объект А123ВС77 4 - открываю отчёты, жму выполнить",
        "1.Wialon Hosting,2.не строится отчёт,3.объект А123ВС77,4.открываю отчёты, жму выполнить",
        "1)Wialon Hosting;2)не строится отчёт;3)объект А123ВС77;4)открываю отчёты, жму выполнить",
        "(1) Wialon Hosting (2) не строится отчёт (3) объект А123ВС77 (4) открываю отчёты, жму выполнить",
        "1/ Wialon Hosting 2/ не строится отчёт 3/ объект А123ВС77 4/ открываю отчёты, жму выполнить",
        "Добрый день! 1) Wialon Hosting 2) не строится отчёт 3) объект А123ВС77 4) открываю отчёты, жму выполнить",
        "1) Wialon Hosting 2) не строится отчёт 3) объект А123ВС77 4) открываю отчёты 5) жму выполнить",
        "1) Wialon Hosting 2) не строится отчёт\n3) объект А123ВС77 4) открываю отчёты, жму выполнить",
        "1) Wialon Hosting 2) the report is empty 3) объект А123ВС77 4) I open reports and press Execute",
    ];
    for line in lines {
        let before = later(&asked);
        let fields = read(&mail("Re: ask", line), before, &RULES).fields;
        assert!(asked.iter().all(|field| fields.get(*field).state == State::Present), "{line}\n{fields:?}");
        assert_eq!(fields.objects.value.as_deref(), Some("объект А123ВС77"), "{line}");
        assert!(fields.description.value.is_some_and(|value| !value.contains("Wialon")), "{line}");
    }
    // Words of an English mail are in no Russian quotation marks.
    let english =
        "1) Wialon Hosting 2) report is blank 3) unit фура 12, template топливо 4) it is like that all day";
    let before = later(&asked);
    let value = read(&mail("Re: ask", english), before, &RULES).fields.objects.value;
    assert_eq!(value.as_deref(), Some("unit фура 12, template топливо"));
    // A number alone is an answer under the question about objects.
    for line in [
        "1)хостинг 2)треки не видно 3)412 4)открываю треки, жму показать",
        "Здравствуйте 1) хостинг 2) треки не видно 3) 412 4) открываю треки, жму показать",
    ] {
        assert_eq!(asked_after(&[first, line]), [], "{line}");
    }
    assert_eq!(
        asked_after(&[first, "1.виалон локал 2.не грузится карта 3.борт 17 4.захожу в мониторинг и пусто"]),
        []
    );
    assert_eq!(
        asked_after(&[first, "1.хостинг\n2.трек не видно\n3.412\n4.открываю треки, жму показать"]),
        []
    );
    let glued = [
        "1)хостинг2)треки не видно3)А123ВС77 4)открываю треки, жму показать",
        "1.Хостинг2.треки не видно3.Камаз 45. 4.открываю треки, жму показать",
        "По п.1 хостинг, по п.2 треки не видно, по п.3 Форд, по п.4 открываю треки, жму показать",
        "По первому вопросу – хостинг. По второму – треки не видно. По третьему – Форд. По четвёртому: открываю треки, жму показать",
    ];
    for answer in glued {
        assert_eq!(asked_after(&[first, answer]), [], "{answer}");
    }
    for answer in ["виалон. 814", "виалон, 814", "Хостинг — 458, 459"] {
        assert!(!asked_after(&[first, answer]).contains(&Field::Objects), "{answer}");
    }
    for other in [
        "Wialon Local 2204",
        "Wialon Hosting, 2026-11-25",
        "Wialon Local, v2204",
        "2.500 объектов у нас, Wialon Hosting",
    ] {
        assert!(asked_after(&[first, other]).contains(&Field::Objects), "{other}");
    }
    // A telephone or the number of an error is none.
    for other in [
        "открываю отчёты, жму Выполнить, пусто. Отчёт пустой.\nтел. 89161234567",
        "Перезвоните мне, пожалуйста\n8-916-123-45-67",
        "Перезвоните мне, пожалуйста\n+7 (916) 123-45-67",
        "Wialon Hosting. Ошибка 404. 404",
        "Wialon Hosting, тел: 412",
    ] {
        let before = later(&asked);
        let objects = read(&mail("Re: ask", other), before, &RULES).fields.objects;
        assert_eq!(objects.state, State::Missing, "{other}: {objects:?}");
    }
    // No list: two numbers of other things.
    assert_eq!(
        asked_after(&[first, "1) Hosting, трек рвётся 12.05 с 10:30 до 11:40"]),
        [Field::Objects, Field::Steps]
    );
}

#[test]
fn answers_under_quoted_questions_count_for_their_question() {
    let first = "Неверно считает топливо, завышает вдвое";
    let reply = "> 1. Какой продукт вы используете?\nхостинг\n> 2. Какие объекты затронуты?\n17 и 18\n> 3. Опишите действия по шагам\nне знаю\n";
    assert_eq!(asked_after(&[first, reply]), [Field::Steps]);
}

#[test]
fn a_list_under_a_later_question_answers_that_alone() {
    let first = "Неверно считает топливо, завышает вдвое";
    let quoted = |at: usize| {
        let field = [Field::Product, Field::Objects, Field::Steps][at - 1];
        format!("> {at}. {}\n", default_question(Language::Russian, Kind::Problem, field))
    };
    let steps = "1. открыл отчёты\n2. нажал Выполнить\n3. получил вдвое больше\n";
    let body = format!("{}{}{}{steps}> Если ответ уже есть, так и напишите", quoted(1), quoted(2), quoted(3));
    assert_eq!(asked_after(&[first, &body]), [Field::Product, Field::Objects]);
    let body = format!("{}хостинг\n{}{}{steps}", quoted(1), quoted(2), quoted(3));
    assert_eq!(asked_after(&[first, &body]), [Field::Objects]);
    // Below all of them it answers all.
    let list = "1. виалон хостинг\n2. Форд\n3. открываю отчёт, жму Выполнить, выходит вдвое больше";
    let body = format!("{}{}{}{list}", quoted(1), quoted(2), quoted(3));
    assert_eq!(asked_after(&[first, &body]), []);
}

#[test]
fn what_is_added_to_our_subject_is_said() {
    use Field::{Objects, Product, Steps};
    let asked = [Product, Objects, Steps];
    let before = later(&asked);
    for (subject, missing) in [
        ("Re: Ваше обращение [#7] – хостинг, Камаз 458", vec![Steps]),
        ("RE: Your request [#7]: Wialon Hosting, unit Ford 12", vec![Steps]),
        ("Re: Отчёт [#7] Камаз 458", vec![Product, Steps]),
        ("Re: Wialon, Камаз 458 [#7]", asked.to_vec()),
        ("Re: Ваше обращение [#7] [EXTERNAL]", asked.to_vec()),
    ] {
        let fields = read(&mail(subject, ""), before, &RULES).fields;
        let lacks = asked.iter().copied().filter(|field| fields.get(*field).state == State::Missing);
        assert_eq!(lacks.collect::<Vec<_>>(), missing, "{subject}");
    }
}

#[test]
fn an_answer_with_the_number_of_a_quoted_question_is_none_of_ours() {
    let first = "Неверно считает топливо, завышает вдвое";
    let quoted: Vec<String> = asked_after(&[first])
        .iter()
        .map(|field| default_question(Language::Russian, Kind::Problem, *field).to_owned())
        .collect();
    let answers = [
        "виалон хостинг, наверное?",
        "машина О777ОО50, это вы имели в виду?",
        "открываю отчёт, жму Выполнить, выходит вдвое больше, так понятно?",
    ];
    let lines = quoted
        .iter()
        .zip(answers)
        .zip(1..)
        .map(|((question, answer), at)| format!("> {at}. {question}\n{at}. {answer}\n"));
    assert_eq!(asked_after(&[first]), [Field::Product, Field::Objects, Field::Steps]);
    assert_eq!(asked_after(&[first, &lines.collect::<String>()]), []);
}

#[test]
fn a_bare_word_under_our_own_question_answers_it() {
    let first = "Здравствуйте! Ничего не работает.";
    let asked = [Field::Product, Field::Description, Field::Objects, Field::Steps];
    for &language in Language::VARIANTS {
        // As a mail program quotes it: wrapped, the answers between.
        let question = |field: Field| {
            let question = default_question(language, Kind::Problem, field);
            let (line, rest) = question.split_at(question.rfind(' ').unwrap());
            format!("> {line}\n>{rest}\n")
        };
        for object in ["043", "Рено", "Hitachi", "Иванов", "Мартынов", "гр. Север", "Truck 7"]
        {
            let mut body = String::new();
            for (at, field) in asked.into_iter().enumerate() {
                body += &question(field).replacen("> ", &format!("> {}. ", at + 1), 1);
                if field == Field::Objects {
                    body += &format!("{object}\n");
                }
            }
            assert_eq!(asked_after(&[first]), asked);
            let left = [Field::Product, Field::Description, Field::Steps];
            assert_eq!(asked_after(&[first, &body]), left, "{object}: {body}");
        }
    }
}

#[test]
fn one_word_answers_our_only_question() {
    let first = "Отчёт «Смена» пустой: открываю его, жму Выполнить, таблица пустая.";
    assert_eq!(asked_after(&[first]), [Field::Product]);
    assert_eq!(asked_after(&[first, "хостинг"]), []);
    assert_eq!(asked_after(&[first, "не знаю"]), [Field::Product]);
}

#[test]
fn a_time_or_all_of_them_is_no_object() {
    let first = "В Wialon отчёт пустой: открываю отчёты, жму Выполнить, строк нет.";
    assert_eq!(asked_after(&[first, "с 01.10.2024 по 07.10.2024"]), [Field::Objects]);
    assert_eq!(asked_after(&[first, "все машины"]), [Field::Objects]);
    assert_eq!(asked_after(&[first, "шаблон «Сводный», группа Север"]), []);
}

#[track_caller]
fn stance(body: &str, expected: Stance) {
    let asked = [Field::Objects, Field::Steps];
    assert_eq!(read(&mail("Re: ask", body), later(&asked), &RULES).stance, expected, "{body}");
}

#[test]
fn stances() {
    stance("Спасибо, ждём!", Stance::Courtesy);
    stance("Ok, thanks.", Stance::Courtesy);
    stance("Разобрались, заявку можно закрывать.", Stance::Withdrawal);
    stance("Never mind, found it myself.", Stance::Withdrawal);
    stance("Не буду я ничего заполнять, дайте человека", Stance::Refusal);
    stance("Я уже писал это в первом письме", Stance::AlreadySaid);
    stance("Да вы издеваетесь! Я же написал", Stance::AlreadySaid);
    stance("Пришлю завтра, сейчас не на месте", Stance::Promise);
    stance("I will send the details tomorrow.", Stance::Promise);
    stance("Вопрос не решён!", Stance::Request);
    stance("Есть новости по заявке?", Stance::Request);
    stance("Благодарю, не буду больше отвлекать", Stance::Courtesy);
}

#[test]
fn what_is_disputed_is_missing_still() {
    let first = "В Wialon пропал трек у А123ВС77";
    assert_eq!(asked_after(&[first]), [Field::Steps]);
    assert_eq!(asked_after(&[first, "Всё указано в первом письме, читайте внимательнее"]), [Field::Steps]);
}

#[test]
fn a_question_of_the_client_s_own_is_none_of_ours() {
    use Field::{Objects, Product, Steps};
    let first = "Не приходят уведомления, второй день";
    for (answer, missing) in [
        ("Wialon Local, Камаз 458. Что значит воспроизвести? Просто не приходят", vec![Steps]),
        ("Объект Камаз 458, что делать?", vec![Product, Steps]),
        ("1. Hosting\n2. Объект Камаз 458 или все перечислить?\n3. Открываю уведомления, там пусто", vec![]),
        (
            "Какой продукт? - Hosting\nКакие элементы? - Камаз 458\nДействия? - открываю вкладку, список пустой",
            vec![],
        ),
        ("1. По какому продукту компании возник вопрос? Hosting\n2. Камаз 458", vec![Steps]),
        ("О каком продукте идёт речь? Виалон\nО каких элементах? 458\nКак повторить? Не знаю", vec![Steps]),
        ("What elements is it about? 458\nWhich product? Wialon Hosting", vec![Steps]),
        ("1. Виалон\n2. Какие объекты? 458", vec![Steps]),
    ] {
        assert_eq!(asked_after(&[first]), [Product, Objects, Steps]);
        assert_eq!(asked_after(&[first, answer]), missing, "{answer}");
    }
}

/// What an answer to our list says that the client cannot tell.
#[track_caller]
fn declines(answer: &str, expected: &[Field]) {
    let asked = [Field::Product, Field::Objects, Field::Steps];
    let before = later(&asked);
    let request = read(&mail("Re: ask", answer), before, &RULES);
    let declined: Vec<Field> =
        Field::VARIANTS.iter().copied().filter(|field| *request.declined.get(*field)).collect();
    assert_eq!(declined, expected, "{answer}");
}

#[test]
fn who_cannot_tell_has_answered() {
    use Field::{Objects, Product, Steps};
    declines("1. Не знаю\n2. ГАЗель А123ВС77\n3. Ничего не делал", &[Product, Steps]);
    declines("1) не знаю какой, подскажите\n2) по всем\n3) -", &[Product, Objects, Steps]);
    declines("Продукт не знаю. Машина А123ВС77", &[Product]);
    declines("Не знаю, что у нас за программа, машина А123ВС77", &[Product]);
    declines("Wialon Hosting, А123ВС77. Шаги описать не могу, оно само", &[Steps]);
    declines("Wialon Hosting, А123ВС77, ничего не нажимали, само перестало", &[Steps]);
    declines("Wialon Hosting. Воспроизвести не получается, А123ВС77", &[Steps]);
    declines("Wialon Hosting, по всем объектам", &[Objects]);
    declines("Wialon Hosting\nНет\nНет", &[Objects, Steps]);
    declines("Wialon Hosting. Конкретных объектов нет", &[Objects]);
    declines("I do not know the product. Vehicle A123BC77, we did nothing", &[Product, Steps]);
    declines("1. Wialon Hosting\n2. all units\n3. cannot reproduce", &[Objects, Steps]);
    declines("Wialon Local, касается всей системы", &[Objects]);
    declines("Wialon Local. Вообще ни по каким не приходит", &[Objects]);
    declines("Hosting, не важно какой объект", &[Objects]);
    declines("Hosting, по всем\nКак обычно", &[Objects]);
    declines("1. Hosting\n2. по всем\n3. как обычно, само", &[Objects, Steps]);
    declines("Вам виднее, какой продукт. Камаз 458", &[Product]);
    declines("Wialon Local, Камаз 458. Что значит воспроизвести? Просто не приходят", &[Steps]);
    declines("Wialon Local, на любом объекте", &[Objects]);
    declines("Остальное не знаю, Камаз 458", &[Product, Steps]);
    declines("Откуда мне знать, какой продукт", &[Product]);
    declines("Wialon Hosting, Камаз 458. Не могу сказать, какие шаги к этому приводят", &[Steps]);
    declines("Wialon Hosting, Камаз 458. Не знаю, что писать про шаги", &[Steps]);
    declines("На 1 вопрос - Wialon Hosting, на 2 - Камаз 458, на 3 - не знаю", &[Steps]);
    declines("На первый вопрос: хостинг. На второй: Камаз 458. На третий: не знаем.", &[Steps]);
    declines("1: Wialon Hosting, as for 2: unit Ford 12; as for 3: nothing", &[Steps]);
    // Who asks, tells, promises or means something else declines nothing.
    for other in [
        "Не знаю, почему объект молчит",
        "Не знаю что делать, машина стоит, подскажите куда смотреть",
        "Все объекты на карте есть, кроме ГАЗель А123ВС77, у неё нет связи",
        "Wialon Hosting, ГАЗель А123ВС77, нажимаю Выполнить, отчёт пустой",
        "Нет связи с А123ВС77",
        "нет связи с машиной",
        "Данных по машинам нет",
        "Машина всё время офлайн",
        "Каждый день объект теряется",
        "Не все машины видны",
        "А объекты все перечислять?",
        "The vehicle has no data",
        "Any update on my vehicle?",
        "Не на всех объектах, только на новых",
        "почти на всех машинах, кроме двух",
        "По всем вопросам звоните 8 912 345-67-89",
        "Для всех нас это критично",
        "Как у всех дела",
        "Ни один инженер не перезвонил",
        "Само приложение не запускается",
        "На само устройство питание идёт",
        "Как всегда спасибо за быстрый ответ!",
        "Воспроизвести не сложно: всегда так",
        "После этих действий ничего не меняется",
        "Никаких действий от вас нет",
        "Вы знаете, мы открываем карту, а объект без данных",
        "Причина неизвестна, объект пропадает",
        "Не понимаю за что платим, программа называется мониторинг",
        "Объект не помню, завтра уточню",
        "1. Wialon Hosting\n2. Нет связи с тремя машинами\n3. не уверен, кажется 458",
        "1. Wialon Hosting\n2. не все",
        "Wialon Hosting, Камаз 458. Не могу сказать, что после этого шаги помогли",
        "Не уверен, что дело в объекте. Wialon Hosting",
        "Wialon Hosting, unit Ford 12. I can't say that those steps helped",
        "1. Wialon Hosting\n2. Все те же",
        "Wialon Hosting. Видео по рейсу не воспроизводится, экран чёрный",
        "Wialon Hosting. Not every vehicle is on the map",
        "Wialon Hosting. Some of our vehicles are not on the map",
    ] {
        declines(other, &[]);
    }
}

#[test]
fn a_follow_up_keeps_the_kind_and_a_new_report_widens_it() {
    let mut answers = Answers::default();
    let question =
        read(&mail("", "Как в Wialon перенести объекты между группами?"), Before::default(), &RULES);
    answers.absorb(&question);
    assert_eq!((answers.kind, answers.missing(&RULES)), (Some(Kind::Question), vec![]));
    let report = "Спасибо. Открыл группу, выделил 5 машин, нажал Удалить: теперь они пропали отовсюду!";
    let problem = read(&mail("Re: группы", report), answers.before(&[], &RULES), &RULES);
    answers.absorb(&problem);
    assert_eq!((answers.kind, answers.missing(&RULES)), (Some(Kind::Problem), vec![Field::Objects]));
    let chase = read(&mail("Re: группы", "Ну что там?"), answers.before(&[Field::Objects], &RULES), &RULES);
    assert_eq!(answers.kind_of(&chase), Kind::Problem);
}

#[test]
fn that_an_element_is_silent_is_a_description_in_however_few_words() {
    for body in [
        "Камаз А043ММ29 не выходит на связь",
        "А043ММ29, В771КХ35 - нет связи",
        "Трекер 352093081234567 не в сети",
    ] {
        let state = read(&mail("", body), Before::default(), &RULES).fields.description.state;
        assert_ne!(state, State::Missing, "{body}");
    }
    let vague = read(&mail("", "По машине А043ММ29 опять ерунда"), Before::default(), &RULES);
    assert_eq!(vague.fields.description.state, State::Missing);
}

#[test]
fn what_was_named_first_stays_and_what_is_new_is_added() {
    let named = |values: &[&str]| {
        let mut answers = Answers::default();
        for value in values {
            let mut request = read(&mail("", "В Wialon у А777АА77 нет данных"), Before::default(), &RULES);
            request.fields.objects.value = Some((*value).to_owned());
            answers.absorb(&request);
        }
        answers.found.objects.value.unwrap()
    };
    for (values, all) in [
        (&["А777АА77 и А778АА77", "А777АА77"][..], "А777АА77 и А778АА77"),
        (&["А777АА77", "В001ВВ77"], "А777АА77, В001ВВ77"),
        (&["645 ABZ 02", "\"Сливы-заправки\""], "645 ABZ 02, \"Сливы-заправки\""),
        // The same in other words, and in better ones.
        (&["машина А123ВС77 и ещё 2", "ТС А 123 ВС 77"], "машина А123ВС77 и ещё 2"),
        (&["К-744", "«К-744 №3»"], "«К-744 №3»"),
        (&["«Волгарь»", "«Расход ДРТ»", "земснаряд «Волгарь»"], "«Волгарь», «Расход ДРТ»"),
        (&["машина 12", "отчёт «Рейсы»", "машина 12 борт 7"], "отчёт «Рейсы», машина 12 борт 7"),
        // Another one, though its number stands in a name.
        (&["К-744", "борт 7"], "К-744, борт 7"),
        (&["«Рейсы, лето», А123ВС77", "«Рейсы, лето»"], "«Рейсы, лето», А123ВС77"),
    ] {
        assert_eq!(named(values), all, "{values:?}");
    }
    let long = "Отчёт по моточасам всех погрузчиков за октябрь и ноябрь";
    assert_eq!(named(&[long, "«Ведомость расхода топлива за сутки»"]), long);
}

#[test]
fn a_reply_subject_is_history() {
    let request = read(&mail("Re: Wialon, А123ВС77", "Опять то же самое"), Before::default(), &RULES);
    assert_eq!(request.fields.product.state, State::Missing);
    assert_eq!(request.fields.objects.state, State::Missing);
}

#[test]
fn a_later_mail_without_re_is_no_first_report() {
    let report =
        mail("crash", "Steps to reproduce:\n1. Start the tool\n2. Press F5\n\nIt crashes with an error.");
    let plain = |before| {
        let names = super::super::shown(&report, before, &RULES);
        names.iter().filter(|name| name.starts_with("outline")).count()
    };
    assert!(plain(Before::default()) > 0);
    assert_eq!(plain(Before { kind: Some(Kind::Problem), ..Before::default() }), 0);
}

#[test]
fn a_behaviour_in_the_subject_counts_above_a_pasted_log() {
    let subject = "не приходят данные с трекера в Wialon Hosting IMEI 864275041234561";
    let request = read(&mail(subject, "#L#864275041234561;NA\n#AL#0\n"), Before::default(), &RULES);
    assert_eq!(request.fields.description.state, State::Unsure);
    let chat = read(&mail(subject, "Добрый день, перезвоните мне пожалуйста"), Before::default(), &RULES);
    assert_eq!(chat.fields.description.state, State::Missing);
}

#[test]
fn all_of_a_kind_names_no_element_in_english_either() {
    let asked = [Field::Objects, Field::Steps];
    for body in ["it is so for all our drivers", "for all users", "all trucks", "all of the cars"] {
        let before = later(&asked);
        let request = read(&mail("Re: ask", body), before, &RULES);
        assert!(request.declined.objects, "{body}");
    }
}

#[test]
fn what_may_not_be_needed_is_not_asked_for() {
    let applies = PerField { steps: false, ..PerField::from_fn(|_| true) };
    let doubtful = Request { applies, ..read_body("Помогите") };
    let mut answers = Answers::default();
    answers.absorb(&doubtful);
    assert_eq!(answers.missing(&RULES), [Field::Product, Field::Description, Field::Objects]);
}

//! Thanks and nothing else, complaints that begin with thanks, and refusals, after an agent's answer or our questions.

use super::super::{Answers, Before, Field, Kind, Stance};
use super::{RULES, later, mail, read};

/// What a client says below thanks, and somebody has to hear.
const COMPLAINTS: &[&str] = &[
    "Спасибо, но не помогло.",
    "Спасибо. Кнопки нет",
    "Спасибо! У меня нет такой вкладки",
    "Thanks, still the same",
    "Спасибо. Номер терминала 861230043907626, посмотрите",
    "Не помогло",
    "Спасибо, проверил. Ошибка та же.",
    "Понял, спасибо. А отчёт всё равно пустой",
    "Спасибо, всё по-прежнему",
    "Спасибо! То же самое",
    "Ок, но ничего не поменялось",
    "Спасибо, без изменений",
    "Спасибо, не вышло",
    "Благодарю, но вопрос остался",
    "Спасибо за ответ. Вопрос открыт",
    "Спасибо, не то",
    "Хорошо, а с остальными машинами что делать",
    "Спасибо, посмотрите ещё раз",
    "Спасибо. Проверьте сами",
    "Ок. Перезвоните",
    "Спасибо, помогло частично",
    "Спасибо, помогло на пять минут",
    "Спасибо! Пусто",
    "Спасибо, опять",
    "Понятно. Тогда верните деньги",
    "Спасибо, вчера работало",
    "Спасибо, сейчас хуже",
    "Спасибо за бесполезный ответ",
    "Спасибо, ждём третий день",
    "Спасибо. Жду ответа",
    "Спасибо, А123ВС77 тоже",
    "Принято. Нужен ещё один логин",
    "Отлично, теперь и второй пропал",
    "Супер, стало хуже",
    "СПАСИБО, ПУСТО",
    "Спасибо за помощь, только кнопка серая",
    "Добрый день! Спасибо, сделали как вы написали. Нет там такого пункта.\n\nС уважением,\nОлег",
    "Благодарю, не нашёл",
    "Ясно, не годится",
    "Spasibo, ne pomoglo",
    "Thanks but no luck",
    "Thanks, no change",
    "Thank you, but there is no such button",
    "Ok, it is still empty",
    "Thanks. Same error",
    "Thanks, didn't help",
    "Thanks for nothing",
    "Thank you. Please check unit 4417",
    "Great, now the other one is gone",
    "Got it. The tab is missing",
    "Thanks, only half of them",
    "Okay, how about the second truck",
    "Thanks, it worked yesterday",
    "Thank you, call me back",
    "Thanks, worse now",
    "Noted, however the map is blank",
    "Cheers, nope",
    "Ok.\n\nThanks,\nstill the same",
    "Хорошо.\n\nСпасибо,\nкнопки нет",
    "Разобрались, спасибо. Но отчёт теперь не строится",
    "Everything works, but the map is still blank",
    "Thanks for the reply. I need a refund",
    "Thank you. Not there.\n\nRegards,\nJohn",
    "Appreciated, although it hangs again",
    // A part is taken back.
    "С отчётом разобрались, а с водителем вопрос открыт",
    "По первому пункту вопрос снят, по второму актуально",
    "Первый вопрос снимаем, второй остался",
    "Уже не актуально по 117, а по 118 всё ещё нет связи",
    "Отчёт заработал, водитель так и не создаётся",
    "Спасибо, жду решения по второму вопросу",
    "Все ок кроме водителя",
    "Great, go ahead please",
    "Thanks, it works for the report. Driver Petrov - same error.",
    "Never mind the report, but the driver thing must be fixed today",
    "Спасибо! С Сидоровым исправилось, а вот с Ивановым такая же история",
    "regarding a) please ignore, it was a filter. b) remains.",
];

/// Thanks, acknowledgement, farewell: nobody need look.
const THANKS: &[&str] = &[
    "Спасибо",
    "Спасибо, всё работает",
    "Спасибо большое, помогло!",
    "Ок, принято",
    "Спасибо, вопрос снят",
    "Спасибо, вопрос закрыт",
    "Спасибо, жду",
    "Благодарю за помощь, хорошего дня",
    "Спасибо, Олег!",
    "Олег, спасибо!",
    "Спасибо Вам огромное, Анна Сергеевна",
    "Понял, спасибо",
    "Поняла, благодарю за ответ!",
    "Ясно, спасибо за разъяснение",
    "Спасибо за оперативный ответ!",
    "Спасибо за быструю и подробную консультацию",
    "Ждём, спасибо",
    "Ок",
    "Хорошо, спасибо.",
    "Принял",
    "Принято к сведению, благодарим",
    "Отлично, спасибо вам!",
    "Супер! Спасибо!",
    "Всё понятно, спасибо",
    "Здравствуйте! Спасибо за информацию.\n\nС уважением,\nИван Петров",
    "Добрый день! Всё получилось, спасибо.",
    "Благодарю!\n\nОльга",
    "Спасибо, попробуем",
    "Спасибо, учтём",
    "Спасибо, буду знать",
    "Спасибо за помощь) всего доброго",
    "Ещё раз спасибо!",
    "Спасибо, коллеги, хороших выходных!",
    "Взаимно, спасибо",
    "Спасибо, выручили!",
    "Спасибо, вы лучшие",
    "Да, теперь работает, спасибо",
    "Спасибо, вижу",
    "Получили, спасибо!",
    "Договорились",
    "Угу, спс",
    "Spasibo, vse rabotaet",
    "Thanks",
    "Thanks, that fixed it",
    "Perfect, thank you so much",
    "Thank you very much!",
    "Thanks a lot, John!",
    "Ok, thanks.",
    "Great, thanks for your help",
    "Thank you for the quick reply.",
    "Many thanks, it works now",
    "Got it, thanks",
    "Understood, thank you.",
    "Noted with thanks",
    "Thanks, will try",
    "Received, thank you!\n\nBest regards,\nMaria Silva",
    "All good, cheers",
    "Much appreciated",
    "Thanks again, have a nice day",
    "Hi Anna,\n\nthank you for the explanation.\n\nKind regards\nTom",
    "Awesome, thanks guys!",
    "That did the trick, thank you",
    // What went well, in words of their own.
    "Письмо пришло, благодарим",
    "Данные пошли, спасибо",
    "Спасибо, отчёт строится, водители довольны",
    "Спасибо, логин подошёл, все зашли",
    "The guard can log in again. Thank you",
    "Thanks, the report opens and my boss is happy",
    // What was behind it.
    "turns out we put the same imei on two trailers. duh. all good",
    "The trip detector was changed by our dealer. That must be it, you can close it.",
    "Отмена! Покупатель передумал, машина остается у нас",
    "Вопрос снят, вопросов не осталось",
];

/// Answers to our questions that say that there will be none.
const REFUSALS: &[&str] = &[
    "Не буду я ваши анкеты заполнять! Позвоните мне и всё, +7 912 000-00-00",
    "Не буду ничего заполнять",
    "Я не буду отвечать на эти вопросы",
    "Некогда мне",
    "Мне некогда заполнять ваши формы",
    "Разбирайтесь сами",
    "Ничего я вам расписывать не буду",
    "Не собираюсь я это всё описывать, это ваша работа",
    "Не хочу ничего писать, позвоните",
    "Нет у меня времени на ваши вопросы",
    "У меня нет времени это заполнять",
    "Сами разберётесь, не маленькие",
    "Заполнять ничего не стану",
    "Отвечать на анкету не намерен",
    "Просто позвоните мне, и всё",
    "Хватит анкет, дайте живого человека",
    "I'm not filling in this form, call me",
    "I am not going to answer all these questions",
    "I won't fill out your questionnaire",
    "We have no time for your questions",
    "I don't have time for your forms",
    "I refuse to answer that",
    "Just call me",
    "Stop asking questions and get me a human",
    "Not answering this again. Call me.",
];

/// Answers that supply something, beside a wish to be called or a word of refusal about a thing.
const SUPPLIES: &[&str] = &[
    "Позвоните, номер +7 912 000-00-00, машина А123ВС77, захожу и пусто",
    "Просто позвоните мне, если что. Машина А123ВС77, захожу в отчёты, жму Выполнить, пусто",
    "Машина А123ВС77. Открываю трек, жму построить, карта не заполняется",
    "Не могу заполнить форму объекта А123ВС77: жму Сохранить, и пусто",
    "Сервер не будет отвечать, пока не перезагрузим? Терминал 861230043907626",
    "Call me on +44 20 7946 0000. Unit Truck 17, I open the report, press Execute, it is empty",
    "The form won't save: I open unit Truck 17, press Save, nothing",
    "Терминал 861230043907626, сам не отвечает на команды",
];

const ANSWERED: Before<'_> = Before { asked: &[], kind: Some(Kind::Problem), all_told: true };
const ASKED: Before<'_> = Before {
    asked: &[Field::Product, Field::Description, Field::Objects, Field::Steps],
    kind: Some(Kind::Problem),
    all_told: false,
};

/// The bodies whose stance is none that is right.
fn misread(bodies: &[&'static str], before: Before<'_>, right: impl Fn(Stance) -> bool) -> Vec<String> {
    let stances = bodies.iter().map(|body| (body, read(&mail("Re: ask", body), before, &RULES).stance));
    stances
        .filter(|(_, stance)| !right(*stance))
        .map(|(body, stance)| format!("{stance:?}: {body}"))
        .collect()
}

#[track_caller]
fn check(what: &str, bodies: &[&'static str], least: usize, wrong: &[String]) {
    println!("{what}: {} of {} misread", wrong.len(), bodies.len());
    assert!(bodies.len() >= least, "{what}: too few");
    assert!(wrong.is_empty(), "{what}:\n{}", wrong.join("\n"));
}

#[test]
fn a_complaint_below_thanks_is_heard() {
    let heard = |stance| !matches!(stance, Stance::Courtesy | Stance::Withdrawal);
    check("complaints", COMPLAINTS, 40, &misread(COMPLAINTS, ANSWERED, heard));
}

#[test]
fn thanks_reopen_nothing() {
    let idle = |stance| matches!(stance, Stance::Courtesy | Stance::Withdrawal);
    check("thanks", THANKS, 40, &misread(THANKS, ANSWERED, idle));
}

#[test]
fn a_yes_is_told_from_other_thanks() {
    let agrees = |body: &str| read(&mail("Re: ask", body), ANSWERED, &RULES).agrees;
    for body in [
        "Да",
        "Да, давайте",
        "Добрый день! Да, подходит.",
        "Ок",
        "Хорошо, согласны",
        "Подтверждаю",
        "Yes please",
        "Yes, go ahead",
        "OK, do it",
        "Olga, yes, that works for us",
        "Да, спасибо!",
        "Yes, thanks",
        "Да, ждём",
    ] {
        assert!(agrees(body), "{body}");
    }
    for body in [
        "Спасибо",
        "Спасибо, всё работает",
        "Да, теперь работает",
        "Нет",
        "Thanks a lot",
        "Хорошо, спасибо",
        "Ok, thanks",
        "Да?",
        "",
        "Вопрос снят",
    ] {
        assert!(!agrees(body), "{body}");
    }
}

#[test]
fn who_refuses_is_not_asked_again() {
    check("refusals", REFUSALS, 15, &misread(REFUSALS, ASKED, |stance| stance == Stance::Refusal));
    check("answers", SUPPLIES, 8, &misread(SUPPLIES, ASKED, |stance| stance != Stance::Refusal));
}

#[test]
fn only_who_says_nothing_else_wants_nothing_any_more() {
    let settles = |body: &str| {
        let first = read(
            &mail("", "Отчёт в Wialon пустой по А123ВС77: жму Выполнить, таблица пустая"),
            Before::default(),
            &RULES,
        );
        let mut answers = Answers::default();
        answers.absorb(&first);
        let request = read(&mail("Re: Отчёт", body), answers.before(&[], &RULES), &RULES);
        (request.stance == Stance::Withdrawal, request.settles)
    };
    for body in [
        "Разобрались сами, вопрос можно закрыть, спасибо!",
        "Всё, уже не нужно, сами нашли. Вопрос снят.",
        "Вопрос снят",
        "Проблема решилась, спасибо за помощь",
        "Never mind, we found it. Please close the ticket.",
    ] {
        assert_eq!(settles(body), (true, true), "{body}");
    }
    for body in [
        "Проблема решилась только на час, потом опять то же самое.",
        "Всё заработало у коллеги, у меня нет.",
        "По первому объекту вопрос снят. По второму объекту В456ОР77 данных до сих пор нет.",
        "С отчётом разобрались, теперь не приходят уведомления.",
        "Проблема решена не была, отчёт по-прежнему пустой.",
        "Отбой, рано обрадовались: снова не работает.",
        "Спасибо, заработало. А ещё не открывается карта.",
        "Вопрос снят с меня и передан руководителю, он ждёт вашего ответа.",
        "Уже неактуально то, что вы прислали, у нас другая версия.",
    ] {
        assert!(!settles(body).1, "{body}");
    }
}

#[test]
fn a_short_complaint_with_a_signature_is_not_only_thanks() {
    let asked = [Field::Steps];
    let later = later(&asked);
    for body in [
        "Добрый день! Треки кривые. С уважением, Пётр",
        "Map is grey. Regards, Mary Jones",
        "Report is upside down. Thanks",
        "Пришлите договор. Спасибо!",
        "Нужен договор. Спасибо!",
        "Need a quotation. Best regards, Mary",
    ] {
        let request = read(&mail("", body), Before::default(), &RULES);
        assert!(request.stance == Stance::Request && request.kind != Kind::None, "{body}: {request:?}");
    }
    for body in [
        "Добрый день! Предлагаем поставку канцелярии. С уважением, Пётр",
        "Добрый день! Поздравляем с юбилеем! С уважением, Пётр",
        "Добрый день! Я в отпуске до 5 мая. С уважением, Пётр",
        "Здравствуйте! Данные пошли. С уважением, Олег",
        "Добрый день! Направляем отчёт. С уважением, бухгалтерия",
    ] {
        assert_eq!(read(&mail("", body), Before::default(), &RULES).kind, Kind::None, "{body}");
    }
    for body in ["Треки кривые. С уважением, Пётр Сидоров", "Всё без толку. Спасибо"]
    {
        let request = read(&mail("Re: ask", body), later, &RULES);
        assert_eq!(request.stance, Stance::Request, "{body}");
    }
    for body in ["Спасибо, всё понятно! Пётр Сидоров", "Спасибо.\nМария Петрова\nООО Ромашка"]
    {
        let request = read(&mail("Re: ask", body), later, &RULES);
        assert_eq!((request.stance, request.kind), (Stance::Courtesy, Kind::None), "{body}");
    }
}

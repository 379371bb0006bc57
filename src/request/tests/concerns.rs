use super::super::{Before, Concern, Field, Kind, State};
use super::{RULES, later, mail, read, read_body};

#[track_caller]
fn is(body: &str, concern: Option<Concern>) {
    let request = read_body(body);
    assert_eq!(request.concern, concern, "{body}\n{:?} {:?}", request.kind, request.fields);
}

#[test]
fn asking_how_a_request_stands_brings_nothing_to_ask_about() {
    for body in [
        "когда будет ответ по заявке № 102",
        "Здравствуйте! Есть ли новости по моей заявке?",
        "По заявке 1190 тишина",
        "Прошу ускорить решение заявки № 7715",
        "Подскажите статус заявки",
        "Так и нет ответа. Вторая неделя пошла.",
        "алло, вы там живые? когда ответите?",
        "Здравствуйте, вчера отправляла вам письмо, до сих пор нет ответа. Вы его получили?",
        "Жду ответа по заявке 445 уже 2 дня!!!",
        "в каком состоянии наша заявка?",
        "Any news on ticket 102?",
        "Dear support, kindly update on the status of our ticket. We wait 3 days.",
        "When will you reply to my request 5512",
        "Hello, gentle reminder about my request from monday",
        "Following up on this. Our client is asking every day.",
    ] {
        is(body, Some(Concern::Progress));
    }
    for body in [
        "Ничего не работает, когда почините?",
        "Помогите, жду ответа",
        "Сервер не отвечает на запрос, нет ответа. Wialon Local",
        "Машина Камаз 412 не выходит на связь. Когда будет решено?",
        "Какой статус у объекта 412 должен быть при глушении?",
        "Просим предоставить доступ. Ожидаем ответа.",
        "The unit sends no messages, no response to commands",
    ] {
        is(body, None);
    }
}

#[test]
fn who_chases_an_earlier_mail_is_asked_nothing() {
    for body in [
        "Прошу ответить на мое предыдущее письмо от 20.11",
        "Почему нет ответа на мои письма?",
        "Просьба сообщить, когда будет выполнена заявка",
    ] {
        is(body, Some(Concern::Progress));
    }
    for body in
        ["Почему нет ответа от трекера на команду?", "Водитель не отвечает на телефон через приложение"]
    {
        is(body, None);
    }
}

#[test]
fn who_hears_nothing_from_us_has_no_matter_to_ask_about() {
    for body in [
        "Пятый день жду ответа, сколько можно!!!",
        "Мое письмо дошло?",
        "Повторно обращаюсь. Прошу ответить на обращение от 05.05.2026",
        "Третий раз пишу вам, прошу отреагировать",
        "Направляю повторно, на первое письмо никто не отреагировал",
        "Третий день не могу до вас дозвониться",
        "Третий день не могу дозвониться до вашей поддержки, трубку никто не берет. Это нормально???",
        "Наш диспетчер с утра не может до вас дозвониться",
        "Почему трубку не берете?",
        "Вы вообще работаете?",
        "по моей заявке что?",
        "Что с моим тикетом 123?",
        "Как там моё обращение?",
        "Обращались на прошлой неделе по поводу датчиков. Тишина.",
        "5 мая отправляла вам письмо, ответа нет",
        "ну что там?",
        "Писала вам в понедельник, заявка 1204. Когда сделаете?",
        "Вы там уснули? третий день жду",
        "Hello? Anybody there?",
        "I wrote you last week and got no answer. When will you fix it?",
        "Still no answer to my mail of 5 May",
        "Nobody picks up the phone",
        "I cannot get through to you for three days",
        "We sent you an email on Monday. No reply.",
        "I am writing again, this is the second time I write",
    ] {
        is(body, Some(Concern::Progress));
    }
    for body in [
        // Telephones of others, and of the product.
        "Не могу дозвониться до водителя через кнопку звонка",
        "Водитель не берёт трубку",
        "Отчёты строит подрядчик, он на звонки не отвечает",
        "Трекер не отвечает на звонки, на симку не дозвониться",
        "Голосовая связь: не могу дозвониться на трекер",
        "Звоню водителю из программы, трубку не берет, вызов не идёт",
        "The driver does not pick up the phone when called from the app",
        "I cannot reach anyone with the voice call to the unit",
        // What is sent, and again, is no letter to us.
        "Повторно приходит один и тот же отчёт на почту",
        "Отчёт по почте отправляется повторно каждые 5 минут",
        "Отправляли команду на терминал, ответа нет",
        "We sent the report email to the customer and it was ignored, nothing arrives",
        "We have sent the notification email but no reply comes to the group",
        "Не могу дозвониться модемом на сервер, порт 20332",
        "Звоню в кабину, трубку не снимают, звука нет",
        "Повторно прошу: нет топлива на графике",
        "We sent a command to the tracker, no response",
        "The report is sent again and again every hour",
        // News beside it.
        "Не могу до вас дозвониться, у нас ничего не работает",
        "Писал вам на прошлой неделе. Камаз 412 снова не на связи",
        "Вы работаете в субботу?",
        "Что с отчётом?",
        "Жду отчёт третий день, не строится",
        "По телефону не дозвонился, пишу. Пропали машины",
    ] {
        is(body, None);
    }
}

#[test]
fn a_reply_that_names_nothing_goes_on_with_something_unknown() {
    let quote = "\n\nвт, 12 мая 2026 г. в 10:30, Поддержка <support@m2mail.ru>:\n\n> Добрый день!\n> По объекту Камаз 043 в Wialon данные \
                 поступают. Откройте отчёт, нажмите Выполнить.\n";
    let concern = |subject: &str, body: &str| read(&mail(subject, body), Before::default(), &RULES).concern;
    for (subject, body) in [
        ("RE: Ваше обращение 1204", "всё ещё не работает"),
        ("Re: Заявка 551", "Ничего не изменилось, проблема осталась"),
        ("Re: Ваше обращение [#1204]", "Нет, не помогло"),
        ("Re: Ваше обращение [#1204]", "Сегодня опять то же самое"),
        ("Re: Отчет", "Нет"),
        ("Re: your request", "Still not working"),
        ("Re: Камаз 043 нет данных", &format!("Всё равно не показывает{quote}")),
        ("Re: Камаз 043 нет данных", &format!("У меня нет такой кнопки{quote}")),
        ("Re: [#313]", "Я уже всё написал, читайте выше. Не работает"),
        ("Re: заявка", "Снова показывает слив ночью, которого не было. Посмотрите ещё раз."),
    ] {
        assert_eq!(concern(subject, body), Some(Concern::Earlier), "{subject}: {body}");
    }
    for (subject, body) in [
        // An old mail answered with something new.
        ("Re: Акт за апрель", "Как выгрузить отчёт в Excel? Кнопку экспорта не вижу."),
        ("Re: Акт за апрель", "Пришлите счёт на продление лицензий на 2027 год."),
        ("Re: Акт за апрель", "Не работает вход в мобильное приложение, пишет неверный пароль."),
        ("Re: Акт за апрель", "Добрый день! Камаз А123ВС77 не выходит на связь"),
        ("Re: Заявка 551", "В Wialon Hosting ничего не работает"),
        ("Re: Заявка 551", "Открываю отчёты, жму Выполнить, пустая страница"),
        // A first mail, and a colleague's report.
        ("Не работает", "всё ещё не работает"),
        ("Fwd: Re: не работает", "Помогите"),
        ("FW: Проблема", "> не работает у нас мониторинг"),
    ] {
        assert_eq!(concern(subject, body), None, "{subject}: {body}");
    }
    // In a conversation of ours it is known what he goes on with.
    let before = Before { asked: &[], kind: Some(Kind::Problem), all_told: true };
    assert_eq!(read(&mail("Re: ask", "Всё ещё не работает"), before, &RULES).concern, None);
}

#[test]
fn a_chase_in_a_conversation_leaves_the_questions_as_they_are() {
    let before = later(&[Field::Objects, Field::Steps]);
    for body in
        ["Есть новости?", "Any update please? It is the third day.", "ответа нет", "Ну что там, когда ждать?"]
    {
        assert_eq!(read(&mail("Re: ask", body), before, &RULES).concern, Some(Concern::Progress), "{body}");
    }
    for body in [
        "Результат тот же",
        "А123ВС77, когда ответите?",
        "открываю отчёты, жму Выполнить, жду, пустая страница",
        "Статус заявки? Объект Камаз 412",
    ] {
        assert_eq!(read(&mail("Re: ask", body), before, &RULES).concern, None, "{body}");
    }
    for body in ["Какой статус заявки 445?", "Жду ответа по заявке № 102, тишина"]
    {
        assert_eq!(read(&mail("Re: ask", body), before, &RULES).concern, Some(Concern::Progress), "{body}");
    }
}

#[test]
fn a_complaint_about_a_person_is_no_matter_of_products() {
    for body in [
        "Инженер Сергей не приехал на монтаж, ждали весь день",
        "Монтажники опоздали на три часа",
        "The technician never showed up, we waited all day",
        "ваш сотрудник нагрубил мне",
        "Хочу пожаловаться на вашего менеджера Сергея, разговаривал грубо и бросил трубку.",
        "Девушка на телефоне нахамила мне, прошу разобраться. Ваша поддержка ужасна",
        "Жалоба на сотрудника техподдержки",
        "Ваш инженер обматерил нашего механика",
        "Ваши монтажники приехали пьяные, просверлили мне торпедо. Прошу принять меры.",
        "Ваш оператор послал меня подальше и бросил трубку",
        "Your installers were drunk and broke my dashboard. I demand an apology",
        "Your support agent was very rude on the phone",
        "I want to complain about your manager Alex, he shouted at me and hung up",
    ] {
        is(body, Some(Concern::Conduct));
    }
    for body in [
        "Наш инженер не пришёл на работу, как отключить ему доступ?",
        "Наш монтажник опоздал, трекер на Камазе 458 не передаёт данные",
        "Ваш менеджер сказал писать сюда. Не строится отчёт",
        "Ваш менеджер послал на почту доступы, но они не подходят. Помогите зайти.",
        "Ваш специалист послал нас к вам. Нужна настройка датчика пьяного водителя",
        "Your manager sent me here. Need help with drunk driver detection setup",
        "Your agent told me to write. Drivers get offensive messages from the app",
        "Жалоба на расчёт рейсов в вашем отчёте",
        "Ваша поддержка грубит, а отчёт в Wialon так и не строится",
        "Your manager told me to write here: the report is empty",
    ] {
        is(body, None);
    }
}

#[test]
fn whose_vehicle_it_was_does_not_hide_a_complaint_about_a_person() {
    is(
        "Ваш монтажник Алексей вчера нахамил водителю автобуса Ф 330 АН 33. Требуем принять меры!",
        Some(Concern::Conduct),
    );
    is("Your technician was rude to our driver of bus TRK-12", Some(Concern::Conduct));
}

#[test]
fn to_close_what_is_not_here_is_no_request() {
    let kind = |body: &str| read(&mail("", body), Before::default(), &RULES).kind;
    for body in [
        "Добрый день! Закройте, пожалуйста, заявку № 5512, мы уже сами всё настроили.",
        "Прошу снять заявку 5512",
        "Please disregard my previous email",
    ] {
        assert_eq!(kind(body), Kind::None, "{body}");
    }
    for body in [
        "Закройте доступ пользователю ivanov по заявке 5512",
        "Закройте заявку 5512 и подключите Камаз 14 к Wialon",
    ] {
        assert_ne!(kind(body), Kind::None, "{body}");
    }
}

#[test]
fn a_trial_of_the_mail_is_no_request() {
    let kind = |subject: &str, body: &str| read(&mail(subject, body), Before::default(), &RULES).kind;
    for (subject, body) in [
        ("", "проверка связи"),
        ("test", "test"),
        ("тест", ""),
        ("Тест", "Проверка почты"),
        ("", "test"),
        ("", "Test mail, please ignore"),
        ("", "тест 1 2 3"),
        ("", "Проверка. Раз, два, три."),
        ("проверка", "Тестовое письмо с нового адреса\n\nИван Петров"),
        ("Test", "Hello, this is a test message."),
        ("", "ping"),
        ("", "Добрый день! Проверка работы почты, не отвечайте, пожалуйста."),
    ] {
        assert_eq!(kind(subject, body), Kind::None, "{subject}: {body}");
    }
    for (subject, body) in [
        ("", "Проверьте почту"),
        ("Тест", "Тестовый доступ к Wialon"),
        ("test", "test report is empty"),
        ("", "Проверка датчика топлива"),
        ("тест", "не работает"),
    ] {
        assert_ne!(kind(subject, body), Kind::None, "{subject}: {body}");
    }
    // An answer to our questions is none.
    let before = later(&[Field::Objects]);
    let answer = read(&mail("Re: ask", "test"), before, &RULES);
    assert_ne!((answer.kind, answer.fields.objects.state), (Kind::None, State::Off));
}

#[test]
fn who_asks_in_english_for_a_sign_of_life_gets_no_questions() {
    for body in [
        "why nobody respond to my mails",
        "no one has replied to me",
        "Kindly advise the status of ticket 44120, which was opened on Monday",
    ] {
        is(body, Some(Concern::Progress));
    }
    is("The status of unit TR-12 is offline since noon, Wialon. Ticket 44120 was another one", None);
}

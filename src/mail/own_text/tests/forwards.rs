//! First-time forwards are content, their headers and their own history are not.

use super::{check, check_forward};

#[test]
fn forward_markers() {
    for marker in [
        "---------- Forwarded message ---------\nОт: Иван <a@b.test>\nDate: пн, 4 мар. 2024 г. в 10:15\nSubject: отчёт\nTo: <c@d.test>",
        "---------- Forwarded message ---------\nFrom: Ivan <a@b.test>\nDate: Mon, Mar 4, 2024 at 10:15 AM\nSubject: report\nTo: <c@d.test>\nCc: <e@f.test>",
        "-------- Пересылаемое сообщение --------\n04.03.2024, 10:15, \"Иван\" <a@b.test>:",
        "-------- Пересылаемое сообщение --------\nОт: Иван <a@b.test>\nКому: c@d.test\nДата: Понедельник, 4 марта 2024, 10:15 +03:00\nТема: отчёт",
        "-------- Перенаправленное сообщение --------\nТема: отчёт\nДата: Mon, 4 Mar 2024 10:15:12 +0300\nОт: Иван <a@b.test>\nКому: c@d.test",
        "-------- Forwarded Message --------\nSubject: report\nDate: Mon, 4 Mar 2024 10:15:12 +0300\nFrom: Ivan <a@b.test>\nReply-To: x@b.test\nTo: c@d.test",
        "Начало переадресованного сообщения:\n\nОт: Иван <a@b.test>\nТема: отчёт\nДата: 4 марта 2024 г. в 10:15:12 GMT+3\nКому: c@d.test",
        "Begin forwarded message:\n\nFrom: Ivan <a@b.test>\nSubject: report\nDate: 4 March 2024 at 10:15:12 GMT+3\nTo: c@d.test",
        "Это пересылаемое сообщение\nОт: Иван <a@b.test>\nКому: c@d.test\nДата: 4 марта 2024 г., 10:15:12\nТема: отчёт\n\n===8<============== Текст исходного сообщения ===============",
        "----- Переслано: Иван Петров/Компания дата: 04.03.2024 10:15 -----\n\nОт: Иван Петров/Компания\nКому: c@d.test\nДата: 04.03.2024 10:15\nТема: отчёт",
        "------- Forwarded Message -------\nFrom: Ivan <a@b.test>\nDate: On Monday, March 4th, 2024 at 10:15 AM\nSubject: report\nTo: c@d.test",
    ] {
        let marker: String = marker
            .lines()
            .map(|line| if line.is_empty() { "\n".into() } else { format!("a|{line}\n") })
            .collect();
        check(&format!(
            "o|Коллеги, у нас опять беда с Wialon, я проверил сам.\n\n{marker}\nf|Лариса, автобус 1142 пропал с карты.\n\n\
             s|С уважением,\ns|Иван\n\na|03.03.2024, 9:00, \"Лариса\" <l@b.test>:\nq|> Что там?\n"
        ));
    }
}

#[test]
fn the_end_marker_gives_the_word_back() {
    check(
        "
a|-------- Пересылаемое сообщение --------
a|04.03.2024, 10:15, \"Иван\" <a@b.test>:

f|Автобус 1142 пропал с карты.

a|-------- Конец пересылаемого сообщения --------

o|Это уже второй раз за неделю.
",
    );
}

#[test]
fn apple_mail_puts_the_forward_into_a_blockquote() {
    check(
        "
o|Посмотрите письмо водителя

a|> Начало переадресованного сообщения:
a|>
a|> От: Иван <a@b.test>
a|> Тема: датчик
a|> Дата: 4 марта 2024 г. в 10:15:12 GMT+3
a|> Кому: c@d.test
a|>
f|> Датчик на МАЗ 5440 молчит с утра.
f|>
q|> > Прошлый раз помогла перезагрузка.

o|И ещё: ключ от бокса у меня.
",
    );
}

#[test]
fn yandex_quotes_the_body_under_its_marker() {
    check(
        "
a|-------- Пересылаемое сообщение --------
a|04.03.2024, 10:15, \"Иван\" <a@b.test>:
f|> Датчик на МАЗ 5440 молчит с утра.
q|> > Прошлый раз помогла перезагрузка.
a|-------- Конец пересылаемого сообщения --------
",
    );
}

#[test]
fn an_outlook_block_under_no_words_of_its_own_is_a_forward() {
    for above in [
        "",
        "o|Добрый день!\n\n",
        "o|FYI\n\n",
        "o|см. ниже\n\ns|Лев Ганин\ns|Начальник отдела ИТ\n\n",
        "o|Коллеги, добрый день, прошу помочь.\n\ns|С уважением,\ns|Анна\n\n",
        "o|Пересылаю письмо диспетчера, у неё нет доступа к почте.\n\n",
        "s|Отправлено с iPhone\n\n",
    ] {
        check(&format!(
            "{above}a|От: Иван <a@b.test>\na|Отправлено: 4 марта 2024 г. 10:15\na|Кому: c@d.test\na|Тема: датчик\n\n\
             f|Датчик на МАЗ 5440 молчит с утра.\n\ns|--\ns|Иван, диспетчер\n\n\
             a|From: Oleg <o@b.test>\na|Sent: Monday, March 4, 2024 9:00 AM\na|To: a@b.test\na|Subject: датчик\n\nq|Как там?\n"
        ));
    }
}

#[test]
fn a_forward_of_a_forward_is_content_to_its_end() {
    check(
        "
o|Прошу разобраться.

a|От: Анна <a@b.test>
a|Отправлено: 4 марта 2024 г. 10:15
a|Кому: c@d.test
a|Тема: FW: датчик

f|Лев, перешлите в поддержку, пожалуйста.

a|От: Иван <i@b.test>
a|Отправлено: 4 марта 2024 г. 9:00
a|Кому: Анна
a|Тема: датчик

f|Датчик на МАЗ 5440 молчит с утра.
",
    );
}

#[test]
fn an_answer_is_no_forward_whatever_its_program_puts_before_the_subject() {
    for prefix in ["RE:", "Odp:", "SV:"] {
        check(&format!(
            "
o|Прошу помочь.

a|От: Иван <a@b.test>
a|Отправлено: 4 марта 2024 г. 10:15
a|Кому: c@d.test
a|Тема: {prefix} датчик

q|Датчик молчит.
"
        ));
    }
}

#[test]
fn an_answer_to_the_desk_is_no_forward() {
    check(
        "
s|Отправлено с iPhone

a|От: Поддержка <support@desk.test>
a|Отправлено: 4 марта 2024 г. 10:15
a|Кому: c@d.test
a|Тема: RE: датчик

q|Уточните, пожалуйста, объект.
",
    );
    check(
        "
o|Помогите уже наконец!

a|From: Olga <olga@desk.test>
a|Sent: Monday, March 4, 2024 10:15 AM
a|To: c@d.test
a|Subject: RE: sensor [1234]

q|Which unit is it?
",
    );
}

#[test]
fn a_forward_inside_history_stays_history() {
    check(
        "
o|Да, проблема та же, объект МАЗ 5440.

a|04.03.2024, 10:15, \"Поддержка\" <s@desk.test>:
q|> Это то же самое?
q|> ---------- Forwarded message ---------
q|> From: Ivan <a@b.test>
q|> Датчик молчит.
",
    );
}

#[test]
fn a_block_with_quote_marks_to_the_end_is_a_forward_too() {
    check(
        "
o|FYI

a|> From: Ivan <a@b.test>
a|> Sent: Monday, March 4, 2024 9:00 AM
a|> To: c@d.test
a|> Subject: sensor
a|>
f|> The sensor of truck 17 is silent.
q|> > How is it?
",
    );
    check(
        "
q|> From: Ivan <a@b.test>
q|> Sent: Monday, March 4, 2024 9:00 AM
q|> To: c@d.test
q|> Subject: sensor
q|>
q|> Which truck?

o|Truck 17.
",
    );
}

#[test]
fn a_block_under_own_words_is_a_forward_where_that_is_known() {
    let case = |above: &str, below: char| {
        format!(
            "{above}a|От: Иван <a@b.test>\na|Отправлено: 4 марта 2024 г. 10:15\na|Кому: c@d.test\na|Тема: датчик\n\n\
             {below}|Датчик на МАЗ 5440 молчит с утра.\n\n\
             a|From: Oleg <o@b.test>\na|Sent: Monday, March 4, 2024 9:00 AM\na|To: a@b.test\na|Subject: датчик\n\nq|Как там?\n"
        )
    };
    for above in ["o|Прошу завести.\n\n", "o|Это срочно, звонил трижды.\n\ns|--\ns|Олег\n\n"]
    {
        check(&case(above, 'q'));
        check_forward(&case(above, 'f'));
    }
    let desk = "o|Прошу завести.\n\na|From: Desk <support@b.test>\na|Sent: Monday, March 4, 2024 9:00 AM\na|To: a@b.test\n\
                a|Subject: sensor\n\nq|Which truck?\n";
    check_forward(desk);
    // Behind quote marks, too; but not where it has been answered below.
    let marks = "o|Прошу завести.\n\na|> From: Ivan <a@b.test>\na|> Sent: Monday, March 4, 2024 9:00 AM\na|> To: c@d.test\n\
                 a|> Subject: sensor\n\nf|> The sensor of truck 17 is silent.\n";
    check_forward(marks);
    let answered = marks.replace("a|>", "q|>").replace("f|>", "q|>") + "\no|Готово.\n";
    check_forward(&answered);
}

//! Answers typed into our question list.

use super::check;

#[test]
fn answers_between_marked_questions_are_own() {
    check(
        "
q|> 1. Укажите продукт.
o|вэб версия
q|> 2. Какие объекты?
o|Илья
q|> 3. Шаги?

q|> С уважением, поддержка
",
    );
}

#[test]
fn announced_answers_in_an_unmarked_quote_are_own() {
    check(
        "
o|See my answers in CAPS.

a|From: Support <support@desk.test>
a|Sent: 14 October 2024 10:02
a|To: x@y.test
a|Subject: RE: Idling

q|Hello,
o|1. Which product do you use?  LOCAL
o|2. Which units are affected? (name or plate)  D-14
q|3. What steps lead to the problem? For example: open, press.
o|OPEN REPORTS, PRESS EXECUTE
q|4. Please attach a screenshot.

q|Best regards, Support
",
    );
}

#[test]
fn answers_are_looked_for_where_nothing_else_is_written() {
    check(
        "
o|Добрый день!

a|От: Поддержка <support@desk.test>
a|Отправлено: 4 марта 2024 г. 10:15
a|Кому: c@d.test
a|Тема: RE: датчик

q|Чтобы начать, нам не хватает:
q|1. Какой продукт?
o|Хостинг
q|2. Какие объекты, отчёты или
q|пользователи затронуты?
o|МАЗ 5440
q|3. Какие действия приводят к проблеме?

q|Ответьте прямо под вопросами.
q|Техническая поддержка
",
    );
    check(
        "
a|04.03.2024, 10:15, \"Поддержка\" <support@desk.test>:
q|> 1. Какой продукт?
o|> Хостинг
o|> 2. Какие объекты? МАЗ 5440
q|> 3. Какие действия?
q|>
q|> С уважением, поддержка
",
    );
}

#[test]
fn an_unanswered_list_stays_a_quote() {
    check(
        "
o|Это что за анкета?

a|От: Поддержка <support@desk.test>
a|Отправлено: 4 марта 2024 г. 10:15
a|Тема: RE: датчик

q|1. Продукт (например, Wialon):
q|2. Объект:
q|3. Шаги:
",
    );
}

#[test]
fn a_wrapped_question_is_no_answer() {
    check(
        "
a|04.03.2024, 10:15, \"Поддержка\" <support@desk.test>:
q|> Ответьте, пожалуйста, прямо под каждым вопросом:
q|>
q|> 1. По каким конкретно элементам возник вопрос: какой объект, какой
q|> шаблон отчёта, за какой интервал времени?
q|>
q|> 2. Опишите, пожалуйста, вопрос подробнее: что происходит и чего вы
o|> ожидали? карта белая
o|>
q|> Если ответ уже есть в вашем письме, так и напишите: «есть в письме».
q|>
q|> --
q|> Служба технической поддержки
",
    );
}

#[test]
fn a_quoted_letter_under_nothing_has_no_answers_in_it() {
    check(
        "
s|Отправлено с iPhone

a|From: Support <support@desk.test>
a|Sent: Monday, March 4, 2024 10:15 AM
a|To: x@y.test
a|Subject: Re: report [#12]

q|Hello,

q|1. Which of our products is this about?

q|2. Could you describe it in more detail: what happens, and what did you expect?

q|If the answer is in your mail already, just write \"already in my mail\", and we will not ask again.

q|--
q|Technical Support
q|Phone: +7 495 000-00-00
",
    );
}

#[test]
fn an_answer_that_ends_in_what_somebody_writes_is_no_attribution() {
    for answer in [
        "открываю отчет, жму выполнить, ничего не пишет",
        "уже писал",
        "12.05.2026 открыл отчет, ничего не пишет",
        "в 10:15 нажал, больше ничего не пишет",
        "I press Execute and it never writes",
        "as I already wrote",
        "машина есть, трек не пишет",
    ] {
        check(&format!(
            "q|> 1. Какой продукт?\no|Wialon\nq|> 2. Какие действия?\no|{answer}\nq|> 3. Скриншот?\no|нет\n"
        ));
    }
    check("o|Wialon Hosting.\n\na|Иван Петров пишет:\nq|> Какой продукт?\n");
}

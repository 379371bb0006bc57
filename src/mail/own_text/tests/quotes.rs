//! Reply headers and quote marks of the programs that people use.

use super::check;

/// One own line, an attribution as a program writes it, one quoted line.
fn check_attribution(attribution: &str) {
    let attribution: String = attribution.lines().map(|line| format!("a|{line}\n")).collect();
    check(&format!(
        "o|Объект Газель 17.\n\n{attribution}\nq|> Какой объект?\nq|> С уважением, поддержка\n\no|Вот ещё ответ ниже.\n"
    ));
}

#[test]
fn attributions_with_quote_marks() {
    for attribution in [
        "пн, 4 мар. 2024 г. в 10:15, Иван Петров <a@b.test>:",
        "пн, 4 мар. 2024 г., 10:15 Иван Петров <a@b.test>:",
        "On Mon, Mar 4, 2024 at 10:15 AM Ivan Petrov <a@b.test> wrote:",
        "On Mon, Mar 4, 2024 at 10:15 AM Ivan Petrov of a Company <\nivan.petrov@long-company-name.test> wrote:",
        "On Mon, Mar 4, 2024 at 10:15 AM Ivan Petrov\nof a Company with a long name\n<ivan.petrov@long.test> wrote:",
        "04.03.2024, 10:15, \"Иван Петров\" <a@b.test>:",
        "04.03.2024, 10:15, Иван Петров (a@b.test):",
        "Понедельник, 4 марта 2024, 10:15 +03:00 от Иван Петров <a@b.test>:",
        "4 марта 2024 г., в 10:15, Иван Петров <a@b.test> написал(а):",
        "On 4 Mar 2024, at 10:15, Ivan Petrov <a@b.test> wrote:",
        "04.03.2024 10:15, Иван Петров пишет:",
        "On 04/03/2024 10:15, Ivan Petrov wrote:",
        "Вы писали 4 марта 2024 г., 10:15:12:",
        "On Monday, March 4, 2024, 10:15:12 AM, you wrote:",
        "Иван Петров писал(а) 2024-03-04 10:15:",
        "Иван Петров писал 2024-03-04 10:15:",
        "On 2024-03-04 10:15, Ivan Petrov wrote:",
        "On Monday, March 04, 2024 10:15 MSK, Ivan Petrov <a@b.test> wrote:",
        "В Понедельник, Март 04, 2024 10:15 MSK, Иван Петров <a@b.test> писал(а):",
        "В Пн, 04/03/2024 в 10:15 +0300, Иван Петров пишет:",
        "В письме от понедельник, 4 марта 2024 г. 10:15:12 MSK Иван Петров написал:",
        "Mon, 4 Mar 2024 10:15:12 +0300\nИван Петров <a@b.test> пишет:",
        "On Mon, Mar 04, 2024 at 10:15:12AM +0300, Ivan Petrov wrote:",
        "On Monday, March 4th, 2024 at 10:15 AM, Ivan <a@b.test> wrote:",
        "Am 04.03.2024 um 10:15 schrieb Ivan Petrov:",
        "Le lun. 4 mars 2024 à 10:15, Ivan <a@b.test> a écrit :",
        "El lun, 4 mar 2024 a las 10:15, Ivan (<a@b.test>) escribió:",
        "пн, 4 бер. 2024 р. о 10:15 Іван <a@b.test> пише:",
        "Иван Петров пишет:",
        "Ivan Petrov <a@b.test> wrote:",
        "Цитирую Иван Петров <a@b.test>:",
        "Quoting Ivan Petrov <a@b.test>:",
        "---- On Mon, 04 Mar 2024 10:15:12 +0300 Ivan <a@b.test> wrote ----",
        "\"Иван Петров\" a@b.test – 4 марта 2024 г., 10:15",
        "4 марта 2024 г., в 10:15, \"Иван Петров\" <a@b.test> написал:\u{2063}",
    ] {
        check_attribution(attribution);
    }
}

/// One own line, a header block without quote marks, history.
fn check_block(block: &str) {
    let block: String = block.lines().map(|line| format!("a|{line}\n")).collect();
    check(&format!(
        "o|Объект Газель 17, отчёт «Сутки».\n\n{block}\nq|Какой объект?\nq|> ещё глубже\n\nq|С уважением,\nq|поддержка\n"
    ));
}

#[test]
fn header_blocks_of_outlook_and_its_kin() {
    for block in [
        "От: Петров Иван <a@b.test>\nОтправлено: понедельник, 4 марта 2024 г. 10:15\nКому: c@d.test\nТема: RE: отчёт",
        "От: Петров Иван [mailto:a@b.test]\nОтправлено: 4 марта 2024 г. 10:15\nКому: c@d.test\nКопия: e@f.test\nТема: отчёт",
        "From: Ivan Petrov <a@b.test>\nSent: Monday, March 4, 2024 10:15 AM\nTo: c@d.test\nCc: e@f.test\nSubject: RE: report",
        "*От:* Петров Иван <a@b.test>\n*Отправлено:* понедельник, 4 марта 2024 г. 10:15\n*Кому:* c@d.test\n*Тема:* RE: отчёт",
        "________________________________\nFrom: Ivan <a@b.test>\nSent: Monday, March 4, 2024 10:15\nTo: c@d.test\nSubject: Re: report",
        "---\nОт: Петров Иван <a@b.test>\nДата: понедельник, 4 марта 2024 г. в 10:15\nКому: c@d.test\nТема: Re: отчёт",
        "-----Original Message-----\nFrom: Ivan [mailto:a@b.test]\nSent: Monday, March 04, 2024 10:15 AM\nTo: c@d.test\nSubject: RE: x",
        "-----Исходное сообщение-----\nFrom: Ivan [mailto:a@b.test]\nSent: Monday, March 04, 2024 10:15 AM\nSubject: RE: x",
        "-------- Исходное сообщение --------\nОт: Иван <a@b.test>\nДата: 04.03.24 10:15 (GMT+03:00)\nКому: c@d.test\nТема: Re: x",
        "------ Исходное сообщение ------\nОт \"Иван\" <a@b.test>\nКому c@d.test\nДата 04.03.2024 10:15:12\nТема Re: x",
        "From: Ivan <a@b.test>\nSent: Monday, March 4, 2024 10:15 AM\nTo: c@d.test; long list <l@m.test>;\nmore people <n@o.test>;\nlast <p@q.test>\nSubject: RE: report",
        "От:     Иван Петров/Компания\nКому:   c@d.test\nДата:   04.03.2024 10:15\nТема:   Re: отчёт",
        "From: Ivan <a@b.test>\nDate: Monday, 4 March 2024 at 10:15\nTo: c@d.test\nSubject: Re: report",
        "Von: Ivan <a@b.test>\nGesendet: Montag, 4. März 2024 10:15\nAn: c@d.test\nBetreff: AW: Bericht",
        "04.03.2024, 10:15, \"Иван\" <a@b.test>:",
        "On Mon, Mar 4, 2024 at 10:15 AM Ivan <a@b.test> wrote:",
        "-----Original Message-----",
        "-----Ivan <a@b.test> wrote: -----\nTo: c@d.test\nFrom: Ivan <a@b.test>\nDate: 03/04/2024 10:15AM\nSubject: Re: report",
        "-----\"Иван\" <a@b.test> написал(а): -----\nКому: c@d.test\nОт: \"Иван\" <a@b.test>\nДата: 04.03.2024 10:15\nТема: отчёт",
        "От: Иван Петров\nОтправлено: \u{200e}понедельник\u{200e}, \u{200e}4\u{200e} \u{200e}марта\u{200e} \u{200e}2024\u{200e} г. \u{200e}10\u{200e}:\u{200e}15\nКому: Иван",
        "Кімнен: Иван <a@b.test>\nЖіберілді: 2024 ж. 4 наурыз 10:15\nКімге: c@d.test\nТақырып: отчёт",
        "Отправитель: Иван <a@b.test>\nДата отправки: 04.03.2024 10:15\nПолучатель: c@d.test\nТема: отчёт",
    ] {
        check_block(block);
    }
}

#[test]
fn a_block_over_marked_lines_ends_with_the_marks() {
    check(
        "
o|Объект Газель 17, отчёт «Сутки».

a|From: Ivan <a@b.test>
a|Sent: Monday, March 4, 2024 10:15 AM
a|Subject: RE: report

q|> Which unit?

o|Gazelle 17, as I said above.
",
    );
}

#[test]
fn bottom_posts_and_answers_between_quotes() {
    check(
        "
a|Вы писали 4 марта 2024 г., 10:15:12:

q|> Какой продукт?
o|Wialon Local
q|> Какой объект?
q|>
q|>> вложенный вопрос
o|Автобус 12

o|Больше ничего не меняли.
",
    );
    check(
        "
q|>Какой продукт?

o|Wialon Hosting

q|>Какая учётная запись?
o|Иванов Иван
",
    );
}

#[test]
fn the_bat_quotes_with_initials() {
    check(
        "
o|Здравствуйте, Иван.

a|Вы писали 4 марта 2024 г., 10:15:12:

q|ИП> Какой объект?
q|ИП>> прежний вопрос
o|Газель 17
q|ИП> Какой отчёт?
o|CAN> AT+GPS так отвечает терминал
",
    );
    check("a|Вы писали 4 марта 2024 г., 10:15:12:\nq|ТпMS> Какой объект?\no|Газель 17\n");
    // A console prompt is no quote.
    check("o|В консоли трекера:\no|Ok> getinfo\n");
    check("o|В консоли трекера:\no|ok> getinfo\no|ok> cpureset\n");
    check("o|Пишет так\no|SQL> select 1\no|SQL> select 2\n");
}

#[test]
fn words_above_an_attribution_stay_own() {
    check(
        "
o|Трактор К-744, номер 8815 нт 61, менял таблицу.
a|06.03.2024, 13:40, \"Поддержка\" <s@b.test>:
q|> Что меняли?
",
    );
    check(
        "
o|Отчёт за 05.03.2024, объект Газель 17
a|06.03.2024 13:40, Поддержка пишет:
q|> Что меняли?
",
    );
    check(
        "
o|Вижу на карте 17 машин
a|Ivan <s@b.test> wrote:
q|> Что видите?
",
    );
    check(
        "
o|05.03.2024 10:15 письмо на a@b.test водитель написал
o|и я его переслал
",
    );
}

#[test]
fn lists_dates_and_reported_speech_are_no_headers() {
    for text in [
        "o|Клиент пишет:\no|не вижу машину.\n",
        "o|05.03.2024 в 14:20 водитель пишет:\no|машина не видна на карте.\n",
        "o|От: диспетчер\no|Кому: техподдержка\no|Тема: нет связи с МАЗ 5\no|Дата: 05.03.2024\n\no|Нет связи.\n",
        "o|> 70 км/ч не показывает, хотя ехал быстрее.\n",
        "o|Тема: топливо\no|Дата: 12.03\no|Объект: МАЗ 5440\n",
        "o|От: базы\no|До: карьера\no|Маршрут не строится.\n",
        "o|Период с 01.10.2024 00:00 по 07.10.2024 23:59:\no|пусто.\n",
        "o|04.03.2024 10:15:12 пакет от 10.0.0.1:\no|crc error\n",
        "o|- первое\no|- второе\no|-- третье\n",
        "o|В отчёте так:\no|---\no|Пробег 0 км\no|---\no|а должно быть 100.\n",
        "o|Скорость > 100 км/ч показывает.\n",
        "o|On the map it says:\no|no data\n",
    ] {
        check(text);
    }
}

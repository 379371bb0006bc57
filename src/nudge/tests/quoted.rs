use super::*;
use strum::VariantArray as _;

#[test]
fn a_notice_that_nothing_marks_as_a_quote_is_cut_off_or_found() {
    let (calendar, policy, now) = (calendar(), policy(), at("2026-05-15T12:00:00Z"));
    let tickets = [facts(5, State::Open, at("2026-05-15T11:00:00Z"))];
    let nudges = due(&tickets, &[], &calendar, &policy, now);
    let all = notices_in(Language::Russian, &nudges, &tickets, now);
    let notice = all.iter().find(|notice| notice.reply_to.is_some()).unwrap().text.as_str();
    let check = |reply: &str, known: Option<&str>, expect: Option<&str>| {
        assert_eq!(without_notice(reply, reply, known).as_deref(), expect, "{reply}");
    };
    let answer = "Исправили.\nПроверьте.";
    let pasted = format!("{answer}\n\n{notice}");
    check(answer, Some(notice), Some(answer));
    check(answer, None, Some(answer));
    check(&pasted, Some(notice), Some(answer));
    // Broken anew, or not quoted to its end.
    check(
        &format!("{answer}\n\n{}", notice.replace(" ваши слова", "\n   ваши слова")),
        Some(notice),
        Some(answer),
    );
    check(pasted.split_once("Клиент:").unwrap().0, Some(notice), Some(answer));
    // Words of his below it, or a notice that nobody knows.
    check(&format!("{pasted}\nИ ещё: перезапустите."), Some(notice), None);
    check(&pasted, None, None);
    check(&format!("{answer}\n\nКлиент: a@b.example\n\nКлиент пишет:\n\nПомогите."), Some(notice), None);
    // What he says himself of clients and letters.
    let own = "Клиент пишет нам: ответьте на это письмо, и мы закроем обращение.";
    check(own, Some(notice), Some(own));
    let own = "Если повторится, ответьте на это письмо: мы откроем обращение снова.";
    check(own, Some(notice), Some(own));
    let own = "If it happens again, reply to this mail: we open the request again.";
    check(own, None, Some(own));
    // Each letter of one request, in both languages, is found without being known.
    for language in [Language::Russian, Language::English] {
        let text = letters(&tickets, &[], language, "2026-05-15T12:00:00Z");
        let (_, body) = text.split_once("\n\n").unwrap();
        check(&format!("{answer}\n\n{body}"), None, None);
    }
}

#[test]
fn what_repeats_a_notice_is_known_without_a_reference() {
    let tickets = [facts(5, State::Open, at("2026-05-15T11:00:00Z"))];
    for language in [Language::Russian, Language::English] {
        let text = letters(&tickets, &[], language, "2026-05-15T12:00:00Z");
        let (_, body) = text.split_once("\n\n").unwrap();
        let quoted: String = body.lines().map(|line| format!("> {line}\n")).collect();
        assert!(repeats_notice("x", body) && repeats_notice("x", &quoted), "{body}");
    }
    let subject = held_back_letter(Language::Russian, HeldBack::NoTicket).subject;
    for prefix in ["Re:", "Автоответ:", "Automatic reply:", "[Out of office]"] {
        assert!(repeats_notice(&format!("{prefix} {subject}"), "Меня нет."), "{prefix}");
    }
    assert!(!repeats_notice("askback: не приходят извещения", "Со вчерашнего дня."));
    assert!(!repeats_notice("Не печатает", "Ответьте на это письмо: принтер сломан."));
}

#[test]
fn what_anybody_writes_and_lists_are_no_words_of_the_client() {
    let theirs = "Добрый день, уважаемые коллеги!\nГазель Next А123ВС77 (Иванов)\nА123ВС77, К456ОР77, М789ТТ77\nг. Москва, \
                  ул. Ленина, 5\nСпасибо большое за вашу помощь!\nPlease let me know today.\nThank you very much indeed!\nНо \
                  машины на карте второй день не видно.";
    for line in theirs.lines() {
        let expect = line.contains("карте");
        assert_eq!(
            repeats_client(&format!("Проверили:\n{line}\nИсправили."), [theirs], []),
            expect,
            "{line}"
        );
    }
    let last = theirs.lines().last().unwrap();
    assert!(!repeats_client(last, [theirs], [last]), "we have written it to him");
}

/// Gmail breaks long lines behind its mark.
#[test]
fn answers_between_quoted_lines_are_no_ends_of_them() {
    let notice = "Можно ли добавить 5 машин?\nДайте ответ сегодня.\nНам это нужно очень срочно, потому что смена уже стоит.";
    let reply = "> Можно ли добавить 5 машин?\nДа\n> Дайте ответ сегодня.\nДа\n> Нам это нужно очень срочно, потому что\nсмена уже \
                 стоит.\nДа";
    let words = "Да\nДа\nсмена уже стоит.\nДа";
    assert_eq!(without_notice(reply, words, Some(notice)).as_deref(), Some("Да\nДа\nДа"));
}

/// Nor do the letters that tell of an answer that was not sent on, and the words of others.
#[test]
fn other_letters_that_nothing_marks_as_a_quote_are_found() {
    for language in [Language::Russian, Language::English] {
        for &why in HeldBack::VARIANTS {
            let letter = held_back_letter(language, why).text;
            let reply = format!("Исправили.\n\n{letter}\n\n-- \nОльга");
            assert_eq!(without_notice(&reply, &reply, None), None, "{reply}");
        }
        let whose = words::whose(language, false);
        let unanswered = Unanswered { said: three_write(), earlier: 3 };
        let shown = super::super::said::shown(language, &whose, TicketId(5), &unanswered);
        let other = shown.split("\n\n").find(|part| part.contains('@')).unwrap();
        let reply = format!("Исправили.\n{other}");
        assert_eq!(without_notice(&reply, &reply, None), None, "{reply}");
    }
}

#[test]
fn a_quote_of_another_conversation_has_nothing_of_this_one() {
    let said = ["Здравствуйте, уважаемая поддержка! Не строится отчёт.", "Исправили шаблон, проверьте."];
    for (quote, expect) in [
        ("> Не строится\n> отчёт.", true),
        ("> Исправили шаблон, проверьте.", true),
        ("> Здравствуйте, уважаемая поддержка!\n> Подключите трекер.", false),
        ("> Подключите трекер.", false),
        (&format!("> {}\n> Исправили шаблон, проверьте.", "aaaa ".repeat(20_000)), false),
    ] {
        assert_eq!(quotes_some(quote, said), expect, "{quote}");
        assert!(quotes_some(quote, ["Помогите", "Исправили."]), "nothing here is long enough to tell");
    }
}

#[test]
fn who_quotes_all_that_the_client_says_has_his_mail() {
    let wrote = "Добрый день!\nНе строится отчёт «Поездки» по объекту А123ВС77, страница пустая.";
    let check = |mail: &str, expect| assert_eq!(quotes_client(mail, wrote), expect, "{mail}");
    check(
        "Исправили.\n\n> Добрый день!\n> Не строится отчёт «Поездки» по объекту А123ВС77,\n> страница пустая.\n",
        true,
    );
    check(
        "Исправили.\n\nОт: Иван\n\nНе строится отчёт  «Поездки» по объекту А123ВС77, страница пустая.",
        true,
    );
    check("Исправили.\n\n> Добрый день!\n> Не строится отчёт «Поездки» по объекту А123ВС77", false);
    check("Исправили.", false);
    let many = "Здравствуйте, уважаемая служба технической поддержки!\nНе приходят данные с трекера на сервер Wialon.\n\
                Началось вчера после обновления прошивки на объекте 458.";
    assert!(quotes_client(&format!("Исправили.\n\n> {}", many.replace('\n', "\n> ")), many));
    // What everybody writes, one sentence of two, and nothing that could tell.
    assert!(!quotes_client("Исправили.\n\n> Здравствуйте, уважаемая служба технической поддержки!", many));
    assert!(!quotes_client("Исправили.\n\n> Не приходят данные с трекера на сервер Wialon.", many));
    let polite = "Здравствуйте, уважаемая служба технической поддержки!\nНе работает.";
    assert!(!quotes_client(polite, polite));
}

//! What an agent's words ask.

use super::super::asks;

#[test]
fn an_agent_s_words_ask_by_a_question_of_their_own() {
    assert!(asks("Переносим на среду?"));
    assert!(asks("Добрый день, Иван!\nПерезагрузить сервер сейчас?"), "the signature is cut off already");
    assert!(asks("Добрый день!\nПодойдёт среда? Или четверг.\nОльга"));
    assert!(!asks("Отчёт здесь: https://hosting.wialon.com/?id=5"));
    assert!(!asks("Исправили.\nОстались вопросы? Звоните."));
    assert!(!asks("Исправили."));
}

#[test]
fn whether_it_works_now_needs_no_answer() {
    for words in [
        "Проверьте, пожалуйста: заработало?",
        "Добрый день!\nПерезапустили сервис. Всё работает?\nОльга",
        "Исправили. У вас отчёт строится, всё в порядке?",
        "Вам помогло?",
        "We have restarted it. Does it work now?",
        "Is it resolved?",
    ] {
        assert!(!asks(words), "{words}");
    }
    for words in [
        "Ещё не работает?",
        "Что именно не заработало?",
        "Если перенесём на среду, получится?",
        "Заработало? Или перенести на среду?",
        "Заработало? Переносим остальные?",
        "Связь восстановилась, отключить старый трекер?",
        "Fixed the report - delete the old one?",
        "Вы решили вопрос с питанием трекера?",
        "Is it still not working?",
        "Does Wednesday work for you?",
        "Shall we replace the device?",
    ] {
        assert!(asks(words), "{words}");
    }
}

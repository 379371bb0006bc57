//! What the writer does with the conversation: thanks, promises, takes back, refuses, chases.

use super::Words;
use crate::request::text::lexicon::Class::{
    AlreadySaid, Chase, Contact, Courtesy, Greeting, Promise, Refusal, Withdrawal,
};

pub(super) const WORDS: Words = &[
    (
        Greeting,
        "здравствуйте здравствуй здрасте здрасьте здрасть* добрый_день доброе_утро добрый_вечер доброго_дня доброго_времени_суток доброго_утра доброго_вечера приветствую привет добрый всем_привет \
         hello hi dear good_morning good_afternoon good_day good_evening greetings hey",
    ),
    (
        Courtesy,
        "wonderful excellent superb brilliant lovely takk tack danke merci gracias obrigado рахмет рахмат отлично класс супер спасибо благодарю благодарим спс ок окей ok okay понял поняла поняли понятно принято принял приняли хорошо ясно ждем жду ожидаем будем_ждать \
         буду_ждать договорились замечательно пожалуйста всего_доброго хорошего_дня хорошего_вечера хороших_выходных заранее_спасибо взаимно \
         до_свидания всего_хорошего с_уважением удачи премного признателен признательны получил_спасибо оки океюшки благодарствую угу ага \
         thanks thank thx ty cheers great perfect noted understood received appreciated much_appreciated will_wait waiting_for_your awaiting got_it sounds_good fine \
         regards best_regards kind_regards sincerely have_a_nice best welcome good_job well_done alright cool",
    ),
    (
        Contact,
        "позвоните перезвоните наберите_мне звоните свяжитесь срочно связь_со_мной call_me call_us phone_me contact_me urgently asap call_back ring_me",
    ),
    (
        Withdrawal,
        "разобрались разобрался разобралась сам*_разобрал* вопрос_снят вопрос_снимаем снимаем_вопрос снимаю_вопрос вопрос_закрыт вопрос_решен вопрос_решился вопрос_решили вопрос_исчерпан \
         проблема_решена проблема_решилась проблема_ушла проблема_устранена проблема_снята проблему_решили решили_проблему решили_сами решил_сам решила_сама можно_закрывать можете_закрывать закрывайте закройте_заявку заявку_закройте заявку_можно_закр* заявку_снимаем \
         тикет_можно_закр* тикет_закр* обращение_закр* обращение_можно_закр* не_актуально неактуально больше_не_нужно уже_не_нужно не_требуется_уже помощь_не_нужна не_надо_уже уже_не_надо отбой отменяется отмена отзываю отзываем заработал* \
         все_заработало само_прошло починилось исправилось наладилось восстановилось нашел_сам нашла_сама нашли_сами нашел_ошибку_у_себя ложная_тревога забудьте не_обращайте_внимания \
         never_mind nevermind false_alarm please_ignore ignore_my disregard no_longer_needed not_needed_anymore solved_it sorted_it figured_it_out resolved_itself issue_is_resolved issue_resolved problem_solved problem_is_solved \
         can_be_closed can_close you_can_close please_close_the_ticket please_close_this close_the_ticket close_this_ticket cancel_my_request withdraw works_now working_now it's_working_now works_again working_again found_it_myself \
         found_the_reason found_it sorted_out we_sorted been_resolved is_resolved found_the_cause fixed_itself вопрос_больше_не сняли_вопрос претензий_нет все_ок_стало все_получилось теперь_работает теперь_все_работает теперь_нормально теперь_все_нормально все_появил* помогло_спасибо спасибо_помогло все_работает вопросов_нет вопросов_больше_нет больше_вопросов_нет helped_thanks all_good all_clear all_works everything_works it_works no_more_questions no_further_questions",
    ),
    (
        Refusal,
        "ничего_больше_писать_не больше_писать_не не_буду_больше_писать не_буду_больше_отвечать не_буду_больше_заполнять не_буду_больше_ничего больше_ничего_писать не_буду_писать не_буду_отвечать не_будем_отвечать не_буду_заполнять не_буду_ничего ничего_не_буду не_собираюсь \
         отказываюсь не_вижу_смысла_отвечать некогда_мне нет_времени_на_ваши нет_времени_отвечать некогда_писать не_скажу не_назову не_назовем не_хочу_отвечать соедините_с_человеком дайте_человека живого_человека \
         хочу_говорить_с_человеком хватит_вопросов не_задавайте сами_смотрите смотрите_сами сами_разбирайтесь разбирайтесь_сами сами_ищите это_ваша_работа ваша_работа я_вам_не_обязан не_мое_дело \
         не_понимаю_вопрос* не_понимаем_вопрос* не_понимаю_ваш*_вопрос* не_понимаю_этих_вопрос* не_понимаем_ваш*_вопрос* не_понимаю_эти_вопрос* не_понял_вопрос* не_поняла_вопрос* не_поняли_вопрос* \
         не_понимаю_что_вы не_понимаю_чего_вы не_понимаю_что_от_меня не_понимаю_чего_от не_понимаю_о_чем_вы не_понимаем_что_вы не_понимаем_что_от_нас вопросы_непонятн* вопросы_не_понятн* непонятн*_вопрос* \
         переведите_на_специалиста позовите_старшего мне_некогда некогда_нам нам_некогда некогда_заполнять некогда_отвечать некогда_расписывать \
         нет_времени_на_это нет_времени_это нет_времени_заполнять нет_времени_писать нет_времени_расписывать времени_на_ваши времени_на_вашу \
         сами_разберитесь сами_разберетесь разберитесь_сами хватит_анкет не_до_анкет не_до_вопросов \
         do_not_understand_the_question* do_not_understand_these_question* do_not_understand_your_question* do_not_understand_this_question* don't_understand_the_question* \
         don't_understand_these_question* don't_understand_your_question* don't_understand_any_of_these don't_understand_any_of_this do_not_understand_any_of_these don't_understand_what_you do_not_understand_what_you \
         dont_understand_the_question* dont_understand_these_question* dont_understand_your_question* didn't_understand_the_question* didn't_understand_your_question* questions_make_no_sense questions_are_not_clear questions_are_unclear \
         i_will_not won't_answer will_not_answer not_going_to refuse_to no_time_for_this no_time_to_answer stop_asking talk_to_a_human speak_to_a_human real_person your_job a_human not_filling \
         won't_fill i_have_no_time will_not_fill no_time_for_your no_time_for_questions don't_have_time_for don't_have_time_to_fill don't_have_time_to_answer not_answering_this not_answering_any \
         not_answering_your not_answering_more not_answering_these sort_it_out_yourselves sort_it_out_yourself figure_it_out_yourselves figure_it_out_yourself find_it_out_yourselves",
    ),
    (
        AlreadySaid,
        "я_же_писал* я_же_написал* же_указал* я_же_указ* я_же_говорил* я_же_сказал* я_же_отправ* ведь_писал* ведь_написал* уже_писал* уже_написал* уже_указал* уже_указан* уже_присылал* уже_прислал* уже_отправлял* уже_отвечал* уже_ответил* уже_сообщал* уже_говорил* есть_в_письме все_в_письме все_есть_в все_указано \
         указано_в_письме написано_в_письме все_написано писал_выше указал_выше указано_выше написал_выше в_первом_письме все_было_в читайте_внимательн* читайте_письмо внимательно_прочитайте перечитайте смотрите_первое_письмо см_первое_письмо \
         i_told_you i_did_write already_wrote already_told already_said already_sent already_provided already_in already_mentioned already_given already_described already_answered \
         as_i_wrote as_i_said see_my_first in_my_first_mail in_my_first_email in_my_previous in_my_original see_my_previous it_is_in_my see_above as_stated as_mentioned read_my",
    ),
    (
        Promise,
        "пришлю пришлем вышлю вышлем скину скинем отправлю отправим уточню уточним напишу напишем сообщу сообщим дошлю дошлем вернусь_с соберу соберем позже_скину позже_пришлю завтра_пришлю \
         отпишусь отпишемся сниму_видео сделаю_скрин проверю_и спрошу спросим узнаю узнаем посмотрю_и доберусь подготовлю подготовим предоставлю предоставим дам_знать \
         will_send i'll_send we'll_send will_get_back i'll_get_back get_back_to_you will_provide i'll_provide will_check i'll_check will_follow i'll_come_back will_come_back will_ask \
         i'll_ask will_let_you_know let_you_know i'll_write will_write send_it_later send_you_later we'll_get send_them will_reply",
    ),
    (
        Chase,
        "есть_новости какие_новости есть_ли_новости что_с_заявкой что_по_заявке что_с_моей_заявкой что_по_моей что_там_с когда_будет_ответ когда_ответите когда_решите когда_исправите долго_еще долго_ли сколько_ждать сколько_можно_ждать \
         долго_ждать как_долго как_продвигается каков_статус какой_статус_заявки статус_заявки напоминаю напоминаем до_сих_пор_нет_ответа нет_ответа никто_не_отвечает почему_не_отвечаете почему_молчите ну_что долго_вообще_ждать ждать_решения \
         ответа_так_и_нет алло какие_сроки сроки_решения \
         any_news any_update any_updates any_progress status_of_my what_is_the_status still_waiting waiting_for_an_answer when_will_you when_can_i_expect how_long following_up follow_up reminder bump no_answer \
         no_reply_yet haven't_heard eta any_eta",
    ),
];

//! What words say of a request that somebody waits for, of a person, or of a mail that only tries whether mail arrives.

use crate::request::text::lexicon::Lexicon;
use std::sync::LazyLock;

/// What a word does here.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// Asks how a request stands: «когда будет ответ», "any news".
    Chases,
    /// Asks whether anybody hears it: «вы вообще работаете?».
    Calls,
    /// Does so only in a later mail, or of a request: «ждём».
    Waits,
    /// Does so only of a request: "status".
    Stands,
    /// Does so behind hardly anything but the name of a request: «по моей заявке что?».
    What,
    /// Writes once more: «повторно обращаюсь».
    Again,
    /// Goes on as before: «снова», "still".
    Still,
    /// Wrote to us: «обращались на прошлой неделе».
    Wrote,
    /// Sent something: a letter, or a command to a tracker.
    Sent,
    /// What is written to us: «письмо».
    Letter,
    /// A length of time: «третий день», "for a week".
    Period,
    /// Reaching somebody by telephone: «дозвониться», "picks up".
    Reaches,
    /// «не», "nobody": in vain.
    InVain,
    /// «до вас»: us.
    ToUs,
    /// Whom, beside us, a telephone reaches: «водитель», "SIM".
    Others,
    /// A request by its name: «заявка», "ticket".
    Ticket,
    /// «ваш», "your".
    Your,
    /// Who works for us.
    Person,
    /// How people behave that are complained of.
    Rude,
    /// What they leave undone: «не приехал».
    Absent,
    /// Who comes to a client, and is nobody but ours: «монтажник».
    Visitor,
    /// «жалоба на», "complaint about": of a person only.
    Complains,
    /// A trial of the mail: «тест», "ping".
    Trial,
    /// What stands beside one: «связи», "please ignore".
    BesideTrial,
    /// Asks to end something: «закройте», "cancel".
    Ends,
    /// Takes back what was written: "disregard my previous".
    TakesBack,
}

impl Said {
    pub(super) const fn bit(self) -> u32 {
        1 << self as u16
    }
}

const WORDS: &[(Said, &str)] = &[
    (
        Said::Chases,
        "есть_новости какие_новости есть_ли_новости новости_есть нет_новостей новостей_нет что_слышно что_с_заявкой что_по_заявке что_с_моей что_по_моей что_с_нашей \
         что_по_нашей что_там_с что_там_по как_там_моя как_там_наша как_там_мое как_там_наше есть_подвижки есть_ли_подвижки подвижки_есть как_дела_с_заявкой как_обстоят_дела_с когда_будет_ответ когда_будет_решен* когда_ответ* когда_ждать когда_дадите когда_решит* когда_решат* \
         когда_мне_ответ* когда_нам_ответ* когда_вы_ответ* когда_уже_ответ* когда_наконец когда_же когда_можно_ждать когда_ожидать когда_нам_ждать когда_займ* \
         когда_отреаг* когда_рассмотр* когда_свяж* когда_перезвон* долго_еще долго_ли сколько_ждать сколько_еще_ждать сколько_можно_ждать \
         сколько_нам_ждать сколько_мне_ждать долго_ждать как_продвигается как_движется есть_движение есть_ли_движение есть_прогресс есть_ли_прогресс есть_результат есть_ли_результат \
         есть_ответ есть_ли_ответ будет_ответ будет_ли_ответ ответ_будет ответьте_наконец каков_статус какой_статус в_каком_статусе в_каком_состоянии на_какой_стадии на_каком_этапе статус_заявки статус_обращения \
         статус_запроса статус_тикета до_сих_пор_нет_ответа до_сих_пор_без_ответа ответа_до_сих_пор_нет ну_что_там ну_как_там ну_что_по ну_что_с что_нового_по \
         ответа_так_и_нет так_и_нет_ответа так_и_не_ответ* никто_не_отвечает \
         никто_не_ответил не_дождал* почему_не_отвечаете почему_молчите почему_никто почему_так_долго чего_так_долго тишина_в_ответ \
         ответить_на_мое ответить_на_мои ответить_на_наше ответить_на_наши ответить_на_предыдущ* ответьте_на_мое ответьте_на_мои ответьте_на_наше ответьте_на_наши ответьте_на_предыдущ* \
         нет_ответа_на_мо* нет_ответа_на_наш* когда_будет_выполнена_заявк* когда_будет_выполнена_моя когда_будет_выполнена_наша когда_будет_обработана_заявк* когда_будет_рассмотрена_заявк* когда_выполните_заявк* \
         reply_to_my_previous reply_to_my_last reply_to_my_mail reply_to_my_email answer_my_previous answer_my_last answer_my_mail answer_my_email respond_to_my \
         ускорьте_ответ ускорить_ответ ускорить_решение ускорить_рассмотрение прошу_ускорить просим_ускорить поторопите* \
         any_news any_update any_updates any_progress any_reply any_response any_feedback any_answer news_on news_about update_on update_me update_us status_of_my status_of_our \
         what_is_the_status what's_the_status whats_the_status status_update current_status still_waiting still_no_answer still_no_reply still_no_response \
         when_will_you_answer when_will_you_reply when_will_you_respond when_will_i_get_an_answer \
         when_will_i_get_a_reply when_will_we_get_an_answer when_will_we_get_a_reply when_will_it_be_answered when_can_i_expect when_can_we_expect when_should_i_expect how_long_to_wait how_long_do_i how_long_do_we \
         how_much_longer following_up follow_up gentle_reminder kind_reminder friendly_reminder nobody_answers nobody_answered nobody_replied nobody_replies nobody_responded no_one_answers no_one_answered no_one_replied \
         what_about_my what_about_our are_you_ignoring \
         nobody_reply nobody_answer nobody_respond nobody_has_answered nobody_has_replied nobody_has_responded nobody_is_answering nobody_is_replying nobody_is_responding no_one_reply no_one_answer no_one_respond no_one_responded no_one_has_answered no_one_has_replied no_one_has_responded no_one_is_answering no_one_is_replying no_one_is_responding why_no_reply why_no_answer why_no_response why_don't_you_answer why_don't_you_reply why_don't_you_respond \
         no_reply_yet no_answer_yet no_response_yet not_received_any_reply not_received_any_response not_received_any_answer not_received_a_reply not_received_a_response confirm_receipt confirm_the_receipt confirm_receiving confirm_that_you_received confirm_you_received confirm_you_have_received acknowledge_receipt acknowledge_the_receipt \
         haven't_heard have_not_heard haven't_received_any havent_heard any_eta eta_on bump kindly_update please_update_on please_expedite kindly_expedite speed_up",
    ),
    (
        Said::Calls,
        "вы_там_живы вы_там_живые вы_живые вы_живы вы_там_уснули вы_уснули вы_там_спите вы_спите \
         вы_вообще_работаете вы_там_работаете вы_вообще_существуете вы_вообще_есть вы_вообще_читаете есть_кто_живой есть_там_кто кто-нибудь_живой \
         anybody_there anyone_there is_anybody_home are_you_there are_you_alive are_you_sleeping are_you_asleep do_you_even_work do_you_work_at_all",
    ),
    (
        Said::Waits,
        "жду ждем ожидаю ожидаем молчите молчание молчат тишина нет_ответа ответа_нет ответа_не_было ответа_не_поступ* ответа_не_получ* не_получил_ответа не_получила_ответа не_получили_ответа без_ответа \
         ни_ответа никакого_ответа никакой_реакции реакции_нет реакции_не_было ноль_реакции игнорируете игнор не_отвечаете не_ответили когда_сделаете когда_исправите когда_почините когда_поправите когда_разберетесь \
         напоминаю напоминаем напоминание waiting awaiting no_answer no_reply no_response no_reaction without_answer without_reply without_response \
         didn't_answer didn't_reply not_answered not_replied never_answered never_replied unanswered ignored ignoring when_will_you_fix when_will_it_be_fixed reminder silence",
    ),
    (
        Said::Stands,
        "дошло дошла дошли дошел получили получено потеряли потерялось потерялась рассмотрите рассмотрели рассматриваете did_you_get did_you_receive have_you_received was_received висит ускорить ускорьте статус срок сроки состояние ответа ответ ответьте новости результат \
         wait reply answer response status update progress news eta",
    ),
    (
        Said::Ticket,
        "заявка заявки заявке заявку заявкой обращение обращения обращению обращением тикет тикета тикету тикете тикетом инцидент инцидента инциденту инцидентом моим_запросом нашим_запросом моим_письмом мой_запрос моему_запросу моего_запроса наш_запрос нашему_запросу нашего_запроса \
         по_запросу мое_письмо моему_письму моего_письма \
         ticket case incident my_request our_request my_mail my_email",
    ),
    (Said::What, "что what"),
    (
        Said::Still,
        "снова опять еще_раз по-прежнему попрежнему все_еще все_равно так_и_не все_так_же все_также again still as_before",
    ),
    (
        Said::Again,
        "повторно_обращаюсь повторно_обращаемся обращаюсь_повторно обращаемся_повторно повторно_пишу повторно_пишем пишу_повторно пишем_повторно повторно_направляю повторно_направляем направляю_повторно \
         направляем_повторно повторно_прошу повторно_просим вторично_обращаюсь вторично_обращаемся снова_обращаюсь снова_обращаемся снова_пишу снова_пишем опять_пишу опять_пишем еще_раз_обращаюсь еще_раз_обращаемся \
         еще_раз_пишу еще_раз_пишем раз_пишу раз_пишем раз_обращаюсь раз_обращаемся пишу_второй_раз пишу_третий_раз пишу_вам_второй_раз пишу_вам_третий_раз обращаюсь_второй_раз обращаюсь_третий_раз \
         повторное_обращение повторное_письмо повторный_запрос повторная_заявка \
         writing_again write_again mailing_again asking_again contacting_you_again write_to_you_again writing_to_you_again second_mail second_email third_mail third_email second_time_i_write \
         third_time_i_write second_time_i_am third_time_i_am second_time_i'm third_time_i'm",
    ),
    (
        Said::Wrote,
        "обращался обращалась обращались обратился обратилась обратились писал_вам писала_вам писали_вам вам_писал вам_писала вам_писали написал_вам написала_вам написали_вам вам_написал \
         вам_написала вам_написали писал_в_поддержку писала_в_поддержку писали_в_поддержку звонил_вам звонила_вам звонили_вам вам_звонил вам_звонила вам_звонили \
         wrote_you wrote_to_you wrote_to_support written_you written_to_you mailed_you emailed_you e-mailed_you contacted_you contacted_support called_you asked_you",
    ),
    (
        Said::Sent,
        "отправил* отправлял* посылал* послал* направил* направлял* слал* высылал* выслал* писал* написал* sent send wrote written",
    ),
    (
        Said::Letter,
        "письмо письма письмом заявку заявки обращение обращения запрос_в_поддержку mail mails email emails e-mail letter ticket request",
    ),
    (
        Said::Period,
        "день дня дней сутки суток неделю недели неделя недель месяц месяца месяцев час часа часов day days week weeks month months hour hours",
    ),
    (
        Said::Reaches,
        "дозвониться дозвонится дозвонимся дозвонишься дозваниваюсь дозваниваемся берет_трубк* берут_трубк* берете_трубк* поднимает_трубк* поднимают_трубк* поднимаете_трубк* снимает_трубк* снимают_трубк* снимаете_трубк* трубку_не трубки_не трубку_никто трубки_никто \
         телефон_не_отвечает телефоны_не_отвечают отвечает_на_телефон отвечают_на_телефон отвечаете_на_телефон отвечает_по_телефону отвечают_по_телефону отвечаете_по_телефону телефон_молчит отвечают_на_звонки отвечаете_на_звонки на_звонки_не \
         pick_up picks_up picked_up picking_up answers_the_phone answer_the_phone answering_the_phone answers_phone get_through reach_you reach_your reach_anyone reach_anybody get_hold_of",
    ),
    (
        Said::InVain,
        "не никто никак невозможно нереально нельзя молчит nobody noone no_one not never cannot can't couldn't unable impossible",
    ),
    (
        Said::ToUs,
        "до_вас к_вам до_вашей до_вашего до_вашему ваша_поддержка ваша_техподдержка ваш_офис до_поддержки до_техподдержки в_поддержку в_техподдержку reach_you reach_your through_to_you through_to_your hold_of_you hold_of_your",
    ),
    (
        Said::Others,
        "он она ему ей него нее he she him her подрядчик* механик* модем* сервер* кабин* водител* водила шофер* экспедитор* курьер* клиент* заказчик* охран* диспетчер* трекер* терминал* маяк* маяч* сим симк* sim sims устройств* прибор* машин* автомобил* авто объект* датчик* блок блока блоку \
         команд* тревожн* кнопк* sos панел* абонент* робот* пассажир* driver* courier* customer* client* dispatcher* tracker* device* unit* vehicle* truck* car cars terminal* panel* button* job jobs order \
         orders parcel* passenger* signal data command* notification* report* goods load loads",
    ),
    (Said::Your, "ваш ваша ваши ваше вашего вашей ваших вашему вашим вашу вами your you"),
    (
        Said::Person,
        "сотрудник* сотрудниц* менеджер* оператор* специалист* инженер* монтажник* техподдержк* поддержк* консультант* девушк* \
         agent manager operator engineer specialist employee staff technician installer installers support guy colleague representative",
    ),
    (
        Said::Rude,
        "нагруб* грубит* грубил* грубо грубость грубости грубостью грубиян* хамит хамят хамил* хамить хамски хамское хамского хамство хамства хамством хамств* нахам* хам хамло оскорб* обозвал* обзывал* обматерил* материл* материт* матом наорал* орал* \
         накричал* кричал* бросил_трубку бросила_трубку бросили_трубку бросает_трубку бросал_трубку кинул_трубку кинула_трубку повесил_трубку повесила_трубку послал_на_три послала_на_три послали_на_три послал_меня_на_три послал_подальше послала_подальше послали_подальше послал_меня_подальше \
         невежлив* неуваж* некорректно_вел* некорректно_себя некорректное_поведение непрофессионал* неадекватн* \
         приехал_пьян* приехала_пьян* приехали_пьян* пришел_пьян* пришла_пьян* пришли_пьян* был_пьян* была_пьян* были_пьян* рукоприклад* угрожал* издева* \
         rude rudely rudeness impolite unprofessional insulted insulting insult shouted shouting yelled yelling swore sworn swearing cursed disrespect* hung_up hanged_up offended bad_attitude bad_manners ill-mannered was_drunk were_drunk came_drunk arrived_drunk threatened humiliat*",
    ),
    (
        Said::Absent,
        "не_приехал не_приехала не_приехали не_явился не_явилась не_явились не_пришел не_пришла не_пришли не_доехал не_доехала не_доехали опоздал опоздала опоздали \
         never_came never_arrived never_showed_up never_turned_up didn't_come didn't_arrive didn't_show_up didn't_turn_up did_not_come did_not_arrive did_not_show_up did_not_turn_up was_late were_late came_late arrived_late",
    ),
    (
        Said::Visitor,
        "инженер инженера инженеры монтажник монтажника монтажники монтажницы установщик установщики technician technicians installer installers engineer engineers",
    ),
    (
        Said::Complains,
        "жалоба_на жалобу_на жалуюсь_на жаловаться_на пожаловаться_на претензия_к претензии_к претензию_к недоволен_работой недовольна_работой недовольны_работой \
         complaint_about complaint_against complaint_on complain_about complain_on complain_against complaining_about",
    ),
    (
        Said::Trial,
        "тест теста тестовое тестовый тестовая тестирую тестируем тестирование проверка проверочное проверяю проверяем проверочное_письмо пинг \
         test tests testing tst ping check checking",
    ),
    (
        Said::BesideTrial,
        "связи связь почты почту почта почтового ящика ящик письмо письма сообщение сообщения доставки доставку электронной работы это просто только не_отвечайте отвечать_не_нужно отвечать_не_надо не_обращайте_внимания прошу_не_отвечать просьба_не_отвечать \
         игнорируйте проигнорируйте раз два три один для с новый нового новой адрес адреса ящике \
         mail email e-mail message letter mailbox only just this is a the my our from connection delivery please_ignore ignore do_not_reply no_reply_needed one two three 1 2 3",
    ),
    (
        Said::Ends,
        "закройте закрыть закрывайте снимите снять отмените отменить аннулируйте аннулировать отзовите отозвать close cancel withdraw",
    ),
    (
        Said::TakesBack,
        "считать_неактуальн* считать_недействительн* не_учитывайте_письмо не_учитывать_письмо не_учитывайте_предыдущее не_учитывать_предыдущее не_учитывайте_прошлое \
         предыдущее_письмо_не_учитыв* предыдущее_письмо_отправл*_по_ошибке прошлое_письмо_не_учитыв* disregard_my disregard_our disregard_the_previous disregard_previous ignore_my_previous ignore_my_last ignore_the_previous",
    ),
];

pub(super) static LIST: LazyLock<Lexicon<Said>> = LazyLock::new(|| Lexicon::new(WORDS));

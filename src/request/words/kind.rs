//! The kind of a mail: questions, prices, errands; and what is no request.

use super::Words;
use crate::request::text::lexicon::Class::{
    Advertising, Asks, AsksNothing, Automatic, Diagnose, Document, Doubt, Errand, Inquires, Particular,
    Partner, Plea, Please, Price, ServiceThing,
};

pub(super) const WORDS: Words = &[
    (
        Asks,
        "можно_ли можно как каким_образом где_найти где_посмотреть где_взять где_можно где умеет умеют есть_ли подскажите подскажи скажите \
         расскажите объясните поясните поддержива* существует_ли сколько какой какая какие какое каков какова какую каких \
         когда чем_отлича* в_чем_разница в_чем_отличие интересует интересуют хотели_бы_узнать хотел_бы_узнать хотела_бы_узнать \
         хотим_узнать хочу_узнать хотим_понять проводите_ли возможно_ли ли нужен_ли нужно_ли планируется что_нужно что_будет что_означает что_значит \
         предусмотрен* уточните входит_ли реально_ли куда кто кому \
         how can_i can_we could_i is_it_possible is_there are_there does_it do_you does can which where what when who could_you_tell \
         could_you_explain can_you_tell can_you_explain do_we would_it would_like_to_know wondering supports support_for difference_between \
         possible_to i'd_like_to_know is_there_a_way a_way_to advise will_it will_the do_i are_you have_you",
    ),
    (
        Inquires,
        "интересует интересуют интересно_узнать хотелось_бы_узнать хотелось_бы_понять хотели_бы_узнать хотели_бы_понять хотел_бы_узнать хотел_бы_понять \
         хотела_бы_узнать хотела_бы_понять хотим_узнать хотим_понять хочу_узнать хочу_понять хотел_спросить хотела_спросить хотели_спросить \
         хотел_уточнить хотела_уточнить хотели_уточнить хотелось_бы_уточнить посоветуйте порекомендуйте подскажете подскажите_условия \
         инструкцию_как инструкцию_по ссылку_на_инструкцию рассматриваем_возможность думаем_перейти планируем_переход можно_ли возможно_ли \
         есть_ли_возможность существует_ли имеется_ли умеет_ли поддерживается_ли подтвердите_что \
         interested_in curious wondering would_like_to_know would_like_to_understand want_to_know want_to_understand trying_to_understand \
         like_to_know to_know_if to_know_whether know_for_how is_it_possible is_there_a_way asks_who asks_if asks_whether",
    ),
    (
        Price,
        "цена цены цену цене ценам прайс* стоимост* стоит_сколько сколько_стоит сколько_будет_стоить стоить тариф* скидк* оплат* абонентк* абонплат* \
         price prices pricing cost costs quote quotation discount fee fees tariff rate_plan how_much",
    ),
    (
        AsksNothing,
        "есть_вопрос есть_вопросы есть_пара_вопросов есть_пару_вопросов вопрос_есть имеется_вопрос возник_вопрос возникли_вопросы появился_вопрос \
         появились_вопросы нужна_консультация нужна_помощь как_с_вами_связаться с_вами_связаться с_кем_можно_поговорить have_a_question \
         got_a_question have_some_questions have_a_few_questions some_questions a_question_about quick_question how_can_i_contact how_to_contact \
         хочу_задать_вопрос можно_вопрос задать_вопрос хотел_спросить хотела_спросить хотели_спросить few_questions get_in_touch",
    ),
    (
        Please,
        "прошу просим просьба пожалуйста пож-та пжл плиз плз please kindly будьте_добры будьте_любезны нужно надо необходимо требуется could_you can_you would_you \
      убедительно хотим хочу хотели_бы хотел_бы need_to we_need i_need we_want i_want we_would_like i_would_like i'd_like we'd_like нужен нужна нужны давайте можете можно_попросить",
    ),
    (
        Errand,
        "перекиньте перекинуть уберите убрать очистите очистить переключите нарисуйте нарисовать скопируйте скопировать поделитесь выделите пропишите \
         прописать дополните опубликуйте сделайте_копию сделать_копию сделайте_шаблон сделать_шаблон сделайте_доступ откройте_доступ закройте_доступ \
         подпишите отпишите прошу_завести создайте создать создай заведите завести добавьте добавить удалите удалить заблокируйте заблокировать разблокируйте разблокировать \
         отключите отключить подключите подключить включите включить активируйте активировать деактивируйте переименуйте переименовать \
         перенесите перенести переведите перевести смените сменить сбросьте сбросить восстановите восстановить увеличьте увеличить уменьшите уменьшить \
         расширьте расширить продлите продлить выставьте выставить вышлите выслать пришлите прислать направьте направить предоставьте предоставить \
         оформите оформить дайте_доступ дать_доступ открыть_доступ выдайте выдать измените изменить поменяйте поменять зарегистрируйте зарегистрировать установите_нам установить \
         настройте настроить внесите внести приостановите приостановить пересчитайте пересчитать снимите снять верните вернуть выгрузите выгрузить импортируйте \
         загрузите назначьте назначить привяжите привязать отвяжите отвязать скорректируйте скорректировать исключите исключить замените заменить сделайте_нам перепривяжите \
         расторгн* организуйте организовать поставьте_на поставить_на снять_с снимите_с прикрепите добавление_* объедините объединить заморозить заморозьте поднять поднимите повысить повысьте перевыпустите обновите обновить закажите заказать \
         set draw copy prolong share whitelist raise lift terminate close reassign allocate give put archive stop switch connect disconnect detach include exclude recharge top_up request create add delete remove block unblock unlock activate deactivate disable enable rename move transfer change reset restore \
         increase decrease extend renew issue send provide invoice set_up setup register migrate upgrade downgrade suspend cancel grant assign \
         give_access close_our close_the_account convert merge swap replace order purchase resend buy unlink reactivate reissue calibrate recalibrate",
    ),
    (
        Diagnose,
        "подскаж* посмотр* провер* помог* помоч* разбер* разобра* исправ* объясн* скаж* позвон* ответ* поясн* уточн* сообщ* глян* реши* перезвон* свяж* связа* извин* прост* сделайте сделать \
         устран* почин* налад* выясн* узна* обрат* примите принять учт* поним* пойм* назов* подтвер* напиш* написа* рассмотр* ускор* расскаж* проконсультир* видите хотите говорите просите помните значите находите смотри* \
         дождит* войдите имейте знать понять найти давайте отреагир* поторопи* успокой* вникн* прочит* чита* звоните пиши* будьте можете здравству* дайте_знать дайте_ответ дайте_пояснен* поправ* мерить \
         отремонтир* диагностир* проанализир* изуч* определ* отслед* поищ* загляни* подойд* пожалейте хватит быть видеть \
         check help advise fix look tell explain investigate resolve assist call contact see find note let confirm treat respond reply update do be clarify solve revert guide support have know understand describe inform \
         review correct repair analyze analyse debug take hurry come answer suggest recommend keep get urgent asap refer ignore bear excuse forgive feel read show",
    ),
    (
        Plea,
        "нужен_обратно нужна_обратно нужно_обратно нужны_обратно вернуть_обратно по_ошибке_удал* случайно_удал* ошибочно_удал* удалил*_по_ошибке удалил*_случайно accidentally_deleted deleted_by_mistake accidentally_removed removed_by_mistake больше_не_нужен больше_не_нужна больше_не_нужны больше_не_пользу* заявк*_на_подкл* заявк*_на_отключ* заявк*_на_добавл* заявк*_на_созда* заявк*_на_перенос* заявк*_на_блок* заявк*_на_удал* заявк*_на_измен* заявк*_на_продл* заявк*_на_замен* \
         запрос_на_подкл* запрос_на_добавл* запрос_на_созда* запрос_на_перенос* запрос_на_удал* запрос_на_измен* request_to_add request_to_remove request_to_delete request_to_create request_to_transfer request_to_change request_for_access needs_to_be_removed \
         needs_to_be_deleted needs_to_be_blocked need_to_be_removed need_to_be_deleted should_be_removed should_be_deleted should_be_blocked забыл*_пароль забыл*_логин забыт_пароль утерян*_пароль утрачен*_пароль потерял*_пароль потеряли_доступ утерян_доступ утрачен_доступ forgot_password forgot_the_password forgot_my_password forgotten_password lost_password \
         lost_my_password forgot_his_password",
    ),
    (
        Doubt,
        "как чтобы чтоб если когда где куда могу можем может смогу получается удается удалось ли how where if when whether i_can we_can that_i unable trying could_i can_i can_we",
    ),
    (
        ServiceThing,
        "лицензи* учетк* учетн* аккаунт* пользовател* логин* пароль пароля пароли доступ* прав права объект* машин* тариф* пакет* модул* опци* \
         подписк* услуг* оборудовани* трекер* терминал* имя названи* групп* имен* \
         license* licence* account* user* login* password* access rights permission* unit* vehicle* plan package* module* subscription* \
         tracker* device* name* group* quota limit truck*",
    ),
    (
        Document,
        "счет счета счетов счетом счет-фактур* акт акта акты актов договор* закрывающ* сертификат* упд накладн* реквизит* акт_сверки сверки сверку коммерческ* кп письмо_производител* \
         лицензионн*_договор* допсоглашени* доп_соглашени* соглашени* документ* инструкци* презентаци* обучени* обуча* тренинг* курс* паспорт* справк* дистрибутив* бумаг* \
         invoice invoices contract contracts certificate* agreement documents paperwork manual brochure act_of offer proforma statement receipt training closing",
    ),
    (
        Particular,
        "одной_из_наших одна_из_наших одного_из_наших одну_из_наших одном_из_наших по_одной по_одному одной_из одному_из одного_из один_из одна_из нашей_учет* нашего_аккаунт* нашей_лиценз* наш_тариф нашего_тариф* у_нас_подключен \
         нашему_договор* мой_тариф моего_аккаунт* у_меня_подключен сейчас_подключен* наша_подписк* нашей_подписк* по_нашей \
         one_of_our one_of_them our_account our_plan my_account our_subscription my_plan my_subscription one_of_my particular_unit",
    ),
    (
        Partner,
        "партнер* дилер* дистрибьютор* дистрибутор* интегратор* реселлер* представител* partner* dealer* reseller* distributor* integrator* \
         certified",
    ),
    (
        Automatic,
        "автоматический_ответ автоответ* автоматическ*_уведомлен* это_письмо_сформировано_автоматически сформировано_автоматически отправлено_автоматически \
         не_отвечайте_на_это прочтено было_прочтено почтовый_ящик_переполнен ящик_переполнен хочет_отозвать плановые_работы плановые_технические \
         scheduled_maintenance no_action_is_required you_receive_this has_been_delayed message_was_read передан_в_службу отследить_посылку нахожусь_в_отпуске я_в_отпуске буду_в_отпуске в_отпуске_до в_отпуске_с отсутствую_на_рабочем в_командировке_до меня_не_будет_в_офисе не_на_рабочем_месте \
         буду_отсутствовать нахожусь_в_командировке на_больничном out_of_office out_of_the_office automatic_notification automated_message automatically_generated do_not_reply automatic_reply auto-reply autoreply \
         on_vacation on_annual_leave on_leave_until limited_access_to undeliverable undelivered delivery_status delivery_failed \
         mail_delivery could_not_be_delivered wasn't_delivered delivery_has_failed returned_to_sender недоставлен* не_доставлено не_удалось_доставить \
         декретн* автоматически_создан* message_not_delivered mailbox_is_full mailbox_full ваше_сообщение_получено ваше_обращение_получено your_message_was_read \
         прочитано зарегистрировано_под обращение_зарегистрировано заявка_зарегистрирована заявка_принята thank_you_for_contacting we_have_received_your ticket_has_been_created меня_не_будет не_будет_в_офисе ограничен*_доступ_к_почте замеща* delivery_to_the_following failed_permanently permanent_error mailer-daemon mail_system address_not_found user_unknown away_from_the_office away_until currently_away parental_leave maternity_leave",
    ),
    (
        Advertising,
        "резюме_прилаг* резюме_во ищу_работу ищу_место откликаюсь_на вакансии уважаемый_партнер уважаемые_партнеры снижение_цен my_resume my_cv отписаться отписка unsubscribe отказаться_от_рассылк* newsletter вебинар* webinar акция_только выгодн*_предложени* скидка_до только_до продвижение_сайт* продвижени* \
         раскрутк* выгодн* персональн*_предложени* специальное_предложение спецпредложени* узнать_подробнее узнайте вы_получили_это_письмо вы_получаете_это подписан*_на подпис*_на_рассылк* прайс-лист_во сотрудничеств* \
         мы_производим мы_производител* от_производителя дилерские_цены оптом образцы_продукции we_manufacture we_produce our_factory наши_преимущества нашей_продукции наша_продукция канцтовар* тренинг* конференци* форум* мероприяти* промокод* распродаж* дайджест* уважаемый_клиент уважаемые_клиенты расчетно-кассов* dear_customer dear_valued новости_компании новости_месяца \
         you_are_receiving you_received_this leading_manufacturer leading_supplier our_products our_services_include collaborat* partnership promo discount_of free_audit free_trial digest click_here book_a_demo \
         register_now seo аудит_бесплатно первый_аудит бесплатный_аудит коммерческое_предложение_для предлагаем_сотрудничество предлагаем_вам предлагаем_услуги предлагаем_вашей наша_компания_предлагает \
         мы_предлагаем приглашаем_вас приглашаем_на выставк* база_клиентов базы_клиентов email_рассылк* поздравля* с_новым_годом с_наступающим с_днем_рождения \
         we_offer our_company_offers special_offer limited_offer partnership_proposal business_proposal guest_post backlink* rank_higher first_page_of \
         dear_website_owner владелец_сайта лиды лидогенерац* кредит_для_бизнеса view_in_browser view_this_email открыть_в_браузере \
         merry_christmas happy_new_year leads_for suppliers_of manufacturer_of_gps increase_your_traffic lottery",
    ),
];

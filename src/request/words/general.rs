//! Function words and words that say nothing by themselves.

use super::Words;
use crate::request::text::lexicon::Class::{
    Attempt, Company, Filler, Formerly, If, Modal, Negation, Nothing, Person, Then, Thing, Upon, Why, Writer,
};

pub(super) const WORDS: Words = &[
    (
        Negation,
        "не ни нет нету без никак not no never cannot can't cant don't doesn't didn't isn't aren't wasn't weren't won't \
         wouldn't couldn't hasn't haven't nothing dont doesnt didnt isnt wont without neither nor unable fails failed \
         ничего никакой никаких отказывается перестал* stopped stops refuses",
    ),
    (Writer, "я мы i we i'm we're i've we've"),
    (
        Company,
        "вы вас вам вами ты you your yours ваш ваша ваше ваши вашей вашего ваших вашему вашем вашу вашими вашим",
    ),
    (
        Person,
        "водител* шофер* диспетчер* оператор* сотрудни* пользовател* клиент* заказчик* бухгалтер* менеджер* курьер* механик* \
         агроном* инженер* логист* администратор* специалист* монтажник* начальник* директор* коллег* юзер* экспедитор* \
         программист* парн* ребят* люд* мастер* кладовщи* тракторист* driver drivers dispatcher dispatchers user users \
         operator operators customer customers client clients colleague colleagues manager managers technician technicians \
         installer engineer engineers accountant admin administrator courier couriers employee employees staff someone",
    ),
    (
        Thing,
        "трекер* терминал* прибор* устройств* сервер* датчик* машин* автомобил* программ* приложен* систем* блок* объект* \
         виалон* отчет* сайт* модем* контроллер* агрегат* служб* скрипт* робот* бот* модул* автобус* трактор* грузовик* \
         wialon tracker trackers device devices terminal server system app application platform program unit units \
         vehicle vehicles truck trucks sensor sensors report reports it he she they website browser браузер* телефон* \
         кран* ключ* экран* страниц* окн* графи* таблиц* поставщик* page screen window map",
    ),
    (
        Attempt,
        "пробую пробуем пробовал* попробовал* попробую пытаюсь пытаемся пытался пыталась пытались попытался попыталась \
         попытались при_попытке пытаясь попытк* try tries tried trying attempt attempted attempting",
    ),
    (
        Modal,
        "могу можем может могут мог могла могли можно нельзя возможно получается получилось получалось удается удалось \
         удавалось выходит хочу хотим хочет хотят хотел* нужно надо необходимо требуется следует прошу просим \
         просьба пожалуйста невозможно как должен должна должны должно давайте можете сможете чтобы чтоб дать дают \
         разрешите позволяет умеет собираюсь планируем планирую будем буду будет забыл* необходима возможность дайте \
         can can't cannot could couldn't unable want wants wanted need needs able how please should must may might would \
         possible impossible let allow allows wish plan planning going won't will ought like help",
    ),
    (
        Formerly,
        "раньше прежде ранее до_этого обычно всегда previously formerly usually normally earlier used_to before_that until",
    ),
    (
        If,
        "если ежели when whenever if once каждый_раз всякий_раз каждый_раз_когда когда every_time each_time as_soon_as",
    ),
    (
        Then,
        "потом затем далее дальше после_чего после_этого сначала и then next afterwards first and finally after_that",
    ),
    (Upon, "при после по путем через upon after on by while when during before"),
    (
        Why,
        "почему отчего с_чем_связано в_чем_причина в_чем_дело из-за_чего зачем why what_could_cause what_causes what_is_wrong what's_wrong how_come",
    ),
    (
        Nothing,
        "нет нету n/a na none не_знаю не_знаем незнаю неизвестно отсутствует отсутствуют любая любой любое любые все \
         нечего nothing unknown no not_applicable dont_know don't_know any all прочерк без не_указано",
    ),
    (
        Filler,
        "я мы он она оно они вы ты меня мне нас нам ими его ее их им ему ей вас вам мой моя мое мои наш наша наше наши нашей \
         нашего нашим нашу наших ваш ваша ваше ваши вашей вашего вашу ваших это этот эта эти этой этого этом этому этим \
         этих эту то тот та те той того том тому тем тех ту что чего чему чем кто кого кому как так такой такая такое такие \
         где куда когда потом тогда теперь сейчас здесь тут там туда сюда вот уже еще опять снова вновь всегда \
         никогда очень сильно слишком просто только лишь даже ли бы же ведь и а но или либо да нет не ни в во на с со к ко \
         о об от до из за по под над при для без через между у про около после перед кроме если чтобы чтоб хотя пока \
         потому поэтому также тоже весь вся все всех всем всеми всему свой своя свои сам сама само сами самый самая \
         быть был была было были будет будут есть нету можно нужно надо нельзя может могу можем могут должен должно должна \
         какой какая какое какие каких какого какую сколько один одна одно одни одним одной одного два две три раз раза \
         сегодня вчера завтра утром утра вечером вечера днем дня ночью ночи день дни дней неделю неделе недели неделя месяц \
         месяца час часа часов минут минуты понедельника понедельник вторник вторника среда среды четверг четверга пятница \
         пятницы суббота субботы воскресенье январ* феврал* марта март апрел* мая май июн* июл* август* сентябр* октябр* \
         ноябр* декабр* год года г гг срочно срочный быстро быстрее скорее немедленно пожалуйста плиз плз помогите \
         помочь помощь помогать помоги прошу просим просьба разберитесь разобраться разберись разобрать решите решить \
         посмотрите посмотреть посмотри проверьте проверить гляньте подскажите скажите ответьте исправьте исправить исправляйте \
         сделайте сделать делать поясните объясните уточните расскажите сообщите что-то что-нибудь что-либо как-то какой-то какая-то какие-то какое-то какая-нибудь кто-нибудь \
         кто-то почему-то вообще совсем никак ничего нечего нормально хорошо плохо ужас кошмар ерунда фигня чушь непонятно \
         понятно непонятное странно странное странный случилось случился произошло творится происходит дело вопрос вопросы вопросик \
         проблема проблемы проблему проблемой проблемка беда бедой ошибка ошибки ошибку ошибкой сбой сбои глюк глюки баг неполадка \
         неполадки неисправность работает работают работать работал работало работала работу работе работы работа \
         робит пашет фурычит функционирует получается выходит видимо наверное кажется похоже начальник начальство \
         ругается ждем жду клиент клиенты звоните позвоните перезвоните звонок телефон номер свяжитесь связаться связь \
         поддержка поддержки поддержку техподдержка коллеги друзья ребята девочки господа уважаемые уважаемый \
         система системе системы систему системой программа программе программы программу программой сайт сайте сайта \
         сервис сервису сервисе сервиса мониторинг мониторинге мониторинга приложение приложении приложения платформа платформе \
         ничем нигде постоянно иногда часто сегодняшнего вчерашнего назад скрин скрине скрина скриншот скриншоте \
         скриншоты скрины снимок снимке снимки фото видео вложение вложении вложения приложил приложила прикладываю прилагаю \
         прикрепил прикрепила прикрепляю файл файле лог логи логе письмо письме письма см смотри смотрите ниже выше \
         в_общем короче значит типа итак всего нибудь \
         the a an this that these those there here it its is are was were be been being am do does did have has had \
         i we you he she they me us him her them my our your his their mine what which who whom whose when where how \
         and or but so if then than as at by for from in into of off on onto out over to up with about again also just only \
         very too now today yesterday tomorrow morning evening since still yet already not no any some all both each more most \
         other such same can could will would should shall may might must need please help urgent urgently asap soon problem \
         problems issue issues trouble error errors bug question questions work works working worked thing things something \
         anything nothing everything one two three get got getting see look check fix solve tell know think hello hi dear \
         team support system platform program app application software site website service tool attached attachment \
         screenshot screenshots picture file log below above thanks thank regards broken bad wrong weird strange mess happens \
         happening happened going talk speak contact wtf really let make sure day days week month monday tuesday wednesday thursday friday \
         saturday sunday night time times hour hours minute minutes",
    ),
];

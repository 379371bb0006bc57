//! Description: malfunctions that say what happens, malfunctions that do not, what was expected.

use super::Words;
use crate::request::text::lexicon::Class::{Contrast, Error, Fault, Shows, VagueFault, VagueVerb};

pub(super) const WORDS: Words = &[
    (
        Fault,
        "пропал* пропад* пропаж* исчез* завис* висит висят висел* виснет виснут подвис* вылет* врет врут врал* \
         наврал* прыга* прыгн* скач* задваи* задво* удваив* дублир* оборва* обрыв* тормоз* лаг* перестал* отвал* слетел* \
         слета* сбил* сбива* теря* потеря* утеря* пуст* нули нулев* ноль нулей нулю неверн* неправильн* некорректн* неточн* лишн* \
         завыш* заниж* расхо* не_сход* не_совпад* разнит* отлича* крутит* мига* моргает \
         опаздыв* задерж* отста* запазд* дергает* застря* застыл* застыв* замер* залип* стоит_на_месте самопроизвольн* \
         рвется рвет рван* ломан* съех* съезж* смеща* сместил* сдвину* перекошен* размыт* кракозябр* иероглиф* каракул* \
         выкидыва* выкину* выбрасыва* выброс* разлогини* сбрасыва* сбросил* обнул* отклон* блокиру* заблокирован* \
         недоступ* отсутству* ложн* фантом* недостоверн* урезан* обреза* сократил* упал* падает падают \
         сломал* поломал* прекратил* отключается отключаются откат* замедл* долго_груз* долго_стро* медленно \
         молча закрывается закрываются выключается выключаются серый серое черный_экран белый_экран белая_страниц* пропущен* пропуск* срабатыва* сработал* дребезж* \
         искажен* искажа* неадекват* зациклил* зациклива* бесконечн* таймаут* timeout обвал* мерца* просел* минусов* отрицательн* отказыва* отказал* \
         потухл* погас* перепута* путает путают накладыва* наслаива* исказил* зашкалива* неизвестн* неактивн* отвергает отвергн* \
         гаснет умер умерл* слив*_которого_не завыл двоит* двоят* троит* дырк* дырами дыры разрыв* провал* \
         crash* freez* froze frozen hang hangs hanging hung stuck disappear* vanish* missing blank empty incorrect* wrong wrongly \
         offline lost loses losing duplicat* twice jump jumps jumping delayed lag lags lagging slow slowly timeouts \
         timed_out times_out time_out stopped stops drop drops dropped disconnect* reject* refused refuses flicker* zero zeros zeroes garbled \
         mismatch* differ differs different misses inaccurate invalid denied forbidden unavailable unreachable unresponsive \
         corrupt* truncat* false overlapping gap gaps spike spikes drift drifts drifting reset resets resetting logs_me_out \
         kicked_out logged_out greyed grayed spinning spins endless endlessly closes_by shuts_down closes_itself restarts_itself by_itself on_its_own forever inconsistent outdated stale negative \
         fails failing failed failure throws threw unexpected* broken_link",
    ),
    (
        VagueFault,
        "не_работ* не_робит не_пашет не_фурыч* не_функцион* неработ* проблем* беда бедой беды ошибк* сбой сбои сбоит глюк* глюч* баг баги \
         косяк* неполадк* неисправн* сломал* сломан* поломк* поломал* накрыл* полетел* труба ерунда фигня хрень чушь ужас кошмар авари* \
         ничего_хорошего смотрите_сами сами_увидите сами_посмотрите жесть не_так_как_надо плохо чуд*_что-то чудит чудить чудят странн* криво косо непорядок не_то не_так_как не_пойми дичь дичи билиберд* белиберд* бред бреда \
         не_получается не_получилось не_удается не_удалось не_могу не_можем не_может не_могут нифига \
         not_work* doesn't_work don't_work doesnt_work does_not_work isn't_working not_working won't_work stopped_working \
         daft awful terrible no_good see_yourself see_for_yourself strange weird odd oddly rubbish nonsense not_good misbehav* acting_up acts_up broken issue issues problem problems trouble bug bugs error errors malfunction* glitch* faulty down wrong \
         cannot can't unable couldn't",
    ),
    (
        VagueVerb,
        "работ* робит пашет фурыч* функцион* получа* получи* удае* удал* могу можем может могут знаю знаем знает понимаю \
         понимаем понял* понятн* помог* хочу хотим надо дозвон* ясно успева* нрав* совсем \
         важн* срочн* хвата* хвати* достаточно использ* пользу* нужн* нужен треб* против долж* имею имеет было был была были будет будем буду стоит_ли только просто так \
         нашел_в нашел нашла нашли назов* дел* отвеч* прошу \
         work* know understand want help helped have need sure clear able happy mind get care only just yet urgent like",
    ),
    (
        Contrast,
        "вместо хотя а_по_факту по_факту на_самом_деле реально фактическ* должн* должен ожида* раньше а_раньше \
         тогда_как тогда_когда в_то_время_как при_этом однако а_надо а_должно а_нужно а_было было_нормально до_этого до_обновления \
         instead although though however whereas should expect* actual actually used_to while even_though supposed \
         rather_than previously but_it before_that",
    ),
    (
        Shows,
        "показыва* показал* выдае* выдал* пишет пишут написал* появля* появи* вылез* выскакива* выскочил* \
         всплыва* всплыл* возника* возникл* отображ* отобраз* вывод* рисует рисуется ругается_на возвраща* вернул* приходит \
         пришл* прилета* прилетел* отдает отвечает высвечива* высветил* горит стоит стоят остается остаются остался осталось числится числятся светится значится \
         получаю получаем получается получил* вижу видим видно видит видят виден стала стало стал \
         show shows showed shown showing display* appear* says said saying return* pops popup gives gave giving get gets got \
         receive* see sees saw become becomes became reads reports reported reporting indicates state states message stay stays stayed remain* stands keeps_showing comes_as come_as",
    ),
    (Error, "ошибк* еррор эррор сбой_* error errors exception warning код_ошибк* предупрежден* err errcode"),
];

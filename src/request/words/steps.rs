//! Steps: what a user does in a product, what is done against a fault, and what is no action.

use super::Words;
use crate::request::text::lexicon::Class::{ActionNoun, Cure, Gesture, Look, NoAction, Operation, Sending};

pub(super) const WORDS: Words = &[
    (
        Gesture,
        "откры* закры* захож* заходи* зайд* зайт* заш* войд* войт* вош* вхож* входи* нажима* нажм* нажа* жм* жал* \
         жать клика* кликн* щелка* щелкн* тыка* ткн* тыкн* тыц* тапа* тапн* выбира* выбер* выбра* выдел* отмеча* отмет* \
         перехож* переходи* перейд* перейт* перешел перешла перешли перешедш* навож* наводи* наве* перетаскива* перетащ* тащ* \
         раскры* разворачива* разверн* сворачива* сверн* прокручива* прокрут* пролистыва* пролиста* листаю листаем листал* \
         листн* ввож* вводи* введ* ввел* ввест* вбива* вбил* вбить вбе* набира* набра* набер* впис* ставлю ставим ставил* ставить ставя \
         поставил* поставлю поставим поставить поставь* поставив выставл* выстави* указыва* указа* укаж* сня* сним* галочк*_став* кручу крутим увелич* \
         уменьш* зумл* масштабир* авториз* залогин* логин* разлогин* возвраща* верну* прикладыва*_карт* \
         долбл* юзаю тяну потянул* двигаю двигаем двигал* двигать двигая сдвигаю сдвигаем сдвинул* подвин* переключ* задаю задаем задал* задать \
         пишу_в_поле нахожу находим нашел_в наш*_объект* ищу ищем поискал* иска* дважды_щелк* копиру* скопир* \
         встав* отжим* прожим* прожм* свайп* заполн* подтверд* \
         подтвержд* примен* фильтрую фильтруем отфильтр* сортир* отсортир* разверт* обновля*_страниц* обнови*_страниц* \
         топаю \
         click* press presses pressed pressing tap taps tapped tapping select* choose chooses chose choosing chosen \
         pick picks picked picking open opens opened opening go goes went navigate* enter enters entered entering type types \
         typed typing drag drags dragged dragging drop drops dropped hover* scroll* expand* collapse* tick ticks \
         ticked untick* uncheck* log_in logs_in logged_in logging_in login_as log_into logged_into sign_in signed_in double-click* \
         doubleclick* right-click* rightclick* hit hits toggle* zoom* switch switches switched switching fill fills filled \
         highlight* paste pasted copy copied mark marked apply applied close closes closed closing filter filtered sort \
         sorted push pushed swipe swiped",
    ),
    (
        Operation,
        "стро* постро* формиру* сформир* запуска* запуст* запущ* \
         созда* добав* удал* сохран* загруз* загруж* выгруз* выгруж* скачива* скача* экспортир* \
         импортир* меняю меняем менял* менять поменя* измен* редактиру* отредактир* правл* поправ* назнач* \
         привяз* привяж* отвяз* отвяж* выполн* делаю_отчет* сдела*_отчет* делаем_отчет* \
         переименов* настраива* настро* включ* отключ* активир* деактивир* переношу перенес* \
         перенос* копир* печата* распечат* рассчит* пересчит* регистрир* зарегистрир* \
         прописыва* прописа* пропиш* прошива* прошил* прошью подключ* устанавлива* установ* ставлю \
         вставил* воткн* подал* подаю подаем завож* заводи* завел* завест* заведи* оформ* рису* нарис* вызыва* вызвал* вызовем вызову дерга* дерн* \
         шлю шлем слали опрашива* опросил* запрашива* запросил* делаем_запрос* делаю_запрос* посыла* посла* получа*_токен* выда*_права \
         генериру* сгенер* снимаю_отчет* беру берем взял* брал* объедин* разбива* разбил* \
         грузим гружу грузил* залива*_файл* залил* залива* залью чертим черчу обвож* обвел* \
         run runs ran running build builds built building create creates created creating add adds added adding delete \
         deletes deleted deleting remove removes removed removing save saves saved saving upload uploads uploaded uploading \
         download downloads downloaded downloading export exports exported exporting import imports imported importing change \
         changes changed changing edit edits edited editing set sets setting assign assigns assigned assigning execute executes \
         executed executing generate generates generated generating make makes made making_a rename renamed renaming configure configured \
         configuring enable enabled enabling disable disabled disabling move moved moving print printed printing start started_the \
         launch launches launched launching draw draws drew drawing bind bound attach attached_the register registered registering \
         activate activated call calls called calling invoke invoked request requested post posted query queried submit submits \
         submitted submitting send_a send_the sent_a install installed installing flash flashed connect connected \
         connecting replace replaced replacing compile compiled load loaded put turn_on turn_off turned_on turned_off update \
         updated updating upgrade upgraded insert inserted schedule scheduled",
    ),
    (
        Look,
        "смотрю смотрим посмотрел* посмотрю посмотреть смотрел* гляжу просматрива* просмотр* проверяю проверяем проверил* сравнива* \
         сравнил* сверя* сверил* дожида* дожд* подожд* жду_минут* обновляю обновляем обновил* \
         look looks looked looking view views viewed viewing check checked checking compare compared comparing watch \
         watched wait waited refresh refreshed reload reloaded",
    ),
    (
        Sending,
        "отправ* шлю шлем выслал* высыла* послал* пересыла* пересла* send sends sent sending forward forwarded",
    ),
    (
        Cure,
        "перезагру* перезапус* перезапущ* перезаход* перезайти перезайд* перезаш* перелогин* ребут* чист* почист* очист* кэш кеш кэша \
         кеша кэшем куки cookies переустан* перепрошив* передерг* другой_браузер другого_браузера другом_браузере \
         других_браузерах разных_браузерах другой_комп* другого_комп* другом_комп* другом_телефоне другого_телефона \
         разными_браузерами через_другой инкогнито выдерг* сбрасыва*_питани* питание_сбр* вкл_выкл включ*_и_выключ* \
         выключ*_и_включ* выключал* выключил*_и отключал* включал* \
         reboot* restart* re-login relogin* re-start cleared_the clear_the clearing clear_cache cleared_cache clear cleared cache \
         reinstall* incognito other_browser* another_browser different_browser* another_computer different_computer \
         another_device power_cycle* powercycle* private_window logged_out log_out re-logged logging_out",
    ),
    (
        ActionNoun,
        "нажати* клик* щелчк* открыти* выбор* построени* формировани* сохранени* экспорт* импорт* выгрузк* загрузк* скачивани* \
         вход* авторизаци* логин* переход* создани* добавлени* удалени* изменени* редактировани* запуск* отправк* наведени* \
         попытк* выполнени* печат* масштабировани* перетаскивани* ввод* выделени* переключени* копировани* назначени* просмотр* \
         обращени*_к вызов* запрос* обновлени*_страниц* заполнени* регистраци* привязк* тапе тапу переименовани* \
         переносе закрыти* фильтраци* сортировк* активаци* подтверждени* тык* \
         clicking pressing opening selecting choosing saving exporting importing loading downloading uploading entering \
         logging login creating adding deleting changing editing executing running generating building printing \
         zooming switching dragging submitting calling refreshing refresh applying moving renaming sending closing click press \
         save export import execution launch startup",
    ),
    (
        NoAction,
        "ничего_не_делал* ничего_не_дела* ничего_не_трогал* ничего_не_меня* ничего_не_измен* само_по_себе сам*_собой само_собой \
         никаких_действий действий_не_было действий_нет действий_никаких сам_по_себе как_обычно как_всегда все_как_всегда \
         все_как_обычно did_nothing didn't_do_anything did_not_do_anything nothing_was_changed nothing_changed by_itself \
         on_its_own as_usual as_always no_actions no_steps nothing_special we_did_not_touch did_not_change ничего_особенного \
         без_действий не_трогал* не_нажимал* не_менял* само",
    ),
];

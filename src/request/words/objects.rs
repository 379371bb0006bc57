//! Objects: the nouns of elements that have names or numbers, and the nouns whose names are none of an element.

use super::Words;
use crate::request::text::lexicon::Class::{
    Abbreviation, AccountNoun, AttachmentNoun, Common, ElementNoun, InterfaceNoun, Link, Make, Measure,
    NumberWord, NumberedNoun, OtherNumber, PersonElement, SimNoun, UnitNoun,
};

pub(super) const WORDS: Words = &[
    (
        UnitNoun,
        "объект объекта объекту объектом объекте объекты объектам объектами машина машины машине машину машиной машинам машинна \
         авто автомобил* автомашин* тс борт борта борту бортом борты трактор* комбайн* самосвал* бульдозер* экскаватор* погрузчик* \
         грузовик* фур* тягач* прицеп* полуприцеп* автобус* кран* автокран* миксер* бензовоз* цистерн* каток катк* грейдер* \
         автогрейдер* манипулятор* лесовоз* мусоровоз* трейлер* рефка рефрижератор* реф_* микроавтобус* пазик* техник* \
         опрыскивател* сеялк* жатк* харвестер* форвардер* буров* установк* трамва* троллейбус* такси катер* судн* \
         буксир* тепловоз* вездеход* квадроцикл* снегоход* мотоцикл* легков* скорая ассенизатор* бетономешалк* асфальтоукладчик* \
         дизель-генератор* генератор* дгу агрегат* терминал* трекер* прибор* блок маяк* машинк* пожарк* водовоз* молоковоз* эвакуатор* \
         автовышк* вышк* ямобур* кму фрез* кормовоз* зерновоз* скотовоз* панелевоз* контейнеровоз* щеповоз* битумовоз* цементовоз* \
         сортиментовоз* хлебовоз* илосос* автоцистерн* бетононасос* бетоносмесител* шнекоротор* снегоуборщик* подметальн* вагон* локомотив* \
         паром* баржа баржу барже лодк* яхт* теплоход* трал трала трале тралом самокат* велосипед* электробус* маршрутк* внедорожник* пикап* \
         минивэн* минивен* карета реанимобил* катафалк* косилк* культиватор* разбрасывател* компрессор* штабелер* ричстакер* электрокар* \
         баллоновоз* тонар* экипаж экипажа экипажу топливозаправщик* автотопливозаправщик* атз фронтальник* телескоп телескопа телескопу телескопе \
         пескоразбрасывател* скиддер* ричтрак* длинномер* сцепка сцепки сцепке сцепку шаланд* тралу тралы тралов тралл* резервуар* азс котельн* \
         земснаряд* \
         вн_номер внутренний_номер внутр_номер заводской_номер зав_номер инв_номер инвентарн* хозномер* хоз_номер велокурьер* галичанин клинцы ивановец \
         госномер* гос_номер* гос_знак* госзнак* г/н гн грз номерной рег_знак* регистрационн* рег_номер* гаражн* бортов* \
         unit units vehicle vehicles truck trucks lorry bus buses trailer trailers car cars van vans tractor* excavator* \
         crane cranes forklift* harvester* loader bulldozer* dozer digger tanker mixer motorcycle* motorbike scooter boat \
         vessel coach coaches wagon wagons minibus minivan ferry tram bike bikes sweeper gritter sprayer bowser hearse \
         rider riders cab cabs container containers dumper* tipper* ute utes compressor* rig rigs pump pumps rcv rcvs hgv hgvs snowplough* snowplow* \
         spreader* lowloader* limo limos limousine* jeep jeeps shuttle shuttles tug tugs flatbed* plough ploughs plow plows tankers diggers loaders \
         sweepers gritters sprayers boats vessels trams ferries bowsers taxis pickups ambulances generators gensets reefers combines minivans \
         dozers scooters rollers moped mopeds rickshaw* \
         locomotive barge telehandler backhoe roller paver mower camper lorries asset assets tracker trackers device plate plates reg registration rego number_plate license_plate licence_plate \
         fleet_number pickup generator genset taxi ambulance reefer combine grader",
    ),
    (
        NumberWord,
        "ноль два две три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать \
         шестнадцать семнадцать восемнадцать девятнадцать двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто \
         сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот тысяча первый первая второй вторая третий третья четвертый \
         четвертая пятый пятая шестой шестая седьмой седьмая восьмой восьмая девятый девятая десятый десятая двенадцатый двенадцатая",
    ),
    (
        Link,
        "с под по номер номером имя именем имени названием название называется no number name named called with the id is это марки модель тип типа гос госномер госномером н n nr num инв инвентарный бортовой гаражный our наш наша нашей нашего нашему wialon виалон отчета отчету",
    ),
    (
        Abbreviation,
        "gps глонасс glonass sms смс pdf xls xlsx csv kml cms api sdk egts can кан ok ок ооо зао ао пао ип apn sim led usb ui id imei http https url json gprs gsm lbs дут тс рф iphone айфон* ios android windows chrome firefox safari excel word utc msk мск снг сто гсм тэп it ит am pm i hello hi thanks please google osm yandex яндекс гугл ms edge opera в с не к у wialon виалон hosting local nimbus hecterra fleetrun logistics андроид office samsung xiaomi huawei astra ubuntu debian linux java python postgres firmware itoken tls rs485 rs232 гост iso din ip h264 h265 usb2 wifi wi-fi bluetooth ble tcp udp ntp dns vpn ssl xml html svc post get error bug urgent ас sn psi rpm dtc obd fms j1939 modbus 1c 1с двс акб soc vin lls gmail telegram whatsapp viber redmi galaxy ipad айпад* utf koi8 cp cp1251 cp866 unicode ascii",
    ),
    (
        Make,
        "камаз* белаз* bobcat* маз* газел* газон* урал* лада лады ладу ладе ладой зил краз* лиаз* паз пазик нефаз* уаз* ваз ford форд* ман man \
         volvo вольво scania скани* mercedes мерс* daf даф iveco ивеко renault рено kenworth freightliner isuzu исузу hino \
         хино mitsubishi toyota тойота hyundai хендай hitachi хитачи komatsu камацу caterpillar cat jcb liebherr либхер* \
         john_deere джон_дир claas клаас acros акрос торум torum кировец беларус* мтз т-150 хово howo shacman шахман sitrak ситрак faw \
         dongfeng foton kia nissan ниссан соболь gazelle kamaz schmitz krone кроне тонар солярис solaris дачия volkswagen vw case new_holland \
         бобкэт tgx sprinter спринтер крафтер crafter porter",
    ),
    (
        ElementNoun,
        "отчет отчета отчету отчетом отчете отчеты шаблон* геозон* зона зоны зону зоне датчик датчика датчику датчиком датчике датчики датчикам \
         уведомлени* группа группы группу группе группой групп ресурс* задани* задача задачи трек поле поля полю полем полям \
         правил* интервал_обслуживания таблица_расчета ретранслятор* ретрансляци* депо остановк* расписани* \
         автопарк* филиал* роль роли дашборд* виджет* справочник* команда команды команду командой культур* склад площадк* проект* \
         путевой_лист карточк* автоколонн* колонн* \
         report template templates geofence geofences geozone geozones zone sensor sensors notification notifications group groups \
         resource resources job jobs field fields rule rules retranslator depot stop dashboard widget command commands schedule \
         fleet location poi warehouse project pool",
    ),
    (
        AccountNoun,
        "логин логина логину логином логины учетк* учетн* учетной_запис* учетная_запис* учетную_запис* уч_запис* аккаунт* акаунт* пользователь пользователя пользователей пользователям пользователями \
         пользователю пользователем пользователи юзер* профиль профиля профиле кабинет личный_кабинет биллинг токен_польз* \
         ползовател* login logins account accounts user username user_name profile subaccount sub-account tenant userid",
    ),
    (
        NumberedNoun,
        "заказ заказа заказу заказы заказе заказом маршрут маршрута маршруту маршруты маршруте маршрутом рейс рейса рейсу рейсы рейсе рейсом \
         заказ-наряд заказ-наряда наряд наряда накладная накладной накладную смена путевой путевка путевого доставка доставки order orders route routes trip trips \
         delivery shipment consignment ride line линия линии линию вариант",
    ),
    (
        PersonElement,
        "водитель водителя водителю водителем курьер курьера курьеру курьером driver courier сотрудник сотрудника сотруднику \
         экспедитор экспедитора механизатор* тракторист тракториста",
    ),
    (
        SimNoun,
        "сим симка симку симке симки симкарт* сим-карт* sim simcard sim-card msisdn iccid номер_терминал* номер_трекер* телефон_трекер* \
         телефонный_номер_в номер_симк* номер_сим",
    ),
    (
        OtherNumber,
        "договор* контракт* счет счета счету заявк* обращени* тикет* запрос* инцидент* письм* инн кпп огрн р/с бик огрнип ticket case contract invoice \
         request версия версии версию сборка сборки билд version build release ошибка ошибки ошибку error код кода code акт акта \
         приказ* пункт* порт порта port страниц* тел телефон* звоните phone tel офис кабинет дом ул строка строки строке столбец \
         row column line глав* раздел* шаг step вопрос* question",
    ),
    (
        InterfaceNoun,
        "вкладк* меню раздел* пункт* галочк* галк* окн* окошк* колонк* столб* надпис* сообщени* статус* тип типа типом чекбокс* \
         форм* иконк* значок значк* ссылк* строк* параметр* свойств* настройк* поле_ввод* опци* кноп* ошибк* текст* ответ* \
         панел* фильтр* режим* функци* тему теме тема строчк* button buttons tab tabs menu checkbox icon option options column \
         columns window dialog dialogue link item message error status label text popup pop-up panel section page mode type \
         setting settings field parameter subject response reply тегом флаг* флажок графа графе плашк* \
         предупреждени*",
    ),
    (
        AttachmentNoun,
        "скрин* снимок снимк* фото* видео* ролик* лог логи лога логов логах файл* вложени* запись_экрана запись_с_экрана картинк* изображени* \
         архив* таблиц* табличк* дамп* трейс* выгрузк* сверк* screenshot* screen-shot* picture* photo* video* recording* log logs \
         file files attachment* image* screencast* dump trace attached archive spreadsheet запис* скан принтскрин*",
    ),
    (
        Common,
        "машин* объект* отчет* датчик* автомобил* техник* авто транспорт* водител* карт* трек* топлив* геозон* \
         unit units vehicle vehicles truck trucks report reports sensor sensors tracker trackers car cars map data fleet driver drivers",
    ),
    (
        Measure,
        "шт штук штуки км м метр* час часа часов ч мин минут* сек секунд* дн дней дня день недел* месяц* год* лет л литр* руб* \
         градус* вольт* кг т тонн* раз раза единиц* ед пользовател* человек объектов машин лицензи* полей километр* процент* оборот* спутников спутника тысяч тысячи тыс точек \
         января февраля марта апреля мая июня июля августа сентября октября ноября декабря утра вечера ночи \
         km kph mph hours hour minutes minute min sec seconds days day weeks week months month years liters litres gallons percent \
         am pm january february march april may june july august september october november december units vehicles trucks \
         more new additional еще дополнительн* users licenses licences people times",
    ),
];

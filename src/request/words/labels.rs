//! Labels of forms and the words of our questions, by field, misspellings included.

use super::Words;
use crate::request::text::lexicon::Class::{
    LabelAttachments, LabelDescription, LabelObjects, LabelProduct, LabelSteps,
};

pub(super) const WORDS: Words = &[
    (
        LabelProduct,
        "продукт* модул* програм* по софт приложение система сервис product products module application software program продкт продук",
    ),
    (
        LabelDescription,
        "описани* опишите проблема проблемы проблему суть что_случилось что_происходит что_произошло что_не_так вопрос суть_вопроса ситуаци* неисправност* опесани* описане \
         ожида* что_на_снимке результат факт симптом* содержание_обращения текст_обращения тема_обращения \
         description problem issue details what_happens what_happened what_is_wrong expected actual summary question symptom* describe request result",
    ),
    (
        LabelObjects,
        "объект* обьект* машин* авто автомобил* тс шаблон* отчет* геозон* пользовател* логин* маршрут* рейс* имей imei госномер* гос_номер номер_тс номер_объекта номер_машины элемент* \
         учетн* учетк* группа группу заказ* водител* датчик* unit units object objects vehicle vehicles report reports template user users account login plate geofence item items which_unit \
         affected elements техник* борт конкретн* затронут* курьер*",
    ),
    (
        LabelSteps,
        "действи* шаги шагам шаг шагов по_шагам последовательност* воспроизв* как_повторить как_воспроизвести что_делал* что_делали что_делаете что_нажимал* порядок_действий порядок алгоритм как_получили \
         steps step reproduce reproduction actions action what_did_you_do what_you_did sequence how_to_reproduce repro",
    ),
    (
        LabelAttachments,
        "скрин* снимок снимки снимок_экрана фото фото/скрин вложени* файл* приложите лог логи log logs screenshot* attach* picture* image* file files видео video graphics",
    ),
];

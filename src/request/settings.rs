//! What an operator tunes: products, levels, cues, patterns. Plain data; [`super::Rules`] is built from it.

use super::answers::own_questions::Questions;
use super::{Language, Level, PerField};
use strum::VariantArray as _;

/// One product of the company and the words for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Product {
    /// The name that agents and clients read: `Wialon Hosting`.
    pub name: String,
    /// Words that mean this product wherever they stand, in any case: `виалон хостинг`. Russian endings are
    /// understood, and one wrong letter in a word of six letters or more.
    pub aliases: Vec<String>,
    /// Common words that mean it only with a capital letter inside a sentence: `Logistics`.
    pub proper: Vec<String>,
    /// Words that mean it only in an answer to our question about the product: `хостинг`.
    pub answers: Vec<String>,
    /// Hosts whose web addresses show that it is used: `hosting.wialon.com` (with all hosts below).
    pub hosts: Vec<String>,
    /// Pieces of text that only it has, also inside web addresses and logs: `svc=core/`.
    pub marks: Vec<String>,
}

/// What [`super::Rules`] are built from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSettings {
    /// The products.
    pub products: Vec<Product>,
    /// How much each field matters.
    pub levels: PerField<Level>,
    /// What we ask, in each language: to know our questions when they are quoted.
    pub questions: Vec<Questions>,
    /// More words and phrases that show that a field is there; `*` at the end of a word stands for any ending.
    pub cues: PerField<Vec<String>>,
    /// Regular expressions for elements: own unit names, order numbers.
    pub object_patterns: Vec<String>,
    /// Names of elements that count wherever they stand.
    pub names: Vec<String>,
}

/// Aliases separated by `|`.
fn words(list: &str) -> Vec<String> {
    list.split('|').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn product(name: &str, aliases: &str) -> Product {
    Product { name: name.to_owned(), aliases: words(aliases), ..Product::default() }
}

impl RuleSettings {
    /// The Wialon line as M2M Solutions sells it, and the levels of its regulation. `config.example.toml` holds the
    /// same list.
    #[must_use]
    pub fn wialon() -> Self {
        let products = vec![
            Product {
                answers: words("cms|цмс"),
                hosts: words("wialon.com|wialon.ru|wialon.host|wialon.us|wialonweb.com"),
                marks: words(
                    "/wialon/ajax.html|ajax.html?svc=|svc=core/|svc=token/|svc=report/|svc=unit/|svc=resource/|svc=messages/\
                     |core/search_item|core/update_data_flags|token/login|report/exec_report|report/get_result_rows\
                     |report/cleanup_result|messages/load_interval|messages/load_last|unit/exec_cmd|resource/update_zone\
                     |avl_evts|wialon.core.|reportTemplateId|reportObjectId|core/check_updates|core/batch|core/create_|unit/update_\
                     |unit/get_|unit/calc_|unit_group/update_|user/update_|user/get_|account/get_|account/update_|account/create_\
                     |account/enable_|item/update_|item/add_|resource/get_|messages/unload|messages/get_|messages/delete_\
                     |events/load|events/update_units|render/create_|render/enable_|exchange/import_|exchange/export_",
                ),
                ..product(
                    "Wialon",
                    "wialon|виалон|вайлон|виалан|виолон|вилаон|валион|виалион|уиалон|вялон|виаллон|вайалон|vialon|viallon|wialone|\
                     wilon|wailon|wyalon|gurtam|гуртам|гуртаме|виалонн|wialonn|виалошка|виа лон|ви а лон|wia lon|\
                     cmsmanager|cmsменеджер|сиэмэс|cms manager|cms менеджер|менеджер cms|цмс менеджер|менеджер цмс|cms wialon|цмс wialon",
                )
            },
            Product {
                answers: words(
                    "хостинг|hosting|хост|облако|облачный|cloud|веб версия|веб|web version|web|сайт hosting",
                ),
                proper: words("Hosting"),
                hosts: words("hosting.wialon.com"),
                ..product(
                    "Wialon Hosting",
                    "wialon hosting|wialonhosting|виалон хостинг|вайлон хостинг|wialon хостинг|виалон hosting|хостинг виалон|\
                     хостинге виалон|хостинг wialon|hosting wialon|w hosting|виалонхостинг",
                )
            },
            Product {
                answers: words(
                    "локал|local|локальный|локальная|локальный сервер|локальная версия|on premise|свой сервер",
                ),
                proper: words("Local"),
                ..product(
                    "Wialon Local",
                    "wialon local|wialonlocal|виалон локал|вайлон локал|wialon локал|виалон local|локал виалон|локальный виалон|\
                     локальный wialon|wialon pro|локальном виалоне|w local",
                )
            },
            Product {
                answers: words(
                    "мобильное|мобильное приложение|приложение|мобильная версия|мобилка|app|mobile|mobile app|мобильный",
                ),
                ..product(
                    "Wialon App",
                    "wialon app|wialon mobile|wialon mobile client|приложение wialon|приложении wialon|приложения wialon|приложение виалон|\
                     приложении виалон|приложения виалон|мобильный виалон|мобильном виалоне|мобильный wialon|виалон мобайл|wialon for android|\
                     wialon for ios|wialon lite",
                )
            },
            Product {
                hosts: words("wiatag.com"),
                ..product("WiaTag", "wiatag|виатаг|виатэг|виатег|wia tag|vиатаг|уиатаг|виа таг|вия таг")
            },
            Product {
                hosts: words("nimbus.wialon.com"),
                ..product("NimBus", "nimbus|нимбус|nimbuss|nim bus|нимбас|ним бас")
            },
            Product {
                hosts: words("hecterra.wialon.com"),
                ..product(
                    "Hecterra",
                    "hecterra|гектерра|хектерра|гектера|хектера|hectera|гектар терра|гекттера|hekterra|gekterra",
                )
            },
            Product {
                hosts: words("fleetrun.wialon.com"),
                ..product(
                    "Fleetrun",
                    "fleetrun|fleet run|флитран|флитрун|флит ран|флитрана|флиитран|fleetran",
                )
            },
            Product {
                proper: words("Logistics"),
                answers: words("logistics|логистикс|логистика|delivery"),
                hosts: words("logistics.wialon.com"),
                ..product(
                    "Logistics",
                    "wialon logistics|логистикс|виалон логистикс|logistics wialon|логистикс виалон|delivery wialon|wialon delivery",
                )
            },
            Product {
                answers: words("api|апи|sdk|сдк"),
                marks: words("sdk.wialon.com|svc="),
                ..product(
                    "Wialon SDK and Remote API",
                    "remote api|wialon api|wialon sdk|wialon remote api|виалон api|виалон апи|апи виалон|api wialon|sdk wialon|\
                     wialon ips|wialon retranslator|wialon combine|wialonjs|ремоут апи|ремот апи",
                )
            },
            Product {
                proper: words("Dashboard"),
                ..product(
                    "Wialon apps",
                    "ecodriving wialon|tacho manager|tacho view|wialon dashboard|sensolator|сенсолатор|driver behavior wialon|wialon ecodriving|hosting reports wialon|logistic wialon|messenger wialon|lbs detector|toolbox wialon|imei finder|chatterbox wialon",
                )
            },
            Product {
                ..product(
                    "Trackers",
                    "teltonika|тельтоника|телтоника|галилео|галилеоскай|galileosky|galileo|навтелеком|navtelecom|сигнал смарт|\
                     ruptela|руптела|queclink|queclinc|квеклинк|concox|конкокс|суntrack|coban|кобан|howen|ховен|autofon|автофон|\
                     arnavi|арнави|omnicomm|омникомм|fmb920|fmb120|fmb125|fmb130|fmb140|fmb640|fmb001|fmb003|fmb010|fmb020|fmb202|\
                     fmb204|fmb208|fmb230|fmb900|fmb910|fmb930|fmb940|fmb963|fmb965|fmc125|fmc130|fmc150|fmc640|fmc650|fmc880|fmc920|\
                     fmm125|fmm130|fmt100|fmu125|fmu130|fma120|fm1120|fm1125|fm1100|fm3622|fm5300|fm6320|gv75|gv55|gv57|gv65|gv200|\
                     gv300|gv350|gv600|gl200|gl300|gl520|tk103|gt06|gt06n|st901|smart s 2421|smart s 2423|smart s 2420|суперлайт",
                )
            },
        ];
        Self {
            products,
            levels: PerField {
                product: Level::Required,
                description: Level::Required,
                objects: Level::Required,
                steps: Level::Required,
                attachments: Level::Welcome,
            },
            questions: Language::VARIANTS.iter().copied().map(Questions::built_in).collect(),
            cues: PerField::default(),
            object_patterns: Vec::new(),
            names: Vec::new(),
        }
    }
}

//! The commonest malfunction of this trade, an element from which nothing comes, and others that few words tell: an engineer can begin.

use crate::request::reading::Reading;
use crate::request::text::lexicon::Lexicon;
use crate::request::text::sheet::Sheet;
use std::sync::LazyLock;

const WORDS: &str = "не_на_связи не_выходит_на_связь не_выходят_на_связь не_вышел_на_связь не_вышла_на_связь нет_связи связи_нет связь_пропала пропала_связь \
    потеряна_связь не_в_сети вне_сети оффлайн офлайн offline нет_данных данных_нет данные_не нет_сообщений сообщений_нет нет_координат координат_нет нет_сигнала сигнала_нет пропал_сигнал \
    сигнал_пропал не_передает не_передают не_передаются не_шлет не_присылает не_обновляется не_обновляются не_видно не_видим не_виден не_видна не_отображается не_отображаются молчит \
    off_line not_online no_data no_signal no_messages no_connection no_position no_coordinates lost_connection lost_signal not_reporting not_responding not_updating not_sending not_transmitting \
    stopped_reporting stopped_sending stopped_updating stopped_responding not_visible not_tracking not_tracked not_moving not_showing not_logging not_recording \
    isn't_reporting isn't_updating isn't_sending isn't_transmitting isn't_responding isn't_tracking isn't_moving isn't_showing isn't_online isn't_visible aren't_reporting aren't_updating \
    aren't_sending aren't_transmitting aren't_responding aren't_tracking aren't_moving aren't_showing aren't_online aren't_visible doesn't_report doesn't_update doesn't_send doesn't_transmit \
    doesn't_respond doesn't_track doesn't_move don't_report don't_update don't_send don't_transmit don't_respond don't_track hasn't_reported hasn't_updated hasn't_sent hasn't_moved hasn't_transmitted \
    haven't_reported haven't_updated haven't_sent haven't_moved haven't_transmitted won't_update won't_report won't_track stopped_tracking stopped_transmitting \
    не_на_карте нет_на_карте not_on_the_map not_on_map";

/// What is seen of a program, and says enough without the name of an element.
const SEEN: &str = "blank white_screen black_screen grey_screen gray_screen белый_экран черный_экран серый_экран logging_me_out logging_us_out logging_him_out \
    logs_me_out logs_us_out kicks_me_out kicks_us_out kicking_me_out kicking_us_out throws_me_out throws_us_out throwing_me_out разлогинивает жрет_батаре* ест_батаре* сажает_батаре* \
    drains_the_battery drains_battery draining_the_battery will_not_print won't_print не_печатает не_печатается не_печатаются";

/// What a program does that cannot be used; of which one it is, must be told beside.
const FAILS: &str = "crash* freezes freezing closing_itself closes_itself shuts_itself shuts_down shutting_down cannot_open can't_open won't_open \
    will_not_open doesn't_open does_not_open won't_start will_not_start doesn't_start does_not_start session_expired keeps_closing \
    сам_закрывается само_закрывается сама_закрывается закрывается_сам* не_запускается";
/// How a program is called.
const PROGRAMS: &[&str] =
    &["app", "apps", "application", "program", "software", "browser", "приложение", "программа", "клиент"];

static PHRASES: LazyLock<Lexicon<()>> = LazyLock::new(|| Lexicon::new(&[((), WORDS)]));
static FAILURES: LazyLock<Lexicon<()>> = LazyLock::new(|| Lexicon::new(&[((), FAILS)]));
static SIGHTS: LazyLock<Lexicon<()>> = LazyLock::new(|| Lexicon::new(&[((), SEEN)]));

/// Whether a mail says that something is silent: «не выходит на связь», "no data".
pub(crate) fn is_told(reading: &Reading<'_>) -> bool {
    says(reading, &PHRASES)
}

/// Whether a mail says what is seen of a program: "our screen is blank", «разлогинивает».
pub(crate) fn is_seen(reading: &Reading<'_>) -> bool {
    says(reading, &SIGHTS) || reading.sheets().any(|sheet| fails(reading, sheet))
}

/// "The Wialon app is closing itself", not only "it crashes".
fn fails(reading: &Reading<'_>, sheet: &Sheet<'_>) -> bool {
    sheet.sentences.iter().any(|sentence| {
        let program = |at: usize| PROGRAMS.contains(&sheet.form(at)) || reading.is_product(sheet, at);
        sentence.clone().any(|at| FAILURES.has_at(&sheet.tokens, at)) && sentence.clone().any(program)
    })
}

fn says(reading: &Reading<'_>, phrases: &Lexicon<()>) -> bool {
    reading.sheets().any(|sheet| (0..sheet.tokens.len()).any(|at| phrases.has_at(&sheet.tokens, at)))
}

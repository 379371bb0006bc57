//! The C library's malloc by default keeps what a large mail needed: in an arena of each thread, and in ever larger pieces. What it
//! is told otherwise it reads from the environment, and only when a program begins. So the daemon begins once more, as the
//! same process: with 74 mails made to break readers its peak is half as high then.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// mallopt(3): an arena for each thread that has much to do, on a large machine, too (in fewer they wait for each other); what
/// is large is given back to the kernel at once.
const SETTINGS: [(&str, &str); 3] =
    [("MALLOC_ARENA_MAX", "8"), ("MALLOC_MMAP_THRESHOLD_", "131072"), ("MALLOC_TRIM_THRESHOLD_", "131072")];

/// Says that the daemon has begun once more: where the loader takes malloc's settings away, they would tell nothing.
const SETTLED: (&str, &str) = ("ASKBACK_MALLOC_SETTLED", "1");

/// Begins this program once more unless malloc is told something already. Comes back if that is so, or cannot be: then the
/// daemon works as well, in more memory.
pub(super) fn settle() {
    if SETTINGS.iter().chain([&SETTLED]).any(|(name, _)| std::env::var_os(name).is_some()) {
        return;
    }
    let (Ok(program), mut arguments) = (std::env::current_exe(), std::env::args_os()) else { return };
    let Some(name) = arguments.next() else { return };
    let _ = Command::new(program).arg0(name).args(arguments).envs(SETTINGS).envs([SETTLED]).exec();
}

//! No core files: passwords and the mails of clients would lie in them.

use rustix::process::{DumpableBehavior, set_dumpable_behavior};

/// From now on the kernel writes no core of this process, wherever it would put one, and no other process of the same user
/// can look into its memory. (A limit on the size of core files would not stop one that is handed to a program.)
pub(super) fn forbid() {
    // Linux refuses this to nobody; where it is unknown, the unit's LimitCORE=0 has to do.
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

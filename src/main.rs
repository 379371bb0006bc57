//! The `askback` program: everything it does is in the library.

fn main() -> std::process::ExitCode {
    askback::cli::main()
}

//! Any text is a configuration or a list of what is wrong with it, each with a place in the text.
#![no_main]

use askback::config::Config;
use libfuzzer_sys::fuzz_target;
use std::path::Path;

fuzz_target!(|text: &str| {
    if let Err(problems) = Config::parse(text, Path::new("fuzzed.toml")) {
        let told = problems.to_string();
        assert!(!told.is_empty());
        assert!(!told.contains(|c: char| c.is_control() && c != '\n'), "{told:?} would reach a terminal raw");
    }
});

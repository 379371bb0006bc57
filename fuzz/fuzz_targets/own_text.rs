#![no_main]
#![allow(dead_code, reason = "each target has one of the invariants")]

#[path = "../invariants.rs"]
mod invariants;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| invariants::own_text(bytes));

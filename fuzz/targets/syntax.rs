//! Fuzzes `syntax`: `cargo xtask fuzz syntax`.
#![no_main]

#[path = "../checks/syntax.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|data: &[u8]| check::check(data));

//! Fuzzes `contract`: `cargo xtask fuzz contract`.
#![no_main]

#[path = "../checks/contract.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|data: &[u8]| check::check(data));

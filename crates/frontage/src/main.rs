//! The command line of Frontage.
fn main() {}

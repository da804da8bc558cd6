//! The services of the shop.
fn main() {}

//! The services as clients meet them: real listeners, a real file, plain HTTP.

mod catalog;
mod client;
mod contract;
mod invariants;
mod orders;
mod program;
mod schemas;
mod seeding;
mod shop;
mod stock;
mod users;

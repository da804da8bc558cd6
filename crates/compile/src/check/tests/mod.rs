//! What is accepted, with which type; what is refused, where and with which code.

pub(crate) mod support;

mod bodies;
mod fuzz;
mod growth;
mod modules;
mod schemas;
mod supported;
mod words;

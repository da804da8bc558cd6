//! What is accepted, with which type; what is refused, where and with which code.

mod support;

mod accepted;
mod rejected;

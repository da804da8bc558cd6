//! The client against an upstream that behaves, stalls, cuts and lies.

mod scripted;

mod calls;
mod filling;
mod http2;
mod streams;

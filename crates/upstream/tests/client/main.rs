//! The client against an upstream that behaves, stalls, cuts and lies.

mod dialled;
mod scripted;

mod calls;
mod filling;
mod http2;
mod read_as_hyper;
mod sending;
mod streams;

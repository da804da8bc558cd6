//! Suites that drive the real program over real sockets and processes.

mod attack;
mod clinic;
mod commands;
mod dev;
mod diff;
mod github;
mod impact;
mod infer;
mod legacy;
mod mistakes;
mod outputs;
mod overlap;
mod owners;
mod releases;
mod serve;
mod shop;

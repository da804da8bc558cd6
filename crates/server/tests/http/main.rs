//! Drives the real listener over real sockets.

mod admin;
mod answers;
mod edge;
mod files;
mod lifecycle;
mod multiplexed;
mod plans;
mod raw;
mod releases;
mod rest;
mod stalls;
mod upstream;

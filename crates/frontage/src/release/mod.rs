//! Releases: one file with everything that a backend runs, and a supervisor's stock of them.
//!
//! Start at [`Release`] for the file, at [`Store`] for the stock.

mod format;
mod pack;
mod store;

pub(crate) use format::{MAGIC, Release};
pub(crate) use pack::pack;
pub(crate) use store::{PUBLIC, State, Store, get, read};

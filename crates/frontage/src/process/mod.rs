//! Processes: the supervisor, the backends it starts, and what they say to each other.

mod backend;
mod plans;
mod protocol;
mod supervisor;

pub(crate) use backend::{run_alone, run_supervised};
pub(crate) use protocol::{Bundle, FromBackend, Source, Used};
pub(crate) use supervisor::{Event, Order, Supervisor};

//! Processes: the supervisor, the backends it starts, and what they say to each other.

mod backend;
mod protocol;
mod settings;
mod supervisor;

pub(crate) use backend::{run_alone, run_supervised};
pub(crate) use protocol::{Bundle, FromBackend};
pub(crate) use settings::BackendSettings;
pub(crate) use supervisor::{Event, Order, Supervisor};

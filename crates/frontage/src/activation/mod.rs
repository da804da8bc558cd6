//! Activation: which releases a running supervisor serves, and how people change that.
//!
//! Start at [`Curator`]; the socket on which people ask is `admin`.

mod admin;
mod command;
mod curator;

pub(crate) use admin::{ask, dispatch, listen};
pub(crate) use command::{Activated, Command, Curated, Listed};
pub(crate) use curator::Curator;

//! Values: what answers are read into, expressions work on, and replies are written from.
//!
//! A value may hold JSON text that is decoded when somebody looks, so reading and values are one
//! recursive whole.

mod any;
mod convert;
mod failure;
mod keyed;
mod object;
pub(crate) mod parse;
mod raw;
mod release;

pub use any::{List, Value};
pub(crate) use convert::{DEPTH, SIZE};
pub use convert::{Unspellable, decimal_prefix, is_space, number_text, parse_number, radix_number};
pub use failure::{ErrorValue, ReplyValue};
pub use keyed::{MapValue, SetValue};
pub use object::{Object, array_index};
pub use parse::{JsonFault, Limits, parse_any, parse_limited};
pub use raw::Raw;

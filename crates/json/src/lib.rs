//! JSON in and out, and the values between: what an upstream answered, what a route computes,
//! what the client gets.
//!
//! In:    bytes and a plan's shapes.
//! Out:   [`Value`]s (by [`read`] and [`parse_any`]) and JSON text (by [`Writer`]).
//! Never: `unsafe`, I/O, recursion without a limit; a value of a user in a fault's text.
//!
//! Start at [`Value`], then [`read`] and [`Writer`].

mod convert;
mod cut;
mod date;
mod failure;
mod keyed;
mod lex;
mod object;
mod parse;
mod project;
mod raw;
mod release;
mod text;
mod value;
mod write;

pub use convert::{decimal_prefix, is_space, number_text, parse_number, radix_number};
pub use date::{Civil, civil, iso_text, time_from_civil};
pub use failure::{ErrorValue, ReplyValue};
pub use keyed::{MapValue, SetValue};
pub use object::{Object, array_index};
pub use parse::{JsonFault, Limits, parse_any, parse_limited};
pub use project::{Answer, Drift, read};
pub use raw::{Kind, Raw};
pub use text::Text;
pub use value::{List, Value};
pub use write::{TooDeep, Writer};

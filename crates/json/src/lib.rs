//! JSON in and out, and the values between: what an upstream answered, what a route computes,
//! what the client gets.
//!
//! In:    bytes and a plan's shapes.
//! Out:   [`Value`]s (by [`read`] and [`parse_any`]) and JSON text (by [`Writer`]).
//! Never: `unsafe`, I/O, recursion without a limit; a value of a user in a fault's text.
//!
//! Start at [`Value`], then [`read`] and [`Writer`].

mod cut;
mod date;
mod held;
mod items;
mod lex;
mod project;
mod text;
mod text_builder;
mod value;
mod write;

pub use date::{Civil, civil, iso_text, time_from_civil};
pub use held::held_bytes;
pub use items::{Item, items};
pub use lex::Kind;
pub use project::{Answer, Drift, read};
pub use text::Text;
pub use text_builder::TextBuilder;
pub use value::{
    ErrorValue, JsonFault, Limits, List, MapValue, Object, Raw, ReplyValue, SetValue, Unspellable,
    Value, array_index, decimal_prefix, is_space, number_text, parse_any, parse_limited,
    parse_number, radix_number,
};
pub use write::Writer;

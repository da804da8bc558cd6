//! What a change of a contract does, held against those who know: the reader that serves, another
//! program's JSON Schema, and cases that a rule of thumb judges wrongly.

mod holds;
mod judged;
mod sends;
mod support;

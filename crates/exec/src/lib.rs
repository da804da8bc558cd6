//! exec

mod eval;
mod validate;

//! What a route does: blocks of steps, their expressions, and facts about both.
//!
//! Steps hold expressions, and an inlined helper is an expression that holds steps; the two are
//! one recursive language and live in one module.

mod block;
mod expr;
mod slots;
mod visit;

pub use block::{Block, Bulk, Call, Gather, Step, TURNS};
pub use expr::{
    ArrayItem, BinaryOp, Builtin, ErrorClass, Expr, IterateOp, Key, Lambda, LogicalOp, ObjectItem,
    ReplyKind, UnaryOp,
};
pub use slots::{each_expr_mut, each_slot_mut};
pub use visit::{
    DEEPEST, Exits, block_fits, each, each_in_block, exits, expr_fits, has_async_step, reads,
    reads_in_block,
};

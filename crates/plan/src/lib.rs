//! The plan: what one backend runs, as immutable data.
//!
//! The only thing that the compile tower and the serve tower both know. The
//! compile tower writes it, the serve tower runs it; it can be stored and sent.
//!
//! In:    nothing; this crate is data.
//! Out:   [`Plan`], `Eq + Hash + Serialize`: equal input gives an equal plan, byte for byte.
//! Never: a secret, an address, a clock, a type of TypeScript, or a setting of a listener.
//!
//! Start at [`Plan`], then [`Route`], [`Block`] and [`Expr`].

mod code;
mod operation;
mod problem;
mod route;
mod shape;
mod validator;
mod value;

pub use code::{
    ArrayItem, BinaryOp, Block, Builtin, Bulk, Call, DEEPEST, ErrorClass, Exits, Expr, Gather,
    IterateOp, Key, Lambda, LogicalOp, ObjectItem, ReplyKind, Step, TURNS, UnaryOp, block_fits,
    each, each_expr_mut, each_in_block, each_slot_mut, exits, expr_fits, has_async_step, reads,
    reads_in_block,
};
pub use operation::{
    AnswerKind, BodyKind, Location, Method, Operation, OperationId, Parameter, PathPiece, Statuses,
    Style, Upstream, UpstreamId,
};
pub use problem::problem_title;
pub use route::{Handler, Input, Passthrough, PassthroughSource, PathSegment, Route, RouteKind};
pub use shape::{Field, Form, Made, MadeId, Node, Read, Rest, Shape, ShapeId, Written};
pub use validator::{
    Absence, Check, CheckKind, DefaultValue, Haystack, NormalForm, NumberFormat, ObjectMode,
    PathStep, Pattern, RecordMode, StringFormat, UrlRule, Validator, ValidatorField, ValidatorKind,
    folded, unit_char, units,
};
pub use value::{Constant, Name, Number, Place, Slot, input_slot};

use serde::{Deserialize, Serialize};

/// The compiled, immutable form of one backend.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Plan {
    /// Name of the frontend whose backend this is.
    pub frontend: Name,
    /// The services that are called, in order of name.
    pub upstreams: Vec<Upstream>,
    /// The operations that are called.
    pub operations: Vec<Operation>,
    /// Everything that is read from answers; [`ShapeId`] is an index.
    pub shapes: Vec<Node>,
    /// What is made of answers while they are read; [`MadeId`] is an index.
    pub made: Vec<Made>,
    /// The routes, sorted so that of two that match one path the more specific stands first.
    pub routes: Vec<Route>,
    /// The regular expressions of functions, sorted by [`Pattern::shown`], the text that stands for
    /// each of them as a value.
    pub patterns: Vec<Pattern>,
}

impl Plan {
    /// The operation behind an id of this plan.
    #[must_use]
    pub fn operation(&self, id: OperationId) -> &Operation {
        &self.operations[id.0 as usize]
    }

    /// The upstream behind an id of this plan.
    #[must_use]
    pub fn upstream(&self, id: UpstreamId) -> &Upstream {
        &self.upstreams[id.0 as usize]
    }

    /// The shape behind an id of this plan.
    #[must_use]
    pub fn shape(&self, id: ShapeId) -> &Node {
        &self.shapes[id.0 as usize]
    }

    /// What is made, behind an id of this plan.
    #[must_use]
    pub fn made(&self, id: MadeId) -> &Made {
        &self.made[id.0 as usize]
    }
}

//! Blocks and steps: what a route does, in the order of its text.
//!
//! A block's steps stand in text order; the executor may start them in any order that
//! `docs/language.md`, *What a call means*, allows:
//!
//! - a step starts once every slot it reads is filled, and once it is certain, barring failures,
//!   that the sequential program reaches it (no undecided `Return` or `Throw` stands before it);
//! - an unsafe call starts after everything before it has succeeded, and everything after waits;
//! - a block's outcome is that of the first step in text order that fails, throws or returns, and
//!   is known only when all steps before that one have succeeded;
//! - the parts of a [`Step::All`] and the elements of a [`Step::Map`] run side by side; the first
//!   failure in time is theirs.

use serde::{Deserialize, Serialize};

use crate::{AnswerKind, Expr, Name, OperationId, Place, Slot, Statuses};

/// Steps in text order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Block {
    /// The steps.
    pub steps: Vec<Step>,
}

/// One step of a block.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Step {
    /// Computes `value` into `slot`.
    Let {
        /// Where the result goes.
        slot: Slot,
        /// What is computed.
        value: Expr,
    },
    /// Calls an operation and awaits its answer.
    Call {
        /// Where the answer goes.
        slot: Slot,
        /// The call.
        call: Box<Call>,
    },
    /// Runs one of two blocks; a `Return` in it returns from the block around.
    If {
        /// Condition, by JavaScript's truthiness.
        test: Expr,
        /// If true.
        then: Block,
        /// If false.
        otherwise: Block,
    },
    /// Runs `body`; its `Return` gives the value of `slot` (an awaited helper, a conditional with
    /// calls in it). Without a `Return` the value is `undefined`.
    Scope {
        /// Where the value goes.
        slot: Slot,
        /// What runs.
        body: Block,
    },
    /// Runs `body`; if it fails or throws, `handler`. A `Return` in either returns from the block
    /// around.
    Try {
        /// What may fail.
        body: Block,
        /// Where the handler finds the error, if it looks.
        error: Option<Slot>,
        /// What runs then.
        handler: Block,
        /// Name of the part that is replaced, for the response header and the counters: the
        /// constant or the answer's property it feeds, else `upstream.operation`.
        part: Option<Name>,
    },
    /// `Promise.all([...])`: runs all bodies side by side; each gives its value by `Return`.
    All {
        /// Where the array of results goes.
        slot: Slot,
        /// The parts.
        bodies: Vec<Block>,
        /// What becomes of failures.
        gather: Gather,
    },
    /// `Promise.all(list.map(async (item, index) => ...))`: one run of `body` for each element,
    /// side by side, at most `width` at once.
    Map {
        /// Where the array of results goes; belongs to the level around.
        slot: Slot,
        /// The list; something else than an array is a `TypeError`.
        list: Expr,
        /// The element, in the frame of the body (its level is one more than `slot`'s).
        item: Option<Slot>,
        /// The index, likewise.
        index: Option<Slot>,
        /// What runs; gives its value by `Return`.
        body: Block,
        /// What becomes of failures.
        gather: Gather,
        /// Most elements that run at once.
        width: u16,
    },
    /// Ends the block around with a value.
    Return(Expr),
    /// Ends the block around with an error.
    Throw(Expr),
}

/// What `Promise.all` and `Promise.allSettled` make of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Gather {
    /// The array of values; the first failure in time fails it.
    All,
    /// An array of `{ status: "fulfilled", value }` and `{ status: "rejected", reason }`.
    Settled,
}

/// Most calls for elements of lists that fly at once, of one request.
pub const TURNS: u16 = 32;

/// One use of an operation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Call {
    /// What is called.
    pub operation: OperationId,
    /// Index of a parameter of the operation, and its value; `undefined` leaves it out.
    pub arguments: Vec<(u16, Expr)>,
    /// The request's body; `undefined` sends none.
    pub body: Option<Expr>,
    /// Time for this call, in milliseconds; the upstream's default if absent.
    pub timeout_ms: Option<u32>,
    /// Statuses that give `null`.
    pub null_on: Vec<u16>,
    /// Extra request headers.
    pub headers: Vec<(Name, Name)>,
    /// What is read of an answer with a given status, in order of preference. A 2xx that none
    /// matches is drift; any other status is a failure.
    pub answers: Vec<(Statuses, AnswerKind)>,
    /// Stands where it runs because another call failed; it is not joined with that one.
    pub in_handler: bool,
    /// How it is made together with others of its kind.
    pub bulk: Option<Box<Bulk>>,
    /// At most [`TURNS`] of the calls that say so fly at once; the others wait for their turn.
    pub takes_turns: bool,
    /// Where it stands in the source.
    pub place: Place,
}

/// How several calls of one operation are made as one call of another.
///
/// The call asks for a list of keys and answers a list of items, one for each key that names
/// something; an item is what the single call would have answered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Bulk {
    /// What is called in their place.
    pub operation: OperationId,
    /// Index of the parameter of the single operation that is the key.
    pub argument: u16,
    /// Index of the parameter of the bulk operation that takes the keys.
    pub key: u16,
    /// Index of the parameter of the bulk operation that takes how many keys there are.
    pub count: Option<u16>,
    /// Indices of a parameter of the single operation and of the bulk operation's that takes its
    /// value; only calls that agree in all of these are made together.
    pub others: Vec<(u16, u16)>,
    /// Statuses under which it answers items; any other is a failure.
    pub statuses: Vec<Statuses>,
    /// Members that lead to the list of items in the answer; none if the answer is the list.
    pub items: Vec<Name>,
    /// The member of an item that equals its key.
    pub matching: Name,
    /// Most keys of one call.
    pub most: u16,
}

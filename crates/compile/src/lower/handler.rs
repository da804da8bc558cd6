//! The state of lowering one handler: its frames, the block under construction, its limits.
//!
//! In:    a handler of the checked form.
//! Out:   its [`Block`] and the sizes of its frames; calls still lack what they read of answers.
//! Never: a slot that is filled in two places.
//!
//! Start at [`Lowerer::handler`].

use std::collections::BTreeMap;
use std::ops::Range;

use frontage_diagnostic::{Code, Diagnostic, SourceMap, Span};
use frontage_plan::{
    Block, Builtin, Expr, IterateOp, Lambda, Name, Place, Slot, Step, each, exits, input_slot,
};

use super::codes;
use super::operations::Operations;
use super::promise::Promise;
use super::scope::{Scope, Value};
use super::usage::Usage;
use crate::Workspace;
use crate::hir::{self, Checked, Function, GlobalId};

/// Most expressions that one handler may become; far beyond what a person writes.
const MOST_EXPRESSIONS: u32 = 200_000;
/// Most functions that are inlined into one another.
const MOST_INLINED: u32 = 64;

/// Where calls stand, by the slot of their answer.
pub(super) type CallSpans = BTreeMap<Slot, Span>;

/// What all handlers of a frontend share.
#[derive(Clone, Copy)]
pub(super) struct Surroundings<'h> {
    pub(super) checked: &'h Checked,
    pub(super) workspace: &'h Workspace,
    pub(super) sources: &'h SourceMap,
    pub(super) usage: &'h [Usage],
}

/// A lowered handler.
pub(super) struct Lowered {
    /// What it does.
    pub(super) body: Block,
    /// Slots of each level's frame.
    pub(super) frames: Vec<u16>,
    /// Where its calls stand.
    pub(super) calls: CallSpans,
}

/// Lowers one handler.
pub(super) struct Lowerer<'h> {
    pub(super) checked: &'h Checked,
    pub(super) workspace: &'h Workspace,
    pub(super) sources: &'h SourceMap,
    pub(super) usage: &'h [Usage],
    pub(super) calls: CallSpans,
    pub(super) operations: &'h mut Operations,
    pub(super) diagnostics: &'h mut Vec<Diagnostic>,
    /// The block under construction.
    pub(super) steps: Vec<Step>,
    /// Nesting of asynchronous `.map` bodies.
    pub(super) level: u16,
    /// Calls stand in a handler of failures.
    pub(super) in_handler: bool,
    /// What the function that is being lowered may come to, while what it does before is lowered.
    pub(super) promises: Option<Vec<Promise<'h>>>,
    /// Name of the constant or property that is being computed.
    pub(super) part: Option<Name>,
    /// Constants of modules, computed once at the start of the route.
    pub(super) globals: BTreeMap<GlobalId, Value<'h>>,
    prelude: Vec<Step>,
    /// Slots of level 0 that belong to the prelude.
    prelude_slots: Vec<Range<u16>>,
    frames: Vec<u16>,
    size: u32,
    depth: u32,
    full: bool,
    /// A function stood where only values do, which was reported: whoever calls it later finds none.
    pub(super) function_lost: bool,
}

impl<'h> Lowerer<'h> {
    /// Makes ready for one handler; `first_free` is its first free slot at level 0.
    pub(super) fn new(
        surroundings: Surroundings<'h>,
        operations: &'h mut Operations,
        diagnostics: &'h mut Vec<Diagnostic>,
        first_free: u16,
    ) -> Self {
        let Surroundings { checked, workspace, sources, usage } = surroundings;
        Self {
            checked,
            workspace,
            sources,
            usage,
            calls: CallSpans::new(),
            operations,
            diagnostics,
            steps: Vec::new(),
            level: 0,
            in_handler: false,
            promises: None,
            part: None,
            globals: BTreeMap::new(),
            prelude: Vec::new(),
            prelude_slots: Vec::new(),
            frames: vec![first_free.max(input_slot::FIRST_FREE)],
            size: 0,
            depth: 0,
            full: false,
            function_lost: false,
        }
    }

    /// Lowers the handler.
    pub(super) fn handler(mut self, function: &'h Function) -> Lowered {
        let scope = Scope::default().inner();
        let body = self.block(|l| {
            l.statements(&function.body, &scope);
        });
        let mut steps = self.prelude;
        steps.extend(body.steps);
        Lowered { body: Block { steps }, frames: self.frames, calls: self.calls }
    }

    /// Lowers a function of an input schema; gives it and the first slot after its own.
    pub(super) fn callback(mut self, function: &'h hir::Expr) -> (Lambda, u16) {
        let scope = Scope::default().inner();
        let mut lambda = None;
        let body = self.block(|l| lambda = Some(l.function_value(function, &scope)));
        let mut lambda =
            lambda.unwrap_or(Lambda { params: Vec::new(), body: Box::new(Expr::UNDEFINED) });
        // Constants of modules are computed anew each time: nothing ran before input is checked.
        let mut steps = self.prelude;
        steps.extend(body.steps);
        if !steps.is_empty() {
            steps.push(Step::Return(*lambda.body));
            lambda.body = Box::new(Expr::Block(Box::new(Block { steps })));
        }
        (lambda, self.frames.first().copied().unwrap_or(0))
    }

    /// Reports an error at `span`; once the handler is too large, only that counts.
    pub(super) fn error(&mut self, code: Code, span: Span, message: &str, help: &str) {
        if self.full && code != codes::PLAN_TOO_LARGE {
            return;
        }
        self.diagnostics.push(Diagnostic::error(code, span, message).help(help));
    }

    /// Where `span` begins, for people.
    pub(super) fn place(&self, span: Span) -> Place {
        place(self.sources, span)
    }

    /// What `work` does, in a frame of its own, whether that has slots or not.
    pub(super) fn in_frame<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        self.level += 1;
        let levels = usize::from(self.level) + 1;
        if self.frames.len() < levels {
            self.frames.resize(levels, 0);
        }
        let result = work(self);
        self.level -= 1;
        result
    }

    /// What `work` does, none of whose `return`s ends what runs before a promise around it.
    pub(super) fn in_function<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let promises = self.promises.take();
        let result = work(self);
        self.promises = promises;
        result
    }

    /// The next slot of the current level.
    pub(super) fn next_slot(&self) -> Slot {
        Slot { level: self.level, index: self.frames[usize::from(self.level)] }
    }

    /// A new slot of the current level.
    pub(super) fn slot(&mut self, span: Span) -> Slot {
        let level = usize::from(self.level);
        let index = self.frames[level];
        match index.checked_add(1) {
            Some(next) => self.frames[level] = next,
            None => self.too_large(span),
        }
        Slot { level: self.level, index }
    }

    /// Counts one expression; `false` once the handler has become too large.
    pub(super) fn spend(&mut self, span: Span) -> bool {
        self.size += 1;
        if self.size > MOST_EXPRESSIONS {
            self.too_large(span);
        }
        !self.full
    }

    fn too_large(&mut self, span: Span) {
        if !self.full {
            self.full = true;
            self.error(
                codes::PLAN_TOO_LARGE,
                span,
                "with its helpers inlined, this route becomes too large",
                "helpers are inlined at every use; compute a value once in a `const` instead of \
                 calling the helper again",
            );
        }
    }

    /// Runs `f` one inlined function deeper, unless that is too deep.
    pub(super) fn deeper<T>(&mut self, span: Span, f: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.full || self.depth >= MOST_INLINED {
            self.too_large(span);
            return None;
        }
        self.depth += 1;
        let result = f(self);
        self.depth -= 1;
        Some(result)
    }

    /// Runs `f` at level 0, outside all blocks; its steps stand before the route's own.
    pub(super) fn in_prelude<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        let level = std::mem::take(&mut self.level);
        let part = self.part.take();
        let steps = std::mem::take(&mut self.steps);
        let first = self.next_slot().index;
        let result = self.in_function(f);
        self.prelude_slots.push(first..self.next_slot().index);
        let own = std::mem::replace(&mut self.steps, steps);
        self.prelude.extend(own);
        self.part = part;
        self.level = level;
        result
    }

    /// Whether a slot belongs to what stands before the route's own steps.
    pub(super) fn is_of_prelude(&self, slot: Slot) -> bool {
        slot.level == 0 && self.prelude_slots.iter().any(|range| range.contains(&slot.index))
    }

    /// The block of the steps that `f` adds.
    pub(super) fn block(&mut self, f: impl FnOnce(&mut Self)) -> Block {
        let around = std::mem::take(&mut self.steps);
        f(self);
        Block { steps: std::mem::replace(&mut self.steps, around) }
    }

    /// The block that returns what `f` gives.
    pub(super) fn block_of(&mut self, f: impl FnOnce(&mut Self) -> Expr) -> Block {
        self.block(|l| {
            let value = f(l);
            l.steps.push(Step::Return(value));
        })
    }

    /// Computes `value` here, if it is more than a constant or a slot.
    pub(super) fn bind(&mut self, value: Expr, span: Span) -> Expr {
        if is_trivial(&value) {
            return value;
        }
        let slot = self.slot(span);
        self.steps.push(Step::Let { slot, value });
        Expr::Slot(slot)
    }

    /// Lowers several operands in order. An earlier one that may throw is computed before the
    /// steps of a later one.
    pub(super) fn in_order<T>(
        &mut self,
        operands: impl IntoIterator<Item = T>,
        lower: impl Fn(&mut Self, T) -> Value<'h>,
        span: Span,
    ) -> Vec<Value<'h>> {
        let mut done: Vec<Value<'h>> = Vec::new();
        for operand in operands {
            let before = self.steps.len();
            let value = lower(self, operand);
            if self.steps.len() > before {
                let mut at = before;
                for earlier in &mut done {
                    if let Value::Expr(e) = earlier
                        && may_throw(e)
                    {
                        let slot = self.slot(span);
                        let value = std::mem::replace(e, Expr::Slot(slot));
                        self.steps.insert(at, Step::Let { slot, value });
                        at += 1;
                    }
                }
            }
            done.push(value);
        }
        done
    }
}

/// Where `span` begins, for people.
pub(super) fn place(sources: &SourceMap, span: Span) -> Place {
    let file = sources.file(span.file);
    let at = file.line_column(span.start);
    Place { path: file.path.as_str().into(), line: at.line, column: at.column }
}

/// Whether computing `expr` anew costs nothing.
pub(super) fn is_trivial(expr: &Expr) -> bool {
    matches!(expr, Expr::Constant(_) | Expr::Slot(_))
}

/// Whether `expr` may throw for values of its static type.
pub(super) fn may_throw(expr: &Expr) -> bool {
    let mut found = false;
    each(expr, &mut |e| {
        found |= match e {
            Expr::Call(builtin, _) | Expr::CallSpread(builtin, _) => matches!(
                builtin,
                Builtin::NumberToFixed
                    | Builtin::NumberToString
                    | Builtin::NumberToPrecision
                    | Builtin::StringRepeat
                    | Builtin::StringPadStart
                    | Builtin::StringPadEnd
                    | Builtin::ArrayWith
                    | Builtin::ArrayFrom
                    | Builtin::DateToIsoString
                    | Builtin::EncodeUriComponent
                    | Builtin::DecodeUriComponent
                    | Builtin::JsonStringify
                    | Builtin::AddIssue
            ),
            Expr::Iterate { op: IterateOp::Reduce, initial: None, .. }
            | Expr::Iterate { op: IterateOp::ArrayFrom, .. } => true,
            Expr::Block(block) => exits(block).throws,
            _ => false,
        };
    });
    found
}

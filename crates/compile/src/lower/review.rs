//! What a lowered handler shows: unsafe calls where none may stand, answers that nobody reads.
//!
//! Helpers are inlined here, so that an unsafe call is found through any number of them.

use frontage_diagnostic::Diagnostic;
use frontage_plan::{Block, Call, Gather, Method, Operation, Slot, Step, Upstream};

use super::answers;
use super::codes;
use super::demand::Demands;
use super::handler::CallSpans;

/// What the review of one route looks at.
pub(super) struct Review<'a> {
    pub(super) operations: &'a [Operation],
    pub(super) upstreams: &'a [Upstream],
    pub(super) spans: &'a CallSpans,
    pub(super) demands: &'a Demands,
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
}

impl Review<'_> {
    /// Reviews a route's body.
    pub(super) fn route(mut self, method: Method, body: &Block) {
        let mut calls = Vec::new();
        answers::calls(body, &mut calls);
        let mut settled = Vec::new();
        collect_settled(body, &mut settled);
        for (slot, call) in calls {
            let operation = &self.operations[call.operation.0 as usize];
            if method.is_safe() && !operation.safe {
                let name = self.name(call);
                self.report(
                    slot,
                    |span| {
                        Diagnostic::error(
                            codes::UNSAFE_IN_SAFE_ROUTE,
                            span,
                            format!(
                                "`{name}` changes something and cannot be called by a `{}` route",
                                method.as_str()
                            ),
                        )
                    },
                    "export the route as `POST`, or set `safe = true` for the operation in \
                     `frontage.toml` if it only reads",
                );
            }
            let is_read = self.demands.get(&slot).is_some_and(|demand| !demand.is_nothing());
            let has_answer = call
                .answers
                .iter()
                .any(|(_, kind)| !matches!(kind, frontage_plan::AnswerKind::Empty));
            // Of a settled part, whether it failed may be all that matters.
            let settled = settled.iter().any(|(own, _)| *own == slot);
            if operation.safe && !is_read && has_answer && !settled {
                let name = self.name(call);
                self.report(
                    slot,
                    |span| {
                        Diagnostic::error(
                            codes::ANSWER_NOT_USED,
                            span,
                            format!("the answer of `{name}` is not used"),
                        )
                        .warning()
                    },
                    "remove the call, unless its failure is what the route waits for",
                );
            }
        }
        self.side_by_side(body);
    }

    fn name(&self, call: &Call) -> String {
        let operation = &self.operations[call.operation.0 as usize];
        let upstream = &self.upstreams[usize::from(operation.upstream.0)];
        format!("{}.{}", upstream.name, operation.name)
    }

    fn report(
        &mut self,
        slot: Slot,
        diagnostic: impl FnOnce(frontage_diagnostic::Span) -> Diagnostic,
        help: &str,
    ) {
        if let Some(&span) = self.spans.get(&slot) {
            self.diagnostics.push(diagnostic(span).help(help));
        }
    }

    /// At most one unsafe call among parts that run side by side, none in a `.map`.
    fn side_by_side(&mut self, block: &Block) {
        for step in &block.steps {
            match step {
                Step::All { bodies, .. } => {
                    for unsafe_call in self.unsafe_calls(bodies.iter()).into_iter().skip(1) {
                        self.refuse(
                            unsafe_call,
                            "a second call that changes something in one \
                             `Promise.all`",
                        );
                    }
                    bodies.iter().for_each(|body| self.side_by_side(body));
                }
                Step::Map { body, .. } => {
                    for unsafe_call in self.unsafe_calls(std::iter::once(body)) {
                        self.refuse(
                            unsafe_call,
                            "a call that changes something for each element \
                             of a list",
                        );
                    }
                }
                Step::If { then, otherwise, .. } => {
                    self.side_by_side(then);
                    self.side_by_side(otherwise);
                }
                Step::Scope { body, .. } => self.side_by_side(body),
                Step::Try { body, handler, .. } => {
                    self.side_by_side(body);
                    self.side_by_side(handler);
                }
                Step::Let { .. } | Step::Call { .. } | Step::Return(_) | Step::Throw(_) => {}
            }
        }
    }

    fn unsafe_calls<'b>(&self, bodies: impl Iterator<Item = &'b Block>) -> Vec<Slot> {
        let mut calls = Vec::new();
        bodies.for_each(|body| answers::calls(body, &mut calls));
        calls.retain(|(_, call)| !self.operations[call.operation.0 as usize].safe);
        calls.into_iter().map(|(slot, _)| slot).collect()
    }

    fn refuse(&mut self, slot: Slot, what: &str) {
        self.report(
            slot,
            |span| {
                Diagnostic::error(
                    codes::UNSAFE_SIDE_BY_SIDE,
                    span,
                    format!("{what} cannot be undone when another fails"),
                )
            },
            "use an operation that does all of it at once, or await the calls one after the other",
        );
    }
}

/// Calls below `Promise.allSettled`.
fn collect_settled<'b>(block: &'b Block, into: &mut Vec<(Slot, &'b Call)>) {
    for step in &block.steps {
        match step {
            Step::All { bodies, gather: Gather::Settled, .. } => {
                bodies.iter().for_each(|body| answers::calls(body, into));
            }
            Step::Map { body, gather: Gather::Settled, .. } => answers::calls(body, into),
            Step::If { then, otherwise, .. } => {
                collect_settled(then, into);
                collect_settled(otherwise, into);
            }
            Step::Scope { body, .. } | Step::Map { body, .. } => collect_settled(body, into),
            Step::Try { body, handler, .. } => {
                collect_settled(body, into);
                collect_settled(handler, into);
            }
            Step::All { bodies, .. } => {
                bodies.iter().for_each(|body| collect_settled(body, into));
            }
            Step::Let { .. } | Step::Call { .. } | Step::Return(_) | Step::Throw(_) => {}
        }
    }
}

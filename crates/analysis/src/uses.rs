//! Each use of an operation in a plan, and what becomes of its route when it fails.
//!
//! In:    a plan.
//! Out:   a [`Use`] for each call and each passthrough, in the order of routes and their texts.
//! Never: a guess that says a route goes on where it may not.

use frontage_plan::{
    Block, Call, Gather, Handler, Name, OperationId, Place, Plan, Route, RouteKind, Slot, Step,
};

use crate::flow::{Flow, Known};

/// One use of an operation.
#[derive(Debug, Clone)]
pub struct Use<'p> {
    /// The route.
    pub route: &'p Route,
    /// What is called.
    pub operation: OperationId,
    /// The call; none if the route is a passthrough.
    pub call: Option<&'p Call>,
    /// Where it stands.
    pub place: &'p Place,
    /// A condition decides whether it is made.
    pub is_conditional: bool,
    /// What catches its failure, innermost last.
    guards: Vec<Guard<'p>>,
    handler: Option<&'p Handler>,
}

/// What stands around a call and catches its failure.
#[derive(Debug, Clone)]
enum Guard<'p> {
    /// `catch`
    Try { error: Option<Slot>, handler: &'p Block, part: Option<&'p Name> },
    /// `Promise.allSettled`
    Settled,
}

/// What becomes of a route when a call fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consequence {
    /// It fails.
    Fails,
    /// It fails, or a part of its answer is replaced; values decide.
    MayFail,
    /// A part of its answer is replaced: the one of this name.
    Loses(Option<Name>),
    /// The call gives `null`, which the route is made for.
    Null,
}

/// All uses of operations.
#[must_use]
pub fn uses(plan: &Plan) -> Vec<Use<'_>> {
    let mut all = Vec::new();
    for route in &plan.routes {
        match &route.kind {
            RouteKind::Passthrough(passthrough) => all.push(Use {
                route,
                operation: passthrough.operation,
                call: None,
                place: &route.place,
                is_conditional: false,
                guards: Vec::new(),
                handler: None,
            }),
            RouteKind::Handler(handler) => {
                let mut walk =
                    Walk { route, handler, conditions: 0, guards: Vec::new(), all: &mut all };
                walk.block(&handler.body);
            }
        }
    }
    all
}

struct Walk<'p, 'a> {
    route: &'p Route,
    handler: &'p Handler,
    /// Conditions around.
    conditions: u32,
    guards: Vec<Guard<'p>>,
    all: &'a mut Vec<Use<'p>>,
}

impl<'p> Walk<'p, '_> {
    fn block(&mut self, block: &'p Block) {
        for step in &block.steps {
            self.step(step);
        }
    }

    fn step(&mut self, step: &'p Step) {
        match step {
            Step::Let { .. } | Step::Return(_) | Step::Throw(_) => {}
            Step::Call { call, .. } => self.all.push(Use {
                route: self.route,
                operation: call.operation,
                call: Some(call),
                place: &call.place,
                is_conditional: self.conditions > 0,
                guards: self.guards.clone(),
                handler: Some(self.handler),
            }),
            Step::If { then, otherwise, .. } => {
                self.conditions += 1;
                self.block(then);
                self.block(otherwise);
                self.conditions -= 1;
            }
            Step::Scope { body, .. } => self.block(body),
            Step::Try { body, error, handler, part } => {
                let part = part.as_ref();
                self.guarded(Guard::Try { error: *error, handler, part }, body);
                self.conditions += 1;
                self.block(handler);
                self.conditions -= 1;
            }
            Step::All { bodies, gather, .. } => {
                for body in bodies {
                    self.gathered(*gather, body);
                }
            }
            Step::Map { body, gather, .. } => self.gathered(*gather, body),
        }
    }

    fn guarded(&mut self, guard: Guard<'p>, body: &'p Block) {
        self.guards.push(guard);
        self.block(body);
        self.guards.pop();
    }

    fn gathered(&mut self, gather: Gather, body: &'p Block) {
        match gather {
            Gather::All => self.block(body),
            Gather::Settled => self.guarded(Guard::Settled, body),
        }
    }
}

impl Use<'_> {
    /// What becomes of the route when the service answers the call with `status`: 502 stands for
    /// what contradicts the contract, too.
    #[must_use]
    pub fn on_failure(&self, status: u16) -> Consequence {
        let Some((call, handler)) = self.call.zip(self.handler) else {
            return Consequence::Fails;
        };
        if call.null_on.contains(&status) {
            return match Flow::with_null(call).ends(&handler.body) {
                ends if !ends.falls && !ends.returns => Consequence::Fails,
                ends if ends.decided => Consequence::MayFail,
                _ => Consequence::Null,
            };
        }
        let mut may_go_on = false;
        // What is thrown: the call's own failure, as long as nobody throws something else.
        let mut error = Known::Failure(status);
        for guard in self.guards.iter().rev() {
            let Guard::Try { error: slot, handler, part } = guard else {
                return if may_go_on { Consequence::MayFail } else { Consequence::Loses(None) };
            };
            let mut flow = Flow::default();
            if let Some(slot) = slot {
                flow.set(*slot, error.clone());
            }
            let ends = flow.ends(handler);
            if !ends.throws {
                return Consequence::Loses(part.cloned());
            }
            may_go_on |= ends.falls || ends.returns;
            if !(ends.only_rethrows && slot.is_some()) {
                error = Known::Object;
            }
        }
        if may_go_on { Consequence::MayFail } else { Consequence::Fails }
    }
}

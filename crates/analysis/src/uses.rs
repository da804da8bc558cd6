//! Each use of an operation in a plan, and what becomes of its route when it fails.
//!
//! In:    a plan.
//! Out:   a [`Use`] for each call and each passthrough, in the order of routes and their texts.
//! Never: a guess that says a route goes on where it may not.

use frontage_plan::{
    Block, Call, Gather, Handler, Name, OperationId, Place, Plan, Route, RouteKind, Step,
};

use crate::flow::{Does, Flow};

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
    /// Parts of the answer that are replaced if it fails, innermost last; `None` has no name.
    parts: Vec<Option<&'p Name>>,
    handler: Option<&'p Handler>,
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
                parts: Vec::new(),
                handler: None,
            }),
            RouteKind::Handler(handler) => {
                let mut walk =
                    Walk { route, handler, conditions: 0, parts: Vec::new(), all: &mut all };
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
    parts: Vec<Option<&'p Name>>,
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
                parts: self.parts.clone(),
                handler: Some(self.handler),
            }),
            Step::If { then, otherwise, .. } => {
                self.conditions += 1;
                self.block(then);
                self.block(otherwise);
                self.conditions -= 1;
            }
            Step::Scope { body, .. } => self.block(body),
            Step::Try { body, handler, part, .. } => {
                self.within(part.as_ref(), body);
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

    fn within(&mut self, part: Option<&'p Name>, body: &'p Block) {
        self.parts.push(part);
        self.block(body);
        self.parts.pop();
    }

    fn gathered(&mut self, gather: Gather, body: &'p Block) {
        match gather {
            Gather::All => self.block(body),
            Gather::Settled => self.within(None, body),
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
        let gives_null = call.null_on.contains(&status);
        let does = if gives_null { Does::Null } else { Does::Fails(status) };
        let ends = Flow::new(call, does).ends(&handler.body);
        if !ends.falls && !ends.returns {
            return Consequence::Fails;
        }
        if ends.decided {
            return Consequence::MayFail;
        }
        if gives_null {
            return Consequence::Null;
        }
        Consequence::Loses(self.parts.last().copied().flatten().cloned())
    }
}

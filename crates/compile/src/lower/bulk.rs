//! Calls for each element of a list that are made together.
//!
//! In:    a handler's body with all projections known, and the upstreams' bulk operations.
//! Out:   [`frontage_plan::Bulk`] at each call that can be made together with others of its kind;
//!        a warning at each that cannot, though a bulk operation stands for it.
//! Never: a bulk call whose items lack, by their contract, what is read of the single answer.

use frontage_diagnostic::Diagnostic;
use frontage_plan::{
    AnswerKind, Block, Bulk, Call, OperationId, Rest, Shape, ShapeId, Slot, Statuses, Step,
};

use super::answers;
use super::codes;
use super::demand::Demand;
use super::handler::CallSpans;
use super::operations::{Tables, declared};
use super::project::Shapes;
use crate::Workspace;
use crate::bulk::Bulk as Rule;
use crate::hir::OperationRef;

/// Most elements of a list that run at once if their calls are made together: enough to fill a bulk
/// call, and few enough to be looked through after every answer.
const WIDE: u16 = 256;

/// What is known of a route.
pub(super) struct Bulking<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) tables: &'a Tables,
    pub(super) spans: &'a CallSpans,
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
}

/// The bulk operation that stands for an operation.
pub(super) fn rule(workspace: &Workspace, reference: OperationRef) -> Option<&Rule> {
    let upstream = &workspace.upstreams[usize::from(reference.upstream)];
    upstream.bulk.iter().find(|rule| rule.single == reference.operation)
}

impl Bulking<'_> {
    /// Marks the calls of a body.
    ///
    /// - `demand`: what is read of a call's answers.
    pub(super) fn block(&mut self, block: &mut Block, demand: &dyn Fn(&Call) -> Demand) {
        for step in &mut block.steps {
            match step {
                Step::Map { body, width, .. } => self.map(body, width, demand),
                Step::If { then, otherwise, .. } => {
                    self.block(then, demand);
                    self.block(otherwise, demand);
                }
                Step::Scope { body, .. } => self.block(body, demand),
                Step::Try { body, handler, .. } => {
                    self.block(body, demand);
                    self.block(handler, demand);
                }
                Step::All { bodies, .. } => {
                    bodies.iter_mut().for_each(|body| self.block(body, demand));
                }
                Step::Call { .. } | Step::Let { .. } | Step::Return(_) | Step::Throw(_) => {}
            }
        }
    }

    fn map(&mut self, body: &mut Block, width: &mut u16, demand: &dyn Fn(&Call) -> Demand) {
        let mut any = false;
        answers::each_call(body, &mut |slot, call| match self.bulk(call, demand) {
            None => {}
            Some(Ok(bulk)) => {
                any = true;
                call.bulk = Some(Box::new(bulk));
            }
            Some(Err(why)) => self.singly(slot, call, &why),
        });
        if any {
            // So many run at once that their calls meet; how many fly at once is told by the calls.
            *width = WIDE;
            answers::each_call(body, &mut |_, call| call.takes_turns = true);
        }
    }

    /// How a call is made together with others; why not.
    fn bulk(&self, call: &Call, demand: &dyn Fn(&Call) -> Demand) -> Option<Result<Bulk, String>> {
        let reference = self.tables.references[call.operation.0 as usize];
        let rule = rule(self.workspace, reference)?;
        let operation = OperationRef { operation: rule.operation, ..reference };
        let id = self.tables.references.binary_search(&operation).ok()?;
        let bulk = declared(self.workspace, operation);
        // What a call leaves out, the bulk call leaves out too.
        let others =
            rule.others.iter().filter(|(own, _)| call.arguments.iter().any(|(at, _)| at == own));
        let others: Vec<(u16, u16)> = others.copied().collect();
        let stranger = call
            .arguments
            .iter()
            .find(|(at, _)| *at != rule.argument && others.iter().all(|(own, _)| own != at));
        if let Some((at, _)) = stranger {
            let parameter = &declared(self.workspace, reference).parameters[usize::from(*at)];
            return Some(Err(format!("`{}` takes no `{}`", bulk.name, parameter.key)));
        }
        if call.arguments.iter().all(|(at, _)| *at != rule.argument) {
            return Some(Err("it is called without its key".into()));
        }
        let contract = &self.workspace.upstreams[usize::from(reference.upstream)].contract;
        let mut shapes = Shapes::default();
        let demand = demand(call);
        let single = answers::of_operation(self.workspace, &mut shapes, reference, &demand);
        let item = shapes.project(reference.upstream, contract, rule.item, &demand);
        let of_json = single.iter().find_map(|(_, kind)| match kind {
            AnswerKind::Json(shape) => Some(*shape),
            _ => None,
        });
        let Some(shape) = of_json else { return Some(Err("its answer is no JSON".into())) };
        let mut fitting = Fitting { shapes: &shapes, open: Vec::new() };
        if let Err(Misfit { path, what }) = fitting.fits(item, shape) {
            let of = if path.is_empty() { String::new() } else { format!("`{path}` of ") };
            return Some(Err(format!("{of}an item of `{}` {what}", bulk.name)));
        }
        let many =
            answers::of_operation(self.workspace, &mut shapes, operation, &Demand::default());
        let is_json = |(statuses, kind): &(Statuses, AnswerKind)| {
            matches!(kind, AnswerKind::Json(_)).then_some(*statuses)
        };
        Some(Ok(Bulk {
            operation: OperationId(id as u32),
            argument: rule.argument,
            key: rule.key,
            count: rule.count,
            others,
            statuses: many.iter().filter_map(is_json).collect(),
            items: rule.items.clone(),
            matching: rule.matching.clone(),
            most: rule.most,
        }))
    }

    fn singly(&mut self, slot: Slot, call: &Call, why: &str) {
        let operation = &self.tables.operations[call.operation.0 as usize];
        let upstream = &self.tables.upstreams[usize::from(operation.upstream.0)];
        let Some(&span) = self.spans.get(&slot) else { return };
        let message =
            format!("`{}.{}` is called for each element: {why}", upstream.name, operation.name);
        self.diagnostics.push(
            Diagnostic::error(codes::NOT_BULK, span, message)
                .warning()
                .help("read less of it, or ask for a bulk operation that answers the same"),
        );
    }
}

/// Where a shape asks for more than another gives, and how.
struct Misfit {
    path: String,
    what: &'static str,
}

fn misfit(what: &'static str) -> Result<(), Misfit> {
    Err(Misfit { path: String::new(), what })
}

/// Whether whatever has one shape has another too.
struct Fitting<'s> {
    shapes: &'s Shapes,
    /// Pairs that are being looked at: a recursive type fits if nothing in it says otherwise.
    open: Vec<(ShapeId, ShapeId)>,
}

impl<'s> Fitting<'s> {
    /// Whether every value of the shape `own` has the shape `wanted`.
    fn fits(&mut self, own: ShapeId, wanted: ShapeId) -> Result<(), Misfit> {
        if own == wanted || self.open.contains(&(own, wanted)) {
            return Ok(());
        }
        let before = self.open.len();
        self.open.push((own, wanted));
        let fits = self.compare(own, wanted);
        if fits.is_err() {
            // What was taken to fit on the way rests on what does not.
            self.open.truncate(before);
        }
        fits
    }

    fn shape(&self, id: ShapeId) -> &'s Shape {
        &self.shapes.nodes[id.0 as usize].shape
    }

    fn compare(&mut self, own: ShapeId, wanted: ShapeId) -> Result<(), Misfit> {
        let of_another_type = || misfit("is of another type");
        match (self.shape(own), self.shape(wanted)) {
            (_, Shape::Skip | Shape::Any)
            | (Shape::Never, _)
            | (Shape::Null, Shape::Null)
            | (Shape::Bool, Shape::Bool)
            | (Shape::Integer, Shape::Integer | Shape::Number)
            | (Shape::Number, Shape::Number)
            | (Shape::String | Shape::Enum(_), Shape::String) => Ok(()),
            (Shape::Union(variants), _) => variants.iter().try_for_each(|v| self.fits(*v, wanted)),
            (Shape::Null, _) => misfit("may be `null`"),
            (_, Shape::Union(variants)) => {
                let fits = variants.iter().any(|v| self.fits(own, *v).is_ok());
                if fits { Ok(()) } else { of_another_type() }
            }
            (Shape::Enum(own), Shape::Enum(wanted)) => {
                let known = own.iter().all(|text| wanted.contains(text));
                if known { Ok(()) } else { misfit("has further values") }
            }
            (Shape::Array(own), Shape::Array(wanted)) => {
                self.fits(*own, *wanted).map_err(|fault| fault.within("[]"))
            }
            (Shape::Tuple(own, None), Shape::Tuple(wanted, None)) if own.len() == wanted.len() => {
                let mut pairs = own.iter().zip(wanted);
                pairs.try_for_each(|(own, wanted)| self.fits(*own, *wanted))
            }
            (
                Shape::Object { fields, rest },
                Shape::Object { fields: wanted, rest: wanted_rest },
            ) => {
                for field in wanted {
                    let own = fields.iter().find(|own| own.name == field.name);
                    let fits = match own {
                        None => misfit("is not declared"),
                        Some(own) if field.required && !own.required => misfit("may be missing"),
                        Some(own) => self.fits(own.shape, field.shape),
                    };
                    fits.map_err(|fault| fault.within(&field.name))?;
                }
                match (rest, wanted_rest) {
                    (_, Rest::Cut) => Ok(()),
                    (Rest::Keep(own), Rest::Keep(wanted)) => self.fits(*own, *wanted),
                    (Rest::Cut, Rest::Keep(_)) => misfit("lacks members that are not declared"),
                }
            }
            (
                Shape::Tagged { property, variants },
                Shape::Tagged { property: wanted_property, variants: wanted },
            ) if property == wanted_property => variants.iter().try_for_each(|(tag, own)| {
                match wanted.iter().find(|(wanted, _)| wanted == tag) {
                    Some((_, wanted)) => self.fits(*own, *wanted),
                    None => misfit("has further variants"),
                }
            }),
            (own, wanted) => {
                if own == wanted {
                    Ok(())
                } else {
                    of_another_type()
                }
            }
        }
    }
}

impl Misfit {
    fn within(mut self, step: &str) -> Self {
        let between = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = format!("{step}{between}{}", self.path);
        self
    }
}

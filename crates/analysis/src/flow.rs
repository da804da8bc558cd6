//! How a block may end, where some of its values are known.
//!
//! In:    a block of a plan, and what some slots hold.
//! Out:   [`Ends`]: whether it may fall through, return or throw.
//! Never: an end left out that values can bring about.

use std::collections::BTreeMap;

use frontage_plan::{
    BinaryOp, Block, Call, Constant, ErrorClass, Expr, Gather, LogicalOp, Number, Slot, Step,
    UnaryOp, exits,
};

/// What is known of a value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Known {
    /// Nothing.
    Nothing,
    /// A constant.
    Value(Constant),
    /// Some object.
    Object,
    /// The failure of a call, with its status.
    Failure(u16),
}

/// How a block may end.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ends {
    /// Reaches its end.
    pub(crate) falls: bool,
    pub(crate) returns: bool,
    pub(crate) throws: bool,
    /// A `throw` was reached because of what is known.
    pub(crate) decided: bool,
    /// All that is thrown is the failure that was caught.
    pub(crate) only_rethrows: bool,
}

impl Ends {
    const FALLS: Self =
        Self { falls: true, returns: false, throws: false, decided: false, only_rethrows: true };

    fn or(self, other: Self) -> Self {
        Self {
            falls: self.falls || other.falls,
            returns: self.returns || other.returns,
            throws: self.throws || other.throws,
            decided: self.decided || other.decided,
            only_rethrows: self.only_rethrows && other.only_rethrows,
        }
    }
}

/// A walk through a block.
#[derive(Debug, Default)]
pub(crate) struct Flow<'p> {
    slots: BTreeMap<Slot, Known>,
    /// The call that gives `null`.
    null: Option<&'p Call>,
    /// Conditions around that are known.
    known_tests: u32,
}

impl<'p> Flow<'p> {
    /// One in which a call gives `null`.
    pub(crate) fn with_null(call: &'p Call) -> Self {
        Self { null: Some(call), ..Self::default() }
    }

    pub(crate) fn set(&mut self, slot: Slot, known: Known) {
        self.slots.insert(slot, known);
    }

    pub(crate) fn ends(&mut self, block: &Block) -> Ends {
        let mut ends = Ends::FALLS;
        for step in &block.steps {
            let own = self.step(step);
            ends = ends.or(own);
            if !own.falls {
                ends.falls = false;
                return ends;
            }
        }
        ends
    }

    fn step(&mut self, step: &Step) -> Ends {
        match step {
            Step::Let { slot, value } => {
                let known = self.value(value);
                self.set(*slot, known);
                self.expression(value)
            }
            Step::Call { slot, call } => {
                if self.null.is_some_and(|null| std::ptr::eq(null, &raw const **call)) {
                    self.set(*slot, Known::Value(Constant::Null));
                }
                Ends::FALLS
            }
            Step::If { test, then, otherwise } => match truth(&self.value(test)) {
                Some(truth) => {
                    self.known_tests += 1;
                    let ends = self.ends(if truth { then } else { otherwise });
                    self.known_tests -= 1;
                    ends
                }
                None => self.ends(then).or(self.ends(otherwise)),
            },
            Step::Scope { body, .. } => {
                let ends = self.ends(body);
                Ends { falls: ends.falls || ends.returns, returns: false, ..ends }
            }
            Step::Try { body, handler, .. } => {
                let tried = self.ends(body);
                if !tried.throws {
                    return tried;
                }
                let handled = self.ends(handler);
                let (falls, returns) = (tried.falls, tried.returns);
                Ends { falls, returns, throws: false, ..tried }.or(handled)
            }
            Step::All { bodies, gather, .. } => {
                let each: Vec<Ends> = bodies.iter().map(|body| self.ends(body)).collect();
                let fails = each.iter().any(|ends| !ends.falls && !ends.returns);
                let all = each.into_iter().fold(Ends::FALLS, Ends::or);
                let throws = all.throws && *gather == Gather::All;
                Ends { falls: !(fails && throws), returns: false, throws, ..all }
            }
            Step::Map { body, gather, .. } => {
                let ends = self.ends(body);
                let throws = ends.throws && *gather == Gather::All;
                Ends { falls: true, returns: false, throws, ..ends }
            }
            Step::Return(value) => {
                let ends = self.expression(value);
                if ends.falls { Ends { falls: false, returns: true, ..ends } } else { ends }
            }
            Step::Throw(value) => Ends {
                falls: false,
                returns: false,
                throws: true,
                decided: self.known_tests > 0,
                only_rethrows: matches!(self.value(value), Known::Failure(_)),
            },
        }
    }

    /// What an inlined helper in an expression throws.
    fn expression(&mut self, value: &Expr) -> Ends {
        if let Expr::Block(block) = value {
            let ends = self.ends(block);
            return Ends { falls: ends.falls || ends.returns, returns: false, ..ends };
        }
        let mut throws = false;
        frontage_plan::each(value, &mut |e| {
            if let Expr::Block(block) = e {
                throws |= exits(block).throws;
            }
        });
        Ends { throws, only_rethrows: !throws, ..Ends::FALLS }
    }

    fn value(&self, expr: &Expr) -> Known {
        match expr {
            Expr::Constant(constant) => Known::Value(constant.clone()),
            Expr::Slot(slot) => self.slots.get(slot).cloned().unwrap_or(Known::Nothing),
            Expr::Member(object, name) => match (self.value(object), &**name) {
                (Known::Failure(status), "status") => {
                    Known::Value(Constant::Number(Number(f64::from(status))))
                }
                (Known::Failure(_), "name") => {
                    Known::Value(Constant::String("UpstreamError".into()))
                }
                _ => Known::Nothing,
            },
            Expr::InstanceOf(value, class) => match (self.value(value), class) {
                (Known::Failure(_), ErrorClass::HttpError) => boolean(false),
                (Known::Failure(_), ErrorClass::Error | ErrorClass::UpstreamError) => boolean(true),
                (Known::Value(_), _) => boolean(false),
                _ => Known::Nothing,
            },
            Expr::Unary(UnaryOp::Not, value) => {
                truth(&self.value(value)).map_or(Known::Nothing, |truth| boolean(!truth))
            }
            Expr::Binary(op, a, b) => binary(*op, &self.value(a), &self.value(b)),
            Expr::Logical(op, a, b) => {
                let left = self.value(a);
                let takes_left = match op {
                    LogicalOp::And => truth(&left).map(|truth| !truth),
                    LogicalOp::Or => truth(&left),
                    LogicalOp::Nullish => is_nullish(&left).map(|nullish| !nullish),
                };
                match takes_left {
                    Some(true) => left,
                    Some(false) => self.value(b),
                    None => match (op, truth(&self.value(b))) {
                        // Whatever the left side is.
                        (LogicalOp::And, Some(false)) => boolean(false),
                        (LogicalOp::Or, Some(true)) => Known::Object,
                        _ => Known::Nothing,
                    },
                }
            }
            Expr::Conditional(test, then, otherwise) => match truth(&self.value(test)) {
                Some(true) => self.value(then),
                Some(false) => self.value(otherwise),
                None => Known::Nothing,
            },
            Expr::Optional { object, .. } => match is_nullish(&self.value(object)) {
                Some(true) => Known::Value(Constant::Undefined),
                _ => Known::Nothing,
            },
            Expr::Array(_) | Expr::Object(_) | Expr::Error { .. } | Expr::Reply(_) => Known::Object,
            _ => Known::Nothing,
        }
    }
}

fn boolean(value: bool) -> Known {
    Known::Value(Constant::Bool(value))
}

fn truth(known: &Known) -> Option<bool> {
    match known {
        Known::Nothing => None,
        Known::Object | Known::Failure(_) => Some(true),
        Known::Value(constant) => Some(match constant {
            Constant::Undefined | Constant::Null => false,
            Constant::Bool(value) => *value,
            Constant::Number(number) => number.0 != 0.0 && !number.0.is_nan(),
            Constant::String(text) => !text.is_empty(),
        }),
    }
}

fn is_nullish(known: &Known) -> Option<bool> {
    match known {
        Known::Nothing => None,
        Known::Object | Known::Failure(_) => Some(false),
        Known::Value(constant) => Some(matches!(constant, Constant::Undefined | Constant::Null)),
    }
}

fn binary(op: BinaryOp, a: &Known, b: &Known) -> Known {
    let equal = match (a, b) {
        (Known::Value(Constant::Number(a)), Known::Value(Constant::Number(b))) => {
            let ordered = match op {
                BinaryOp::Less => Some(a.0 < b.0),
                BinaryOp::LessOrEqual => Some(a.0 <= b.0),
                BinaryOp::Greater => Some(a.0 > b.0),
                BinaryOp::GreaterOrEqual => Some(a.0 >= b.0),
                _ => None,
            };
            if let Some(ordered) = ordered {
                return boolean(ordered);
            }
            Some(a.0 == b.0)
        }
        (Known::Value(a), Known::Value(b)) => {
            let nullish = |c: &Constant| matches!(c, Constant::Undefined | Constant::Null);
            let loose = matches!(op, BinaryOp::LooseEqual | BinaryOp::LooseNotEqual);
            Some(a == b || loose && nullish(a) && nullish(b))
        }
        (Known::Object | Known::Failure(_), Known::Value(_))
        | (Known::Value(_), Known::Object | Known::Failure(_)) => Some(false),
        _ => None,
    };
    match (op, equal) {
        (BinaryOp::Equal | BinaryOp::LooseEqual, Some(equal)) => boolean(equal),
        (BinaryOp::NotEqual | BinaryOp::LooseNotEqual, Some(equal)) => boolean(!equal),
        _ => Known::Nothing,
    }
}

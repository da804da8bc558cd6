//! How a block may end, where a call fails or gives `null`, and what follows from that.
//!
//! In:    a block of a plan, and what one of its calls does.
//! Out:   [`Ends`]: whether it may fall through, return or throw.
//! Never: an end left out that values can bring about.

use std::collections::BTreeMap;

use frontage_plan::{
    BinaryOp, Block, Call, Constant, ErrorClass, Expr, Gather, Key, LogicalOp, Name, Number,
    ObjectItem, Slot, Step, UnaryOp, exits,
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
    /// A list of so many elements.
    List(Vec<Known>),
    /// An object with at least these members.
    Record(Vec<(Name, Known)>),
}

/// How a block may end.
#[derive(Debug, Clone)]
pub(crate) struct Ends {
    /// Reaches its end.
    pub(crate) falls: bool,
    pub(crate) returns: bool,
    pub(crate) throws: bool,
    /// What is thrown comes of what the call does.
    pub(crate) decided: bool,
    /// What is returned, and what is thrown, as far as it is one thing.
    value: Option<Known>,
    thrown: Option<Known>,
}

impl Ends {
    fn falls() -> Self {
        Self {
            falls: true,
            returns: false,
            throws: false,
            decided: false,
            value: None,
            thrown: None,
        }
    }

    fn throws(thrown: Known, decided: bool) -> Self {
        Self { falls: false, throws: true, decided, thrown: Some(thrown), ..Self::falls() }
    }

    fn or(self, other: Self) -> Self {
        let one = |a: Option<Known>, b: Option<Known>| match (a, b) {
            (Some(a), Some(b)) if a == b => Some(a),
            (Some(_), Some(_)) => Some(Known::Nothing),
            (a, b) => a.or(b),
        };
        Self {
            falls: self.falls || other.falls,
            returns: self.returns || other.returns,
            throws: self.throws || other.throws,
            decided: self.decided || other.decided,
            value: one(self.value, other.value),
            thrown: one(self.thrown, other.thrown),
        }
    }

    /// What a block gives as a value.
    fn given(&self) -> Known {
        match (self.returns, self.falls) {
            (true, false) => self.value.clone().unwrap_or(Known::Nothing),
            (false, true) => Known::Value(Constant::Undefined),
            _ => Known::Nothing,
        }
    }
}

/// What the call that is watched does.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Does {
    /// It gives `null`.
    Null,
    /// It fails with this status.
    Fails(u16),
}

/// A walk through a block.
#[derive(Debug)]
pub(crate) struct Flow<'p> {
    slots: BTreeMap<Slot, Known>,
    call: &'p Call,
    does: Does,
    /// Conditions around that are known.
    known_tests: u32,
}

impl<'p> Flow<'p> {
    pub(crate) fn new(call: &'p Call, does: Does) -> Self {
        Self { slots: BTreeMap::new(), call, does, known_tests: 0 }
    }

    pub(crate) fn ends(&mut self, block: &Block) -> Ends {
        let mut ends = Ends::falls();
        for step in &block.steps {
            let own = self.step(step);
            let falls = own.falls;
            ends = ends.or(own);
            if !falls {
                ends.falls = false;
                return ends;
            }
        }
        ends
    }

    fn set(&mut self, slot: Slot, known: Known) {
        self.slots.insert(slot, known);
    }

    fn step(&mut self, step: &Step) -> Ends {
        match step {
            Step::Let { slot, value } => {
                let (known, ends) = self.computed(value);
                self.set(*slot, known);
                ends
            }
            Step::Call { slot, call } => {
                if std::ptr::eq(self.call, &raw const **call) {
                    match self.does {
                        Does::Null => self.set(*slot, Known::Value(Constant::Null)),
                        Does::Fails(status) => return Ends::throws(Known::Failure(status), true),
                    }
                }
                Ends::falls()
            }
            Step::If { test, then, otherwise } => match truth(&self.value(test)) {
                Some(truth) => {
                    self.known_tests += 1;
                    let ends = self.ends(if truth { then } else { otherwise });
                    self.known_tests -= 1;
                    ends
                }
                None => {
                    let one = self.ends(then);
                    one.or(self.ends(otherwise))
                }
            },
            Step::Scope { slot, body } => {
                let ends = self.ends(body);
                self.set(*slot, ends.given());
                Ends { falls: ends.falls || ends.returns, returns: false, value: None, ..ends }
            }
            Step::Try { body, error, handler, .. } => {
                let tried = self.ends(body);
                if !tried.throws {
                    return tried;
                }
                let thrown = tried.thrown.clone().unwrap_or(Known::Object);
                let certain = !tried.falls && !tried.returns;
                if let Some(error) = error {
                    let known = match thrown {
                        failure @ Known::Failure(_) => failure,
                        other if certain => other,
                        _ => Known::Object,
                    };
                    self.set(*error, known);
                }
                let handled = self.ends(handler);
                let rest = Ends { throws: false, decided: false, thrown: None, ..tried };
                // What it throws comes of the failure that it was called for.
                let decided = handled.decided || tried.decided && handled.throws;
                let handled = Ends { decided, ..handled };
                match certain {
                    true => handled,
                    false => rest.or(handled),
                }
            }
            Step::All { slot, bodies, gather } => {
                let each: Vec<Ends> = bodies.iter().map(|body| self.ends(body)).collect();
                let values = each.iter().map(|ends| match gather {
                    Gather::All => ends.given(),
                    Gather::Settled => settled(ends),
                });
                let values = Known::List(values.collect());
                let fails = each.iter().any(|ends| !ends.falls && !ends.returns);
                let all = each.into_iter().fold(Ends::falls(), Ends::or);
                self.set(*slot, values);
                match gather {
                    Gather::All => Ends { falls: !fails, returns: false, value: None, ..all },
                    Gather::Settled => Ends::falls(),
                }
            }
            // A list may have no element.
            Step::Map { body, gather, .. } => {
                let ends = self.ends(body);
                match gather {
                    Gather::All => Ends { falls: true, returns: false, value: None, ..ends },
                    Gather::Settled => Ends::falls(),
                }
            }
            Step::Return(value) => {
                let (known, ends) = self.computed(value);
                match ends.falls {
                    true => Ends { falls: false, returns: true, value: Some(known), ..ends },
                    false => ends,
                }
            }
            Step::Throw(value) => Ends::throws(self.value(value), self.known_tests > 0),
        }
    }

    /// What an expression gives, and what an inlined helper in it throws.
    fn computed(&mut self, value: &Expr) -> (Known, Ends) {
        if let Expr::Block(block) = value {
            let ends = self.ends(block);
            let known = ends.given();
            let falls = ends.falls || ends.returns;
            return (known, Ends { falls, returns: false, value: None, ..ends });
        }
        // `a ?? helper()` and `a ? helper() : b` compute one of two.
        let chosen = match value {
            Expr::Logical(op, a, b) => {
                self.takes_left(*op, &self.value(a)).map(|left| if left { a } else { b })
            }
            Expr::Conditional(test, a, b) => {
                truth(&self.value(test)).map(|truth| if truth { a } else { b })
            }
            _ => None,
        };
        if let Some(chosen) = chosen {
            self.known_tests += 1;
            let found = self.computed(chosen);
            self.known_tests -= 1;
            return found;
        }
        let mut throws = false;
        frontage_plan::each(value, &mut |e| {
            if let Expr::Block(block) = e {
                throws |= exits(block).throws;
            }
        });
        let thrown = throws.then_some(Known::Object);
        (self.value(value), Ends { throws, thrown, ..Ends::falls() })
    }

    fn takes_left(&self, op: LogicalOp, left: &Known) -> Option<bool> {
        match op {
            LogicalOp::And => truth(left).map(|truth| !truth),
            LogicalOp::Or => truth(left),
            LogicalOp::Nullish => is_nullish(left).map(|nullish| !nullish),
        }
    }

    fn value(&self, expr: &Expr) -> Known {
        match expr {
            Expr::Constant(constant) => Known::Value(constant.clone()),
            Expr::Slot(slot) => self.slots.get(slot).cloned().unwrap_or(Known::Nothing),
            Expr::Member(object, name) => member(&self.value(object), name),
            Expr::Index(list, position) => match (self.value(list), self.value(position)) {
                (Known::List(all), Known::Value(Constant::Number(at))) if at.0 >= 0.0 =>
                {
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "small"
                    )]
                    all.get(at.0 as usize).cloned().unwrap_or(Known::Nothing)
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
                match self.takes_left(*op, &left) {
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
            Expr::Object(items) => {
                let mut members = Vec::new();
                for item in items {
                    match item {
                        ObjectItem::Property(Key::Static(name), value) => {
                            members.push((name.clone(), self.value(value)));
                        }
                        _ => return Known::Object,
                    }
                }
                Known::Record(members)
            }
            Expr::Array(_) | Expr::Error { .. } | Expr::Reply(_) => Known::Object,
            _ => Known::Nothing,
        }
    }
}

/// An element of what `Promise.allSettled` gives.
fn settled(ends: &Ends) -> Known {
    let text = |text: &str| Known::Value(Constant::String(text.into()));
    match (ends.throws, ends.falls || ends.returns) {
        (true, false) => Known::Record(vec![
            ("status".into(), text("rejected")),
            ("reason".into(), ends.thrown.clone().unwrap_or(Known::Object)),
        ]),
        (false, _) => Known::Record(vec![
            ("status".into(), text("fulfilled")),
            ("value".into(), ends.given()),
        ]),
        _ => Known::Nothing,
    }
}

fn member(object: &Known, name: &str) -> Known {
    match (object, name) {
        (Known::Failure(status), "status") => {
            Known::Value(Constant::Number(Number(f64::from(*status))))
        }
        (Known::Failure(_), "name") => Known::Value(Constant::String("UpstreamError".into())),
        (Known::Record(members), name) => {
            let found = members.iter().rev().find(|(own, _)| **own == *name);
            found.map_or(Known::Nothing, |(_, known)| known.clone())
        }
        _ => Known::Nothing,
    }
}

fn boolean(value: bool) -> Known {
    Known::Value(Constant::Bool(value))
}

fn truth(known: &Known) -> Option<bool> {
    match known {
        Known::Nothing => None,
        Known::Object | Known::Failure(_) | Known::List(_) | Known::Record(_) => Some(true),
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
        Known::Object | Known::Failure(_) | Known::List(_) | Known::Record(_) => Some(false),
        Known::Value(constant) => Some(matches!(constant, Constant::Undefined | Constant::Null)),
    }
}

fn binary(op: BinaryOp, a: &Known, b: &Known) -> Known {
    let is_object = |known: &Known| {
        matches!(known, Known::Object | Known::Failure(_) | Known::List(_) | Known::Record(_))
    };
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
        (a, Known::Value(_)) if is_object(a) => Some(false),
        (Known::Value(_), b) if is_object(b) => Some(false),
        _ => None,
    };
    match (op, equal) {
        (BinaryOp::Equal | BinaryOp::LooseEqual, Some(equal)) => boolean(equal),
        (BinaryOp::NotEqual | BinaryOp::LooseNotEqual, Some(equal)) => boolean(!equal),
        _ => Known::Nothing,
    }
}

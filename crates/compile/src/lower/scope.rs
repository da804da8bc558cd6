//! What names stand for while functions are inlined.
//!
//! In:    bindings as the lowering meets them.
//! Out:   a [`Value`] for each local in sight: an expression, a function, or the handler's context.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use frontage_plan::{Builtin, Expr, Name};

use crate::hir::{Function, LocalId};

/// What an expression of the checked form is when the route is compiled.
#[derive(Debug, Clone)]
pub(super) enum Value<'h> {
    /// A value at run time.
    Expr(Expr),
    /// A function with what it sees.
    Function(Rc<Closure<'h>>),
    /// A function of the library.
    Builtin(Builtin),
    /// The handler's whole context.
    Context,
    /// An object literal that has functions in it.
    Record(Rc<Vec<(Name, Self)>>),
}

impl Value<'_> {
    /// `undefined`
    pub(super) const UNDEFINED: Self = Self::Expr(Expr::UNDEFINED);
}

/// A function and the bindings around it.
#[derive(Debug)]
pub(super) struct Closure<'h> {
    /// The function.
    pub(super) function: &'h Function,
    /// What it sees.
    pub(super) scope: Scope<'h>,
}

/// The bindings of one activation of a function, and those around it.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope<'h>(Option<Rc<Frame<'h>>>);

#[derive(Debug)]
struct Frame<'h> {
    bindings: RefCell<BTreeMap<LocalId, Value<'h>>>,
    around: Scope<'h>,
}

impl<'h> Scope<'h> {
    /// A new activation within this one.
    pub(super) fn inner(&self) -> Self {
        Self(Some(Rc::new(Frame { bindings: RefCell::default(), around: self.clone() })))
    }

    /// Binds a local in this activation.
    pub(super) fn bind(&self, local: LocalId, value: Value<'h>) {
        if let Some(frame) = &self.0 {
            frame.bindings.borrow_mut().insert(local, value);
        }
    }

    /// What a local stands for.
    pub(super) fn get(&self, local: LocalId) -> Option<Value<'h>> {
        let mut scope = self;
        while let Some(frame) = &scope.0 {
            if let Some(value) = frame.bindings.borrow().get(&local) {
                return Some(value.clone());
            }
            scope = &frame.around;
        }
        None
    }
}

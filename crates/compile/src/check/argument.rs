//! Arguments of calls: how they are written, and whether they fit.
//!
//! In:    the arguments of a call, a signature with its type parameters chosen.
//! Out:   whether they fit it; a report of the first that does not.
//! Never: a choice between signatures, or what type parameters are; these are `call`'s.

use std::sync::Arc;

use frontage_diagnostic::Diagnostic;
use frontage_syntax::tree::{self, Element, ExprKind};

use super::Checker;
use super::call::MOST_INFERRING;
use super::flow::address;
use crate::codes;
use crate::hir;
use crate::types::{Kind, Signature, Ty};

/// An argument: checked, or an arrow function that waits for the types of its parameters.
pub(super) struct Argument<'a> {
    pub(super) expr: &'a tree::Expr,
    pub(super) spread: bool,
    pub(super) checked: Option<hir::Expr>,
    pub(super) ty: Ty,
}

impl<'a> Checker<'a> {
    /// Functions that calls give, and literals, follow from what each signature wants of them.
    pub(super) fn made_anew(
        &mut self,
        arguments: &mut [Argument<'a>],
        signature: &Signature,
        explicit: &[Ty],
        expected: Option<Ty>,
    ) {
        for (argument, param) in arguments.iter_mut().zip(&signature.params) {
            let follows = match argument.expr.kind {
                ExprKind::Call { .. } => {
                    matches!(self.types.kind(argument.ty), Kind::Function(_))
                }
                ExprKind::Array(_) | ExprKind::Object(_) => expected.is_some(),
                _ => false,
            };
            if !follows || argument.checked.is_none() || self.inferring >= MOST_INFERRING {
                continue;
            }
            self.inferring += 1;
            let wanted = self.context_of(param.ty, signature, explicit, expected);
            let effects = self.frame.effects.clone();
            let checked = self.value(argument.expr, Some(wanted));
            self.frame.effects = effects;
            self.inferring -= 1;
            argument.ty = checked.ty;
            argument.checked = Some(checked);
        }
    }

    fn fits_argument(&mut self, argument: &Argument<'a>, wanted: Ty) -> bool {
        if let ExprKind::Arrow(function) = &argument.expr.kind
            && !self.assignable(argument.ty, wanted)
            && let tree::FunctionBody::Expr(body) = &function.body
            && let (Kind::Function(a), Kind::Function(b)) =
                (self.types.kind(argument.ty).clone(), self.types.kind(wanted).clone())
        {
            let own = self.types.signatures(a).signatures.last().map(|s| s.result);
            let goal = self.types.signatures(b).signatures.last().map(|s| s.result);
            if let (Some(own), Some(goal)) = (own, goal)
                && !self.assignable(own, goal)
            {
                let shown = self.recorded.get(&address(body)).copied().unwrap_or(own);
                let shown = if self.assignable(shown, goal) { own } else { shown };
                let fault = self.mismatch(body.span, shown, goal);
                self.report(fault);
                return false;
            }
        }
        self.fits(argument.expr, argument.ty, wanted)
    }

    /// Whether arguments fit the parameters of `signature`, a tuple that is spread by its elements;
    /// reports what does not.
    pub(super) fn arguments_fit(
        &mut self,
        arguments: &[Argument<'a>],
        signature: &Signature,
        report: bool,
    ) -> bool {
        let mut fine = true;
        // How many arguments stand before this one, and before the first list of unknown length.
        let mut at = 0;
        let mut certain = None;
        for argument in arguments {
            if !argument.spread {
                if let Some(wanted) = self.parameter_at(signature, at) {
                    if report {
                        fine &= self.fits_argument(argument, wanted);
                    } else {
                        fine &= self.assignable(argument.ty, wanted);
                    }
                }
                at += 1;
                continue;
            }
            let place = argument.expr.span;
            let (elements, rest) = match self.types.kind(argument.ty).clone() {
                Kind::Tuple { elements, rest, .. } => (elements, rest),
                // What is wrong with it was said.
                Kind::Error => return fine,
                _ => match self.iterated(argument.ty) {
                    Some(element) => (Arc::from([]), Some(element)),
                    None => {
                        if report && argument.ty != Ty::ERROR {
                            let text = self.types.text(argument.ty);
                            let message = format!("`{text}` cannot be spread into arguments");
                            self.error(codes::SPREAD, place, message);
                        }
                        return false;
                    }
                },
            };
            let parts = elements.iter().map(|e| (e.ty, e.optional));
            for (own, optional) in parts.chain(rest.map(|own| (own, false))) {
                let own = self.read_type(own, optional);
                let wanted = self.parameter_at(signature, at);
                if let Some(wanted) = wanted.filter(|&w| !self.assignable(own, w)) {
                    if report {
                        let message = format!(
                            "`{}` is spread where `{}` is wanted",
                            self.types.text(own),
                            self.types.text(wanted)
                        );
                        self.report(
                            Diagnostic::error(codes::NOT_ASSIGNABLE, place, message)
                                .help("make a list of what is wanted first"),
                        );
                    }
                    return false;
                }
                at += 1;
            }
            if rest.is_some() {
                at -= 1;
                certain.get_or_insert((at, place));
            }
        }
        let spread = arguments.iter().find(|a| a.spread).map(|a| a.expr.span);
        let Some(spread) = spread.filter(|_| fine) else { return fine };
        let (least, most) = (signature.required(), signature.params.len());
        let open = signature.rest.is_some();
        let enough = match certain {
            Some((at, _)) => at >= least && (open || at < most),
            None => at >= least && (open || at <= most),
        };
        if !enough && report {
            let fault = match certain {
                Some((_, place)) => Diagnostic::error(
                    codes::SPREAD,
                    place,
                    "a list of unknown length cannot fill these parameters",
                )
                .help("give the arguments one by one"),
                None => {
                    let wanted = match (least == most, open) {
                        (true, false) => least.to_string(),
                        (false, false) => format!("{least} to {most}"),
                        (_, true) => format!("{least} or more"),
                    };
                    Diagnostic::error(
                        codes::ARGUMENT_COUNT,
                        spread,
                        format!("{wanted} arguments wanted, not {at}"),
                    )
                }
            };
            self.report(fault);
        }
        enough
    }

    /// What the parameter at `at` takes, where there is one.
    fn parameter_at(&mut self, signature: &Signature, at: usize) -> Option<Ty> {
        match (signature.params.get(at), signature.rest) {
            (Some(param), _) => Some(self.read_type(param.ty, param.optional)),
            (None, rest) => rest,
        }
    }
}

/// Whether an argument is an arrow function whose parameters all have types.
pub(super) fn typed(expr: &tree::Expr) -> bool {
    let ExprKind::Arrow(function) = &expr.kind else { return false };
    let rest = function.rest.as_deref();
    function.params.iter().chain(rest).all(|p| p.ty.is_some())
}

/// Whether an argument is a call, whose type may follow from its place. A map without entries is of
/// `any` in tsc.
pub(super) fn called(expr: &tree::Expr) -> bool {
    match &expr.kind {
        ExprKind::Call { .. } => true,
        ExprKind::New { callee, .. } => &*callee.name != "Map",
        _ => false,
    }
}

/// The arguments of a call, and which of them are spread. What a list written out holds is as good as
/// arguments.
pub(super) fn given(args: &[Element]) -> Vec<(&tree::Expr, bool)> {
    let mut all = Vec::new();
    for arg in args {
        match arg {
            Element::Value(value) => all.push((value, false)),
            Element::Spread { value, .. } => match &value.kind {
                ExprKind::Array(items) if !sensitive(value) => all.extend(given(items)),
                _ => all.push((value, true)),
            },
        }
    }
    all
}

/// Whether an argument is an arrow function that needs the types of its parameters.
pub(super) fn sensitive(expr: &tree::Expr) -> bool {
    match &expr.kind {
        ExprKind::Arrow(_) => true,
        ExprKind::Conditional { then, otherwise, .. } => sensitive(then) || sensitive(otherwise),
        ExprKind::Array(items) => items.iter().any(|item| match item {
            Element::Value(value) | Element::Spread { value, .. } => sensitive(value),
        }),
        ExprKind::Object(properties) => properties.iter().any(|p| match p {
            tree::Property::Value { value, .. } => sensitive(value),
            tree::Property::Spread { .. } => false,
        }),
        _ => false,
    }
}

//! Narrowing: what a condition says of the references in it.
//!
//! In:    a condition that has been checked, and whether it held.
//! Out:   notes in the flow (`flow`).
//! Never: a type that is not among those the reference may have.

use std::sync::Arc;

use frontage_diagnostic::Span;
use frontage_syntax::tree::{BinaryOp, Element, Expr, ExprKind, LogicalOp, TemplatePart, UnaryOp};

use super::Checker;
use super::flow::{Env, Reference, Root, Step, address};
use super::names::Value;
use crate::hir;
use crate::types::print::number_text;
use crate::types::{Kind, Ty};

/// Conditions within each other that are looked into.
const DEPTH: u32 = 100;
/// Conditions with names that are looked into within each other, as in `tsc`.
const ALIASES: u32 = 5;

type Keep<'k, 'a> = dyn Fn(&mut Checker<'a>, Ty) -> Ty + 'k;

impl<'a> Checker<'a> {
    fn recorded_ty(&self, expr: &Expr) -> Ty {
        self.recorded.get(&address(expr)).copied().unwrap_or(Ty::ERROR)
    }

    /// Notes what follows where `expr` is truthy (`sense`), or falsy.
    pub(super) fn narrow(&mut self, expr: &'a Expr, sense: bool) {
        if self.flow.is_none() || self.narrow_depth > DEPTH {
            return;
        }
        self.narrow_depth += 1;
        self.narrow_inner(expr, sense);
        self.narrow_depth -= 1;
    }

    fn narrow_inner(&mut self, expr: &'a Expr, sense: bool) {
        match &expr.kind {
            // As in tsc, only `true` and `false` themselves decide what is reached.
            ExprKind::Unary { op: UnaryOp::Not, operand }
                if matches!(operand.kind, ExprKind::Boolean(_)) => {}
            ExprKind::Unary { op: UnaryOp::Not, operand } => self.narrow(operand, !sense),
            ExprKind::Boolean(value) if *value != sense => self.flow = None,
            ExprKind::Logical { op, left, right } => {
                let decides = *op != LogicalOp::And;
                if sense != decides {
                    self.narrow_left(*op, left, sense);
                    self.narrow(right, sense);
                    return;
                }
                let start = self.flow.clone();
                let (decided, open) = self.both_ways(*op, left, sense);
                // In tsc, the right of a condition with a name knows nothing of the left.
                self.flow = if self.by_alias > 0 { start } else { open };
                self.narrow(right, sense);
                let second = self.flow.take();
                self.flow = self.join(decided, second);
            }
            ExprKind::Binary { op, left, right, .. } => match op {
                BinaryOp::Eq | BinaryOp::Ne => {
                    self.narrow_equal(left, right, sense == (*op == BinaryOp::Eq), false);
                }
                BinaryOp::LooseEq | BinaryOp::LooseNe => {
                    let equal = sense == (*op == BinaryOp::LooseEq);
                    let nothing = |e: &Expr| match &e.kind {
                        ExprKind::Null => true,
                        ExprKind::Ident(name) => &**name == "undefined",
                        _ => false,
                    };
                    let subject = if nothing(right) { left } else { right };
                    if !equal {
                        self.narrow_chain_given(subject);
                    }
                    self.refine(subject, &move |c, ty| c.nullish_part(ty, equal));
                }
                BinaryOp::In => {
                    let key: Option<Arc<str>> = match self.types.kind(self.recorded_ty(left)) {
                        Kind::StringLiteral { value, .. } => Some(value.clone()),
                        Kind::NumberLiteral { value, .. } => Some(number_text(value.0).into()),
                        _ => None,
                    };
                    if let Some(key) = key {
                        let member = key.clone();
                        self.refine(right, &move |c, ty| c.having(ty, &member, sense));
                        self.narrow_member_there(right, key, sense);
                    }
                }
                BinaryOp::Instanceof => {
                    let class = self.error_class(right);
                    if sense && class.is_none() {
                        // What is no class of errors was reported where it stands.
                        self.refine(left, &|_, _| Ty::ERROR);
                    } else if let Some(class) = class {
                        self.refine(left, &move |c, ty| {
                            let kept = c.by_predicate(ty, class, sense);
                            // What is never an error was reported where it is asked.
                            if kept == Ty::NEVER && sense && ty != Ty::NEVER {
                                Ty::ERROR
                            } else {
                                kept
                            }
                        });
                    }
                }
                _ => {}
            },
            ExprKind::Call { callee, args, .. } => self.narrow_call(callee, args, sense),
            ExprKind::Ident(name) => {
                self.narrow_alias(name, expr.span, sense);
                self.refine(expr, &move |c, ty| c.truthy_here(ty, sense));
            }
            ExprKind::Member { .. } | ExprKind::Index { .. } | ExprKind::Chain(_) => {
                if let ExprKind::Chain(inner) = &expr.kind
                    && let ExprKind::Call { callee, args, .. } = &inner.kind
                {
                    if sense {
                        self.narrow_chain_present(callee);
                        self.narrow_call(callee, args, true);
                    }
                    return;
                }
                match (&expr.kind, sense) {
                    (ExprKind::Chain(_), false) => {
                        self.refine_around(expr, &|c, ty| c.truthy_here(ty, false));
                    }
                    _ => self.refine(expr, &move |c, ty| c.truthy_here(ty, sense)),
                }
            }
            // `satisfies` ends what a condition says of its parts, in tsc too.
            _ => {}
        }
    }

    /// Notes what the condition says that a constant holds.
    fn narrow_alias(&mut self, name: &Arc<str>, span: Span, sense: bool) {
        let (value, _) = self.silently(|c| c.value_named(name, span));
        if let Value::Local(local) = value
            && self.by_alias < ALIASES
            && let Some(condition) = self.local_infos[local.0 as usize].condition
        {
            self.by_alias += 1;
            self.narrow(condition, sense);
            self.by_alias -= 1;
        }
    }

    /// Notes what the left of a logical operator says: that of `??` is there (`sense`), or not.
    pub(super) fn narrow_left(&mut self, op: LogicalOp, left: &'a Expr, sense: bool) {
        match left.kind {
            ExprKind::Logical { .. } => self.narrow(left, sense),
            _ if op != LogicalOp::Nullish => self.narrow(left, sense),
            ExprKind::Chain(_) if !sense => {
                self.refine_around(left, &|c, ty| c.nullish_part(ty, true));
            }
            _ if self.flow.is_some() => self.refine(left, &move |c, ty| c.nullish_part(ty, !sense)),
            _ => {}
        }
    }

    /// As [`Checker::narrow_left`], what follows both ways, that of `sense` first. Each part is
    /// looked at once for both: nested conditions take linear time.
    fn both_ways(
        &mut self,
        op: LogicalOp,
        left: &'a Expr,
        sense: bool,
    ) -> (Option<Env>, Option<Env>) {
        match &left.kind {
            ExprKind::Unary { op: UnaryOp::Not, operand } if op != LogicalOp::Nullish => {
                self.both_ways(op, operand, !sense)
            }
            ExprKind::Logical { op, left, right } if self.narrow_depth < DEPTH => {
                let decides = *op != LogicalOp::And;
                self.narrow_depth += 1;
                let (decided, open) = self.both_ways(*op, left, decides);
                self.flow = open;
                let (same, other) = self.both_ways(LogicalOp::And, right, decides);
                self.narrow_depth -= 1;
                let joined = self.join(decided, same);
                if sense == decides { (joined, other) } else { (other, joined) }
            }
            _ => {
                let start = self.flow.clone();
                self.narrow_left(op, left, sense);
                let first = std::mem::replace(&mut self.flow, start);
                self.narrow_left(op, left, !sense);
                (first, self.flow.take())
            }
        }
    }

    /// The class of errors that stands behind `instanceof`.
    fn error_class(&mut self, expr: &'a Expr) -> Option<Ty> {
        let ExprKind::Ident(name) = &expr.kind else { return None };
        let own = match self.silently(|c| c.value_named(name, expr.span)).0 {
            Value::Frontage(own) if matches!(&*own, "HttpError" | "UpstreamError") => own,
            // It is a value nowhere else, so that its name means nothing if nobody declares it.
            Value::Refused if &**name == "Error" => name.clone(),
            _ => return None,
        };
        Some(self.types.library(&own, &[]))
    }

    /// `"b" in a`: what the index of `a` gives as `a.b` is there, or `undefined`.
    fn narrow_member_there(&mut self, object: &'a Expr, name: Arc<str>, there: bool) {
        let Some(mut reference) = self.reference(object).filter(|_| self.flow.is_some()) else {
            return;
        };
        let Some(whole) = self.current(&reference) else { return };
        let by_index =
            self.types.members_of(whole).into_iter().all(|m| match *self.types.kind(m) {
                Kind::Object(id) => {
                    let object = self.object(id);
                    object.property(&name).is_none() && object.index_of(&name).is_some()
                }
                _ => false,
            });
        if !by_index {
            return;
        }
        reference.path.push(Step::Member(name));
        let Some(ty) = self.current(&reference) else { return };
        if self.types.any(ty, |k| matches!(k, Kind::Undefined)) {
            let left = self.types.filter(ty, |_, m| (m != Ty::UNDEFINED) == there);
            self.note(reference, left);
        }
    }

    /// `a?.b() === value`: if that cannot be `undefined`, `a` is there.
    fn narrow_chain_equal(&mut self, subject: &'a Expr, value: Ty, equal: bool) {
        let ExprKind::Chain(inner) = &subject.kind else { return };
        let ExprKind::Call { callee, .. } = &inner.kind else { return };
        let present = match equal {
            true => self.types.all(value, |k| {
                !matches!(
                    k,
                    Kind::Undefined
                        | Kind::Void
                        | Kind::Unknown
                        | Kind::Param(_)
                        | Kind::Part { .. }
                        | Kind::Both(_)
                )
            }),
            false => value == Ty::UNDEFINED,
        };
        if present && self.flow.is_some() {
            self.narrow_chain_present(callee);
        }
    }

    /// `a?.b()` is an argument of which something was said that nothing is not: `a` is there.
    fn narrow_chain_given(&mut self, arg: &'a Expr) {
        if let ExprKind::Chain(inner) = &arg.kind
            && let ExprKind::Call { callee, .. } = &inner.kind
        {
            self.narrow_chain_present(callee);
        }
    }

    /// Whether `expr` is a chain with a link after which there may be nothing.
    fn may_be_cut(&self, expr: &'a Expr) -> bool {
        let ExprKind::Chain(inner) = &expr.kind else { return false };
        let mut at = &**inner;
        loop {
            let (object, optional) = match &at.kind {
                ExprKind::Member { object, optional, .. }
                | ExprKind::Index { object, optional, .. } => (object, *optional),
                ExprKind::Call { callee, optional, .. } => (callee, *optional),
                _ => return false,
            };
            if optional && self.types.nullish(self.recorded_ty(object)) {
                return true;
            }
            at = object;
        }
    }

    /// `a?.b()` gave something: `a` is there.
    fn narrow_chain_present(&mut self, callee: &'a Expr) {
        let mut at = callee;
        loop {
            match &at.kind {
                ExprKind::Member { object, optional, .. }
                | ExprKind::Index { object, optional, .. } => {
                    if *optional {
                        self.refine(object, &|c, ty| c.types.non_nullish(ty));
                    }
                    at = object;
                }
                ExprKind::Call { callee, .. } => at = callee,
                _ => return,
            }
        }
    }

    fn narrow_call(&mut self, callee: &'a Expr, args: &'a [Element], sense: bool) {
        if let ExprKind::Member { object, name, .. } = &callee.kind
            && matches!(&object.kind, ExprKind::Ident(n) if &**n == "Array")
            && &*name.name == "isArray"
            && let [Element::Value(arg)] = args
        {
            if sense {
                self.narrow_chain_given(arg);
            }
            self.refine(arg, &move |c, ty| c.array_part(ty, sense));
            return;
        }
        // `xs.every((x) => x !== undefined)`: what holds for each element holds for the list.
        if let ExprKind::Member { object, name, .. } = &callee.kind
            && &*name.name == "every"
            && let [Element::Value(arg), ..] = args
            && let callback = self.recorded_ty(arg)
            && let Kind::Function(id) = self.kind_by_bound(callback)
            && let Some((0, ty)) =
                self.types.signatures(id).signatures.first().and_then(|s| s.predicate)
        {
            self.refine(object, &move |c, own| c.list_of_each(own, ty, &name.name, sense));
            return;
        }
        let callee_ty = self.recorded_ty(callee);
        let Kind::Function(id) = self.kind_by_bound(callee_ty) else { return };
        let function = self.types.signatures(id).clone();
        if let Some((index, ty)) = function.signatures.first().and_then(|s| s.predicate)
            && let Some(Element::Value(arg)) = args.get(index)
        {
            let ty = match self.generic(ty) {
                true => self.predicates.get(&args.as_ptr().addr()).map(|p| p.1),
                false => Some(ty),
            };
            if let Some(ty) = ty.filter(|&ty| !self.generic(ty)) {
                let shows = match sense {
                    true => !self.types.any(ty, |k| matches!(k, Kind::Undefined | Kind::Unknown)),
                    false => self.types.all(ty, |k| matches!(k, Kind::Null | Kind::Undefined)),
                };
                if shows {
                    self.narrow_chain_given(arg);
                }
                self.refine(arg, &move |c, own| c.by_predicate(own, ty, sense));
            }
        }
    }

    /// A list of which `every` says that each element is a `ty`, or not; tsc has it by a signature
    /// that is not there for some unions of lists.
    fn list_of_each(&mut self, own: Ty, ty: Ty, every: &Arc<str>, sense: bool) -> Ty {
        let mut readonly = false;
        for member in self.types.members_of(own) {
            match *self.types.kind(member) {
                Kind::Array { readonly: fixed, .. } | Kind::Tuple { readonly: fixed, .. } => {
                    readonly |= fixed;
                }
                _ => return own,
            }
        }
        if self.method_of_widest(own, every).is_some() {
            return own;
        }
        let list = self.types.intern(Kind::Array { element: ty, readonly });
        let narrowed = self.by_predicate(own, list, sense);
        // What fits neither way is both for tsc.
        if narrowed == Ty::NEVER && sense { own } else { narrowed }
    }

    /// `left === right` held, or not.
    ///
    /// - `case`: it is a case of `switch`, whose literal is a type that stays.
    pub(super) fn narrow_equal(
        &mut self,
        left: &'a Expr,
        right: &'a Expr,
        equal: bool,
        case: bool,
    ) {
        for (subject, other) in [(left, right), (right, left)] {
            if let ExprKind::Unary { op: UnaryOp::Typeof, operand } = &subject.kind {
                // As in tsc, the word itself, not a name for it.
                let value = match &other.kind {
                    ExprKind::String(value) => Some(value.clone()),
                    ExprKind::Template(parts) => match parts.as_slice() {
                        [TemplatePart::Text { value, .. }] => Some(value.clone()),
                        _ => None,
                    },
                    _ => None,
                };
                if let Some(value) = value {
                    if let ExprKind::Chain(inner) = &operand.kind
                        && let ExprKind::Call { callee, .. } = &inner.kind
                        && (&*value == "undefined") != equal
                    {
                        self.narrow_chain_present(callee);
                    }
                    self.refine(operand, &move |c, ty| c.typeof_part(ty, &value, equal));
                }
                continue;
            }
            // `isText(x) === true` is `isText(x)`; of a name, it is what that holds.
            if let (false, &ExprKind::Boolean(value)) = (case, &other.kind) {
                match &subject.kind {
                    ExprKind::Member { .. } | ExprKind::Index { .. } | ExprKind::Chain(_) => {}
                    ExprKind::Ident(name) => {
                        self.narrow_alias(name, subject.span, equal == value);
                    }
                    _ => self.narrow(subject, equal == value),
                }
            }
            let value = self.recorded_ty(other);
            if value == Ty::ERROR {
                continue;
            }
            let value = if case { self.types.regular(value) } else { value };
            // A chain that is not `undefined` in any case of `switch` may still be cut short.
            if case && !equal && value == Ty::UNDEFINED && self.may_be_cut(subject) {
                continue;
            }
            self.narrow_chain_equal(subject, value, equal);
            let nothing = matches!(value, Ty::NULL | Ty::UNDEFINED);
            self.refine(subject, &move |c, ty| match (case, equal) {
                // As in tsc, the cases of `switch` take away what has one value only.
                (true, false) => c.other_part(ty, value),
                (false, true) if !nothing && c.may_be_empty(ty) => c.equal_to(value),
                _ => c.equal_part(ty, value, equal),
            });
        }
    }

    /// Narrows what `expr` refers to, and the objects that it is a member of.
    fn refine(&mut self, expr: &'a Expr, keep: &Keep<'_, 'a>) {
        let Some(reference) = self.reference(expr) else {
            // `f(a?.b)`-like subjects: only what stands in a chain can still be told apart.
            return;
        };
        let Some(ty) = self.current(&reference) else { return };
        if let Some(bound) = self.bound_here(&reference, ty) {
            let new = keep(self, bound);
            if new != bound {
                self.note_bound(&reference, new);
            }
        }
        let new = keep(self, ty);
        // Of what did not check nothing is known either way.
        if new != ty && ty != Ty::ERROR {
            self.note(reference.clone(), new);
        }
        self.refine_parent(expr, &reference, keep);
    }

    /// As [`Checker::refine`] where `a?.b` did not hold: as in tsc, `a` may be missing, which says
    /// nothing of `a?.b` itself.
    fn refine_around(&mut self, expr: &'a Expr, keep: &Keep<'_, 'a>) {
        if self.flow.is_some()
            && let Some(reference) = self.reference(expr)
        {
            self.refine_parent(expr, &reference, keep);
        }
    }

    /// What is known where `subject` is none of `values`. As in tsc, all cases of a `switch` together
    /// say of an object that it is none of the variants whose member is one of them.
    pub(super) fn none_of(
        &mut self,
        subject: &'a Expr,
        values: &[Ty],
        flow: Option<Env>,
    ) -> Option<Env> {
        let before = std::mem::replace(&mut self.flow, flow);
        if self.flow.is_some()
            && let Some(reference) = self.reference(subject)
        {
            let cut = self.may_be_cut(subject);
            self.refine_parent(subject, &reference, &|c, mut ty| {
                for &value in values {
                    if !cut || value != Ty::UNDEFINED {
                        ty = c.other_part(ty, value);
                    }
                }
                ty
            });
        }
        std::mem::replace(&mut self.flow, before)
    }

    fn refine_parent(&mut self, expr: &'a Expr, reference: &Reference, keep: &Keep<'_, 'a>) {
        let mut at = expr;
        let object = loop {
            match &at.kind {
                ExprKind::Chain(inner) => at = inner,
                ExprKind::Member { object, .. } | ExprKind::Index { object, .. } => break object,
                ExprKind::Ident(_) => {
                    // `const { kind } = payment`: a test of `kind` is one of `payment.kind`.
                    if let Root::Local(local) = reference.root
                        && let Some((parent, name)) =
                            self.local_infos[local.0 as usize].member_of.clone()
                    {
                        self.refine_variants(&parent, &Arc::from(&*name), true, keep);
                    }
                    if let Root::Local(local) = reference.root
                        && let Some((whole, name)) =
                            self.local_infos[local.0 as usize].beside.clone()
                    {
                        let whole = Reference::from(Root::Local(whole));
                        self.refine_variants(&whole, &Arc::from(&*name), true, keep);
                    }
                    return;
                }
                _ => return,
            }
        };
        let mut parent = reference.clone();
        let Some(step) = parent.path.pop() else { return };
        let refined = match &step {
            Step::Member(name) => self.refine_variants(&parent, name, false, keep),
            // A key tells nothing apart, but that something is there.
            Step::At(_) => self.refine_presence(&parent, keep),
        };
        if refined {
            self.refine_parent(object, &parent, &|c, ty| c.types.non_nullish(ty));
        }
    }

    /// Narrows an object by what is known of one of its members; whether that shows that the
    /// object is there.
    ///
    /// - `named`: the member is known by a name of its own, which says nothing of an object that is
    ///   not there.
    fn refine_variants(
        &mut self,
        parent: &Reference,
        name: &Arc<str>,
        named: bool,
        keep: &Keep<'_, 'a>,
    ) -> bool {
        let Some(own) = self.current(parent) else { return false };
        let bound = self.bound_here(parent, own);
        let ty = bound.unwrap_or(own);
        let members = self.types.members_of(ty);
        if ty == Ty::BOOLEAN || members.is_empty() {
            return false;
        }
        let told_apart = match bound.and_then(|_| self.union_bound(own)) {
            Some(all) => self.types.members_of(all),
            None => self.told_apart(parent, ty),
        };
        if told_apart.len() < 2 {
            return false;
        }
        let objects: Vec<Ty> = told_apart
            .into_iter()
            .filter(|m| !matches!(*m, Ty::NULL | Ty::UNDEFINED | Ty::VOID))
            .collect();
        // As in tsc, what the member is in all variants is narrowed, and those stay whose own may
        // be that: one for every text is not told apart from one for a certain text.
        let present = self.types.non_nullish(ty);
        let narrowed = match self.discriminant(&objects, name) {
            true => self.property_type(present, name).map(|whole| keep(self, whole)),
            false => None,
        };
        let mut kept = Vec::new();
        for &member in &members {
            let stays = match (member, narrowed) {
                (Ty::NULL | Ty::UNDEFINED | Ty::VOID, _) => {
                    named || keep(self, Ty::UNDEFINED) != Ty::NEVER
                }
                (_, None) => true,
                (_, Some(narrowed)) => {
                    let own = self.property_type(member, name).unwrap_or(Ty::UNDEFINED);
                    self.overlap_of_any(narrowed, own)
                }
            };
            if stays {
                kept.push(member);
            }
        }
        if kept.len() == members.len() {
            return false;
        }
        let lost_nullish = members.iter().any(|&m| self.types.nullish(m))
            && !kept.iter().any(|&m| self.types.nullish(m));
        let new = self.types.union(&kept);
        match bound {
            Some(_) => self.note_bound(parent, new),
            None => self.note(parent.clone(), new),
        }
        lost_nullish
    }

    /// `a?.[key] === value`: whether that shows that `a` is there; notes it.
    fn refine_presence(&mut self, parent: &Reference, keep: &Keep<'_, 'a>) -> bool {
        let Some(ty) = self.current(parent) else { return false };
        let present = self.types.non_nullish(ty);
        if present == ty || present == Ty::NEVER || keep(self, Ty::UNDEFINED) != Ty::NEVER {
            return false;
        }
        self.note(parent.clone(), present);
        true
    }

    /// The members among which a discriminant has to tell: those of the union that a reference
    /// was declared as, if what is left of it here is a part of that.
    fn told_apart(&mut self, reference: &Reference, left: Ty) -> Vec<Ty> {
        let own = self.types.members_of(left);
        let mut parent = reference.clone();
        let declared = match (parent.path.pop(), reference.root) {
            (Some(step), _) => self.current(&parent).and_then(|object| self.stepped(object, &step)),
            (None, Root::Local(local)) => match self.as_predicate {
                Some((of, ty)) if of == local => Some(ty),
                _ => Some(self.local_ty(local)),
            },
            (None, Root::Decl(module, decl)) => Some(self.decl_ty(module, decl)),
        };
        let declared = declared.map(|ty| self.types.members_of(ty)).unwrap_or_default();
        if declared.len() > 1 && own.iter().all(|m| declared.contains(m)) { declared } else { own }
    }

    /// Whether `name` tells the members of a union apart: some have a type of one value.
    pub(super) fn discriminant(&mut self, members: &[Ty], name: &Arc<str>) -> bool {
        let mut tys = Vec::new();
        for &member in members {
            match self.property_type(member, name) {
                Some(ty) => tys.push(ty),
                None if self.complete_literal(member) => tys.push(Ty::UNDEFINED),
                None => {}
            }
        }
        let differ = tys.windows(2).any(|w| w[0] != w[1]);
        differ && tys.iter().any(|&t| self.types.is_unit(t))
    }

    /// What a name is where nothing narrows it itself. One of a pattern is what the variants
    /// have that the names beside it leave: `const { kind, value } = part`.
    pub(super) fn bound_ty(&mut self, local: hir::LocalId) -> Ty {
        let declared = self.local_ty(local);
        let Some((whole, name)) = self.local_infos[local.0 as usize].beside.clone() else {
            return declared;
        };
        let own = self.local_ty(whole);
        let reference = Reference::from(Root::Local(whole));
        let left = self.narrowed(&reference, own);
        if left == own {
            return declared;
        }
        let name: Arc<str> = Arc::from(&*name);
        self.property_type(left, &name).unwrap_or(declared)
    }

    /// What a reference is here, by everything that is known.
    pub(super) fn current(&mut self, reference: &Reference) -> Option<Ty> {
        let root = Reference::from(reference.root);
        let declared = match reference.root {
            Root::Local(local) => self.bound_ty(local),
            Root::Decl(module, decl) => self.decl_ty(module, decl),
        };
        let mut ty = self.narrowed(&root, declared);
        let mut at = root;
        for step in &reference.path {
            ty = self.bound_here(&at, ty).unwrap_or(ty);
            at.path.push(step.clone());
            let nullish = self.types.nullish(ty);
            let object = self.types.non_nullish(ty);
            let mut parts = Vec::new();
            for member in self.types.members_of(object) {
                parts.push(self.stepped(member, step).unwrap_or(Ty::UNDEFINED));
            }
            if nullish {
                parts.push(Ty::UNDEFINED);
            }
            let own = self.types.union(&parts);
            ty = self.narrowed(&at.clone(), own);
        }
        Some(ty)
    }
}

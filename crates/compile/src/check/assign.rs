//! A value in a place that wants a type: the report that says which part of it does not fit.
//!
//! In:    the value as written, its type, and the type that is wanted.
//! Out:   whether it fits; else one diagnostic at the innermost part that is wrong.
//! Never: two diagnostics for one fault.

use std::sync::Arc;

use frontage_diagnostic::{Diagnostic, Span, nearest};
use frontage_syntax::tree::{Element, Expr, ExprKind, Property, PropertyKey};

use super::Checker;
use super::flow::address;
use crate::codes;
use crate::types::{Kind, Property as Member, Ty};

/// Literals within each other in which members that nobody knows are looked for.
const DEPTH: u32 = 20;
/// What a list counts for that several types may take.
const UNION_DEPTH: u32 = 4;

impl<'a> Checker<'a> {
    /// Whether `expr`, of type `source`, fits `target`; reports where it does not.
    pub(super) fn fits(&mut self, expr: &'a Expr, source: Ty, target: Ty) -> bool {
        if source == Ty::ERROR || target == Ty::ERROR {
            return true;
        }
        if !self.assignable(source, target) {
            self.explain(expr, source, target, 0);
            return false;
        }
        self.excess(expr, target, 0)
    }

    fn explain(&mut self, expr: &'a Expr, source: Ty, target: Ty, depth: u32) {
        if depth < DEPTH && self.explain_part(expr, source, target, depth) {
            return;
        }
        let place = expr.span;
        let fault = self.mismatch(place, source, target);
        self.report(fault);
    }

    /// Finds the part of a literal that is wrong; whether one was reported.
    fn explain_part(&mut self, expr: &'a Expr, source: Ty, target: Ty, depth: u32) -> bool {
        match &expr.kind {
            ExprKind::Object(properties) => {
                let present = self.types.non_nullish(target);
                if self.types.members_of(present).len() != 1 {
                    return false;
                }
                let mut found = false;
                for property in properties {
                    let Property::Value { key, value, .. } = property else { continue };
                    let Some(name) = key.name() else { continue };
                    let Some(wanted) = self.property_wanted(present, name) else { continue };
                    let own = self.property_type(source, name).unwrap_or(Ty::ERROR);
                    if !self.assignable(own, wanted) {
                        self.explain(value, own, wanted, depth + 1);
                        found = true;
                    }
                }
                found
            }
            ExprKind::Array(elements) => {
                let present = self.types.non_nullish(target);
                let Some(element) = self.types.element(present) else { return false };
                for item in elements {
                    let Element::Value(value) = item else { continue };
                    let own = self.recorded.get(&address(value)).copied().unwrap_or(Ty::ERROR);
                    if !self.assignable(own, element) {
                        self.explain(value, own, element, depth + 1);
                        return true;
                    }
                }
                false
            }
            ExprKind::Conditional { then, otherwise, .. } => {
                for branch in [then, otherwise] {
                    let own = self.recorded.get(&address(branch)).copied().unwrap_or(Ty::ERROR);
                    if !self.assignable(own, target) {
                        self.explain(branch, own, target, depth + 1);
                        return true;
                    }
                }
                false
            }
            _ => false,
        }
    }

    /// Which of `null` and `undefined` a value may be, but must not.
    fn nothing_named(&mut self, source: Ty, target: Ty) -> &'static str {
        let null = self.types.any(source, |k| matches!(k, Kind::Null));
        let undefined = self.types.any(source, |k| matches!(k, Kind::Undefined | Kind::Void));
        match (
            null && !self.assignable(Ty::NULL, target),
            undefined && !self.assignable(Ty::UNDEFINED, target),
        ) {
            (true, true) => "null or undefined",
            (true, false) => "null",
            (false, _) => "undefined",
        }
    }

    /// Whether JavaScript's functions have all members that an object needs.
    fn functions_have_all(&mut self, ty: Ty) -> bool {
        let Kind::Object(id) = *self.types.kind(ty) else { return false };
        let object = self.object(id);
        let of_functions = |p: &Member| crate::instead::instead("Function", &p.name).is_some();
        object.properties.iter().any(of_functions)
            && object.properties.iter().all(|p| p.optional || of_functions(p))
    }

    /// The report of a value that does not fit.
    pub(super) fn mismatch(&mut self, place: Span, source: Ty, target: Ty) -> Diagnostic {
        let shown = {
            let widened = self.types.widen_literal(source);
            if self.assignable(widened, target) { source } else { self.types.regular(source) }
        };
        let (own, wanted) = (self.types.text(shown), self.types.text(target));
        // Only the absence of a value is in the way.
        let present = self.types.non_nullish(source);
        if present != Ty::NEVER && present != source && self.assignable(present, target) {
            let words = self.nothing_named(source, target);
            let text = self.source(place);
            return Diagnostic::error(
                codes::NOT_ASSIGNABLE,
                place,
                format!("`{text}` may be {words}, but `{wanted}` is wanted"),
            )
            .help(format!("give a default with `{text} ?? …`, or check it with `if`"));
        }
        let mut fault = Diagnostic::error(
            codes::NOT_ASSIGNABLE,
            place,
            format!("`{own}` does not fit where `{wanted}` is wanted"),
        );
        let goal = self.types.non_nullish(target);
        let pattern = |k: &Kind| matches!(k, Kind::Library(name, _) if &**name == "GlobalRegExp");
        if matches!(self.types.kind(source), Kind::Library(name, _) if &**name == "RegExp")
            && self.types.any(goal, pattern)
        {
            fault.code = codes::REGEX;
            fault.message = "a pattern without the flag `g` finds one place only".into();
            return fault.help("add the flag: `/…/g`");
        }
        if self.types.any(source, pattern)
            && self.types.any(goal, |k| matches!(k, Kind::Library(name, _) if &**name == "RegExp"))
        {
            fault.code = codes::REGEX;
            fault.message = "a pattern with the flag `g` remembers where it stopped".into();
            return fault.help("leave the flag out where one place is wanted");
        }
        let any_pattern =
            |k: &Kind| matches!(k, Kind::Library(name, _) if name.ends_with("RegExp"));
        if self.types.is_string(source) && self.types.all(goal, any_pattern) {
            fault.code = codes::REGEX;
            fault.message = "a text is no pattern here".into();
            return fault.help("write the pattern as a literal: `/…/`");
        }
        if self.types.any(source, |k| matches!(k, Kind::Function(_)))
            && self.types.members_of(goal).into_iter().any(|ty| self.functions_have_all(ty))
        {
            fault.code = codes::NOT_IN_LIBRARY;
            return fault.help("functions have no members here");
        }
        if let (Kind::Object(a), Kind::Object(b)) =
            (self.types.kind(source).clone(), self.types.kind(goal).clone())
        {
            let (a, b) = (self.object(a), self.object(b));
            let missing: Vec<String> = b
                .properties
                .iter()
                .filter(|p| !p.optional && a.property(&p.name).is_none())
                .map(|p| format!("`{}`", p.name))
                .collect();
            if !missing.is_empty() {
                fault.code = codes::MISSING_MEMBER;
                fault.message = format!(
                    "{} {} missing",
                    missing.join(", "),
                    if missing.len() > 1 { "are" } else { "is" }
                );
                fault = fault.label(format!("`{wanted}` is wanted"));
                let first =
                    b.properties.iter().find(|p| !p.optional && a.property(&p.name).is_none());
                if let Some(span) =
                    first.and_then(|p| p.span).filter(|s| s.file != crate::resolve::PRELUDE_FILE)
                {
                    fault = fault.also(span, "declared here");
                }
                return fault.help("add it");
            }
            for wanted in &b.properties {
                let Some(own) = a.property(&wanted.name) else { continue };
                let x = self.read_type(own.ty, own.optional);
                let y = self.read_type(wanted.ty, wanted.optional);
                if !self.assignable(x, y) {
                    let text = format!(
                        "its `{}` is `{}`, not `{}`",
                        wanted.name,
                        self.types.text(x),
                        self.types.text(y)
                    );
                    fault = fault.label(text);
                    if let Some(span) =
                        own.span.filter(|s| *s != place && s.file != crate::resolve::PRELUDE_FILE)
                    {
                        fault = fault.also(span, "declared here");
                    }
                    break;
                }
            }
        } else if source == Ty::UNKNOWN {
            fault = fault.help("narrow it first, for example with `typeof`");
        } else if self.types.is_string(target) && self.types.is_number(source) {
            fault = fault.help("make a text of it with `String(…)` or a template");
        } else if self.types.is_number(target) && self.types.is_string(source) {
            fault = fault.help("make a number of it with `Number(…)`");
        } else if self.promises(source) {
            fault = fault.help("write `await` before it");
        } else if let Kind::StringLiteral { value, .. } = self.types.kind(source).clone() {
            let known: Vec<String> = self
                .types
                .members_of(target)
                .into_iter()
                .filter_map(|m| match self.types.kind(m) {
                    Kind::StringLiteral { value, .. } => Some(value.to_string()),
                    _ => None,
                })
                .collect();
            if let Some(near) = nearest(&value, known.iter().map(String::as_str)) {
                fault = fault.help(format!("did you mean `\"{near}\"`?"));
            }
        }
        fault
    }

    /// Members of a literal that its place does not know; whether there are none.
    fn excess(&mut self, expr: &'a Expr, target: Ty, depth: u32) -> bool {
        if depth > DEPTH {
            return true;
        }
        match &expr.kind {
            ExprKind::Object(properties) => self.excess_members(properties, target, depth),
            ExprKind::Array(elements) => self.excess_elements(expr, elements, target, depth),
            ExprKind::Conditional { then, otherwise, .. } => {
                self.excess(then, target, depth + 1) && self.excess(otherwise, target, depth + 1)
            }
            ExprKind::Logical { left, right, .. } => {
                self.excess(left, target, depth + 1) && self.excess(right, target, depth + 1)
            }
            ExprKind::AsConst(inner) | ExprKind::Satisfies { value: inner, .. } => {
                self.excess(inner, target, depth + 1)
            }
            _ => true,
        }
    }

    /// As [`Checker::excess`] for what members hold, those of literals that are spread among them;
    /// the members themselves are welcome.
    fn excess_within(&mut self, properties: &'a [Property], target: Ty, depth: u32) -> bool {
        let mut fine = true;
        for property in properties {
            match property {
                Property::Value { key, value, .. } => {
                    let wanted = match key.name() {
                        Some(name) => self.property_wanted(target, name),
                        None => self.indexed_value(target, Ty::STRING),
                    };
                    if let Some(wanted) = wanted {
                        fine &= self.excess(value, wanted, depth + 1);
                    }
                }
                Property::Spread { value, .. } => {
                    let mut open = vec![value];
                    while let Some(spread) = open.pop() {
                        match &spread.kind {
                            ExprKind::Object(own) if depth < DEPTH => {
                                fine &= self.excess_within(own, target, depth + 1);
                            }
                            ExprKind::Conditional { then, otherwise, .. } => {
                                open.extend([then.as_ref(), otherwise.as_ref()]);
                            }
                            ExprKind::Logical { right, .. } => open.push(right),
                            _ => {}
                        }
                    }
                }
            }
        }
        fine
    }

    /// As [`Checker::excess`] for a list. Of a union, one type has to know all that its elements
    /// hold.
    fn excess_elements(
        &mut self,
        expr: &'a Expr,
        elements: &'a [Element],
        target: Ty,
        depth: u32,
    ) -> bool {
        let own = self.recorded.get(&address(expr)).copied().unwrap_or(Ty::ERROR);
        let mut fitting = Vec::new();
        for member in self.types.members_of(target) {
            if self.assignable(own, member) {
                fitting.push(member);
            }
        }
        if let [first, _, ..] = fitting[..] {
            // Each union within another multiplies what is looked at: few are.
            let deeper = depth + UNION_DEPTH;
            let fine = |c: &mut Self, member| c.silently(|c| c.excess(expr, member, deeper)).0;
            return fitting.iter().any(|&member| fine(self, member))
                || self.excess(expr, first, deeper);
        }
        let target = fitting.first().copied().unwrap_or(target);
        let mut fine = true;
        for (i, element) in elements.iter().enumerate() {
            let wanted = match self.types.kind(target).clone() {
                Kind::Tuple { elements, rest, .. } => elements.get(i).map(|e| e.ty).or(rest),
                Kind::Library(name, args) if &*name == "Iterable" => Some(args[0]),
                _ => self.types.element(target),
            };
            fine &= match (element, wanted) {
                (Element::Value(value), Some(wanted)) => self.excess(value, wanted, depth + 1),
                (Element::Spread { value, .. }, _) => match self.types.element(target) {
                    Some(all) => {
                        let list = self.types.array(all);
                        self.excess(value, list, depth + 1)
                    }
                    None => true,
                },
                (Element::Value(_), None) => true,
            };
        }
        fine
    }

    fn excess_members(&mut self, properties: &'a [Property], target: Ty, depth: u32) -> bool {
        // Beside what is not known yet, a literal is no literal any more.
        let open = properties.iter().any(|property| match property {
            Property::Spread { value, .. } => {
                let spread = self.recorded.get(&address(value)).copied();
                spread.is_some_and(|ty| self.types.kind(ty).is_open())
            }
            Property::Value { .. } => false,
        });
        if open {
            return true;
        }
        // Beside nothing, one type is no union.
        let present = self.types.non_nullish(target);
        let single = !matches!(self.types.kind(present), Kind::Union(_));
        let target = if single { present } else { target };
        let target = self.discriminated(properties, target, false);
        let mut variants = Vec::new();
        for member in self.types.members_of(target) {
            match self.types.kind(member).clone() {
                Kind::Object(id) => {
                    let object = self.object(id);
                    if object.is_empty() && !object.interface {
                        return self.excess_within(properties, target, depth);
                    }
                    variants.push(member);
                }
                // What can be iterated over has no member of its own.
                Kind::Library(name, _) if &*name == "Iterable" => {}
                Kind::Array { .. } | Kind::Tuple { .. } | Kind::Function(_) | Kind::Library(..) => {
                    variants.push(member);
                }
                Kind::Unknown
                | Kind::NonPrimitive
                | Kind::Error
                | Kind::Param(_)
                | Kind::Part { .. }
                | Kind::Both(_)
                | Kind::Indexed { .. }
                | Kind::Keyof(_) => return true,
                _ => {}
            }
        }
        if variants.is_empty() {
            return true;
        }
        let mut fine = true;
        for property in properties {
            let Property::Value { key, value, .. } = property else {
                fine &= self.excess_within(std::slice::from_ref(property), target, depth);
                continue;
            };
            let Some(name) = key.name() else {
                fine &= self.excess_within(std::slice::from_ref(property), target, depth);
                continue;
            };
            let known = variants.iter().any(|&member| match *self.types.kind(member) {
                Kind::Object(id) => self.object(id).has(name),
                Kind::Array { .. } | Kind::Tuple { .. } if name.parse::<usize>().is_ok() => true,
                _ => self.property_type(member, name).is_some(),
            });
            if !known {
                fine = false;
                self.report_excess(key, target, &variants);
            } else if self.fits_some(value, name, target) {
                fine &= self.excess_within(std::slice::from_ref(property), target, depth);
            } else {
                fine = false;
            }
        }
        fine
    }

    /// Whether a member written into a literal is what some type of a union has under its name;
    /// reports it if not.
    fn fits_some(&mut self, value: &'a Expr, name: &Arc<str>, target: Ty) -> bool {
        let members = self.types.members_of(target);
        if members.len() < 2 {
            return true;
        }
        let mut wanted = Vec::new();
        for member in members {
            wanted.push(match *self.types.kind(member) {
                Kind::Object(id) => {
                    let object = self.object(id);
                    match (object.property(name), object.index_of(name)) {
                        (Some(p), _) => self.read_type(p.ty, p.optional),
                        (None, Some(index)) => index.value,
                        (None, None) => Ty::UNDEFINED,
                    }
                }
                _ => self.property_type(member, name).unwrap_or(Ty::UNDEFINED),
            });
        }
        let wanted = self.types.union(&wanted);
        let own = self.recorded.get(&address(value)).copied().unwrap_or(Ty::ERROR);
        if own == Ty::ERROR || self.assignable(own, wanted) {
            return true;
        }
        self.explain(value, own, wanted, 0);
        false
    }

    fn report_excess(&mut self, key: &'a PropertyKey, target: Ty, variants: &[Ty]) {
        let Some(name) = key.name() else { return };
        let mut known: Vec<String> = Vec::new();
        let mut place = None;
        for &variant in variants {
            if let Kind::Object(id) = *self.types.kind(variant) {
                let object = self.object(id);
                known.extend(object.properties.iter().map(|p| p.name.to_string()));
                place = place.or(object.span);
            }
        }
        known.sort();
        known.dedup();
        let mut fault = Diagnostic::error(
            codes::EXCESS_MEMBER,
            key.span,
            format!("`{name}` is not a field of `{}`", self.types.text(target)),
        );
        let list: Vec<String> = known.iter().take(12).map(|k| format!("`{k}`")).collect();
        if !list.is_empty() {
            fault = fault.label(format!("fields: {}", list.join(", ")));
        }
        fault = match nearest(name, known.iter().map(String::as_str)) {
            Some(near) => fault.help(format!("did you mean `{near}`?")),
            None => fault.help("leave it out"),
        };
        if let Some(span) = place.filter(|s| s.file != crate::resolve::PRELUDE_FILE) {
            fault = fault.also(span, "declared here");
        }
        self.report(fault);
    }

    /// The members of a declared union that what `expr` writes out, of type `assigned`, may be. As
    /// in tsc, a literal is none of those that do not know all of its members.
    pub(super) fn assigned_by(&mut self, expr: &'a Expr, declared: Ty, assigned: Ty) -> Option<Ty> {
        let part = self.assigned_part(declared, assigned)?;
        let members = self.types.members_of(part);
        let mut kept = Vec::new();
        for &member in &members {
            if self.may_be(expr, member) {
                kept.push(member);
            }
        }
        match kept.len() {
            0 if !members.is_empty() => None,
            all if all == members.len() => Some(part),
            _ => Some(self.types.union(&kept)),
        }
    }

    /// Whether some value that an expression may give fits `target`, with all that it writes out.
    fn may_be(&mut self, expr: &'a Expr, target: Ty) -> bool {
        match &expr.kind {
            ExprKind::Conditional { then, otherwise, .. } => {
                self.may_be(then, target) || self.may_be(otherwise, target)
            }
            // What is left of the left one is known of the whole only.
            ExprKind::Logical { left, right, .. } => {
                !matches!(left.kind, ExprKind::Object(_) | ExprKind::Array(_))
                    || self.may_be(left, target)
                    || self.may_be(right, target)
            }
            _ => {
                let own = self.recorded.get(&address(expr)).copied().unwrap_or(Ty::ERROR);
                let parts = self.types.members_of(own);
                parts.into_iter().any(|part| self.assigns(part, target))
                    && self.silently(|c| c.excess(expr, target, 0)).0
            }
        }
    }
}

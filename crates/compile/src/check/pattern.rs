//! Patterns: destructuring, written out as one `const` for each name.
//!
//! In:    a pattern and the local that holds the value.
//! Out:   [`hir::StmtKind::Const`]s.
//! Never: a pattern in the checked form.

use std::rc::Rc;
use std::sync::Arc;

use frontage_diagnostic::Diagnostic;
use frontage_plan::{BinaryOp, Builtin, Constant, Number};
use frontage_syntax::tree::{
    self, ElementPattern, ExprKind, FunctionBody, Ident, LogicalOp, Pattern, PatternKind,
    PropertyKeyKind, StmtKind,
};

use super::Checker;
use super::expr::made;
use super::flow::{Reference, Root, Step, address};
use crate::codes;
use crate::hir::{self, LocalId};
use crate::types::print::number_text;
use crate::types::{Kind, Object, Property, TupleElement, Ty};

/// Where what is taken apart comes from.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Source {
    /// It has a written type, which defaults must fit.
    pub(super) annotated: bool,
    /// It is a parameter: literals of its defaults widen.
    pub(super) parameter: bool,
}

/// A part of what is taken apart.
struct Part {
    value: hir::Expr,
    /// Where that stands, if it can be narrowed there.
    standing: Option<Rc<Reference>>,
}

impl<'a> Checker<'a> {
    /// Binds the names of `pattern` to parts of what `local` holds.
    pub(super) fn bind_pattern(
        &mut self,
        pattern: &'a Pattern,
        local: LocalId,
        ty: Ty,
        source: Source,
        body: &mut Vec<hir::Stmt>,
    ) {
        match &pattern.kind {
            PatternKind::Ident(name) => {
                self.locals[local.0 as usize].name = Some(name.name.clone());
                self.info(local).parameter = source.parameter;
                self.declare(name, local);
            }
            PatternKind::Object { props, rest } => {
                let (ty, fine) = self.taken_apart(pattern, local, ty);
                let mut taken: Vec<Arc<str>> = Vec::new();
                for prop in props {
                    let mut value = if fine {
                        self.property_of(prop, local, ty, &mut taken)
                    } else {
                        self.hole(prop.span)
                    };
                    let standing = match &prop.key.kind {
                        PropertyKeyKind::Computed(key) => match self.step_at(key) {
                            Some(Step::Member(name)) => self.standing(local, Some(&name)),
                            _ => None,
                        },
                        _ => self.standing(local, prop.key.name()),
                    };
                    value.ty = self.known_of(standing.as_deref(), value.ty);
                    let part = Part { value, standing };
                    let bound =
                        self.bind_part(&prop.value, prop.default.as_ref(), part, source, body);
                    if prop.default.is_none()
                        && let Some(name) = prop.key.name()
                    {
                        let alone = props.len() + usize::from(rest.is_some()) == 1;
                        self.part_of(bound, &prop.value, local, ty, name, alone);
                    }
                }
                if let Some(rest) = rest {
                    let computed =
                        props.iter().find(|p| matches!(p.key.kind, PropertyKeyKind::Computed(_)));
                    if let Some(prop) = computed {
                        let message = "beside a rest, a pattern takes members by their names";
                        self.report(
                            Diagnostic::error(codes::SPREAD_FORM, prop.key.span, message)
                                .help("read the member by itself: `const value = object[key]`"),
                        );
                    }
                    let value = if fine {
                        self.rest_of(rest, local, ty, &taken)
                    } else {
                        self.hole(rest.span)
                    };
                    let ty = self.widen(value.ty);
                    let bound = self.local(Some(&rest.name), ty, rest.span);
                    self.declare(rest, bound);
                    push(body, bound, value);
                }
            }
            PatternKind::Array { elements, rest } => {
                let (mut ty, fine) = self.taken_apart(pattern, local, ty);
                let mut local = local;
                let listed =
                    self.types.all(ty, |k| matches!(k, Kind::Array { .. } | Kind::Tuple { .. }));
                if fine
                    && !listed
                    && ty != Ty::ERROR
                    && let Some(element) = self.iterated(ty)
                {
                    // A text, a map, a set: what iterating it gives, as a list.
                    let whole = made(hir::ExprKind::Local(local), ty, pattern.span);
                    ty = self.types.array(element);
                    let list = vec![hir::Item::Spread(whole)];
                    local = self.local(None, ty, pattern.span);
                    push(body, local, made(hir::ExprKind::Array(list), ty, pattern.span));
                }
                let list = matches!(self.types.kind(ty), Kind::Array { .. } | Kind::Tuple { .. })
                    || matches!(self.types.kind(ty), Kind::Union(_))
                        && self
                            .types
                            .all(ty, |k| matches!(k, Kind::Array { .. } | Kind::Tuple { .. }));
                if fine && !list && ty != Ty::ERROR {
                    let message = format!("`{}` is not a list", self.types.text(ty));
                    let code = match self.iterated(ty) {
                        Some(_) => codes::SPREAD_FORM,
                        None => codes::SPREAD,
                    };
                    self.report(
                        Diagnostic::error(code, pattern.span, message)
                            .help("make a list of it first: `[...values]`"),
                    );
                }
                for (i, element) in elements.iter().enumerate() {
                    let Some(ElementPattern { value: inner, default }) = element else { continue };
                    let standing = self.standing(local, Some(&i.to_string().into()));
                    let value = if fine && list {
                        let mut value = self.element_at(inner, local, ty, i, default.is_some());
                        value.ty = self.known_of(standing.as_deref(), value.ty);
                        value
                    } else {
                        self.hole(inner.span)
                    };
                    let part = Part { value, standing };
                    let bound = self.bind_part(inner, default.as_ref(), part, source, body);
                    if default.is_none() && fine && list {
                        let alone = elements.len() + usize::from(rest.is_some()) == 1;
                        self.part_of(bound, inner, local, ty, &i.to_string().into(), alone);
                    }
                }
                if let Some(rest) = rest {
                    let span = rest.span;
                    let rest_ty = self.tail_ty(ty, elements.len());
                    #[expect(clippy::cast_precision_loss, reason = "no pattern is that long")]
                    let from = Number(elements.len() as f64);
                    let args = vec![
                        hir::Item::Value(made(hir::ExprKind::Local(local), ty, span)),
                        hir::Item::Value(made(
                            hir::ExprKind::Constant(Constant::Number(from)),
                            Ty::NUMBER,
                            span,
                        )),
                    ];
                    let value = Self::builtin(Builtin::ArraySlice, args, rest_ty, span);
                    self.bind_part(rest, None, Part { value, standing: None }, source, body);
                }
            }
            PatternKind::Error => {}
        }
    }

    /// The part `name` of what `local` holds, where that stands.
    fn standing(&self, local: LocalId, name: Option<&Arc<str>>) -> Option<Rc<Reference>> {
        let mut standing = (**self.local_infos[local.0 as usize].standing.as_ref()?).clone();
        standing.path.push(Step::Member(name?.clone()));
        Some(standing.into())
    }

    /// The type of a part: what is known of it where that stands is known of the name that it gets.
    fn known_of(&mut self, standing: Option<&Reference>, part: Ty) -> Ty {
        match standing {
            Some(standing) => self.narrowed(standing, part),
            None => part,
        }
    }

    /// Notes that `bound` is the part `name` of what `local` holds, which may be a name itself or
    /// have one (see `binding`).
    ///
    /// - `alone`: the pattern takes nothing else.
    fn part_of(
        &mut self,
        bound: LocalId,
        pattern: &Pattern,
        local: LocalId,
        ty: Ty,
        name: &Arc<str>,
        alone: bool,
    ) {
        let source = match &self.local_infos[local.0 as usize].member_of {
            Some((source, none)) if none.is_empty() => source.clone(),
            _ => Rc::new(Reference::from(Root::Local(local))),
        };
        self.info(bound).member_of = Some((source, (&**name).into()));
        if matches!(pattern.kind, PatternKind::Ident(_))
            && !alone
            && matches!(self.types.kind(ty), Kind::Union(_))
        {
            self.info(bound).beside = Some((local, (&**name).into()));
        }
    }

    /// The type of what is taken apart; reports what may be missing.
    fn taken_apart(&mut self, pattern: &Pattern, local: LocalId, ty: Ty) -> (Ty, bool) {
        if ty == Ty::ERROR {
            return (ty, false);
        }
        if ty == Ty::UNKNOWN {
            let message = "`unknown` cannot be taken apart";
            self.report(
                Diagnostic::error(codes::UNKNOWN_USED, pattern.span, message)
                    .help("narrow it first"),
            );
            return (Ty::ERROR, false);
        }
        if self.types.nullish(ty) {
            let _ = local;
            let text = self.types.text(ty);
            self.report(
                Diagnostic::error(
                    codes::MAYBE_MISSING,
                    pattern.span,
                    "what is taken apart here may be missing",
                )
                .label(format!("its type is `{text}`"))
                .help("give a default with `?? …`, or check it with `if` first"),
            );
            return (self.types.non_nullish(ty), true);
        }
        (ty, true)
    }

    fn property_of(
        &mut self,
        prop: &'a tree::PropertyPattern,
        local: LocalId,
        ty: Ty,
        taken: &mut Vec<Arc<str>>,
    ) -> hir::Expr {
        let object = made(hir::ExprKind::Local(local), ty, prop.span);
        if let PropertyKeyKind::Computed(key) = &prop.key.kind {
            let (named, clean) = self.silently(|c| c.value(key, None));
            // tsc takes any parameter for a key here, and so reads what may not be there.
            if clean
                && self.types.kind(named.ty).is_open()
                && ty != Ty::UNKNOWN
                && self.indexed_value(ty, named.ty).is_none()
            {
                let (key, of) = (self.types.text(named.ty), self.types.text(ty));
                let message = format!("`{key}` may be no key of `{of}`");
                self.report(
                    Diagnostic::error(codes::SPREAD_FORM, prop.key.span, message)
                        .help(format!("bind it: `{key} extends keyof {of}`")),
                );
                return self.hole(prop.span);
            }
            let read = self.index_of(object, key, prop.span);
            let closed = match *self.types.kind(ty) {
                Kind::Object(id) => self.object(id).index.is_none(),
                _ => false,
            };
            if closed
                && self.literal(ty)
                && matches!(&read.kind, hir::ExprKind::Index(_, key)
                    if matches!(key.ty, Ty::STRING | Ty::NUMBER))
            {
                let message = "any text is no key of an object that is just written";
                self.report(
                    Diagnostic::error(codes::SPREAD_FORM, prop.key.span, message)
                        .help("give the object a type, as in `as Record<string, number>`"),
                );
                return self.hole(prop.span);
            }
            return read;
        }
        let Some(name) = prop.key.name() else { return self.hole(prop.span) };
        taken.push(name.clone());
        let ident = Ident { name: name.clone(), span: prop.key.span };
        let member = match self.property_type(ty, name) {
            Some(member) => member,
            // What a literal lacks, a default may add.
            None if prop.default.is_some() && self.literal(ty) => Ty::UNDEFINED,
            None => {
                self.unknown_member(ty, &ident);
                return self.hole(prop.span);
            }
        };
        if self.local_infos[local.0 as usize].context
            && let Some(part) = Self::input_part(name)
        {
            return made(hir::ExprKind::Input(part), member, prop.span);
        }
        made(hir::ExprKind::Member(Box::new(object), name.clone()), member, prop.span)
    }

    fn literal(&mut self, ty: Ty) -> bool {
        match *self.types.kind(ty) {
            Kind::Object(id) => self.object(id).literal,
            _ => false,
        }
    }

    /// The type of a parameter's default: a literal has what the pattern has defaults for, as
    /// members that may be missing.
    pub(super) fn padded(&mut self, pattern: &'a Pattern, ty: Ty) -> Ty {
        match (&pattern.kind, self.types.kind(ty).clone()) {
            (PatternKind::Object { props, .. }, Kind::Object(id)) => {
                let mut object = (*self.object(id)).clone();
                if !object.literal {
                    return ty;
                }
                for prop in props {
                    let (Some(name), Some(_)) = (prop.key.name(), &prop.default) else { continue };
                    if object.property(name).is_none()
                        && let Some(ty) = self.element_type(&prop.value, prop.default.as_ref())
                    {
                        object.properties.push(optional_member(name.clone(), ty));
                    }
                }
                self.types.object(object)
            }
            (
                PatternKind::Array { elements: names, .. },
                Kind::Tuple { elements, rest: None, readonly, of_match },
            ) if elements.len() < names.len() => {
                let mut padded = elements.to_vec();
                for element in &names[elements.len()..] {
                    let ty = element.as_ref().and_then(|element| {
                        let ty = self.element_type(&element.value, element.default.as_ref());
                        if ty.is_none() {
                            self.untyped("", element.value.span);
                        }
                        ty
                    });
                    padded.push(TupleElement { ty: ty.unwrap_or(Ty::ERROR), optional: true });
                }
                let elements = padded.into();
                self.types.intern(Kind::Tuple { elements, rest: None, readonly, of_match })
            }
            _ => ty,
        }
    }

    /// What a part of a parameter's pattern takes by its default, or by the defaults within it.
    fn element_type(
        &mut self,
        pattern: &'a Pattern,
        default: Option<&'a tree::Expr>,
    ) -> Option<Ty> {
        let Some(default) = default else { return self.implied(pattern) };
        let shape = self.pattern_shape(pattern);
        let (found, _) = self.silently(|c| c.value(default, shape));
        let ty = self.padded(pattern, found.ty);
        let ty = self.types.widen_literal(ty);
        Some(self.widen(ty))
    }

    /// What a parameter takes whose pattern has a default for each name.
    pub(super) fn implied(&mut self, pattern: &'a Pattern) -> Option<Ty> {
        match &pattern.kind {
            PatternKind::Object { props, rest: None } if !props.is_empty() => {
                let mut object = Object::default();
                for prop in props {
                    let ty = self.element_type(&prop.value, prop.default.as_ref())?;
                    let name = prop.key.name()?.clone();
                    let optional = prop.default.is_some();
                    object.properties.push(Property { optional, ..optional_member(name, ty) });
                }
                Some(self.types.object(object))
            }
            PatternKind::Array { elements, rest: None } if !elements.is_empty() => {
                let needed = elements.iter().rposition(|element| {
                    element.as_ref().is_some_and(|element| element.default.is_none())
                });
                let needed = needed.map_or(0, |last| last + 1);
                let mut parts = Vec::new();
                for (i, element) in elements.iter().enumerate() {
                    let element = element.as_ref()?;
                    let ty = self.element_type(&element.value, element.default.as_ref())?;
                    parts.push(TupleElement { ty, optional: i >= needed });
                }
                let elements = parts.into();
                let (rest, readonly, of_match) = (None, false, false);
                Some(self.types.intern(Kind::Tuple { elements, rest, readonly, of_match }))
            }
            _ => None,
        }
    }

    /// Reports members of a literal that the pattern around it does not take: as in `tsc`, a
    /// pattern says of a literal what it has. The pattern has been bound.
    pub(super) fn beyond_pattern(&mut self, pattern: &'a Pattern, init: &'a tree::Expr) {
        match (&pattern.kind, &init.kind) {
            (_, ExprKind::Conditional { then, otherwise, .. }) => {
                self.beyond_pattern(pattern, then);
                self.beyond_pattern(pattern, otherwise);
            }
            (_, ExprKind::Logical { op: LogicalOp::And, right, .. }) => {
                self.beyond_pattern(pattern, right);
            }
            (_, ExprKind::Logical { left, .. }) => self.beyond_pattern(pattern, left),
            (PatternKind::Object { props, rest }, ExprKind::Object(members)) => {
                // Constants as keys are names; any other may be each of them.
                let mut names: Vec<Option<Arc<str>>> = Vec::new();
                for prop in props {
                    let PropertyKeyKind::Computed(key) = &prop.key.kind else {
                        names.push(prop.key.name().cloned());
                        continue;
                    };
                    let Some(&key) = self.recorded.get(&address(key)) else { return };
                    match self.types.kind(key) {
                        Kind::StringLiteral { value, .. } => names.push(Some(value.clone())),
                        Kind::NumberLiteral { value, .. } => {
                            names.push(Some(number_text(value.0).into()));
                        }
                        _ => return,
                    }
                }
                if props.is_empty() {
                    return;
                }
                let mut spread: Vec<Ty> = Vec::new();
                for member in members {
                    let (key, value) = match member {
                        tree::Property::Value { key, value, .. } => (key, value),
                        tree::Property::Spread { value, .. } => {
                            spread.extend(self.recorded.get(&address(value)).copied());
                            self.beyond_pattern(pattern, value);
                            continue;
                        }
                    };
                    let Some(name) = key.name() else { continue };
                    let at = names.iter().position(|own| own.as_ref() == Some(name));
                    match at.map(|at| &props[at]) {
                        Some(prop) if prop.default.is_none() => {
                            self.beyond_pattern(&prop.value, value);
                        }
                        // To tsc it may then be what was spread, which it never is.
                        Some(prop) if self.some_has(&spread, name) => self.report(
                            Diagnostic::error(
                                codes::SPREAD_FORM,
                                prop.span,
                                format!("a default of `{name}`, which is written after a spread"),
                            )
                            .help(format!(
                                "leave the default out, and write `{name}: … ?? default`"
                            )),
                        ),
                        None if rest.is_none() => self.report(
                            Diagnostic::error(
                                codes::EXCESS_MEMBER,
                                key.span,
                                format!("nobody takes the member `{name}` of this object"),
                            )
                            .help("leave it out, or take it apart too"),
                        ),
                        _ => {}
                    }
                }
            }
            (PatternKind::Array { elements, .. }, ExprKind::Array(items)) => {
                for (element, item) in elements.iter().zip(items) {
                    if let (Some(element), tree::Element::Value(value)) = (element, item)
                        && element.default.is_none()
                    {
                        self.beyond_pattern(&element.value, value);
                    }
                }
            }
            _ => {}
        }
    }

    /// Whether one of these types has a member `name`, in one of its variants.
    fn some_has(&mut self, types: &[Ty], name: &Arc<str>) -> bool {
        let members: Vec<Ty> = types.iter().flat_map(|&ty| self.types.members_of(ty)).collect();
        members.into_iter().any(|member| self.property_type(member, name).is_some())
    }

    /// Reports defaults that are functions called in place, of which nothing says what they give:
    /// where a literal is taken apart, tsc asks the defaults for its type and it for theirs.
    pub(super) fn results_in_place(&mut self, pattern: &'a Pattern, init: &'a tree::Expr) {
        if !written_here(init) {
            return;
        }
        let mut open = vec![pattern];
        while let Some(pattern) = open.pop() {
            let mut defaults: Vec<&'a tree::Expr> = Vec::new();
            match &pattern.kind {
                PatternKind::Object { props, .. } => {
                    open.extend(props.iter().map(|p| &p.value));
                    defaults.extend(props.iter().filter_map(|p| p.default.as_ref()));
                }
                PatternKind::Array { elements, .. } => {
                    open.extend(elements.iter().flatten().map(|e| &e.value));
                    defaults.extend(elements.iter().flatten().filter_map(|e| e.default.as_ref()));
                }
                PatternKind::Ident(_) | PatternKind::Error => {}
            }
            for default in defaults {
                if let Some(function) = called_in_place(default)
                    && function.return_type.is_none()
                {
                    self.report(
                        Diagnostic::error(
                            codes::TYPE_FORM,
                            function.span,
                            "a function that is called as a default needs a type for its result",
                        )
                        .help("write `(): string => …`, or give the default a name with `const`"),
                    );
                }
            }
        }
    }

    /// Reports a parameter whose type is made of its defaults, one of which reads a name beside it:
    /// tsc asks each for the other's type. Nothing else was wrong with it.
    pub(super) fn siblings_in_defaults(&mut self, pattern: &Pattern, ty: Ty) {
        let unknown = self.holds_unknown(ty, 0);
        if unknown {
            let message = "a default reads a name beside it, whose type is that of the default";
            self.report(
                Diagnostic::error(codes::TYPE_FORM, pattern.span, message)
                    .help("write the parameter's type: `{ a, b = a }: { a: number; b?: number }`"),
            );
        }
    }

    /// Whether an object or tuple holds, at any depth, what did not check.
    fn holds_unknown(&mut self, ty: Ty, depth: u32) -> bool {
        match self.types.kind(ty).clone() {
            Kind::Error => true,
            _ if depth > 12 => false,
            Kind::Object(id) => {
                let object = self.object(id);
                object.properties.iter().any(|p| self.holds_unknown(p.ty, depth + 1))
            }
            Kind::Tuple { elements, .. } => {
                elements.iter().any(|e| self.holds_unknown(e.ty, depth + 1))
            }
            _ => false,
        }
    }

    fn element_at(
        &mut self,
        pattern: &Pattern,
        local: LocalId,
        ty: Ty,
        index: usize,
        defaulted: bool,
    ) -> hir::Expr {
        let span = pattern.span;
        let mut parts = Vec::new();
        let mut lacks = None;
        let mut members = self.types.members_of(ty);
        if let Some(found) = self.place_of_each(&members, index, true) {
            parts.push(found);
            members.clear();
        }
        for member in members {
            match self.types.kind(member).clone() {
                Kind::Tuple { elements, rest, .. } => match (elements.get(index), rest) {
                    (Some(e), _) => parts.push(self.read_type(e.ty, e.optional)),
                    (None, Some(rest)) => parts.push(self.types.or_undefined(rest)),
                    // As in `tsc`, one of several may be shorter.
                    (None, None) => lacks = Some(member),
                },
                Kind::Array { element, .. } => parts.push(self.types.or_undefined(element)),
                _ => return self.hole(span),
            }
        }
        if let Some(short) = lacks {
            if parts.is_empty() && !defaulted {
                let message = format!("`{}` has no element {index}", self.types.text(short));
                self.error(codes::INDEX, span, message);
                return self.hole(span);
            }
            parts.push(Ty::UNDEFINED);
        }
        let member = self.types.union(&parts);
        let object = made(hir::ExprKind::Local(local), ty, span);
        #[expect(clippy::cast_precision_loss, reason = "no pattern is that long")]
        let key = Constant::Number(Number(index as f64));
        let key = made(hir::ExprKind::Constant(key), Ty::NUMBER, span);
        made(hir::ExprKind::Index(Box::new(object), Box::new(key)), member, span)
    }

    fn tail_ty(&mut self, ty: Ty, from: usize) -> Ty {
        match self.types.kind(ty).clone() {
            Kind::Tuple { elements, rest, .. } => {
                let elements: Arc<[_]> = elements.iter().skip(from).copied().collect();
                if let (true, Some(rest)) = (elements.is_empty(), rest) {
                    return self.types.array(rest);
                }
                self.types.intern(Kind::Tuple { elements, rest, readonly: false, of_match: false })
            }
            Kind::Union(members)
                if members.iter().all(|&m| matches!(self.types.kind(m), Kind::Tuple { .. })) =>
            {
                let tails: Vec<Ty> = members.iter().map(|&m| self.tail_ty(m, from)).collect();
                self.types.union(&tails)
            }
            // As in tsc, one list of what any of several lists holds.
            _ => match self.iterated(ty) {
                Some(element) => self.types.array(element),
                None => Ty::ERROR,
            },
        }
    }

    /// What is left of an object: its declared members that were not taken.
    fn rest_of(&mut self, rest: &Ident, local: LocalId, ty: Ty, taken: &[Arc<str>]) -> hir::Expr {
        let span = rest.span;
        if ty == Ty::NEVER {
            self.error(codes::SPREAD, span, "only an object has a rest, not `never`");
            return self.hole(span);
        }
        let mut objects = Vec::new();
        for member in self.types.members_of(ty) {
            let Kind::Object(id) = *self.types.kind(member) else {
                let text = self.types.text(member);
                let code = match self.types.kind(member) {
                    Kind::Array { .. } | Kind::Tuple { .. } | Kind::Library(..) => {
                        codes::SPREAD_FORM
                    }
                    Kind::Function(_)
                    | Kind::Param(_)
                    | Kind::Indexed { .. }
                    | Kind::Part { .. }
                    | Kind::Both(_) => codes::SPREAD_FORM,
                    _ => codes::SPREAD,
                };
                self.error(code, span, format!("only an object has a rest, not `{text}`"));
                return self.hole(span);
            };
            objects.push(self.object(id));
        }
        let mut left = Vec::new();
        for object in &objects {
            let mut kept = Object { index: object.index, ..Object::default() };
            let others = object.properties.iter().filter(|p| !taken.contains(&p.name));
            kept.properties.extend(others.cloned());
            left.push(self.types.object(kept));
        }
        let left = self.types.union(&left);
        // What is there stays, declared or not, as in JavaScript.
        let mut args = vec![hir::Item::Value(made(hir::ExprKind::Local(local), ty, span))];
        for name in taken {
            let name = hir::ExprKind::Constant(Constant::String(name.clone()));
            args.push(hir::Item::Value(made(name, Ty::STRING, span)));
        }
        Self::builtin(Builtin::ObjectRest, args, left, span)
    }

    /// `test === undefined ? missing : present`
    pub(super) fn unless_undefined(
        &mut self,
        test: hir::Expr,
        missing: hir::Expr,
        present: hir::Expr,
    ) -> hir::Expr {
        let span = test.span;
        let ty = present.ty;
        let undefined = made(hir::ExprKind::Constant(Constant::Undefined), Ty::UNDEFINED, span);
        let test = made(
            hir::ExprKind::Binary(BinaryOp::Equal, Box::new(test), Box::new(undefined)),
            Ty::BOOLEAN,
            span,
        );
        made(
            hir::ExprKind::Conditional(Box::new(test), Box::new(missing), Box::new(present)),
            ty,
            span,
        )
    }

    fn bind_part(
        &mut self,
        pattern: &'a Pattern,
        default: Option<&'a tree::Expr>,
        Part { value, standing }: Part,
        source: Source,
        body: &mut Vec<hir::Stmt>,
    ) -> LocalId {
        let span = value.span;
        let value = match default {
            None => value,
            Some(default) => {
                let there = |m| !matches!(m, Ty::UNDEFINED | Ty::VOID);
                let present = self.types.filter(value.ty, |_, m| there(m));
                let fallback = self.value(default, Some(present));
                let ty = if value.ty == Ty::ERROR {
                    Ty::ERROR
                } else if source.annotated {
                    // A default that may be missing itself takes nothing away.
                    let held = if self.types.any(fallback.ty, |k| matches!(k, Kind::Undefined)) {
                        value.ty
                    } else {
                        present
                    };
                    self.fits(default, fallback.ty, held);
                    held
                } else {
                    let own = match source.parameter {
                        true => self.settle(fallback.ty, Some(present)),
                        false => fallback.ty,
                    };
                    self.subtype_union(&[present, own])
                };
                let held = self.local(None, value.ty, span);
                let read = |ty| made(hir::ExprKind::Local(held), ty, span);
                let (test, there) = (read(value.ty), read(present));
                push(body, held, value);
                let mut chosen = self.unless_undefined(test, fallback, there);
                chosen.ty = ty;
                chosen
            }
        };
        let (name, value) = match &pattern.kind {
            PatternKind::Ident(name) => {
                let ty = if source.annotated { value.ty } else { self.widen(value.ty) };
                (Some(name), hir::Expr { ty, ..value })
            }
            _ => (None, value),
        };
        let local = self.local(name.map(|n| &n.name), value.ty, pattern.span);
        self.info(local).standing = standing.filter(|_| name.is_none());
        let ty = value.ty;
        push(body, local, value);
        self.bind_pattern(pattern, local, ty, source, body);
        local
    }
}

/// The function that `expr` calls where it stands.
fn called_in_place(expr: &tree::Expr) -> Option<&tree::Function> {
    let ExprKind::Call { callee, .. } = &expr.kind else { return None };
    match &callee.kind {
        ExprKind::Arrow(function) => Some(function),
        _ => None,
    }
}

/// Whether a literal may give the value of `expr`, through a function called in place too.
fn written_here(expr: &tree::Expr) -> bool {
    match &expr.kind {
        ExprKind::Object(_) | ExprKind::Array(_) => true,
        ExprKind::Conditional { then, otherwise, .. } => {
            written_here(then) || written_here(otherwise)
        }
        ExprKind::Logical { left, right, .. } => written_here(left) || written_here(right),
        _ => match called_in_place(expr).map(|function| &function.body) {
            Some(FunctionBody::Expr(body)) => written_here(body),
            Some(FunctionBody::Block(block)) => block.stmts.iter().any(|stmt| match &stmt.kind {
                StmtKind::Return(Some(value)) => written_here(value),
                _ => false,
            }),
            None => false,
        },
    }
}

pub(super) fn push(body: &mut Vec<hir::Stmt>, local: LocalId, init: hir::Expr) {
    let span = init.span;
    body.push(hir::Stmt { kind: hir::StmtKind::Const { local, init }, span });
}

/// A member that may be missing.
fn optional_member(name: Arc<str>, ty: Ty) -> Property {
    Property { name, ty, optional: true, readonly: false, span: None }
}

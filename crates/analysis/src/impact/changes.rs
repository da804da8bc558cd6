//! What differs between two versions of a contract, whoever uses it.
//!
//! In:    both contracts.
//! Out:   a [`Change`] for each difference, at the place where it stands.
//! Never: a judgement; a change that breaks an answer may be harmless in a request.
//!
//! Start at [`changes`].

use std::collections::{BTreeMap, BTreeSet};

use frontage_contract::{
    Additional, Binding, Bound, Constant, Content, Contract, Location, Number, Object, Operation,
    Parameter, Piece, Property, Response, Status, Text, Tuple, Type, TypeId, constant_text,
    type_text,
};
use frontage_diagnostic::Span;

use super::site::{Key, Owner, Requests, member, tags, variants};

/// A difference.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Change {
    pub(super) key: Key,
    /// The place for people: `User.email`, `users.getUser`, `users.getUser answer 200: items[]`.
    pub(super) label: String,
    pub(super) code: &'static str,
    pub(super) message: String,
    /// A field or argument that must be sent, and was not before.
    pub(super) demands: bool,
    /// The limit that numbers or lengths must keep now, if it is narrower.
    pub(super) limit: Option<Limit>,
    /// The failure that is no longer declared.
    pub(super) status: Option<Status>,
}

impl Change {
    pub(super) fn new(key: &Key, label: &str, code: &'static str, message: String) -> Self {
        let (key, label) = (key.clone(), label.to_owned());
        Self { key, label, code, message, demands: false, limit: None, status: None }
    }
}

/// One end of a range that became narrower.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Limit {
    pub(super) bound: f64,
    pub(super) exclusive: bool,
    pub(super) is_upper: bool,
}

impl Limit {
    pub(super) fn allows(&self, value: f64) -> bool {
        let beyond = if self.is_upper { value > self.bound } else { value < self.bound };
        !(beyond || self.exclusive && value == self.bound)
    }
}

/// What a comparison finds.
#[derive(Debug)]
pub(super) struct Compared {
    /// All differences, in the order of the old contract; what is new stands last.
    pub(super) changes: Vec<Change>,
    /// Where the old contract declares the field at a place.
    pub(super) declared: BTreeMap<Key, BTreeSet<Span>>,
}

/// Compares two versions.
///
/// - `requests`: of the new one.
pub(super) fn changes(old: &Contract, new: &Contract, requests: &Requests<'_>) -> Compared {
    let mut walk = Walk {
        old,
        new,
        requests,
        seen: BTreeSet::new(),
        open: Vec::new(),
        labels: BTreeMap::new(),
        out: Vec::new(),
        declared: BTreeMap::new(),
    };
    for operation in &old.operations {
        walk.operation(operation);
    }
    let before = Requests::of(old);
    for operation in &new.operations {
        let known = before.successor(operation).is_some();
        if !known {
            let key = Key::of(Owner::Operation(operation.name.clone()));
            let message = "it is new".to_owned();
            walk.push(Change::new(&key, &operation.name, "operation-added", message));
        }
    }
    Compared { changes: walk.out, declared: walk.declared }
}

struct Walk<'c> {
    old: &'c Contract,
    new: &'c Contract,
    requests: &'c Requests<'c>,
    seen: BTreeSet<(TypeId, TypeId)>,
    /// Pairs that are being compared: a list may hold itself.
    open: Vec<(TypeId, TypeId)>,
    /// What objects of the new contract without a name are called.
    labels: BTreeMap<TypeId, String>,
    out: Vec<Change>,
    declared: BTreeMap<Key, BTreeSet<Span>>,
}

/// Where a walk is.
#[derive(Clone)]
struct At {
    key: Key,
    label: String,
}

impl At {
    fn inner(&self, step: &str) -> Self {
        Self { key: self.key.inner(step), label: format!("{}{step}", self.label) }
    }
}

impl Walk<'_> {
    fn push(&mut self, change: Change) {
        if !self.out.contains(&change) {
            self.out.push(change);
        }
    }

    fn say(&mut self, at: &At, code: &'static str, message: impl Into<String>) {
        self.push(Change::new(&at.key, &at.label, code, message.into()));
    }

    fn demand(&mut self, at: &At, code: &'static str, message: &str) {
        let change = Change::new(&at.key, &at.label, code, message.into());
        self.push(Change { demands: true, ..change });
    }

    fn operation(&mut self, old: &Operation) {
        let name = &old.name;
        let at = At { key: Key::of(Owner::Operation(name.clone())), label: name.clone() };
        let Some(new) = self.requests.successor(old) else {
            return self.say(&at, "operation-removed", "it is gone");
        };
        let (Binding::Http(before), Binding::Http(after)) = (&old.binding, &new.binding);
        if self.requests.same(old).is_none() {
            let (a, b) = (before.method, after.method);
            let message = format!("it is {b} {}, and was {a} {}", after.template, before.template);
            self.say(&at, "operation-moved", message);
        }
        if *name != new.name {
            self.say(&at, "operation-renamed", format!("it is called `{}`", new.name));
        }
        if new.deprecated && !old.deprecated {
            self.say(&at, "deprecated", "it is deprecated");
        }
        if !new.faults.is_empty() && old.faults.is_empty() {
            let why = &new.faults[0].message;
            self.say(&at, "operation-faulty", format!("the contract is faulty here: {why}"));
            return;
        }
        self.parameters(old, new);
        self.body(old, new);
        self.answers(old, new);
    }

    fn argument(&self, operation: &Operation, key: &str, shown: &str) -> At {
        let owner = Owner::Argument(operation.name.clone(), key.to_owned());
        At { key: Key::of(owner), label: format!("{} {shown}", operation.name) }
    }

    fn parameters(&mut self, old: &Operation, new: &Operation) {
        let shown = |p: &Parameter| format!("{} {}", p.location.as_str(), p.name);
        for (index, before) in old.parameters.iter().enumerate() {
            let at = self.argument(old, &before.key, &shown(before));
            let Some(after) = counterpart(old, new, index) else {
                self.say(&at, "parameter-removed", "it is no longer read");
                continue;
            };
            if after.required && !before.required {
                self.demand(&at, "parameter-required", "it is required");
            } else if before.required && !after.required {
                self.say(&at, "parameter-optional", "it may be left out");
            }
            let written = (after.style, after.explode) != (before.style, before.explode);
            if written && self.has_parts(before.ty) {
                self.say(&at, "parameter-written", "its value is written in another way");
            }
            if after.deprecated && !before.deprecated {
                self.say(&at, "deprecated", "it is deprecated");
            }
            self.types(before.ty, after.ty, &at);
        }
        for (index, after) in new.parameters.iter().enumerate() {
            if counterpart(new, old, index).is_none() {
                let at = self.argument(old, &after.key, &shown(after));
                if after.required {
                    self.demand(&at, "parameter-added", "it is new and required");
                } else {
                    self.say(&at, "parameter-added", "it is new and may be left out");
                }
            }
        }
    }

    /// Whether a value has parts, which styles write in different ways.
    fn has_parts(&self, ty: TypeId) -> bool {
        variants(self.old, ty).into_iter().any(|id| {
            matches!(
                self.old.ty(id),
                Type::Array(_) | Type::Tuple(_) | Type::Object(_) | Type::Unknown
            )
        })
    }

    fn body(&mut self, old: &Operation, new: &Operation) {
        let at = self.argument(old, Operation::BODY_KEY, "body");
        match (&old.body, &new.body) {
            (None, None) => {}
            (Some(_), None) => self.say(&at, "body-removed", "it is no longer read"),
            (None, Some(new)) if new.required => {
                self.demand(&at, "body-added", "it is new and required");
            }
            (None, Some(_)) => self.say(&at, "body-added", "it may be sent"),
            (Some(before), Some(after)) => {
                if after.required && !before.required {
                    self.demand(&at, "body-required", "it is required");
                } else if before.required && !after.required {
                    self.say(&at, "body-optional", "it may be left out");
                }
                let Some(sent) = before.content.first() else { return };
                let same =
                    |content: &&Content| is_same_media(&sent.media_type, &content.media_type);
                match after.content.iter().find(same) {
                    Some(taken) => self.types(sent.ty, taken.ty, &at),
                    None => {
                        let message = format!("`{}` is no longer taken", sent.media_type);
                        self.say(&at, "media-type-removed", message);
                    }
                }
            }
        }
    }

    fn answers(&mut self, old: &Operation, new: &Operation) {
        let owner = Key::of(Owner::Answer(old.name.clone()));
        for after in &new.responses {
            let shown = status_text(after.status);
            let at = At { key: owner.clone(), label: format!("{} answer {shown}", old.name) };
            let before = of_status(old, after.status);
            match before {
                // Others than the one that was declared.
                Some(before)
                    if matches!(after.status, Status::Range(_))
                        && matches!(before.status, Status::Exact(_))
                        && is_success(new, after.status) =>
                {
                    self.say(&at, "status-added", format!("any {shown} may be answered"));
                    self.contents(before, after, &at);
                }
                None if is_success(new, after.status) => {
                    self.say(&at, "status-added", format!("{shown} may be answered"));
                }
                None => {
                    self.say(&at, "failure-added", format!("it may fail with {shown}"));
                }
                Some(before) if is_success(new, after.status) => self.contents(before, after, &at),
                Some(_) => {}
            }
        }
        for before in &old.responses {
            if of_status(new, before.status).is_none() {
                let shown = status_text(before.status);
                let at = At { key: owner.clone(), label: format!("{} answer {shown}", old.name) };
                let code = if is_success(old, before.status) {
                    "status-removed"
                } else {
                    "failure-removed"
                };
                let message = format!("{shown} is no longer declared");
                let change = Change::new(&at.key, &at.label, code, message);
                self.push(Change { status: Some(before.status), ..change });
            }
        }
    }

    fn contents(&mut self, old: &Response, new: &Response, at: &At) {
        match (old.preferred(), new.preferred()) {
            (None, None) => {}
            (Some(_), None) => self.say(at, "body-removed", "it has no body"),
            (None, Some(_)) => self.say(at, "body-added", "it has a body"),
            (Some(before), Some(after)) => {
                if before.kind != after.kind {
                    let message =
                        format!("it is `{}`, and was `{}`", after.media_type, before.media_type);
                    self.say(at, "media-type-changed", message);
                } else {
                    self.types(before.ty, after.ty, at);
                }
            }
        }
    }

    fn types(&mut self, old: TypeId, new: TypeId, at: &At) {
        if self.open.contains(&(old, new)) {
            return;
        }
        self.open.push((old, new));
        self.values(old, new, at);
        self.open.pop();
    }

    fn values(&mut self, old: TypeId, new: TypeId, at: &At) {
        let is_null = |contract: &Contract, id: &TypeId| *contract.ty(*id) == Type::Null;
        let (mut before, mut after) = (variants(self.old, old), variants(self.new, new));
        let (null_before, null_after) = (
            before.iter().any(|id| is_null(self.old, id)),
            after.iter().any(|id| is_null(self.new, id)),
        );
        if before.len() > 1 || after.len() > 1 {
            if null_after && !null_before {
                self.say(at, "null-added", "it may be null");
            }
            if null_before && !null_after {
                self.say(at, "null-removed", "it is never null");
            }
            before.retain(|id| !is_null(self.old, id));
            after.retain(|id| !is_null(self.new, id));
        }
        if let ([before], [after]) = (&before[..], &after[..]) {
            return self.single(*before, *after, at);
        }
        let (pairs, gone, left) =
            Pairing { old: self.old, new: self.new, of: (old, new) }.pair(before, after);
        for own in gone {
            let text = type_text(self.old, own);
            self.say(at, "variant-removed", format!("it is never {text}"));
        }
        for own in left {
            let text = type_text(self.new, own);
            self.say(at, "variant-added", format!("it may be {text}"));
        }
        for (own, other) in pairs {
            self.single(own, other, at);
        }
    }

    fn single(&mut self, old: TypeId, new: TypeId, at: &At) {
        let (before, after) = (self.old.ty(old), self.new.ty(new));
        match (before, after) {
            (Type::Object(before), Type::Object(after)) => {
                self.objects((old, before), (new, after), at)
            }
            (Type::Array(before), Type::Array(after)) => {
                self.lengths(
                    "items",
                    (before.min_items, before.max_items),
                    (after.min_items, after.max_items),
                    at,
                );
                self.types(before.items, after.items, &at.inner("[]"));
            }
            (Type::Tuple(before), Type::Tuple(after)) => self.tuples(before, after, at),
            (Type::Number(before), Type::Number(after)) => self.numbers(*before, *after, at),
            (Type::String(before), Type::String(after)) => self.strings(before, after, at),
            (Type::Enum(before), Type::Enum(after)) => self.constants(before, after, at),
            (Type::Enum(before), Type::String(after)) if all_strings(before) => {
                self.say(at, "values-opened", "it may be any text");
                self.texts_within(before, after, at);
            }
            (Type::String(_), Type::Enum(after)) if all_strings(after) => {
                let listed: Vec<String> = after.iter().map(constant_text).collect();
                self.say(at, "values-closed", format!("it is one of {}", listed.join(", ")));
            }
            _ if std::mem::discriminant(before) == std::mem::discriminant(after) => {}
            _ => {
                let (a, b) = (type_text(self.old, old), type_text(self.new, new));
                self.say(at, "type-changed", format!("it is {b}, and was {a}"));
                if let (Type::Enum(before), Type::Number(after)) = (before, after) {
                    self.numbers_within(before, *after, at);
                }
            }
        }
    }

    /// Limits of a text that was one of some, as far as one of these passes them.
    fn texts_within(&mut self, before: &[Constant], after: &Text, at: &At) {
        let lengths = before.iter().filter_map(|constant| match constant {
            Constant::String(text) => u64::try_from(text.chars().count()).ok(),
            _ => None,
        });
        let lengths: Vec<u64> = lengths.collect();
        let least = after.min_length.filter(|least| lengths.iter().any(|own| own < least));
        let most = after.max_length.filter(|most| lengths.iter().any(|own| own > most));
        self.lengths("characters", (None, None), (least, most), at);
    }

    /// Limits of a number that was one of some, as far as one of these passes them.
    fn numbers_within(&mut self, before: &[Constant], after: Number, at: &At) {
        let numbers = before.iter().filter_map(|constant| match constant {
            Constant::Number(number) => Some(*number),
            _ => None,
        });
        let numbers: Vec<f64> = numbers.collect();
        let passed = |bound: &Bound, is_upper| {
            let limit = Limit { bound: bound.value, exclusive: bound.exclusive, is_upper };
            numbers.iter().any(|number| !limit.allows(*number))
        };
        if after.integer && numbers.iter().any(|number| number.fract() != 0.0) {
            self.say(at, "number-narrowed", "it is a whole number");
        }
        self.end("minimum", None, after.minimum.filter(|bound| passed(bound, false)), false, at);
        self.end("maximum", None, after.maximum.filter(|bound| passed(bound, true)), true, at);
    }

    fn objects(
        &mut self,
        (old, before): (TypeId, &Object),
        (new, after): (TypeId, &Object),
        at: &At,
    ) {
        if !self.seen.insert((old, new)) {
            return;
        }
        let name = self.new.types.declaration(new).name.clone();
        let label = name.unwrap_or_else(|| at.label.clone());
        let label = self.labels.entry(new).or_insert(label).clone();
        let field = |name: &str| At {
            key: Key::field(new, name),
            label: if label.contains(' ') {
                let colon = if label.contains(':') { "." } else { ": " };
                format!("{label}{colon}{name}")
            } else {
                member(&label, name)
            },
        };
        for own in &before.properties {
            let at = field(&own.name);
            self.declared.entry(at.key.clone()).or_default().insert(own.span);
            let Some(other) = after.property(&own.name) else {
                match after.additional {
                    // It may still come, as one of those without a name.
                    Additional::Of(_) | Additional::Any if !own.required => {}
                    Additional::Of(_) | Additional::Any => {
                        self.say(&at, "field-optional", "it may be missing");
                    }
                    _ => self.say(&at, "field-removed", "it is gone"),
                }
                continue;
            };
            if other.required && !own.required {
                self.demand(&at, "field-required", "it is required");
            } else if own.required && !other.required {
                self.say(&at, "field-optional", "it may be missing");
            }
            if other.access != own.access {
                self.say(&at, "access-changed", "who sends it has changed");
            }
            if other.deprecated && !own.deprecated {
                self.say(&at, "deprecated", "it is deprecated");
            }
            self.types(own.ty, other.ty, &at);
        }
        for other in &after.properties {
            if before.property(&other.name).is_none() {
                let at = field(&other.name);
                if other.required {
                    self.demand(&at, "field-added", "it is new and required");
                } else {
                    self.say(&at, "field-added", "it is new");
                }
            }
        }
        let at = field("*");
        match (before.additional, after.additional) {
            (Additional::Of(own), Additional::Of(other)) => self.types(own, other, &at),
            (Additional::Of(_), Additional::Any) => {
                self.say(&at, "type-changed", "its further fields may be anything");
            }
            (
                Additional::Of(_) | Additional::Any,
                Additional::Undeclared | Additional::Forbidden,
            ) => {
                self.say(&at, "map-closed", "it has no further fields");
            }
            (
                Additional::Undeclared | Additional::Forbidden,
                Additional::Of(_) | Additional::Any,
            ) => {
                self.say(&at, "map-opened", "it may have further fields");
            }
            (Additional::Undeclared, Additional::Forbidden) => {
                self.say(&at, "undeclared-refused", "fields that it does not name are ruled out");
            }
            _ => {}
        }
    }

    fn tuples(&mut self, old: &Tuple, new: &Tuple, at: &At) {
        if old.items.len() != new.items.len() || old.required != new.required {
            self.say(at, "type-changed", "it has another number of elements");
        }
        for (own, other) in old.items.iter().zip(&new.items) {
            self.types(*own, *other, &at.inner("[]"));
        }
        if let Some((own, other)) = old.rest.zip(new.rest) {
            self.types(own, other, &at.inner("[]"));
        }
    }

    fn numbers(&mut self, old: Number, new: Number, at: &At) {
        if old.integer && !new.integer {
            self.say(at, "number-widened", "it may have a fraction");
        }
        if new.integer && !old.integer {
            self.say(at, "number-narrowed", "it is a whole number");
        }
        self.end("minimum", old.minimum, new.minimum, false, at);
        self.end("maximum", old.maximum, new.maximum, true, at);
    }

    fn end(&mut self, what: &str, old: Option<Bound>, new: Option<Bound>, is_upper: bool, at: &At) {
        if old == new {
            return;
        }
        let text = |bound: Option<Bound>| match bound {
            None => "none".to_owned(),
            Some(bound) if bound.exclusive && is_upper => format!("less than {}", bound.value),
            Some(bound) if bound.exclusive => format!("more than {}", bound.value),
            Some(bound) => bound.value.to_string(),
        };
        let limit =
            new.map(|bound| Limit { bound: bound.value, exclusive: bound.exclusive, is_upper });
        let narrower = limit.filter(|limit| {
            old.is_none_or(|old| {
                let inside =
                    if is_upper { limit.bound < old.value } else { limit.bound > old.value };
                inside || limit.bound == old.value && limit.exclusive && !old.exclusive
            })
        });
        let code = if narrower.is_some() { "limit-narrowed" } else { "limit-widened" };
        let message = format!("its {what} is {}, and was {}", text(new), text(old));
        let change = Change::new(&at.key, &at.label, code, message);
        self.push(Change { limit: narrower, ..change });
    }

    fn lengths(
        &mut self,
        what: &str,
        old: (Option<u64>, Option<u64>),
        new: (Option<u64>, Option<u64>),
        at: &At,
    ) {
        #[expect(clippy::cast_precision_loss, reason = "lengths are small")]
        let bound =
            |length: Option<u64>| length.map(|l| Bound { value: l as f64, exclusive: false });
        // What says nothing.
        let least = |length: Option<u64>| length.filter(|length| *length > 0);
        self.end(
            &format!("least number of {what}"),
            bound(least(old.0)),
            bound(least(new.0)),
            false,
            at,
        );
        self.end(&format!("largest number of {what}"), bound(old.1), bound(new.1), true, at);
    }

    fn strings(&mut self, old: &Text, new: &Text, at: &At) {
        if old.format != new.format {
            let text = |format: &Option<String>| {
                format.as_ref().map_or_else(|| "none".to_owned(), |format| format!("`{format}`"))
            };
            let (a, b) = (text(&old.format), text(&new.format));
            self.say(at, "format-changed", format!("its format is {b}, and was {a}"));
        }
        self.lengths(
            "characters",
            (old.min_length, old.max_length),
            (new.min_length, new.max_length),
            at,
        );
    }

    fn constants(&mut self, old: &[Constant], new: &[Constant], at: &At) {
        for value in new.iter().filter(|value| !old.contains(value)) {
            self.say(at, "value-added", format!("it may be {}", constant_text(value)));
        }
        for value in old.iter().filter(|value| !new.contains(value)) {
            self.say(at, "value-removed", format!("it is never {}", constant_text(value)));
        }
    }
}

fn all_strings(constants: &[Constant]) -> bool {
    constants.iter().all(|constant| matches!(constant, Constant::String(_)))
}

/// A parameter of `from` in `to`: of the same name and location; in the path, of the same place.
pub(super) fn counterpart<'c>(
    from: &Operation,
    to: &'c Operation,
    index: usize,
) -> Option<&'c Parameter> {
    let own = &from.parameters[index];
    if own.location == Location::Path {
        let place = in_path(from).position(|at| at == index)?;
        return in_path(to).nth(place).and_then(|at| to.parameters.get(at));
    }
    to.parameters.iter().find(|other| {
        other.location == own.location
            && match own.location {
                // Fields are the same however their letters are written.
                Location::Header => other.name.eq_ignore_ascii_case(&own.name),
                _ => other.name == own.name,
            }
    })
}

/// The parameters of a path, in the order in which they stand there.
fn in_path(operation: &Operation) -> impl Iterator<Item = usize> {
    let Binding::Http(http) = &operation.binding;
    http.segments.iter().flat_map(|segment| &segment.pieces).filter_map(|piece| match piece {
        Piece::Parameter(index) => Some(*index),
        Piece::Literal(_) => None,
    })
}

/// Whether two media types are the same for who sends them: their parameters do not count, and a
/// range takes what is in it.
pub(super) fn is_same_media(sent: &str, taken: &str) -> bool {
    let plain = |text: &str| text.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    let (sent, taken) = (plain(sent), plain(taken));
    let in_range = |one: &str, range: &str| {
        range == "*/*"
            || range.strip_suffix("/*").is_some_and(|kind| one.split('/').next() == Some(kind))
    };
    sent == taken || in_range(&sent, &taken) || in_range(&taken, &sent)
}

/// Which variant of a union became which.
struct Pairing<'c> {
    old: &'c Contract,
    new: &'c Contract,
    /// The unions.
    of: (TypeId, TypeId),
}

/// Variants that are the same, those that are gone, and those that are new.
type Paired = (Vec<(TypeId, TypeId)>, Vec<TypeId>, Vec<TypeId>);

impl Pairing<'_> {
    /// The surest first: by what tells them apart, by name, by being equal, by what they have in
    /// common.
    fn pair(&self, mut before: Vec<TypeId>, mut after: Vec<TypeId>) -> Paired {
        let mut pairs = Vec::new();
        let certain: [&dyn Fn(TypeId, TypeId) -> bool; 3] = [
            &|a, b| {
                let tag = tag(self.old, self.of.0, a);
                tag.is_some() && tag == self::tag(self.new, self.of.1, b)
            },
            &|a, b| {
                let name = |contract: &Contract, id| contract.types.declaration(id).name.clone();
                let own = name(self.old, a);
                own.is_some() && own == name(self.new, b)
            },
            &|a, b| self.is_equal(a, b),
        ];
        for is_same in certain {
            before.retain(|own| match after.iter().position(|other| is_same(*own, *other)) {
                Some(at) => {
                    pairs.push((*own, after.remove(at)));
                    false
                }
                None => true,
            });
        }
        let mut likely: Vec<(usize, TypeId, TypeId)> = Vec::new();
        for own in &before {
            let alike = after.iter().filter(|other| self.is_alike(*own, **other));
            likely.extend(alike.map(|other| (self.in_common(*own, *other), *own, *other)));
        }
        likely.sort_by_key(|(common, ..)| std::cmp::Reverse(*common));
        for (_, own, other) in likely {
            if before.contains(&own) && after.contains(&other) {
                before.retain(|id| *id != own);
                after.retain(|id| *id != other);
                pairs.push((own, other));
            }
        }
        (pairs, before, after)
    }

    fn is_alike(&self, a: TypeId, b: TypeId) -> bool {
        std::mem::discriminant(self.old.ty(a)) == std::mem::discriminant(self.new.ty(b))
    }

    /// Of scalars, whether they are the same; of others, whether they are spelt alike.
    fn is_equal(&self, a: TypeId, b: TypeId) -> bool {
        match (self.old.ty(a), self.new.ty(b)) {
            (Type::Object(_) | Type::Array(_) | Type::Tuple(_), _) => {
                self.is_alike(a, b) && type_text(self.old, a) == type_text(self.new, b)
            }
            (a, b) => a == b,
        }
    }

    /// How much two have in common: fields of one name, and more if they are spelt alike.
    fn in_common(&self, a: TypeId, b: TypeId) -> usize {
        let (Type::Object(one), Type::Object(other)) = (self.old.ty(a), self.new.ty(b)) else {
            return 0;
        };
        let of = |property: &Property| {
            let other = other.property(&property.name)?;
            let same = property.required == other.required
                && type_text(self.old, property.ty) == type_text(self.new, other.ty);
            Some(if same { 3 } else { 1 })
        };
        one.properties.iter().filter_map(of).sum()
    }
}

fn tag(contract: &Contract, union: TypeId, variant: TypeId) -> Option<&str> {
    let (_, mapping) = tags(contract, union)?;
    mapping.iter().find(|(_, id)| *id == variant).map(|(value, _)| value.as_str())
}

fn of_status(operation: &Operation, status: Status) -> Option<&Response> {
    match status {
        Status::Exact(status) => operation.response(status),
        Status::Range(hundred) => {
            let same = |r: &&Response| r.status == status;
            let any = |r: &&Response| r.status == Status::Default;
            let inside = |r: &&Response| matches!(r.status, Status::Exact(s) if s / 100 == u16::from(hundred));
            let responses = || operation.responses.iter();
            responses()
                .find(same)
                .or_else(|| responses().find(any))
                .or_else(|| responses().find(inside))
        }
        Status::Default => operation.responses.iter().find(|r| r.status == status),
    }
}

pub(super) fn status_text(status: Status) -> String {
    match status {
        Status::Exact(status) => status.to_string(),
        Status::Range(hundred) => format!("{hundred}XX"),
        Status::Default => "default".to_owned(),
    }
}

/// Whether an answer is one of success: by its status, or as the only one that there is.
pub(super) fn is_success(operation: &Operation, status: Status) -> bool {
    status.is_success()
        || status == Status::Default && !operation.responses.iter().any(|r| r.status.is_success())
}

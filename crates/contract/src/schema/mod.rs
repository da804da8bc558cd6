//! Lowers schemas to types.
//!
//! In:    schema nodes of OpenAPI 3.0 and 3.1.
//! Out:   types in the arena; a faulty schema becomes [`Type::Broken`], and [`Lowering::faults`]
//!        says why.
//! Never: recursion over schemas (they come as deep chains and circles): children are put on a
//!        list of work, and memory of what was lowered makes circles end.
//!
//! A type is made of *parts*: schemas that must all hold (`allOf`, a `$ref` with siblings, the
//! same property declared twice, a variant with what stands beside `oneOf`). [`flatten`] turns
//! parts into a flat list, [`build`] makes the type, [`finish`] ties unions together at the end.

mod build;
mod finish;
mod flatten;
mod keywords;

pub(crate) use finish::children;
pub use finish::tie_unions;

use std::collections::{HashMap, HashSet};

use frontage_diagnostic::{Diagnostic, Span};

use crate::codes;
use crate::model::{Declaration, Text, Type, TypeId, Types, Union};
use crate::references::References;
use crate::tree::{Kind, NodeId, Tree};

/// How many types one contract may have.
const TYPE_LIMIT: usize = 1_000_000;

/// How many types made of several parts one contract may have, and how many parts they may have
/// together: unions beside unions multiply.
const JOINED_LIMIT: usize = 30_000;
const PART_LIMIT: usize = 300_000;

/// How many steps flattening may take in one contract: chains of `allOf` are walked by each schema
/// that begins one.
const STEP_LIMIT: usize = 3_000_000;

/// How many variants one union may have.
const VARIANT_LIMIT: usize = 1_000;

/// A schema as a part of a type, less what is dealt with already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Part {
    node: NodeId,
    /// What not to read of it.
    skip: Skip,
}

/// What not to read of a [`Part`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
struct Skip {
    /// `$ref`, `allOf` and nullability: they are parts of their own, or done.
    composition: bool,
    one_of: bool,
    any_of: bool,
}

/// The state of lowering one contract's schemas.
pub(crate) struct Lowering<'a> {
    refs: &'a References<'a>,
    tree: &'a Tree,
    /// Whether siblings of `$ref` count (3.1).
    siblings: bool,
    /// The arena.
    pub(crate) types: Types,
    /// Why types are broken.
    pub(crate) faults: HashMap<TypeId, Diagnostic>,
    /// Why no value fits a type.
    pub(crate) impossible: HashMap<TypeId, Diagnostic>,
    /// What was found, in order; a fault once only.
    pub(crate) diagnostics: Vec<Diagnostic>,
    single: HashMap<NodeId, TypeId>,
    joined: HashMap<Vec<Part>, TypeId>,
    nullable: HashMap<TypeId, TypeId>,
    work: Vec<(TypeId, Vec<Part>)>,
    parts: usize,
    steps: usize,
    reported: HashSet<(Span, String)>,
    /// Variants of unions with a discriminator that no explicit mapping names, with their
    /// schema's name.
    implicit: Vec<(TypeId, TypeId, Option<String>)>,
    null: TypeId,
    unknown: TypeId,
    string: TypeId,
}

impl<'a> Lowering<'a> {
    /// Starts with an empty arena.
    ///
    /// - `siblings`: whether siblings of `$ref` count, as since 3.1.
    /// - `origin`: the place of types that no schema declares.
    pub(crate) fn new(refs: &'a References<'a>, siblings: bool, origin: Span) -> Self {
        let mut types = Types::default();
        let mut basic = |ty| {
            types.add(Declaration {
                name: None,
                span: origin,
                description: None,
                example: None,
                ty,
            })
        };
        let null = basic(Type::Null);
        let unknown = basic(Type::Unknown);
        let string = basic(Type::String(Text::default()));
        Self {
            refs,
            tree: refs.tree,
            siblings,
            types,
            faults: HashMap::new(),
            impossible: HashMap::new(),
            diagnostics: Vec::new(),
            single: HashMap::new(),
            joined: HashMap::new(),
            nullable: HashMap::new(),
            work: Vec::new(),
            parts: 0,
            steps: 0,
            reported: HashSet::new(),
            implicit: Vec::new(),
            null,
            unknown,
            string,
        }
    }

    /// The type of any value.
    pub(crate) fn unknown(&self) -> TypeId {
        self.unknown
    }

    /// The type of any string.
    pub(crate) fn string(&self) -> TypeId {
        self.string
    }

    /// The type of a schema. It is filled in by [`Lowering::finish`] at the latest.
    pub(crate) fn lower(&mut self, schema: NodeId) -> TypeId {
        self.lower_parts(vec![Part { node: schema, skip: Skip::default() }])
    }

    /// Adds a type that no schema declares.
    pub(crate) fn add(&mut self, span: Span, ty: Type) -> TypeId {
        self.types.add(Declaration { name: None, span, description: None, example: None, ty })
    }

    /// The union of types; the type itself if there is but one.
    pub(crate) fn union(&mut self, span: Span, mut variants: Vec<TypeId>) -> TypeId {
        let mut seen = HashSet::new();
        variants.retain(|variant| seen.insert(*variant));
        match variants[..] {
            [single] => single,
            _ => self.add(span, Type::Union(Union { variants, discriminator: None })),
        }
    }

    /// Does the work that is left, and ties unions together. Nothing is lowered afterwards.
    pub(crate) fn finish(&mut self) {
        self.drain();
        finish::finish(self);
    }

    /// Builds what has been asked for so far.
    fn drain(&mut self) {
        while let Some((id, parts)) = self.work.pop() {
            let ty = build::build(self, id, &parts);
            self.types.declaration_mut(id).ty = ty;
        }
    }

    /// Reports a fault where it stands, once.
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        let key = diagnostic.primary.as_ref().map(|l| (l.span, diagnostic.message.clone()));
        if key.is_none_or(|key| self.reported.insert(key)) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Reports a fault, and gives the type that carries it.
    fn broken(&mut self, id: TypeId, diagnostic: Diagnostic) -> Type {
        self.report(diagnostic.clone());
        self.faults.insert(id, diagnostic);
        Type::Broken
    }

    /// Reports that no value fits a type. Whoever never looks at it loses nothing.
    fn impossible(&mut self, id: TypeId, diagnostic: Diagnostic) -> Type {
        self.report(diagnostic.clone());
        self.impossible.insert(id, diagnostic);
        Type::Never
    }

    /// The type of parts that must all hold.
    fn lower_parts(&mut self, parts: Vec<Part>) -> TypeId {
        let mut unique: Vec<Part> = Vec::with_capacity(parts.len());
        let mut null = false;
        let single = parts.len() == 1;
        for original in parts {
            let (mut part, nullable) = self.unwrap(original);
            if nullable && !single {
                // Nullability of one part among several is for `flatten` to weigh.
                part = original;
            } else {
                null |= nullable;
            }
            if !unique.contains(&part) {
                unique.push(part);
            }
        }
        if unique.len() > 1 {
            let kept: Vec<Part> =
                unique.iter().filter(|part| !self.is_empty(part.node)).copied().collect();
            if !kept.is_empty() {
                unique = kept;
            }
        }
        let id = match unique[..] {
            [Part { node, skip }] if skip == Skip::default() => match self.single.get(&node) {
                Some(&id) => id,
                None => {
                    let id = self.reserve(node, &unique);
                    self.single.insert(node, id);
                    id
                }
            },
            [] => self.unknown,
            [.., Part { node, .. }] => match self.joined.get(&unique) {
                Some(&id) => id,
                None => {
                    let id = self.reserve(node, &unique);
                    self.joined.insert(unique, id);
                    id
                }
            },
        };
        if null { self.or_null(id) } else { id }
    }

    fn reserve(&mut self, node: NodeId, parts: &[Part]) -> TypeId {
        let named = if parts.len() == 1 { self.refs.name_of(node) } else { None };
        let (name, span) = match named {
            Some((name, span)) => (Some(name), span),
            None => (None, self.refs.place(node)),
        };
        let description = self.tree.get_str(node, "description").map(str::to_owned);
        let example = keywords::example(self.tree, node);
        let ty = Type::Never;
        let id = self.types.add(Declaration { name, span, description, example, ty });
        if parts.len() > 1 {
            self.parts += parts.len();
        }
        let many = self.types.len() > TYPE_LIMIT || self.joined.len() > JOINED_LIMIT;
        if many || self.parts > PART_LIMIT {
            let message = "the schemas combine to more types than can be read";
            let diagnostic = Diagnostic::error(codes::LIMIT, span, message)
                .help("use fewer `oneOf` and `anyOf` beside or inside each other")
                .warning();
            self.types.declaration_mut(id).ty = self.broken(id, diagnostic);
        } else {
            self.work.push((id, parts.to_vec()));
        }
        id
    }

    /// The type with `null`.
    fn or_null(&mut self, id: TypeId) -> TypeId {
        if id == self.null || id == self.unknown {
            return id;
        }
        if let Some(&known) = self.nullable.get(&id) {
            return known;
        }
        let span = self.types.declaration(id).span;
        let union = Union { variants: vec![id, self.null], discriminator: None };
        let with_null = self.add(span, Type::Union(union));
        self.nullable.insert(id, with_null);
        with_null
    }

    /// Follows schemas that only say "as that one": a `$ref`, or an `allOf` of one. Says whether
    /// one of them adds `null`.
    fn unwrap(&self, part: Part) -> (Part, bool) {
        if part.skip != Skip::default() {
            return (part, false);
        }
        let mut node = part.node;
        let mut null = false;
        let mut seen = HashSet::new();
        loop {
            if !seen.insert(node) {
                return (part, false);
            }
            let Some((inner, nullable)) = self.wrapped(node) else {
                return (Part { node, ..part }, null);
            };
            null |= nullable;
            node = inner;
        }
    }

    /// What a schema stands for that only says "as that one", and whether it adds `null`.
    fn wrapped(&self, node: NodeId) -> Option<(NodeId, bool)> {
        if !self.tree.is_object(node) {
            return None;
        }
        let nullable = keywords::nullable(self.tree, node);
        if let Some(reference) = self.tree.get(node, "$ref") {
            let plain = !self.siblings || keywords::only(self.tree, node, &["$ref", "nullable"]);
            return if plain { Some((self.refs.resolve(reference).ok()?, nullable)) } else { None };
        }
        if self.refs.name_of(node).is_some() {
            return None;
        }
        for key in ["allOf", "oneOf", "anyOf"] {
            let Some(list) = self.tree.get(node, key) else { continue };
            let [single] = self.tree.elements(list) else { return None };
            let type_fits = self.tree.get(node, "type").is_none()
                || self.tree.get_str(node, "type") == Some("object");
            let plain = keywords::only(self.tree, node, &[key, "nullable", "type"]);
            return (plain && type_fits).then_some((*single, nullable));
        }
        None
    }

    /// Whether a schema says nothing: `{}`, `true`, or annotations only.
    fn is_empty(&self, node: NodeId) -> bool {
        match self.tree.kind(node) {
            Kind::Bool(true) | Kind::Null => true,
            Kind::Object => keywords::only(self.tree, node, &[]),
            _ => false,
        }
    }
}

//! Makes the type of parts that must all hold.

use std::collections::{HashMap, HashSet};

use frontage_diagnostic::{Diagnostic, Span};

use super::flatten::{Flat, flatten};
use super::keywords::{self, Kinds};
use super::{Lowering, Part, Skip, VARIANT_LIMIT};
use crate::codes;
use crate::model::{
    Access, Additional, Array, Constant, Discriminator, Object, Property, Tuple, Type, TypeId,
    Union,
};
use crate::tree::{Kind, NodeId};

/// Makes the type with the id `id` out of `parts`.
pub(super) fn build(lowering: &mut Lowering<'_>, id: TypeId, parts: &[Part]) -> Type {
    let flat = flatten(lowering, parts);
    if let Some(fault) = flat.fault {
        return lowering.broken(id, fault);
    }
    if flat.never {
        return Type::Never;
    }
    if let Some(contradiction) = flat.contradiction {
        // A variant that contradicts what stands beside the union is just none of it.
        let variant = parts.iter().any(|part| part.skip.one_of || part.skip.any_of);
        return if variant { Type::Never } else { lowering.impossible(id, contradiction) };
    }
    let mut builder = Builder { lowering, id, flat: &flat };
    match builder.build() {
        Ok(ty) => ty,
        Err(fault) => lowering.broken(id, fault),
    }
}

type Built<T> = Result<T, Diagnostic>;

struct Builder<'b, 'a> {
    lowering: &'b mut Lowering<'a>,
    id: TypeId,
    flat: &'b Flat,
}

impl Builder<'_, '_> {
    fn nodes(&self) -> Vec<NodeId> {
        self.flat.nodes.iter().map(|&(node, _)| node).collect()
    }

    fn malformed(&self, node: NodeId, message: impl Into<String>, help: &str) -> Diagnostic {
        Diagnostic::error(codes::MALFORMED_SCHEMA, self.lowering.refs.place(node), message)
            .help(help)
            .warning()
    }

    fn build(&mut self) -> Built<Type> {
        for index in 0..self.flat.nodes.len() {
            let (node, skip) = self.flat.nodes[index];
            for (key, skipped) in [("oneOf", skip.one_of), ("anyOf", skip.any_of)] {
                if skipped {
                    continue;
                }
                let tree = self.lowering.tree;
                let Some(list) = keywords::get(tree, node, key) else { continue };
                let Kind::Array(variants) = tree.kind(list) else {
                    let message = format!("`{key}` must be a list of schemas");
                    return Err(self.malformed(list, message, "write it as a list"));
                };
                if !variants.is_empty() && !self.leads_back(node, variants) {
                    return self.variants(index, key, variants);
                }
            }
        }
        let span = self.lowering.types.declaration(self.id).span;
        let mut alternatives = self.alternatives(span)?;
        let null = self.flat.null == Some(true);
        if null && !alternatives.contains(&Type::Unknown) {
            alternatives.push(Type::Null);
        }
        Ok(match alternatives.len() {
            0 => Type::Never,
            1 => alternatives.swap_remove(0),
            _ => {
                let variants = alternatives
                    .into_iter()
                    .map(|ty| match ty {
                        Type::Null => self.lowering.null,
                        ty => self.lowering.add(span, ty),
                    })
                    .collect();
                Type::Union(Union { variants, discriminator: None })
            }
        })
    }

    /// Whether a variant of `node` is the schema that is being built: a base that lists its
    /// extensions, reached through an extension's `allOf`. The extension is that variant.
    fn leads_back(&self, node: NodeId, variants: &[NodeId]) -> bool {
        variants.iter().any(|&variant| {
            let target = self.target(variant);
            target != node && self.flat.reached.contains(&target)
        })
    }

    /// The schema behind a variant: the target of a `$ref`, else itself.
    fn target(&self, variant: NodeId) -> NodeId {
        self.lowering.refs.follow(variant).unwrap_or(variant)
    }

    /// A union by `oneOf` or `anyOf`: each variant with all that stands beside it.
    fn variants(&mut self, index: usize, key: &str, variants: &[NodeId]) -> Built<Type> {
        let tree = self.lowering.tree;
        let (node, _) = self.flat.nodes[index];
        if variants.len() > VARIANT_LIMIT {
            let message = format!("a union may have {VARIANT_LIMIT} variants at most");
            return Err(Diagnostic::error(codes::LIMIT, self.lowering.refs.place(node), message)
                .help("group the variants")
                .warning());
        }
        let mut base: Vec<Part> = Vec::new();
        for (at, &(other, mut skip)) in self.flat.nodes.iter().enumerate() {
            skip.composition = true;
            if at == index {
                skip.one_of |= key == "oneOf";
                skip.any_of |= key == "anyOf";
            }
            if adds(self.lowering, other, skip) {
                base.push(Part { node: other, skip });
            }
        }
        let mut null = self.flat.null == Some(true);
        let mut ids = Vec::with_capacity(variants.len());
        for &variant in variants {
            let target = self.target(variant);
            if is_null(self.lowering, target) {
                null = true;
                continue;
            }
            // A variant that extends the base has it already.
            let extends = || {
                let reached = self.composed_of(variant);
                base.iter().all(|part| reached.contains(&part.node))
            };
            let mut parts = if base.is_empty() || extends() { Vec::new() } else { base.clone() };
            parts.push(Part { node: variant, skip: Skip::default() });
            ids.push((target, self.lowering.lower_parts(parts)));
        }
        let discriminator = keywords::get(tree, node, "discriminator")
            .and_then(|value| self.discriminator(value, &ids));
        let mut variants: Vec<TypeId> = ids.into_iter().map(|(_, id)| id).collect();
        if null {
            variants.push(self.lowering.null);
        }
        Ok(Type::Union(Union { variants, discriminator }))
    }

    /// All schemas that a schema leads to by `$ref` and `allOf`.
    fn composed_of(&self, schema: NodeId) -> HashSet<NodeId> {
        let tree = self.lowering.tree;
        let mut reached = HashSet::from([schema]);
        let mut stack = vec![schema];
        while let Some(node) = stack.pop() {
            let target = tree
                .get(node, "$ref")
                .and_then(|reference| self.lowering.refs.resolve(reference).ok());
            let list = tree.get(node, "allOf").map_or(&[][..], |list| tree.elements(list));
            stack.extend(target.iter().chain(list).filter(|&&next| reached.insert(next)));
        }
        reached
    }

    /// Reads `discriminator`. Variants that it does not map are left for the end, when it is
    /// known whether their property is a constant.
    fn discriminator(
        &mut self,
        value: NodeId,
        variants: &[(NodeId, TypeId)],
    ) -> Option<Discriminator> {
        let tree = self.lowering.tree;
        // A bare string is Swagger 2.0's spelling, which survives in converted contracts.
        let property = tree.as_str(value).or_else(|| tree.get_str(value, "propertyName"))?;
        let mut mapping = Vec::new();
        if let Some(map) = keywords::get(tree, value, "mapping") {
            for member in tree.members(map) {
                let target = self.lowering.refs.resolve_mapping(member.value);
                let target = target.map(|target| self.target(target));
                let found = variants.iter().find(|(node, _)| Some(*node) == target);
                match found {
                    Some(&(_, id)) => mapping.push((tree.key(member).to_owned(), id)),
                    None => {
                        let text = tree.scalar_text(member.value).unwrap_or("this");
                        let message = format!("`{text}` is none of the variants");
                        let span = self.lowering.refs.place(member.value);
                        self.lowering.report(
                            Diagnostic::error(codes::IGNORED_KEYWORD, span, message)
                                .label("this entry of the mapping is ignored")
                                .help("name one of the schemas listed beside the discriminator")
                                .warning(),
                        );
                    }
                }
            }
        }
        for &(node, variant) in variants {
            if mapping.iter().all(|(_, id)| *id != variant) {
                let name = self.lowering.refs.name_of(node).map(|(name, _)| name);
                self.lowering.implicit.push((self.id, variant, name));
            }
        }
        Some(Discriminator { property: property.to_owned(), mapping })
    }

    /// One type for each kind of value that the parts allow, `null` aside.
    fn alternatives(&mut self, span: Span) -> Built<Vec<Type>> {
        let nodes = self.nodes();
        let tree = self.lowering.tree;
        let has = |keys: &[&str]| {
            nodes.iter().any(|&n| keys.iter().any(|key| keywords::get(tree, n, key).is_some()))
        };
        let constants = self.constants(&nodes)?;
        let kinds = match self.flat.kinds {
            Some(kinds) => kinds,
            None if constants.is_some() => Kinds::BOOLEAN.or(Kinds::NUMBER).or(Kinds::STRING),
            None if has(&[
                "properties",
                "additionalProperties",
                "patternProperties",
                "required",
            ]) =>
            {
                Kinds::OBJECT
            }
            None if has(&["items", "prefixItems"]) => Kinds::ARRAY,
            None => return Ok(vec![Type::Unknown]),
        };
        if let Some(mut constants) = constants
            && !kinds.has(Kinds::ARRAY)
            && !kinds.has(Kinds::OBJECT)
        {
            if self.flat.kinds.is_some() {
                constants = fitting(constants, kinds);
            }
            if !constants.is_empty() {
                return Ok(vec![Type::Enum(constants)]);
            }
            if self.flat.null == Some(true) && self.only_null(&nodes) {
                return Ok(Vec::new());
            }
        }
        let mut types = Vec::new();
        if kinds.has(Kinds::STRING) {
            types.push(Type::String(keywords::text(tree, &nodes)));
        }
        if kinds.has(Kinds::NUMBER) {
            types.push(Type::Number(keywords::number(tree, &nodes, false)));
        } else if kinds.has(Kinds::INTEGER) {
            types.push(Type::Number(keywords::number(tree, &nodes, true)));
        }
        if kinds.has(Kinds::BOOLEAN) {
            types.push(Type::Boolean);
        }
        if kinds.has(Kinds::ARRAY) {
            types.push(self.array(&nodes)?);
        }
        if kinds.has(Kinds::OBJECT) {
            types.push(self.object(&nodes, span)?);
        }
        Ok(types)
    }

    /// Whether the only constant that is listed is `null`.
    fn only_null(&self, nodes: &[NodeId]) -> bool {
        let tree = self.lowering.tree;
        nodes.iter().any(|&node| {
            let listed = keywords::get(tree, node, "enum").map(|list| tree.elements(list));
            listed.is_some_and(|list| list.iter().all(|&i| tree.kind(i) == Kind::Null))
                || tree.get(node, "const").is_some_and(|value| tree.kind(value) == Kind::Null)
        })
    }

    /// The constants that all of `enum` and `const` list, `null` aside.
    fn constants(&self, nodes: &[NodeId]) -> Built<Option<Vec<Constant>>> {
        let tree = self.lowering.tree;
        // YAML reads unquoted words as numbers and booleans: where only strings are asked for, they
        // are strings as spelt, `1.10` too.
        let words = self.flat.kinds == Some(Kinds::STRING);
        let mut all: Option<Vec<Constant>> = None;
        for &node in nodes {
            let mut lists: Vec<Vec<NodeId>> = Vec::new();
            if let Some(list) = keywords::get(tree, node, "enum") {
                let Kind::Array(items) = tree.kind(list) else {
                    let help = "write `enum` as a list of values";
                    return Err(self.malformed(list, "`enum` must be a list", help));
                };
                if !items.is_empty() {
                    lists.push(items.to_vec());
                }
            }
            lists.extend(tree.get(node, "const").map(|value| vec![value]));
            for items in lists {
                // Arrays and objects as constants are rare and say less than their types.
                let composite =
                    |&item: &NodeId| matches!(tree.kind(item), Kind::Array(_) | Kind::Object);
                if items.iter().any(composite) {
                    continue;
                }
                let mut list: Vec<Constant> = Vec::with_capacity(items.len());
                // Lists of real contracts can have tens of thousands.
                let mut seen = HashSet::with_capacity(items.len());
                for constant in items.iter().filter_map(|&i| constant(tree.kind(i), words)) {
                    if seen.insert(identity(&constant)) {
                        list.push(constant);
                    }
                }
                all = Some(match all {
                    Some(known) => {
                        known.into_iter().filter(|c| seen.contains(&identity(c))).collect()
                    }
                    None => list,
                });
            }
        }
        Ok(all)
    }

    fn array(&mut self, nodes: &[NodeId]) -> Built<Type> {
        let tree = self.lowering.tree;
        let (mut min, mut max) = (None, None);
        let mut items: Vec<Part> = Vec::new();
        let mut first: Option<(NodeId, Vec<NodeId>)> = None;
        for &node in nodes {
            let sizes = keywords::size(tree, node, "minItems", "maxItems");
            min = min.max(sizes.0);
            max = keywords::least(max, sizes.1);
            let listed = keywords::get(tree, node, "prefixItems")
                .or_else(|| keywords::get(tree, node, "items"))
                .filter(|&list| matches!(tree.kind(list), Kind::Array(_)));
            if let Some(list) = listed {
                first.get_or_insert((node, tree.elements(list).to_vec()));
            } else if let Some(schema) = keywords::get(tree, node, "items") {
                items.push(Part { node: schema, skip: Skip::default() });
            }
        }
        let Some((node, listed)) = first.filter(|(_, listed)| !listed.is_empty()) else {
            let items = if items.is_empty() {
                self.lowering.unknown
            } else {
                self.lowering.lower_parts(items)
            };
            return Ok(Type::Array(Array { items, min_items: min, max_items: max }));
        };
        // Since 3.1 `items` says what comes after `prefixItems`; before, `additionalItems` did.
        let rest = match keywords::get(tree, node, "items") {
            Some(rest) if !matches!(tree.kind(rest), Kind::Array(_)) => Some(rest),
            _ => keywords::get(tree, node, "additionalItems"),
        };
        let full = max.is_some_and(|max| max <= listed.len() as u64);
        let rest = match rest {
            _ if full => None,
            None => Some(self.lowering.unknown),
            Some(rest) if tree.kind(rest) == Kind::Bool(false) => None,
            Some(rest) => Some(self.lowering.lower(rest)),
        };
        let required = min.unwrap_or(0).min(listed.len() as u64) as usize;
        let items = listed.iter().map(|&item| self.lowering.lower(item)).collect();
        Ok(Type::Tuple(Tuple { items, required, rest }))
    }

    fn object(&mut self, nodes: &[NodeId], span: Span) -> Built<Type> {
        let tree = self.lowering.tree;
        let mut order: Vec<Declared> = Vec::new();
        let mut index: HashMap<&str, usize> = HashMap::new();
        for &node in nodes {
            let Some(properties) = keywords::get(tree, node, "properties") else { continue };
            if !tree.is_object(properties) {
                let help = "write one `name: schema` for each property";
                return Err(self.malformed(properties, "`properties` must be a mapping", help));
            }
            for member in tree.members(properties) {
                let name = tree.key(member);
                let at = *index.entry(name).or_insert_with(|| {
                    order.push(Declared {
                        name: name.to_owned(),
                        span: member.key_span,
                        schemas: Vec::new(),
                        required: false,
                    });
                    order.len() - 1
                });
                order[at].schemas.push(member.value);
            }
        }
        for &node in nodes {
            let Some(required) = keywords::get(tree, node, "required") else { continue };
            for &name in tree.elements(required) {
                let at = tree.scalar_text(name).and_then(|name| index.get(name));
                if let Some(&at) = at {
                    order[at].required = true;
                }
            }
        }
        let additional = self.additional(nodes, order.is_empty(), span)?;
        let properties = order.into_iter().map(|declared| self.property(declared)).collect();
        Ok(Type::Object(Object { properties, additional }))
    }

    fn property(&mut self, declared: Declared) -> Property {
        let tree = self.lowering.tree;
        let Declared { name, span, schemas, required } = declared;
        let flag = |key: &str| schemas.iter().any(|&s| tree.get_bool(s, key) == Some(true));
        let access = if flag("readOnly") {
            Access::ReadOnly
        } else if flag("writeOnly") {
            Access::WriteOnly
        } else {
            Access::Both
        };
        let deprecated = flag("deprecated");
        let description =
            schemas.iter().find_map(|&s| tree.get_str(s, "description")).map(str::to_owned);
        for &schema in &schemas {
            let stray = tree.member(schema, "required");
            if let Some(stray) = stray.filter(|m| matches!(tree.kind(m.value), Kind::Bool(_))) {
                let message = "`required` on a property has no effect";
                self.lowering.report(
                    Diagnostic::error(codes::IGNORED_KEYWORD, stray.key_span, message)
                        .help(format!("list `{name}` in `required` of the object that has it"))
                        .warning(),
                );
            }
        }
        let parts = schemas.into_iter().map(|node| Part { node, skip: Skip::default() }).collect();
        let ty = self.lowering.lower_parts(parts);
        Property { name, ty, required, access, deprecated, description, span }
    }

    fn additional(&mut self, nodes: &[NodeId], bare: bool, span: Span) -> Built<Additional> {
        let tree = self.lowering.tree;
        let mut forbidden = false;
        let mut any = false;
        let mut schemas: Vec<Part> = Vec::new();
        let mut patterns: Vec<TypeId> = Vec::new();
        for &node in nodes {
            for key in ["additionalProperties", "unevaluatedProperties"] {
                let Some(value) = keywords::get(tree, node, key) else { continue };
                match tree.kind(value) {
                    Kind::Bool(false) | Kind::String("false") => forbidden = true,
                    Kind::Bool(true) | Kind::String("true") => any = true,
                    Kind::Object if self.lowering.is_empty(value) => any = true,
                    Kind::Object => schemas.push(Part { node: value, skip: Skip::default() }),
                    _ => {
                        let message = format!("`{key}` must be a schema, `true` or `false`");
                        return Err(self.malformed(value, message, "leave it out, or write `{}`"));
                    }
                }
            }
            if let Some(map) = keywords::get(tree, node, "patternProperties") {
                for member in tree.members(map) {
                    patterns.push(self.lowering.lower(member.value));
                }
            }
        }
        if !patterns.is_empty() {
            if any {
                return Ok(Additional::Any);
            }
            if !schemas.is_empty() {
                patterns.push(self.lowering.lower_parts(schemas));
            }
            return Ok(Additional::Of(self.lowering.union(span, patterns)));
        }
        Ok(if forbidden {
            Additional::Forbidden
        } else if !schemas.is_empty() {
            Additional::Of(self.lowering.lower_parts(schemas))
        } else if any || bare {
            Additional::Any
        } else {
            Additional::Undeclared
        })
    }
}

/// A property as the parts declare it.
struct Declared {
    name: String,
    span: Span,
    schemas: Vec<NodeId>,
    required: bool,
}

/// Whether a schema's own keywords say more than "an object".
fn adds(lowering: &Lowering<'_>, node: NodeId, skip: Skip) -> bool {
    let mut done = vec!["$ref", "allOf", "nullable"];
    if skip.one_of {
        done.push("oneOf");
    }
    if skip.any_of {
        done.push("anyOf");
    }
    if lowering.tree.get_str(node, "type") == Some("object")
        || lowering.tree.get(node, "type").is_some_and(|ty| !lowering.tree.elements(ty).is_empty())
    {
        done.push("type");
    }
    !keywords::only(lowering.tree, node, &done)
}

/// Whether a schema allows `null` and nothing else.
fn is_null(lowering: &Lowering<'_>, node: NodeId) -> bool {
    let tree = lowering.tree;
    let declared = keywords::declared(tree, node).ok().flatten();
    let all_null = |list: NodeId| {
        let items = tree.elements(list);
        !items.is_empty() && items.iter().all(|&item| tree.kind(item) == Kind::Null)
    };
    declared.is_some_and(|declared| declared.null && declared.kinds == Kinds::NONE)
        || tree.get(node, "const").is_some_and(|value| tree.kind(value) == Kind::Null)
        || tree.get(node, "enum").is_some_and(all_null)
}

/// What makes a constant the same as another, in a form that can be looked up.
fn identity(constant: &Constant) -> (u8, String, u64) {
    match constant {
        Constant::String(text) => (0, text.clone(), 0),
        // The two zeros are one.
        Constant::Number(number) => (1, String::new(), (number + 0.0).to_bits()),
        Constant::Boolean(value) => (2, String::new(), u64::from(*value)),
    }
}

/// A constant; as a string whatever it looks like, if `words`.
fn constant(kind: Kind<'_>, words: bool) -> Option<Constant> {
    match kind {
        Kind::Number(text) if words => Some(Constant::String(text.to_owned())),
        Kind::Bool(value) if words => Some(Constant::String(value.to_string())),
        Kind::String(text) => Some(Constant::String(text.to_owned())),
        Kind::Number(text) => {
            text.parse().ok().filter(|number: &f64| number.is_finite()).map(Constant::Number)
        }
        Kind::Bool(value) => Some(Constant::Boolean(value)),
        _ => None,
    }
}

/// The constants that fit the kinds. None if none fits, so that the type counts.
fn fitting(constants: Vec<Constant>, kinds: Kinds) -> Vec<Constant> {
    constants
        .into_iter()
        .filter_map(|constant| match constant {
            Constant::String(text) if kinds.has(Kinds::STRING) => Some(Constant::String(text)),
            Constant::String(text) if kinds.has(Kinds::INTEGER) => {
                text.parse().ok().map(Constant::Number)
            }
            Constant::Number(value) if kinds.has(Kinds::INTEGER) => Some(Constant::Number(value)),
            Constant::Number(value) if kinds.has(Kinds::STRING) => {
                Some(Constant::String(value.to_string()))
            }
            Constant::Boolean(value) if kinds.has(Kinds::BOOLEAN) => Some(Constant::Boolean(value)),
            Constant::Boolean(value) if kinds.has(Kinds::STRING) => {
                Some(Constant::String(value.to_string()))
            }
            _ => None,
        })
        .collect()
}

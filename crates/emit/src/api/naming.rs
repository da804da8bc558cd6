//! Which objects get names, and which.
//!
//! In:    drafts of objects, in the order in which routes were read, and the schemas that hold them.
//! Out:   the same schemas with each draft put in place or replaced by its name; the named schemas.
//! Never: a name that depends on anything but the text: equal input gives equal names.
//!
//! Equal objects are one. A name has: what a route module or a contract names; what a helper
//! gives (`tile` makes `Tile`); what leads back to itself; the variants of a union that one member
//! tells apart; what stands in several places. Everything else is written where it stands.

use std::collections::{BTreeMap, BTreeSet};

use super::schema::{Member, Rest, Schema, SchemaKind};
use crate::typescript::namespace;

/// A name that somebody gave.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Wish {
    /// An interface, an alias, or a contract's schema.
    Declared {
        /// Its name.
        name: String,
        /// Whose contract declares it.
        upstream: Option<String>,
    },
    /// A helper's result.
    Made(String),
}

/// An object that may get a name.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) schema: Schema,
    pub(super) wish: Option<Wish>,
}

impl Draft {
    pub(super) fn unnamed(schema: Schema) -> Self {
        Self { schema, wish: None }
    }
}

/// All drafts.
#[derive(Debug, Default)]
pub(super) struct Pool {
    drafts: Vec<Draft>,
    constants: BTreeMap<(String, String), usize>,
}

impl Pool {
    /// A place for a draft that will be given later.
    pub(super) fn reserve(&mut self) -> usize {
        self.drafts.push(Draft::unnamed(Schema::new(SchemaKind::Any)));
        self.drafts.len() - 1
    }

    /// Gives the draft of a place.
    pub(super) fn fill(&mut self, place: usize, draft: Draft) {
        self.drafts[place] = draft;
    }

    /// Gives the draft of a place a name, unless it has one.
    pub(super) fn wish(&mut self, place: usize, wish: Wish) {
        self.drafts[place].wish.get_or_insert(wish);
    }

    /// A named enumeration of a contract; words stay with the member.
    pub(super) fn constants(&mut self, schema: Schema, name: &str, upstream: &str) -> Schema {
        let key = (upstream.to_owned(), name.to_owned());
        let next = self.drafts.len();
        let place = *self.constants.entry(key).or_insert(next);
        if place == next {
            let wish = Wish::Declared { name: name.into(), upstream: Some(upstream.into()) };
            let schema = Schema::new(schema.kind);
            self.drafts.push(Draft { schema, wish: Some(wish) });
        }
        Schema { kind: SchemaKind::Draft(place), ..schema }
    }

    /// What a helper gives names the objects in it, unless they have names.
    pub(super) fn made(&mut self, schema: &Schema, name: &str) {
        match &schema.kind {
            SchemaKind::Draft(place) => {
                let draft = &mut self.drafts[*place];
                let object = matches!(&draft.schema.kind, SchemaKind::Object { members, .. } if !members.is_empty());
                if draft.wish.is_none() && object {
                    draft.wish = Some(Wish::Made(name.to_owned()));
                }
            }
            SchemaKind::Array { items, .. } => self.made(items, &singular(name)),
            SchemaKind::Union { variants, .. } => {
                let find = |place: usize| self.drafts.get(place).map(|draft| &draft.schema);
                let tags = tags(variants, &find).map(|(_, tags)| tags);
                let mut objects = 0;
                for (at, variant) in variants.iter().enumerate() {
                    if variant.kind == SchemaKind::Null {
                        continue;
                    }
                    objects += 1;
                    let own = match tags.as_ref().and_then(|tags| tags.get(at)?.first()) {
                        Some(tag) => format!("{name}{}", pascal(tag)),
                        None if objects == 1 => name.to_owned(),
                        None => format!("{name}{objects}"),
                    };
                    self.made(variant, &own);
                }
            }
            _ => {}
        }
    }

    /// Decides about every draft that `roots` reach.
    ///
    /// - `roots`: a name each, for a schema that has none of its own.
    /// - `taken`: names that are spoken for, those of roots among them.
    pub(super) fn settle(
        self,
        roots: &mut [(String, &mut Schema)],
        taken: &[&str],
    ) -> BTreeMap<String, Schema> {
        let classes = self.classes();
        let mut merged: BTreeMap<usize, Draft> = BTreeMap::new();
        for (place, mut draft) in self.drafts.into_iter().enumerate() {
            renumber(&mut draft.schema, &classes);
            let known = merged.entry(classes[place]).or_insert_with(|| draft.clone());
            if known.wish.is_none() {
                known.wish.clone_from(&draft.wish);
            }
            if known.schema.description.is_none() {
                known.schema.description.clone_from(&draft.schema.description);
            }
        }
        let mut settler = Settler { merged, facts: BTreeMap::new(), order: Vec::new() };
        for (_, root) in roots.iter_mut() {
            renumber(root, &classes);
            settler.tidy(root);
        }
        let keys: Vec<usize> = settler.merged.keys().copied().collect();
        for key in keys {
            if let Some(mut draft) = settler.merged.remove(&key) {
                settler.merged.insert(key, draft.clone());
                settler.tidy(&mut draft.schema);
                settler.merged.insert(key, draft);
            }
        }
        for (name, root) in roots.iter() {
            let context = Context { root: name, base: "", direct: true };
            settler.visit(root, &context, &mut Vec::new());
        }
        let names = settler.names(taken);
        let mut schemas = BTreeMap::new();
        for (&key, name) in &names {
            if let Some(draft) = settler.merged.get(&key) {
                let mut schema = draft.schema.clone();
                settler.place(&mut schema, &names);
                schemas.insert(name.clone(), schema);
            }
        }
        for (_, root) in roots.iter_mut() {
            settler.place(root, &names);
        }
        schemas
    }

    /// A class for each draft, the smallest place of its members: equal drafts are of one class.
    fn classes(&self) -> Vec<usize> {
        let mut classes: Vec<usize> = vec![0; self.drafts.len()];
        let mut count = 1;
        loop {
            let mut first: BTreeMap<String, usize> = BTreeMap::new();
            let mut next = Vec::with_capacity(classes.len());
            for (place, draft) in self.drafts.iter().enumerate() {
                let mut schema = draft.schema.clone();
                renumber(&mut schema, &classes);
                bare(&mut schema);
                let declared = match &draft.wish {
                    Some(Wish::Declared { name, .. }) => Some(name),
                    _ => None,
                };
                let key = format!("{declared:?} {:?} {}", schema.kind, classes[place]);
                next.push(*first.entry(key).or_insert(place));
            }
            let found = first.len();
            classes = next;
            if found == count {
                return classes;
            }
            count = found;
        }
    }
}

/// Drops words: objects that differ in them only are equal.
fn bare(schema: &mut Schema) {
    for part in schema.parts_mut() {
        bare(part);
        part.description = None;
        part.example = None;
    }
}

fn renumber(schema: &mut Schema, classes: &[usize]) {
    if let SchemaKind::Draft(place) = &mut schema.kind {
        *place = classes[*place];
    }
    for part in schema.parts_mut() {
        renumber(part, classes);
    }
}

/// What is known of a class.
#[derive(Debug, Default)]
struct Facts {
    /// In how many places it stands.
    uses: usize,
    /// It leads back to itself.
    recursive: bool,
    /// It is a variant that a member tells apart.
    variant: bool,
    /// A name made of where it stands first.
    place: String,
    /// The root that it is, if it is one.
    root: Option<String>,
    /// The first root that holds it.
    under: String,
}

/// Where a schema stands.
struct Context<'c> {
    root: &'c str,
    base: &'c str,
    direct: bool,
}

struct Settler {
    merged: BTreeMap<usize, Draft>,
    facts: BTreeMap<usize, Facts>,
    order: Vec<usize>,
}

impl Settler {
    /// Unions after equal drafts became one: without doubles, and with what tells variants apart.
    fn tidy(&self, schema: &mut Schema) {
        for part in schema.parts_mut() {
            self.tidy(part);
        }
        let SchemaKind::Union { variants, .. } = &schema.kind else { return };
        let merged = Schema::union(variants.clone());
        let SchemaKind::Union { variants, .. } = merged.kind else {
            schema.kind = merged.kind;
            return;
        };
        let find = |key: usize| self.merged.get(&key).map(|draft| &draft.schema);
        let kind = match tags(&variants, &find) {
            Some((member, tags)) => {
                let nullable = variants.iter().any(|v| v.kind == SchemaKind::Null);
                let objects: Vec<Schema> =
                    variants.into_iter().filter(|v| v.kind != SchemaKind::Null).collect();
                let told = SchemaKind::Union {
                    variants: objects,
                    exclusive: true,
                    discriminator: Some((member, tags)),
                };
                if nullable {
                    let variants = vec![Schema::new(told), Schema::new(SchemaKind::Null)];
                    SchemaKind::Union { variants, exclusive: false, discriminator: None }
                } else {
                    told
                }
            }
            None => SchemaKind::Union { variants, exclusive: false, discriminator: None },
        };
        schema.kind = kind;
    }

    fn visit(&mut self, schema: &Schema, context: &Context<'_>, around: &mut Vec<usize>) {
        match &schema.kind {
            SchemaKind::Draft(key) => {
                let base = if context.base.is_empty() { context.root } else { context.base };
                let facts = self.facts.entry(*key).or_default();
                facts.uses += 1;
                facts.recursive |= around.contains(key);
                if context.direct && facts.root.is_none() {
                    facts.root = Some(context.root.to_owned());
                }
                if facts.uses > 1 {
                    return;
                }
                base.clone_into(&mut facts.place);
                context.root.clone_into(&mut facts.under);
                self.order.push(*key);
                let Some(draft) = self.merged.get(key).cloned() else { return };
                around.push(*key);
                self.visit_parts(&draft.schema, &Context { direct: false, ..*context }, around);
                around.pop();
            }
            SchemaKind::Union { variants, discriminator: Some((_, tags)), .. } => {
                let base = if context.base.is_empty() { context.root } else { context.base };
                for (variant, tags) in variants.iter().zip(tags) {
                    let tag = tags.first().map_or_else(String::new, |tag| pascal(tag));
                    let base = format!("{base}{tag}");
                    self.visit(
                        variant,
                        &Context { base: &base, direct: false, ..*context },
                        around,
                    );
                    if let SchemaKind::Draft(key) = &variant.kind
                        && let Some(facts) = self.facts.get_mut(key)
                    {
                        facts.variant = true;
                    }
                }
            }
            _ => self.visit_parts(schema, context, around),
        }
    }

    fn visit_parts(&mut self, schema: &Schema, context: &Context<'_>, around: &mut Vec<usize>) {
        match &schema.kind {
            SchemaKind::Object { members, rest } => {
                for member in members {
                    let base = pascal(&member.name);
                    let context = Context { base: &base, direct: false, ..*context };
                    self.visit(&member.schema, &context, around);
                }
                if let Rest::Of(values) = rest {
                    let base = if context.base.is_empty() { context.root } else { context.base };
                    let base = singular(base);
                    self.visit(values, &Context { base: &base, direct: false, ..*context }, around);
                }
            }
            SchemaKind::Array { items, .. } => {
                let base = if context.base.is_empty() {
                    format!("{}Item", context.root)
                } else {
                    singular(context.base)
                };
                self.visit(items, &Context { base: &base, direct: false, ..*context }, around);
            }
            _ => {
                let context = Context { direct: false, ..*context };
                for part in schema.parts() {
                    self.visit(part, &context, around);
                }
            }
        }
    }

    /// The names of all classes that have one.
    fn names(&self, taken: &[&str]) -> BTreeMap<usize, String> {
        let mut used: BTreeSet<String> = taken.iter().map(|&name| name.to_owned()).collect();
        let mut names = BTreeMap::new();
        let wish = |key: &usize| self.merged.get(key).and_then(|draft| draft.wish.as_ref());
        // A name that two contracts give to different objects says whose it is.
        let mut givers: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for key in &self.order {
            if let Some(Wish::Declared { name, .. }) = wish(key) {
                givers.entry(pascal(name)).or_default().insert(*key);
            }
        }
        for key in &self.order {
            let Some(Wish::Declared { name, upstream }) = wish(key) else { continue };
            let mut name = pascal(name);
            if let (Some(upstream), true) = (upstream, givers[&name].len() > 1) {
                name = format!("{}{name}", namespace(upstream));
            }
            names.insert(*key, unique(&mut used, &name));
        }
        for key in &self.order {
            if let Some(Wish::Made(name)) = wish(key) {
                names.insert(*key, unique(&mut used, name));
            }
        }
        for key in &self.order {
            let (Some(facts), false) = (self.facts.get(key), names.contains_key(key)) else {
                continue;
            };
            if let Some(root) = &facts.root {
                names.insert(*key, root.clone());
            }
        }
        for key in &self.order {
            let (Some(facts), false) = (self.facts.get(key), names.contains_key(key)) else {
                continue;
            };
            let large = matches!(self.merged.get(key).map(|d| &d.schema.kind),
                Some(SchemaKind::Object { members, .. }) if members.len() > 1);
            if facts.recursive || facts.variant || facts.uses > 1 && large {
                let name = if used.contains(&facts.place) && facts.place != facts.under {
                    format!("{}{}", facts.under, facts.place)
                } else {
                    facts.place.clone()
                };
                names.insert(*key, unique(&mut used, &name));
            }
        }
        names
    }

    /// Puts names and objects where drafts stand.
    fn place(&self, schema: &mut Schema, names: &BTreeMap<usize, String>) {
        if let SchemaKind::Draft(key) = &schema.kind {
            match (names.get(key), self.merged.get(key)) {
                (Some(name), _) => schema.kind = SchemaKind::Named(name.clone()),
                (None, Some(draft)) => {
                    let draft = draft.schema.clone();
                    schema.kind = draft.kind;
                    schema.deprecated |= draft.deprecated;
                    if schema.description.is_none() {
                        schema.description = draft.description;
                    }
                }
                (None, None) => schema.kind = SchemaKind::Any,
            }
        }
        for part in schema.parts_mut() {
            self.place(part, names);
        }
    }
}

/// The member whose text says which variant a value is, and its texts for each variant; `null` has
/// none.
fn tags<'s>(
    variants: &'s [Schema],
    find: &dyn Fn(usize) -> Option<&'s Schema>,
) -> Option<(String, Vec<Vec<String>>)> {
    let kind = |schema: &'s Schema| match &schema.kind {
        SchemaKind::Draft(place) => find(*place).map(|schema| &schema.kind),
        kind => Some(kind),
    };
    let objects: Vec<&[Member]> = variants
        .iter()
        .filter(|variant| variant.kind != SchemaKind::Null)
        .map(|variant| match kind(variant) {
            Some(SchemaKind::Object { members, .. }) => Some(members.as_slice()),
            _ => None,
        })
        .collect::<Option<_>>()?;
    let (first, others) = objects.split_first()?;
    if others.is_empty() {
        return None;
    }
    'member: for member in *first {
        let mut seen = BTreeSet::new();
        let mut tags = Vec::new();
        for members in &objects {
            let own = members.iter().find(|m| m.name == member.name && m.required);
            let Some(SchemaKind::Constants(values)) = own.and_then(|own| kind(&own.schema)) else {
                continue 'member;
            };
            let texts: Option<Vec<String>> =
                values.iter().map(|value| value.as_str().map(str::to_owned)).collect();
            let Some(texts) = texts else { continue 'member };
            if !texts.iter().all(|text| seen.insert(text.clone())) {
                continue 'member;
            }
            tags.push(texts);
        }
        return Some((member.name.clone(), tags));
    }
    None
}

/// `line_items` becomes `LineItems`.
pub(crate) fn pascal(name: &str) -> String {
    let mut out = String::new();
    let mut upper = true;
    for character in name.chars() {
        if !character.is_ascii_alphanumeric() {
            upper = true;
        } else if std::mem::take(&mut upper) {
            out.push(character.to_ascii_uppercase());
        } else {
            out.push(character);
        }
    }
    if out.is_empty() || out.starts_with(|c: char| c.is_ascii_digit()) {
        out.insert(0, 'N');
    }
    out
}

/// `Orders` becomes `Order`, `Categories` `Category`; what has no plural becomes `...Item`.
pub(super) fn singular(name: &str) -> String {
    if let Some(stem) = name.strip_suffix("ies") {
        return format!("{stem}y");
    }
    match name.strip_suffix('s') {
        Some(stem) if !stem.ends_with(['s', 'u']) && stem.len() > 1 => stem.to_owned(),
        _ => format!("{name}Item"),
    }
}

fn unique(used: &mut BTreeSet<String>, name: &str) -> String {
    let mut found = name.to_owned();
    let mut number = 2;
    while !used.insert(found.clone()) {
        found = format!("{name}{number}");
        number += 1;
    }
    found
}

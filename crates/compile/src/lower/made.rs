//! What can be made of an answer while it is read: objects and lists of its parts, as JSON text.
//!
//! In:    an expression of which nothing is needed but its JSON text.
//! Out:   the one value that it is made of, and a [`Tree`] of that value's parts.
//! Never: an expression that looks at a value, computes, or could throw for a value that fits its
//!        contract.
//!
//! Start at [`of`]; who makes use of it is `making`.

use std::collections::BTreeMap;

use frontage_contract::{Access, Contract, Type, TypeId};
use frontage_plan::{
    Constant, Expr, IterateOp, Key, Made, Name, Node, Number, ObjectItem, Read, Shape, Slot,
    Written,
};

use super::demand::Demand;
use crate::json_text::json_text;

/// What is made of a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tree {
    /// What stands at a path below the value.
    Value(Vec<Name>),
    /// What is made of each element of the list that stands at a path.
    Each(Vec<Name>, Box<Tree>),
    /// An object with these members, in this order.
    Object(Vec<(Name, Tree)>),
    /// A JSON text; none for `undefined`.
    Text(Option<Name>),
}

/// A step from a value to a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// A member of an object.
    Field(Name),
    /// A place in a list.
    Index(Number),
}

/// A slot, and the way to a part of its value.
type Place = (Slot, Vec<Step>);

/// The value that `expr` is made of, and how; `None` if it is not made of the parts of one value.
pub(super) fn of(expr: &Expr) -> Option<(Expr, Tree)> {
    if !matches!(expr, Expr::Object(_) | Expr::Iterate { op: IterateOp::Map, .. }) {
        return None;
    }
    let mut places = Vec::new();
    let draft = draft(expr, &mut places)?;
    let (slot, first) = places.first()?;
    let (slot, mut common) = (*slot, first.clone());
    for (own, path) in &places {
        if *own != slot {
            return None;
        }
        let same = common.iter().zip(path).take_while(|(a, b)| a == b).count();
        common.truncate(same);
    }
    // What is kept may be missing; what it is kept of is not.
    common.truncate(draft.shortest()?);
    let tree = draft.below(common.len())?;
    // Every part is read once.
    let (mut root, mut pieces) = (Part::default(), 0);
    root.add(&tree, &mut pieces)?;
    let value = common.iter().fold(Expr::Slot(slot), |value, step| match step {
        Step::Field(name) => Expr::Member(Box::new(value), name.clone()),
        Step::Index(at) => {
            Expr::Index(Box::new(value), Box::new(Expr::Constant(Constant::Number(*at))))
        }
    });
    Some((value, tree))
}

/// A tree whose paths start at the slot.
enum Draft {
    Value(Vec<Step>),
    Each(Vec<Step>, Tree),
    Object(Vec<(Name, Draft)>),
    Text(Option<Name>),
}

fn draft(expr: &Expr, places: &mut Vec<Place>) -> Option<Draft> {
    match expr {
        Expr::Constant(constant) => Some(Draft::Text(text(constant)?)),
        Expr::Slot(_) | Expr::Member(..) | Expr::Index(..) => {
            let (slot, path) = place(expr)?;
            places.push((slot, path.clone()));
            Some(Draft::Value(path))
        }
        Expr::Object(items) => {
            let mut members: Vec<(Name, Draft)> = Vec::with_capacity(items.len());
            for item in items {
                let ObjectItem::Property(Key::Static(name), value) = item else { return None };
                // Members named like places come first, whatever the text says.
                let is_index = name.bytes().all(|b| b.is_ascii_digit());
                let is_known = members.iter().any(|(own, _)| own == name);
                if is_index || is_known || &**name == "__proto__" {
                    return None;
                }
                members.push((name.clone(), draft(value, places)?));
            }
            Some(Draft::Object(members))
        }
        Expr::Iterate { op: IterateOp::Map, receiver, lambda, initial: None } => {
            let [param] = lambda.params.as_slice() else { return None };
            let (slot, path) = place(receiver)?;
            let mut inner = Vec::new();
            let element = draft(&lambda.body, &mut inner)?;
            if inner.iter().any(|(own, _)| own != param) {
                return None;
            }
            let element = element.below(0)?;
            places.push((slot, path.clone()));
            Some(Draft::Each(path, element))
        }
        _ => None,
    }
}

impl Draft {
    /// How many steps lead to what holds every part, at most; `None` if the value itself is kept,
    /// and so nothing is gained.
    fn shortest(&self) -> Option<usize> {
        match self {
            Self::Value(path) => path.len().checked_sub(1),
            Self::Each(path, _) => Some(path.len()),
            Self::Object(members) => members
                .iter()
                .map(|(_, member)| member.shortest())
                .try_fold(usize::MAX, |least, own| Some(least.min(own?))),
            Self::Text(_) => Some(usize::MAX),
        }
    }

    /// The tree from the value on to which the first `steps` steps of every path lead.
    fn below(self, steps: usize) -> Option<Tree> {
        let fields = |path: Vec<Step>| -> Option<Vec<Name>> {
            let own = path.into_iter().skip(steps);
            own.map(|step| match step {
                Step::Field(name) => Some(name),
                Step::Index(_) => None,
            })
            .collect()
        };
        Some(match self {
            Self::Value(path) => Tree::Value(fields(path)?),
            Self::Each(path, element) => Tree::Each(fields(path)?, Box::new(element)),
            Self::Object(members) => {
                let members = members.into_iter().map(|(name, d)| Some((name, d.below(steps)?)));
                Tree::Object(members.collect::<Option<_>>()?)
            }
            Self::Text(text) => Tree::Text(text),
        })
    }
}

/// A slot and the way to a part of it, if an expression is that.
fn place(expr: &Expr) -> Option<Place> {
    match expr {
        Expr::Slot(slot) => Some((*slot, Vec::new())),
        Expr::Member(object, name) => {
            let (slot, mut path) = place(object)?;
            path.push(Step::Field(name.clone()));
            Some((slot, path))
        }
        Expr::Index(object, index) => {
            let Expr::Constant(Constant::Number(at)) = **index else { return None };
            let (slot, mut path) = place(object)?;
            path.push(Step::Index(at));
            Some((slot, path))
        }
        _ => None,
    }
}

/// A constant as JSON; `Some(None)` for `undefined`, `None` if only the writer of numbers knows.
fn text(constant: &Constant) -> Option<Option<Name>> {
    Some(Some(match constant {
        Constant::Undefined => return Some(None),
        Constant::Null => "null".into(),
        Constant::Bool(value) => value.to_string().into(),
        Constant::String(text) => json_text(text).into(),
        Constant::Number(number) => {
            let whole =
                number.0.fract() == 0.0 && number.0.abs() < 1e15 && !is_minus_zero(number.0);
            if !whole {
                return None;
            }
            format!("{:.0}", number.0).into()
        }
    }))
}

fn is_minus_zero(number: f64) -> bool {
    number == 0.0 && number.is_sign_negative()
}

/// A part of a value, and what is kept of it.
#[derive(Default)]
struct Part<'t> {
    keep: Option<u16>,
    each: Option<(u16, &'t Tree)>,
    fields: BTreeMap<&'t str, Part<'t>>,
}

impl<'t> Part<'t> {
    /// Notes what a tree keeps, and gives what it writes; `None` if a part would be needed in two
    /// ways.
    fn add(&mut self, tree: &'t Tree, pieces: &mut u16) -> Option<Written> {
        let new = |pieces: &mut u16| {
            let piece = *pieces;
            *pieces = pieces.checked_add(1)?;
            Some(piece)
        };
        Some(match tree {
            Tree::Text(None) => Written::Piece(new(pieces)?),
            Tree::Text(Some(text)) => Written::Text(text.clone()),
            Tree::Value(path) => {
                let part = self.at(path)?;
                if part.each.is_some() || !part.fields.is_empty() {
                    return None;
                }
                let piece = match part.keep {
                    Some(piece) => piece,
                    None => new(pieces)?,
                };
                part.keep = Some(piece);
                Written::Piece(piece)
            }
            Tree::Each(path, element) => {
                let part = self.at(path)?;
                if part.keep.is_some() || part.each.is_some() || !part.fields.is_empty() {
                    return None;
                }
                let (mut inner, mut inner_pieces) = (Part::default(), 0);
                inner.add(element, &mut inner_pieces)?;
                let piece = new(pieces)?;
                part.each = Some((piece, element));
                Written::Piece(piece)
            }
            Tree::Object(members) => {
                let mut written = Vec::with_capacity(members.len());
                for (name, member) in members {
                    let key = format!("{}:", json_text(name));
                    written.push((key.into(), self.add(member, pieces)?));
                }
                Written::Object(written)
            }
        })
    }

    fn at(&mut self, path: &'t [Name]) -> Option<&mut Self> {
        let mut part = self;
        for name in path {
            if part.keep.is_some() || part.each.is_some() {
                return None;
            }
            part = part.fields.entry(name).or_default();
        }
        Some(part)
    }

    /// Whether nothing is kept of it.
    fn is_empty(&self) -> bool {
        self.keep.is_none() && self.each.is_none() && self.fields.is_empty()
    }

    fn demand(&self) -> Demand {
        if self.keep.is_some() {
            return Demand::raw();
        }
        if let Some((_, element)) = self.each {
            return Demand::elements(element.demand());
        }
        // Nothing is needed of what nothing is kept of.
        let fields = self.fields.iter().map(|(name, part)| Demand::field(name, part.demand()));
        fields.fold(Demand::default(), |all, field| all.and(&field))
    }

    /// Whether every value of a type can be read so.
    fn fits(&self, contract: &Contract, id: TypeId) -> bool {
        if self.keep.is_some() || self.is_empty() {
            return true;
        }
        match (contract.ty(id), self.each) {
            (Type::Array(array), Some((_, element))) => element.fits(contract, array.items),
            (Type::Object(object), None) => self.fields.iter().all(|(name, part)| {
                object.property(name).is_some_and(|property| {
                    // Only what is kept may be missing.
                    property.access != Access::WriteOnly
                        && (property.required || part.keep.is_some())
                        && part.fits(contract, property.ty)
                })
            }),
            _ => false,
        }
    }

    fn read(&self, node: &Node, nodes: &[Node]) -> Option<Read> {
        if let Some(piece) = self.keep {
            return Some(Read::Keep(piece));
        }
        if self.is_empty() {
            return Some(Read::Check);
        }
        match (&node.shape, self.each) {
            (Shape::Array(element), Some((piece, tree))) => {
                let made = tree.bind(nodes.get(element.0 as usize)?, nodes)?;
                Some(Read::Each(piece, Box::new(made)))
            }
            (Shape::Object { fields, .. }, None) => {
                let reads = fields.iter().map(|field| match self.fields.get(&*field.name) {
                    Some(part) => part.read(nodes.get(field.shape.0 as usize)?, nodes),
                    None => Some(Read::Check),
                });
                Some(Read::Fields(reads.collect::<Option<_>>()?))
            }
            _ => None,
        }
    }
}

impl Tree {
    /// What is read of the value.
    pub(super) fn demand(&self) -> Demand {
        let (mut root, mut pieces) = (Part::default(), 0);
        // It was added before.
        let _ = root.add(self, &mut pieces);
        root.demand()
    }

    /// Whether every value of a type can be read so.
    pub(super) fn fits(&self, contract: &Contract, id: TypeId) -> bool {
        let (mut root, mut pieces) = (Part::default(), 0);
        root.add(self, &mut pieces).is_some() && root.fits(contract, id)
    }

    /// The plan's form of it, for a value of the node's shape.
    pub(super) fn bind(&self, node: &Node, nodes: &[Node]) -> Option<Made> {
        let (mut root, mut pieces) = (Part::default(), 0);
        let write = root.add(self, &mut pieces)?;
        let read = root.read(node, nodes)?;
        Some(Made { pieces, read, write })
    }
}

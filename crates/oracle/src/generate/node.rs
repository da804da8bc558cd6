//! Generated programs as trees: what is printed, what it is, and how it can be made smaller.

use std::rc::Rc;

use super::ty::Ty;

/// What a piece of a program is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An expression of this type.
    Expr(Ty),
    /// Anything else: a statement, a member of an object, a declaration.
    Other,
}

/// A piece of a program.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// What it is.
    pub(crate) kind: Kind,
    /// TypeScript may see a literal type in it, narrower than its own.
    pub(crate) lit: bool,
    /// Ids of `docs/supported.md` that it shows.
    pub(crate) ids: Vec<Rc<str>>,
    /// References whose types its value tells something about.
    pub(crate) tests: Vec<String>,
    /// Its text.
    pub(crate) parts: Vec<Part>,
}

/// A part of a piece.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    /// As it stands.
    Text(Rc<str>),
    /// A smaller piece.
    Node(Node),
    /// Pieces of which each may be left out.
    List(Vec<Node>, &'static str),
}

impl Node {
    /// An expression.
    pub(crate) fn expr(ty: Ty, parts: Vec<Part>) -> Self {
        Self { kind: Kind::Expr(ty), lit: false, ids: Vec::new(), tests: Vec::new(), parts }
    }

    /// An expression that is a text only.
    pub(crate) fn leaf(ty: Ty, text: &str) -> Self {
        Self::expr(ty, vec![Part::Text(text.into())])
    }

    /// Something that is no expression.
    pub(crate) fn other(parts: Vec<Part>) -> Self {
        Self { kind: Kind::Other, lit: false, ids: Vec::new(), tests: Vec::new(), parts }
    }

    /// With an id.
    pub(crate) fn id(mut self, id: &str) -> Self {
        self.ids.push(id.into());
        self
    }

    /// Its type; that of nothing is `undefined`.
    pub(crate) fn ty(&self) -> Ty {
        match &self.kind {
            Kind::Expr(ty) => ty.clone(),
            Kind::Other => Ty::Undef,
        }
    }

    /// Its text.
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        self.print(&mut out);
        out
    }

    fn print(&self, out: &mut String) {
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Node(node) => node.print(out),
                Part::List(list, separator) => {
                    for (index, node) in list.iter().enumerate() {
                        if index > 0 {
                            out.push_str(separator);
                        }
                        node.print(out);
                    }
                }
            }
        }
    }

    /// Calls `visit` for this piece and all in it.
    pub(crate) fn walk<'n>(&'n self, visit: &mut impl FnMut(&'n Self)) {
        visit(self);
        for part in &self.parts {
            match part {
                Part::Text(_) => {}
                Part::Node(node) => node.walk(visit),
                Part::List(list, _) => list.iter().for_each(|node| node.walk(visit)),
            }
        }
    }

    /// How many pieces it has.
    pub(crate) fn size(&self) -> usize {
        let mut size = 0;
        self.walk(&mut |_| size += 1);
        size
    }

    /// Smaller forms of this program, the much smaller ones first. Many of them are ill-typed or
    /// name what is gone; whoever tries them finds out.
    pub(crate) fn smaller(&self) -> Vec<Self> {
        let mut out = Vec::new();
        self.shrink(&mut |node| out.push(node));
        out.sort_by_key(Self::size);
        out
    }

    fn shrink(&self, give: &mut dyn FnMut(Self)) {
        if let Kind::Expr(ty) = &self.kind {
            if self.size() > 1
                && let Some(text) = simplest(ty)
            {
                give(Self { lit: true, ..Self::leaf(ty.clone(), &text) });
            }
            let mut inner = Vec::new();
            self.walk(&mut |node| inner.push(node));
            for node in inner.into_iter().skip(1) {
                if node.kind == self.kind {
                    give(node.clone());
                }
            }
        }
        for (index, part) in self.parts.iter().enumerate() {
            let mut with = |part: Part| {
                let mut copy = self.clone();
                copy.parts[index] = part;
                give(copy);
            };
            match part {
                Part::Text(_) => {}
                Part::Node(node) => node.shrink(&mut |smaller| with(Part::Node(smaller))),
                Part::List(list, separator) => {
                    let half = list.len() / 2;
                    if half > 1 {
                        with(Part::List(list[half..].to_vec(), separator));
                        with(Part::List(list[..half].to_vec(), separator));
                    }
                    for gone in 0..list.len() {
                        let mut shorter = list.clone();
                        shorter.remove(gone);
                        with(Part::List(shorter, separator));
                    }
                    for (place, node) in list.iter().enumerate() {
                        node.shrink(&mut |smaller| {
                            let mut copy = list.clone();
                            copy[place] = smaller;
                            with(Part::List(copy, separator));
                        });
                    }
                }
            }
        }
    }
}

/// The simplest literal of a type, if there is one.
fn simplest(ty: &Ty) -> Option<String> {
    Some(match ty {
        Ty::Str => "\"\"".into(),
        Ty::Num => "0".into(),
        Ty::Bool => "false".into(),
        Ty::Null | Ty::Unknown => "null".into(),
        Ty::Undef => "undefined".into(),
        Ty::Enum(texts) => format!("{:?}", texts.first()?),
        Ty::Arr(_) => "[]".into(),
        Ty::Rec(_) => "{}".into(),
        Ty::Date => "new Date(0)".into(),
        Ty::Union(list) => simplest(list.first()?)?,
        Ty::Obj(_) | Ty::Map(..) | Ty::Set(_) | Ty::Tup(_) | Ty::Var(_) => return None,
    })
}

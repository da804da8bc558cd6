//! Unions: flattened, sorted, without what another member covers; and literal widening.

use std::sync::Arc;

use super::{Kind, TupleElement, Ty, Types};

impl Types {
    /// The union of `members`: flat, each once; literals vanish beside their own kind.
    pub fn union(&mut self, members: &[Ty]) -> Ty {
        let mut flat: Vec<Ty> = Vec::with_capacity(members.len());
        for &member in members {
            match self.kind(member) {
                Kind::Union(inner) => flat.extend(inner.iter().copied()),
                Kind::Never => {}
                Kind::Error => return Ty::ERROR,
                _ => flat.push(member),
            }
        }
        if flat.contains(&Ty::UNKNOWN) {
            return Ty::UNKNOWN;
        }
        flat.sort_unstable();
        flat.dedup();
        if flat.contains(&Ty::FRESH_TRUE) && flat.contains(&Ty::FRESH_FALSE) {
            flat.extend([Ty::TRUE, Ty::FALSE]);
            flat.sort_unstable();
            flat.dedup();
        }
        let has_string = flat.contains(&Ty::STRING);
        let has_number = flat.contains(&Ty::NUMBER);
        if flat.len() > 1 {
            let all = flat.clone();
            flat.retain(|&ty| match self.kind(ty) {
                Kind::StringLiteral { value, fresh } => {
                    let regular = Kind::StringLiteral { value: value.clone(), fresh: false };
                    !has_string && (!*fresh || !self.holds(&all, &regular))
                }
                Kind::NumberLiteral { value, fresh } => {
                    let regular = Kind::NumberLiteral { value: *value, fresh: false };
                    !has_number && (!*fresh || !self.holds(&all, &regular))
                }
                Kind::Boolean { value, fresh: true } => {
                    !all.contains(&if *value { Ty::TRUE } else { Ty::FALSE })
                }
                _ => true,
            });
        }
        match flat.as_slice() {
            [] => Ty::NEVER,
            [only] => *only,
            _ => self.intern(Kind::Union(Arc::from(flat))),
        }
    }

    fn holds(&self, all: &[Ty], kind: &Kind) -> bool {
        self.interned.get(kind).is_some_and(|ty| all.contains(ty))
    }

    /// `T | U`
    pub fn either(&mut self, a: Ty, b: Ty) -> Ty {
        if a == b { a } else { self.union(&[a, b]) }
    }

    /// `T | undefined`
    pub fn or_undefined(&mut self, ty: Ty) -> Ty {
        self.either(ty, Ty::UNDEFINED)
    }

    /// The members of a union, or the type itself; none for `never`.
    #[must_use]
    pub fn members_of(&self, ty: Ty) -> Vec<Ty> {
        match self.kind(ty) {
            Kind::Union(members) => members.to_vec(),
            Kind::Never => Vec::new(),
            _ => vec![ty],
        }
    }

    /// The members of `ty` for which `keep` holds.
    pub fn filter(&mut self, ty: Ty, mut keep: impl FnMut(&Self, Ty) -> bool) -> Ty {
        let Kind::Union(members) = self.kind(ty).clone() else {
            return if keep(self, ty) { ty } else { Ty::NEVER };
        };
        let kept: Vec<Ty> = members.iter().copied().filter(|&m| keep(self, m)).collect();
        if kept.len() == members.len() { ty } else { self.union(&kept) }
    }

    /// `ty` without `null` and `undefined`.
    pub fn non_nullish(&mut self, ty: Ty) -> Ty {
        self.filter(ty, |_, m| !matches!(m, Ty::NULL | Ty::UNDEFINED | Ty::VOID))
    }

    /// Whether `ty` is or holds a member for which `test` holds.
    #[must_use]
    pub fn any(&self, ty: Ty, test: impl Fn(&Kind) -> bool) -> bool {
        match self.kind(ty) {
            Kind::Union(members) => members.iter().any(|&m| test(self.kind(m))),
            kind => test(kind),
        }
    }

    /// Whether `test` holds for `ty`, or each of its members.
    #[must_use]
    pub fn all(&self, ty: Ty, test: impl Fn(&Kind) -> bool) -> bool {
        match self.kind(ty) {
            Kind::Union(members) => members.iter().all(|&m| test(self.kind(m))),
            kind => test(kind),
        }
    }

    /// Whether `ty` may be `null` or `undefined`.
    #[must_use]
    pub fn nullish(&self, ty: Ty) -> bool {
        self.any(ty, |k| matches!(k, Kind::Null | Kind::Undefined | Kind::Void))
    }

    /// Whether every value of `ty` is a string.
    #[must_use]
    pub fn is_string(&self, ty: Ty) -> bool {
        self.all(ty, |k| matches!(k, Kind::String | Kind::StringLiteral { .. }))
    }

    /// Whether every value of `ty` is a number.
    #[must_use]
    pub fn is_number(&self, ty: Ty) -> bool {
        self.all(ty, |k| matches!(k, Kind::Number | Kind::NumberLiteral { .. }))
    }

    /// Whether `ty` stands for one value only, or is a union of such.
    #[must_use]
    pub fn is_unit(&self, ty: Ty) -> bool {
        self.all(ty, |k| {
            matches!(
                k,
                Kind::StringLiteral { .. }
                    | Kind::NumberLiteral { .. }
                    | Kind::Boolean { .. }
                    | Kind::Null
                    | Kind::Undefined
            )
        })
    }

    /// Literals just written become their kind: `"a"` → `string`. Literal types that somebody
    /// declared stay.
    pub fn widen_literal(&mut self, ty: Ty) -> Ty {
        match self.kind(ty).clone() {
            Kind::StringLiteral { fresh: true, .. } => Ty::STRING,
            Kind::NumberLiteral { fresh: true, .. } => Ty::NUMBER,
            Kind::Boolean { fresh: true, .. } => Ty::BOOLEAN,
            Kind::Union(members) => {
                let widened: Vec<Ty> = members.iter().map(|&m| self.widen_literal(m)).collect();
                self.union(&widened)
            }
            _ => ty,
        }
    }

    /// Literals become their kind, whoever wrote them: `"a" | "b"` → `string`.
    pub fn widen_literals(&mut self, ty: Ty) -> Ty {
        match self.kind(ty).clone() {
            Kind::StringLiteral { .. } => Ty::STRING,
            Kind::NumberLiteral { .. } => Ty::NUMBER,
            Kind::Boolean { .. } => Ty::BOOLEAN,
            Kind::Union(members) => {
                let widened: Vec<Ty> = members.iter().map(|&m| self.widen_literals(m)).collect();
                self.union(&widened)
            }
            _ => ty,
        }
    }

    /// Literals just written become types that stay.
    pub fn regular(&mut self, ty: Ty) -> Ty {
        match self.kind(ty).clone() {
            Kind::StringLiteral { value, fresh: true } => {
                self.intern(Kind::StringLiteral { value, fresh: false })
            }
            Kind::NumberLiteral { value, fresh: true } => {
                self.intern(Kind::NumberLiteral { value, fresh: false })
            }
            Kind::Boolean { value, fresh: true } => self.boolean_literal(value),
            Kind::Union(members) => {
                let regular: Vec<Ty> = members.iter().map(|&m| self.regular(m)).collect();
                self.union(&regular)
            }
            _ => ty,
        }
    }

    /// The kind of which literals are: `"a"` → `string`, declared or not.
    pub fn base(&mut self, ty: Ty) -> Ty {
        match self.kind(ty).clone() {
            Kind::StringLiteral { .. } => Ty::STRING,
            Kind::NumberLiteral { .. } => Ty::NUMBER,
            Kind::Boolean { .. } => Ty::BOOLEAN,
            Kind::Union(members) => {
                let bases: Vec<Ty> = members.iter().map(|&m| self.base(m)).collect();
                self.union(&bases)
            }
            _ => ty,
        }
    }

    /// What the elements of an array or tuple are; `None` for anything else.
    pub fn element(&mut self, ty: Ty) -> Option<Ty> {
        match self.kind(ty).clone() {
            Kind::Array { element, .. } => Some(element),
            Kind::Tuple { elements, rest, .. } => {
                let mut members: Vec<Ty> = Vec::new();
                for TupleElement { ty, optional } in elements.iter().copied() {
                    members.push(ty);
                    if optional {
                        members.push(Ty::UNDEFINED);
                    }
                }
                members.extend(rest);
                Some(self.union(&members))
            }
            _ => None,
        }
    }

    /// Whether values of `ty` may be promises.
    #[must_use]
    pub fn may_be_promise(&self, ty: Ty) -> bool {
        self.any(ty, |k| matches!(k, Kind::Library(name, _) if &**name == "Promise"))
    }

    /// `T` of `Promise<T>`.
    #[must_use]
    pub fn promised(&self, ty: Ty) -> Option<Ty> {
        match self.kind(ty) {
            Kind::Library(name, args) if &**name == "Promise" => args.first().copied(),
            _ => None,
        }
    }

    /// What `await` gives: promises replaced by what they promise.
    pub fn awaited(&mut self, ty: Ty) -> Ty {
        match self.kind(ty).clone() {
            Kind::Library(name, args) if &*name == "Promise" => {
                args.first().copied().map_or(Ty::UNKNOWN, |inner| self.awaited(inner))
            }
            Kind::Union(members) => {
                let awaited: Vec<Ty> = members.iter().map(|&m| self.awaited(m)).collect();
                self.union(&awaited)
            }
            _ => ty,
        }
    }
}

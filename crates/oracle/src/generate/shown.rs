//! Objects and lists made of the parts of one answer, of which nothing else is read: what pages
//! show.
//!
//! In:    a call.
//! Out:   statements whose value is a result of the route, and of no further use in it.

use super::node::{Node, Part};
use super::statement::Writer;
use super::ty::{Field, Ty};

impl Writer<'_, '_, '_> {
    /// `const q = await call; const v = { a: q.a, list: q.list.map((i) => ({ b: i.b })) };`
    pub(super) fn shown(&mut self, call: Node) -> Node {
        let (answer, shown) = (self.generator.fresh("q"), self.generator.fresh("v"));
        let (value, ty) = self.tile(&answer, &call.ty(), 3);
        self.results.push((shown.clone(), ty));
        let text = |text: String| Part::Text(text.into());
        Node::other(vec![
            text(format!("const {answer} = await ")),
            Part::Node(call),
            text(format!(";\n  const {shown} = {value};")),
        ])
        .id("expr.await")
        .id("stmt.const")
    }

    /// Whether something can be made of a value of a type.
    pub(super) fn has_parts(ty: &Ty) -> bool {
        matches!(ty, Ty::Obj(fields) if !fields.is_empty()) || matches!(ty, Ty::Arr(_))
    }

    fn tile(&mut self, path: &str, ty: &Ty, depth: u32) -> (String, Ty) {
        match ty {
            Ty::Obj(fields) if depth > 0 && !fields.is_empty() && self.generator.chance(85) => {
                let fields: Vec<Field> = fields.to_vec();
                self.object(path, &fields, depth)
            }
            Ty::Arr(element) if depth > 0 && self.generator.chance(75) => {
                let name = self.generator.fresh("i");
                let element = Ty::clone(element);
                let (value, ty) = self.tile(&name, &element, depth - 1);
                let value = if value.starts_with('{') { format!("({value})") } else { value };
                (format!("{path}.map(({name}) => {value})"), ty.list())
            }
            _ => (path.to_owned(), ty.clone()),
        }
    }

    fn object(&mut self, path: &str, fields: &[Field], depth: u32) -> (String, Ty) {
        let (mut members, mut types): (Vec<String>, Vec<Field>) = (Vec::new(), Vec::new());
        // Of one member that may be missing the object is there all the same.
        let missing: Vec<Field> = fields.iter().filter(|field| field.optional).cloned().collect();
        let (fields, count) = match !missing.is_empty() && self.generator.chance(20) {
            true => (missing.as_slice(), 1),
            false => (fields, self.generator.rng.usize(1..5)),
        };
        for number in 0..count {
            let field = &fields[self.generator.rng.usize(0..fields.len())];
            let member = match is_name(&field.name) {
                true => format!("{path}.{}", field.name),
                false => format!("{path}[{:?}]", field.name),
            };
            let (value, ty) = match self.generator.rng.u32(0..10) {
                0 => ("\"a \\\"b\\\" é\"".to_owned(), Ty::Str),
                1 if depth > 1 => self.object(path, fields, depth - 1),
                // What may be missing is handed on as it is.
                _ if field.optional => (member, field.read()),
                _ => self.tile(&member, &field.ty, depth - 1),
            };
            let name = match self.generator.chance(50) && is_name(&field.name) {
                true if !types.iter().any(|known| known.name == field.name) => field.name.clone(),
                _ => format!("m{number}").into(),
            };
            if types.iter().any(|known| known.name == name) {
                continue;
            }
            members.push(format!("{name}: {value}"));
            types.push(Field { name, ty, optional: false });
        }
        (format!("{{ {} }}", members.join(", ")), Ty::Obj(types.into()))
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric())
        && name != "constructor"
}

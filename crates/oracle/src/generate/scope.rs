//! What generated code can refer to: variables, and the members that can be reached from them.

use super::ty::{Ty, key};

/// Something that changed what can be referred to, in order.
#[derive(Debug, Clone)]
enum Event {
    /// A variable, or a reference whose type a condition has narrowed.
    Add { plain: String, text: String, ty: Ty, tests: Vec<String> },
    /// A reference whose type a condition has changed, and which is thus left alone.
    Block(String),
}

/// A reference that can be read.
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    /// How it is written.
    pub(crate) text: String,
    /// What it gives.
    pub(crate) ty: Ty,
    /// The id of its form; none for a plain variable.
    pub(crate) id: Option<&'static str>,
    /// What its value tells something about.
    pub(crate) tests: Vec<String>,
}

/// The variables in scope.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope {
    events: Vec<Event>,
}

impl Scope {
    /// Where it is, to go back to.
    pub(crate) fn mark(&self) -> usize {
        self.events.len()
    }

    /// Forgets what came since `mark`.
    pub(crate) fn reset(&mut self, mark: usize) {
        self.events.truncate(mark);
    }

    /// Adds a variable.
    pub(crate) fn add(&mut self, text: &str, ty: Ty) {
        self.add_tested(text, ty, Vec::new());
    }

    /// Adds a variable whose value tells something about references.
    pub(crate) fn add_tested(&mut self, text: &str, ty: Ty, tests: Vec<String>) {
        self.events.push(Event::Add { plain: plain(text), text: text.into(), ty, tests });
    }

    /// Leaves a reference alone from here on, and those that are there if it is.
    pub(crate) fn block(&mut self, text: &str) {
        let mut from = 0;
        while let Some(at) = text[from..].find("?.") {
            self.events.push(Event::Block(plain(&text[..from + at])));
            from += at + 2;
        }
        self.events.push(Event::Block(plain(text)));
    }

    /// Every reference within `depth` members of a variable.
    pub(crate) fn references(&self, depth: u32) -> Vec<Reference> {
        let mut out = Vec::new();
        for (index, event) in self.events.iter().enumerate() {
            let Event::Add { plain: own, text, ty, tests } = event else { continue };
            let stale = self.events[index + 1..].iter().any(|later| match later {
                Event::Add { plain, .. } => plain == own,
                Event::Block(gone) => is_part(own, gone),
            });
            if !stale {
                let (text, ty, tests) = (text.clone(), ty.clone(), tests.clone());
                self.reach(Reference { text, ty, id: None, tests }, depth, &mut out);
            }
        }
        out
    }

    fn reach(&self, from: Reference, depth: u32, out: &mut Vec<Reference>) {
        if depth > 0 {
            self.members(&from, depth, out);
        }
        out.push(from);
    }

    fn members(&self, from: &Reference, depth: u32, out: &mut Vec<Reference>) {
        let absent = from.ty.is_absent();
        let Some(present) = from.ty.present() else { return };
        let (dot, open) = if absent { ("?.", "?.[") } else { (".", "[") };
        let (dotted, indexed) = if absent {
            ("expr.optional-member", "expr.optional-index")
        } else {
            ("expr.member", "expr.index")
        };
        let mut give = |text: String, ty: Ty, id: &'static str| {
            let own = plain(&text);
            let known = self.events.iter().any(|event| match event {
                Event::Add { plain, .. } | Event::Block(plain) => *plain == own,
            });
            if !known {
                let ty = if absent { ty.or(Ty::Undef) } else { ty };
                let reference = Reference { text, ty, id: Some(id), tests: from.tests.clone() };
                self.reach(reference, depth - 1, out);
            }
        };
        match &present {
            Ty::Obj(fields) => {
                for field in fields.iter() {
                    if key(&field.name) == *field.name {
                        give(format!("{}{dot}{}", from.text, field.name), field.read(), dotted);
                    } else {
                        let text = format!("{}{open}{:?}]", from.text, field.name);
                        give(text, field.read(), indexed);
                    }
                }
            }
            Ty::Arr(element) => {
                let ty = element.as_ref().clone().or(Ty::Undef);
                give(format!("{}{open}0]", from.text), ty, indexed);
            }
            _ => {}
        }
    }
}

/// A reference without its question marks: what it is the name of.
fn plain(text: &str) -> String {
    text.replace("?.[", "[").replace("?.", ".")
}

/// Whether `own` is `whole` or is reached through it.
fn is_part(own: &str, whole: &str) -> bool {
    own.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

//! Upstreams without a contract: `declareUpstream({ ... })` in a TypeScript file, read into the
//! same model as any contract.
//!
//! In:    the file, and a function that gives the text of files it imports types from.
//! Out:   a [`Read`]: operations and types. A fault makes the file unusable: it is the
//!        workspace's own, and can be corrected.
//! Never: I/O; a run of the file. Only its types and literals are looked at.
//!
//! Start at [`read`].

mod modules;
mod operations;
mod types;

use std::collections::HashMap;

use frontage_contract::{Contract, Declaration, Read, Type, TypeId, Types, tie_unions};
use frontage_diagnostic::{Code, Diagnostic, FileId, SourceMap, Span};
use frontage_syntax::tree::{Element, Expr, ExprKind, ItemKind, Pattern, PatternKind};

use crate::codes;
use modules::{Found, Modules};
use types::Key;

/// How many types one file may lead to.
const TYPE_LIMIT: usize = 20_000;

/// The state of reading one file.
struct Reader<'a> {
    modules: Modules<'a>,
    types: Types,
    null: TypeId,
    unknown: TypeId,
    undefined: TypeId,
    /// Types by their declaration and its arguments; those that are not made yet are in `work`.
    known: HashMap<Key, TypeId>,
    work: Vec<types::Work>,
    steps: usize,
    diagnostics: Vec<Diagnostic>,
}

/// Reads the declarations in the file `root` of `sources`.
///
/// - `load`: gives the text of a file that it imports types from, by its path relative to the
///   workspace, or says why it cannot.
#[must_use]
pub fn read(
    root: FileId,
    sources: &mut SourceMap,
    load: &mut dyn FnMut(&str) -> Result<String, String>,
) -> Read {
    let mut types = Types::default();
    let origin = Span::new(root, 0, 0);
    let mut basic = |ty| {
        types.add(Declaration { name: None, span: origin, description: None, example: None, ty })
    };
    let (null, unknown, undefined) = (basic(Type::Null), basic(Type::Unknown), basic(Type::Never));
    let mut reader = Reader {
        modules: Modules::new(sources, load),
        types,
        null,
        unknown,
        undefined,
        known: HashMap::new(),
        work: Vec::new(),
        steps: 0,
        diagnostics: Vec::new(),
    };
    let module = reader.modules.open(root);
    let operations = match reader.declaration(module) {
        Some(expr) => reader.operations(module, &expr),
        None => Vec::new(),
    };
    reader.finish();
    for id in tie_unions(&mut reader.types, null) {
        let span = reader.types.declaration(id).span;
        reader.fault(codes::DECLARED_TYPE, span, "this union has too many variants", "group them");
    }
    let Reader { modules, types, mut diagnostics, .. } = reader;
    diagnostics.extend(modules.diagnostics);
    frontage_diagnostic::sort(&mut diagnostics, sources);
    diagnostics.dedup();
    let contract =
        Contract { file: root, title: String::new(), version: String::new(), operations, types };
    Read { contract, diagnostics }
}

impl Reader<'_> {
    fn fault(&mut self, code: Code, span: Span, message: impl Into<String>, help: &str) {
        self.diagnostics.push(Diagnostic::error(code, span, message).help(help));
    }

    /// The object of operations: the argument of the file's one `declareUpstream`.
    fn declaration(&mut self, module: usize) -> Option<Expr> {
        let file = self.modules.file(module);
        let mut found: Vec<(Span, Vec<Element>)> = Vec::new();
        for item in self.modules.items(module) {
            let ItemKind::Const(constants) = item.kind else { continue };
            for binding in constants.bindings {
                let ExprKind::Call { callee, args, .. } = binding.init.kind else { continue };
                let ExprKind::Ident(name) = &callee.kind else { continue };
                if self.modules.find(module, name) != Found::Frontage("declareUpstream".into()) {
                    continue;
                }
                let named = matches!(binding.pattern, Pattern { kind: PatternKind::Ident(_), .. });
                if !item.exported || !named {
                    let help = "write `export const weather = declareUpstream({ ... })`";
                    let message = "the declared upstream must be exported by a name";
                    self.fault(codes::DECLARED_FORM, binding.span, message, help);
                }
                found.push((binding.span, args));
            }
        }
        let mut found = found.into_iter();
        let Some((span, args)) = found.next() else {
            // What is no TypeScript is reported already.
            if self.modules.diagnostics.is_empty() {
                let help = "write `export const weather = declareUpstream({ ... })`, with \
                            `import { declareUpstream, get } from \"frontage\"`";
                let message = "this file declares no upstream";
                self.fault(codes::DECLARED_FORM, Span::new(file, 0, 0), message, help);
            }
            return None;
        };
        if let Some((second, _)) = found.next() {
            let help = "keep each upstream in a file of its own";
            let message = "a file declares one upstream";
            self.fault(codes::DECLARED_FORM, second, message, help);
        }
        match <[Element; 1]>::try_from(args) {
            Ok([Element::Value(expr)]) if matches!(expr.kind, ExprKind::Object(_)) => Some(expr),
            _ => {
                let help = "write `declareUpstream({ getThing: get<{ id: string }, Thing>(\"/things/{id}\") })`";
                let message = "`declareUpstream` takes an object of operations";
                self.fault(codes::DECLARED_FORM, span, message, help);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use frontage_diagnostic::{SourceMap, render};
    use proptest::prelude::*;

    const WEATHER: &str = "import { declareUpstream, del, get, post } from \"frontage\";
import type { Bytes, Integer, Text } from \"frontage\";
import type { Named } from \"./shared.ts\";
interface Day { date: string; high: number; low: number | null; sky: \"clear\" | \"rain\" }
interface Forecast extends Named { city: string; days: Day[]; tags: Record<string, string> }
type Alert = { kind: \"storm\"; wind: Integer } | { kind: \"flood\"; level: number };
type Page<T> = { items: T[]; next?: Page<T> | null };
export const weather = declareUpstream({
  getForecast: get<{ city: string; days?: number }, Forecast>(\"/forecast/{city}\"),
  listAlerts: get<{}, Page<Alert>>(\"/alerts\"),
  report: post<{ body: { text: string }; trace?: string }, { id: string } | undefined>(\"/reports\", { headers: { trace: \"X-Trace\" } }),
  remove: del<{ id: string }>(\"/reports/{id}\"),
  about: get<{}, Text>(\"/about\"), map: get<{}, Bytes>(\"/map\"), part: get<{}, Pick<Forecast, \"city\">>(\"/part\"),
});
";

    fn survive(text: &str) -> usize {
        let mut sources = SourceMap::new();
        let root = sources.add("contracts/weather.ts", text);
        let read = super::read(root, &mut sources, &mut |path| match path {
            "contracts/shared.ts" => Ok("export interface Named { id: string }".to_owned()),
            _ => Err("no such file".to_owned()),
        });
        let _ = render(&read.diagnostics, &sources, false);
        for (id, _) in read.contract.types.iter() {
            let _ = frontage_contract::type_text(&read.contract, id);
        }
        read.diagnostics.len()
    }

    #[test]
    fn the_example_has_no_faults() {
        assert_eq!(survive(WEATHER), 0);
    }

    #[test]
    fn types_without_end_are_refused() {
        let mut diamond = String::new();
        for n in 0..40 {
            let next = n + 1;
            diamond += &format!("interface A{n} extends A{next}, B{next} {{ a: string }}\n");
            diamond += &format!("interface B{n} extends A{next}, B{next} {{ b: string }}\n");
        }
        diamond += "interface A40 { a: string }\ninterface B40 { b: string }\n";
        for declarations in [
            "type A0 = B; type B = A0;",
            "interface A0 extends A0 { x: string }",
            "interface L<T> { next: L<T[]> }\ninterface A0 extends L<string> {}",
            "type P<T> = P<T[]>; type A0 = P<string>;",
            "type X<T> = { a: X<X<T>>; b: X<T[]> }; type A0 = X<string>;",
            &diamond,
        ] {
            let text = format!(
                "import {{ declareUpstream, get }} from \"frontage\";\n{declarations}\n\
                 export const u = declareUpstream({{ a: get<{{}}, A0>(\"/a\"), b: get<A0, A0>(\"/b\") }});"
            );
            assert!(survive(&text) > 0, "{declarations:.60}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn mutated_declarations_never_panic(
            edits in proptest::collection::vec((any::<prop::sample::Index>(), 0..24usize, any::<prop::sample::Index>(), 0..8usize), 1..8),
        ) {
            let mut text = WEATHER.to_owned();
            for (at, length, other, what) in edits {
                let at = at.index(text.len().max(1));
                let end = (at + length).min(text.len());
                let from = other.index(text.len().max(1));
                let to = (from + length).min(text.len());
                let piece = match what {
                    0 => String::new(),
                    1 => "<".to_owned(),
                    2 => "Forecast".to_owned(),
                    3 => "Page<Page>".to_owned(),
                    _ => text[from..to].to_owned(),
                };
                text.replace_range(at..end, &piece);
            }
            survive(&text);
        }
    }
}

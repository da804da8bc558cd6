//! Imports: which module each leads to, and that none leads in a circle.
//!
//! In:    modules with their symbols.
//! Out:   [`Target`]s, and a diagnostic for every import that leads nowhere.
//! Never: a module of another frontend.

use std::collections::HashMap;

use frontage_diagnostic::{Diagnostic, SourceMap, Span, nearest};
use frontage_syntax::tree::{ItemKind, StringLiteral};

use super::{Module, ModuleId, Role, Target};
use crate::codes;

/// Follows all imports.
pub(super) fn link(
    modules: &mut [Module],
    frontend: &str,
    sources: &SourceMap,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let by_path: HashMap<String, ModuleId> = modules
        .iter()
        .enumerate()
        .skip(1)
        .map(|(i, m)| (m.path.to_string(), ModuleId(i)))
        .collect();
    let mut edges: Vec<Vec<(ModuleId, Span)>> = vec![Vec::new(); modules.len()];
    for i in 1..modules.len() {
        let module = &modules[i];
        let mut targets = HashMap::new();
        for item in &module.tree.items {
            let from = match &item.kind {
                ItemKind::Import(import) => &import.from,
                ItemKind::Exports(exports) => match &exports.from {
                    Some(from) => from,
                    None => continue,
                },
                _ => continue,
            };
            let linker = Linker { frontend, sources, by_path: &by_path };
            let target = linker.target(module, from).unwrap_or_else(|fault| {
                diagnostics.push(*fault);
                Target::Nowhere
            });
            if let Target::Module(id) = target {
                if matches!(modules[id.0].role, Role::Route(_)) {
                    diagnostics.push(
                        Diagnostic::error(
                            codes::IMPORT_OF_ROUTE,
                            from.span,
                            format!("`{}` is a route module, which nothing can import", from.value),
                        )
                        .help("move what both need to a module in `lib/`"),
                    );
                    targets.insert(from.span.start, Target::Nowhere);
                    continue;
                }
                // What it would export nobody knows.
                if modules[id.0].is_unread {
                    targets.insert(from.span.start, Target::Nowhere);
                    continue;
                }
                edges[i].push((id, from.span));
            }
            targets.insert(from.span.start, target);
        }
        modules[i].targets = targets;
    }
    cycles(modules, &edges, diagnostics);
}

struct Linker<'a> {
    frontend: &'a str,
    sources: &'a SourceMap,
    by_path: &'a HashMap<String, ModuleId>,
}

impl Linker<'_> {
    fn target(&self, module: &Module, from: &StringLiteral) -> Result<Target, Box<Diagnostic>> {
        let name = &*from.value;
        match name {
            "frontage" => return Ok(Target::Frontage),
            "zod" => return Ok(Target::Zod),
            "#upstreams" => return Ok(Target::Upstreams),
            _ => {}
        }
        let path = if let Some(rest) = name.strip_prefix("#shared/") {
            let rest = rest.strip_suffix(".ts").unwrap_or(rest);
            normalize("shared", &format!("{rest}.ts"))
        } else if name.starts_with("./") || name.starts_with("../") {
            let folder = module.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            normalize(folder, name)
        } else {
            return Err(Box::new(self.unknown_package(from)));
        };
        let Some(path) = path else {
            return Err(Box::new(
                Diagnostic::error(
                    codes::UNKNOWN_MODULE,
                    from.span,
                    format!("`{name}` leads out of the workspace"),
                )
                .help("import from this frontend's own folder or from `#shared/…`"),
            ));
        };
        let own = format!("frontends/{}/", self.frontend);
        if matches!(module.role, Role::Shared) && path.starts_with("frontends/") {
            return Err(Box::new(
                Diagnostic::error(
                    codes::OTHER_FRONTEND,
                    from.span,
                    "a shared module cannot import from a frontend",
                )
                .label("every frontend uses `shared/`")
                .help("move what is needed to `shared/`, or this module to the frontend's `lib/`"),
            ));
        }
        if path.starts_with("frontends/") && !path.starts_with(&own) {
            let other = path.split('/').nth(1).unwrap_or("another");
            let folder = format!("frontends/{other}/");
            // One `..` too many leads to no frontend.
            if !self.sources.iter().any(|(_, file)| file.path.starts_with(&folder)) {
                return Err(Box::new(self.missing(module, from, &path)));
            }
            return Err(Box::new(
                Diagnostic::error(
                    codes::OTHER_FRONTEND,
                    from.span,
                    format!("`{}` cannot import from `{other}`", self.frontend),
                )
                .label("frontends are independent of each other")
                .help("move it to `shared/` and import it as `#shared/NAME`"),
            ));
        }
        if let Some(&id) = self.by_path.get(&path) {
            if !name.starts_with('#')
                && path.starts_with("shared/")
                && !matches!(module.role, Role::Shared)
            {
                let short = path.trim_start_matches("shared/").trim_end_matches(".ts");
                return Err(Box::new(
                    Diagnostic::error(
                        codes::UNKNOWN_MODULE,
                        from.span,
                        "shared modules are not imported by a relative path",
                    )
                    .help(format!("write `\"#shared/{short}\"`")),
                ));
            }
            return Ok(Target::Module(id));
        }
        Err(Box::new(self.missing(module, from, &path)))
    }

    fn missing(&self, module: &Module, from: &StringLiteral, path: &str) -> Diagnostic {
        let name = &*from.value;
        // The same file from another folder is likelier than another file.
        let bare = name.trim_start_matches(['.', '/']).trim_end_matches(".ts");
        let tail = format!("/{}.ts", bare.strip_suffix(".js").unwrap_or(bare));
        let mut known: Vec<&str> = self.by_path.keys().map(String::as_str).collect();
        known.sort_unstable();
        let same = known.iter().copied().find(|known| format!("/{known}").ends_with(&tail));
        if !path.ends_with(".ts") {
            let bare = path.strip_suffix(".js").unwrap_or(path);
            let diagnostic = Diagnostic::error(
                codes::MISSING_EXTENSION,
                from.span,
                format!("`{name}` lacks the ending `.ts`"),
            );
            let written = name.strip_suffix(".js").unwrap_or(name);
            if self.by_path.contains_key(&format!("{bare}.ts")) {
                return diagnostic.help(format!("write `\"{written}.ts\"`"));
            } else if same.is_none() {
                return diagnostic.help("imports name the file as it is, with its ending");
            }
        }
        let diagnostic = Diagnostic::error(
            codes::UNKNOWN_MODULE,
            from.span,
            format!("`{name}` is not a file of this frontend"),
        )
        .label(format!("there is no `{path}`"));
        let is_shared = matches!(module.role, Role::Shared);
        match same.or_else(|| nearest(path, known.iter().copied())) {
            Some(near) => {
                let near = match near.strip_prefix("shared/") {
                    Some(short) if !is_shared => {
                        format!("#shared/{}", short.trim_end_matches(".ts"))
                    }
                    _ => relative(&module.path, near),
                };
                diagnostic.help(format!("did you mean `\"{near}\"`?"))
            }
            None if self.sources.find(path).is_some() => diagnostic
                .help("only `.ts` files of this frontend and of `shared/` can be imported"),
            None => diagnostic.help("create the file, or correct the path"),
        }
    }

    fn unknown_package(&self, from: &StringLiteral) -> Diagnostic {
        let name = &*from.value;
        let known = ["frontage", "zod", "#upstreams", "#shared/"];
        let diagnostic = Diagnostic::error(
            codes::UNKNOWN_MODULE,
            from.span,
            format!("a route cannot import `{name}`"),
        )
        .label("importable: `frontage`, `zod`, `#upstreams`, `#shared/…`, own files");
        let relative = normalize(&format!("frontends/{}", self.frontend), name);
        if relative.is_some_and(|p| {
            self.by_path.contains_key(&p) || self.by_path.contains_key(&format!("{p}.ts"))
        }) {
            return diagnostic.help(format!("own files begin with `./` or `../`: `\"../{name}\"`"));
        }
        match nearest(name, known.iter().copied()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic
                .help("a backend runs no packages: write the helper in `lib/`, or ask an upstream"),
        }
    }
}

/// How a module names another file: `../lib/text.ts`.
fn relative(module: &str, target: &str) -> String {
    let mut here: Vec<&str> = module.split('/').collect();
    here.pop();
    let mut there = target.split('/').peekable();
    let mut shared = 0;
    while here.get(shared).is_some_and(|part| there.peek() == Some(part)) {
        there.next();
        shared += 1;
    }
    let up = "../".repeat(here.len() - shared);
    let down: Vec<&str> = there.collect();
    format!("{}{}", if up.is_empty() { "./" } else { &up }, down.join("/"))
}

/// `folder/path` without `.` and `..`; `None` if it leads above the workspace.
fn normalize(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|p| !p.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Reports every import that closes a circle.
fn cycles(modules: &[Module], edges: &[Vec<(ModuleId, Span)>], diagnostics: &mut Vec<Diagnostic>) {
    // 0: not seen, 1: on the stack, 2: done. An explicit stack, so that no chain is too long.
    let mut state = vec![0_u8; modules.len()];
    for start in 1..modules.len() {
        if state[start] != 0 {
            continue;
        }
        let mut stack = vec![(start, 0_usize)];
        state[start] = 1;
        while let Some(top) = stack.last_mut() {
            let (node, next) = *top;
            let Some(&(target, span)) = edges[node].get(next) else {
                state[node] = 2;
                stack.pop();
                continue;
            };
            top.1 += 1;
            match state[target.0] {
                0 => {
                    state[target.0] = 1;
                    stack.push((target.0, 0));
                }
                1 => {
                    let from = stack.iter().position(|&(n, _)| n == target.0).unwrap_or(0);
                    let mut names: Vec<&str> =
                        stack[from..].iter().map(|&(n, _)| &*modules[n].path).collect();
                    names.push(&modules[target.0].path);
                    diagnostics.push(
                        Diagnostic::error(
                            codes::IMPORT_CYCLE,
                            span,
                            "this import closes a circle of modules",
                        )
                        .label(names.join(" → "))
                        .help("move what both need to a third module"),
                    );
                }
                _ => {}
            }
        }
    }
}

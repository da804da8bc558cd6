//! A batch: a contract, routes against it, both compiled and written down for Node.
//!
//! In:    a batch's seed.
//! Out:   routes whose programs compile, the plan; those that were refused, with why.
//! Never: a route whose refusal takes others along.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use frontage_compile::bulk::BulkSetting;
use frontage_compile::{FrontendInput, SessionField, SessionType, UpstreamInput, Workspace};
use frontage_diagnostic::{FileId, Severity, SourceMap, Span};
use frontage_exec::Engine;
use frontage_plan::Plan;

use crate::generate::contract::{Contract, Upstream};
use crate::generate::many;
use crate::generate::route::{Material, Route, generate, module_text};

/// Time for each call unless the call says less, in milliseconds of the script's clock.
const TIMEOUT_MS: u32 = 200_000;

/// The workspace's file.
pub(crate) const WORKSPACE_TOML: &str = "\
[workspace]
name = \"oracle\"

[upstreams.alpha]
contract = \"contracts/alpha.openapi.json\"
url = \"http://127.0.0.1:9\"
timeout = \"200s\"

[upstreams.beta]
contract = \"contracts/beta.openapi.json\"
url = \"http://127.0.0.1:9\"
timeout = \"200s\"

[upstreams.alpha.operations.searchThing1]
safe = true

[upstreams.beta.operations.searchThing1]
safe = true
";

/// The frontend's file.
pub(crate) const FRONTEND_TOML: &str = "\
listen = \"127.0.0.1:0\"

[auth]
kind = \"dev\"
session = { sub = \"u1\", roles = [\"nurse\", \"admin\"], level = 3 }

[limits]
request_timeout = \"24h\"
";

/// The session that [`FRONTEND_TOML`] describes, as JSON.
pub(crate) const SESSION: &str = "{\"sub\":\"u1\",\"roles\":[\"nurse\",\"admin\"],\"level\":3}";

/// One batch.
pub(crate) struct World {
    /// What its routes may call.
    pub(crate) contract: Contract,
    /// Its routes; those that were refused are left out.
    pub(crate) routes: Vec<(usize, Route)>,
    /// Compiled; `None` if no route was left.
    pub(crate) engine: Option<Engine>,
    /// Routes that were refused: number, diagnostics, module.
    pub(crate) refused: Vec<(usize, String, String)>,
    /// Every file that Node needs, but the glue.
    pub(crate) files: Vec<(String, String)>,
}

impl World {
    /// Generates and compiles a batch.
    ///
    /// - `numbers`: which of its routes.
    pub(crate) fn new(
        seed: u64,
        numbers: impl Iterator<Item = usize>,
        material: &Material,
    ) -> Self {
        let contract = Contract::generate(seed);
        let routes = numbers.map(|number| {
            (number, generate(route_seed(seed, number), number, material, &contract))
        });
        Self::of(contract.clone(), routes.collect())
    }

    /// Compiles these routes.
    pub(crate) fn of(contract: Contract, mut routes: Vec<(usize, Route)>) -> Self {
        let mut refused = Vec::new();
        loop {
            let files = files(&contract, &routes);
            let compiled = compile(&contract, &files);
            let mut bad: BTreeSet<usize> = BTreeSet::new();
            match compiled {
                Compiled::Plan(plan) => {
                    let engine = Engine::new(Arc::new(plan)).ok();
                    return Self { contract, routes, engine, refused, files };
                }
                Compiled::Refused(faults) => {
                    for (path, text) in faults {
                        let own = routes.iter().find(|(_, route)| {
                            route.file == path || route.helpers.iter().any(|(own, _)| *own == path)
                        });
                        let Some((number, route)) = own else { continue };
                        if bad.insert(*number) {
                            refused.push((*number, text, module_text(&route.module)));
                        }
                    }
                }
            }
            if bad.is_empty() {
                let text = "refused without naming a route".to_owned();
                refused.push((usize::MAX, text, String::new()));
                return Self { contract, routes: Vec::new(), engine: None, refused, files };
            }
            routes.retain(|(number, _)| !bad.contains(number));
        }
    }

    /// Writes the workspace down for Node.
    ///
    /// # Errors
    ///
    /// If a file cannot be written.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), String> {
        let Some(engine) = &self.engine else { return Ok(()) };
        let fail = |path: &Path, e: std::io::Error| format!("{}: {e}", path.display());
        let workspace = workspace(&self.contract, &self.files, &mut SourceMap::new());
        let texts = self.files.iter().filter(|(path, _)| path.ends_with(".ts"));
        let texts = texts.map(|(path, text)| (path.as_str(), text.as_str()));
        let glue = [
            (".frontage/upstreams.js", frontage_emit::node_module(&workspace)),
            (
                ".frontage/upstreams.json",
                frontage_emit::node_upstreams(&workspace, std::iter::empty()),
            ),
            (".frontage/web/node.json", frontage_emit::node_frontend(engine.plan(), texts)),
            ("frontage.toml", WORKSPACE_TOML.to_owned()),
            ("frontends/web/frontend.toml", FRONTEND_TOML.to_owned()),
            ("package.json", package()),
        ];
        let own = self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        let glue = glue.iter().map(|(path, text)| (*path, text.as_str()));
        for (path, text) in own.chain(glue) {
            let target = folder.join(path);
            if let Some(parent) = target.parent() {
                std::fs::create_dir_all(parent).map_err(|e| fail(parent, e))?;
            }
            std::fs::write(&target, text).map_err(|e| fail(&target, e))?;
        }
        Ok(())
    }
}

/// From what the route of this number in a batch follows.
pub(crate) fn route_seed(batch: u64, number: usize) -> u64 {
    batch.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23) ^ number as u64
}

fn package() -> String {
    serde_json::json!({
        "name": "oracle", "private": true, "type": "module",
        "imports": { "#upstreams": "./.frontage/upstreams.js", "#shared/*": "./shared/*.ts" },
    })
    .to_string()
}

/// Contracts, routes and their helpers as files.
pub(crate) fn files(contract: &Contract, routes: &[(usize, Route)]) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for upstream in &contract.upstreams {
        let path = format!("contracts/{}.openapi.json", upstream.name);
        files.push((path, upstream.openapi().to_string()));
    }
    for (_, route) in routes {
        files.push((route.file.clone(), module_text(&route.module)));
        for (path, module) in &route.helpers {
            files.push((path.clone(), module_text(module)));
        }
    }
    files
}

enum Compiled {
    Plan(Plan),
    /// Files with errors, and the errors as they are printed.
    Refused(Vec<(String, String)>),
}

/// The bulk operations of a service, as its workspace would have them.
fn bulk_settings(upstream: &Upstream, file: FileId) -> Vec<BulkSetting> {
    let span = Span::new(file, 0, 0);
    let both = upstream.operations.iter().filter_map(|o| Some((o, o.many.as_ref()?)));
    both.map(|(operation, many)| BulkSetting {
        single: (many.single.clone(), span),
        operation: (operation.id.clone(), span),
        key: ("keys".into(), span),
        items: many.wrapped.then(|| ("items".into(), span)),
        matching: (many::KEY.into(), span),
        argument: None,
        count: many.counted.then(|| ("n".into(), span)),
        most: many.most.map(|most| (most, span)),
    })
    .collect()
}

fn workspace(
    contract: &Contract,
    files: &[(String, String)],
    sources: &mut SourceMap,
) -> Workspace {
    let mut upstreams = Vec::new();
    for name in ["alpha", "beta"] {
        let path = format!("contracts/{name}.openapi.json");
        let text = files.iter().find(|(own, _)| *own == path).map(|(_, text)| text.clone());
        let id = sources.add(path, text.unwrap_or_default());
        let read =
            frontage_contract::read(id, sources, &mut |_| Err("there are no other files".into()));
        let safe = [("searchThing1".to_owned(), true)].into();
        let own = contract.upstreams.iter().find(|upstream| upstream.name == name);
        let settings = own.map(|upstream| bulk_settings(upstream, id)).unwrap_or_default();
        let (bulk, faults) = frontage_compile::bulk::read(name, &read.contract, &safe, &settings);
        debug_assert!(faults.iter().all(|fault| fault.severity != Severity::Error), "{faults:?}");
        upstreams.push(UpstreamInput {
            name: name.into(),
            contract: Arc::new(read.contract),
            timeout_ms: TIMEOUT_MS,
            safe: safe.clone(),
            bulk,
            span: None,
        });
    }
    let mut shared = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| path.starts_with("shared/")) {
        shared.push(sources.add(path.clone(), text.clone()));
    }
    Workspace { upstreams, shared }
}

fn compile(contract: &Contract, files: &[(String, String)]) -> Compiled {
    let mut sources = SourceMap::new();
    let workspace = workspace(contract, files, &mut sources);
    let (mut routes, mut modules) = (Vec::new(), Vec::new());
    for (path, text) in files {
        if path.starts_with("frontends/web/routes/") {
            routes.push(sources.add(path.clone(), text.clone()));
        } else if path.starts_with("frontends/web/") {
            modules.push(sources.add(path.clone(), text.clone()));
        }
    }
    let field = |name: &str, ty| SessionField { name: name.into(), ty };
    let session = vec![
        field("sub", SessionType::String),
        field("roles", SessionType::Array(Box::new(SessionType::String))),
        field("level", SessionType::Number),
    ];
    let frontend = FrontendInput { name: "web".into(), routes, modules, session: Some(session) };
    let compiled = frontage_compile::compile(&workspace, &frontend, &sources);
    if let Some(plan) = compiled.plan {
        return Compiled::Plan(plan);
    }
    let errors = compiled.diagnostics.iter().filter(|d| d.severity == Severity::Error);
    let faults = errors.map(|d| {
        let path = d.primary.as_ref().map(|p| sources.file(p.span.file).path.clone());
        let text = frontage_diagnostic::render(std::slice::from_ref(d), &sources, false);
        (path.unwrap_or_default(), text)
    });
    Compiled::Refused(faults.collect())
}

//! Workspaces whose modules are varied: the cases that are accepted, the shop, generated ones.
//!
//! In:    `cases/`, `examples/shop`, the generator of the values oracle.
//! Out:   [`Seed`]s, each with its contracts read once, and a copy on disk with its `.frontage/`.
//! Never: the whole of `frontage.toml`: only what decides types is read here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use frontage_compile::{
    Compiled, FrontendInput, SessionField, SessionType, UpstreamInput, Workspace,
};
use frontage_diagnostic::{Severity, SourceMap};
use frontage_testkit::case::{self, Case};

use crate::options::Options;

/// A workspace to vary.
#[derive(Debug)]
pub(super) struct Seed {
    /// `language--switch`, or `shop`.
    pub(super) name: String,
    /// Its copy on disk.
    pub(super) folder: PathBuf,
    /// Its frontends.
    pub(super) frontends: Vec<Frontend>,
    upstreams: Vec<UpstreamInput>,
    /// The contracts' texts.
    sources: SourceMap,
    /// Texts of modules below `shared/`, by path.
    shared: BTreeMap<String, String>,
}

/// A frontend of a seed.
#[derive(Debug)]
pub(super) struct Frontend {
    /// Its name.
    pub(super) name: String,
    session: Vec<SessionField>,
    /// Texts of its modules, by path relative to the workspace.
    modules: BTreeMap<String, String>,
}

impl Seed {
    /// Checks one frontend with some modules' texts replaced; only routes in `files` count.
    pub(super) fn compile(
        &self,
        frontend: &str,
        files: &BTreeMap<String, String>,
    ) -> Option<(Compiled, SourceMap)> {
        let frontend = self.frontends.iter().find(|known| known.name == frontend)?;
        let mut sources = self.sources.clone();
        let mut add = |path: &String, text: &String| {
            sources.add(path.clone(), files.get(path).unwrap_or(text).clone())
        };
        let shared = self.shared.iter().map(|(path, text)| add(path, text)).collect();
        let (mut routes, mut modules) = (Vec::new(), Vec::new());
        for (path, text) in &frontend.modules {
            if !is_route(path) {
                modules.push(add(path, text));
            } else if files.is_empty() || files.contains_key(path) {
                routes.push(add(path, text));
            }
        }
        let workspace = Workspace { upstreams: self.upstreams.clone(), shared };
        let input = FrontendInput {
            name: frontend.name.as_str().into(),
            routes,
            modules,
            session: Some(frontend.session.clone()),
        };
        let compiled = frontage_compile::compile(&workspace, &input, &sources);
        Some((compiled, sources))
    }

    /// Paths of a frontend's modules and of those that are shared.
    pub(super) fn paths(&self, frontend: &Frontend) -> Vec<String> {
        frontend.modules.keys().chain(self.shared.keys()).cloned().collect()
    }
}

fn is_route(path: &str) -> bool {
    path.split('/').nth(2) == Some("routes")
}

/// Every seed: the cases that show no diagnostics, whether Frontage accepts them today or not, or
/// all of those that are asked for.
///
/// # Errors
///
/// If a file cannot be read or written.
pub(super) fn seeds(options: &Options, folder: &Path) -> Result<Vec<Seed>, String> {
    let root = &options.root;
    if folder.exists() {
        std::fs::remove_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    let mut out = Vec::new();
    let cases = options.cases.clone().unwrap_or_else(|| root.join("cases"));
    for case in case::all(&cases)? {
        let rejected = case.blocks("diagnostics").next().is_some() && options.cases.is_none();
        if rejected || !case.files.iter().any(is_module) {
            continue;
        }
        let name = name(&cases, &case);
        let target = folder.join(&name);
        let fixture = root.join("cases/fixture");
        case.write(&fixture, &target).map_err(|e| format!("{name}: {e}"))?;
        out.extend(read(name, target, true)?);
    }
    if options.cases.is_some() {
        return Ok(out);
    }
    for (name, target) in super::snippets::write(&cases, folder)? {
        out.extend(read(name, target, true)?);
    }
    let shop = folder.join("shop");
    for part in ["frontage.toml", "package.json", "tsconfig.base.json", "contracts", "shared"] {
        copy(&root.join("examples/shop").join(part), &shop.join(part))?;
    }
    for frontend in ["web", "mobile"] {
        for part in ["frontend.toml", "lib", "routes"] {
            let path = format!("frontends/{frontend}/{part}");
            copy(&root.join("examples/shop").join(&path), &shop.join(&path))?;
        }
    }
    out.extend(read("shop".into(), shop, false)?);
    let count = (options.runs / 10).clamp(20, 400);
    let count = usize::try_from(count).unwrap_or(20);
    for (name, target) in
        super::generated::write(options.seed, count, &root.join("cases/fixture"), folder)?
    {
        out.extend(read(name, target, true)?);
    }
    Ok(out)
}

fn is_module((path, _): &(String, String)) -> bool {
    path.ends_with(".ts")
}

fn name(cases: &Path, case: &Case) -> String {
    let path = case.path.strip_prefix(cases).unwrap_or(&case.path);
    path.with_extension("").display().to_string().replace('/', "--")
}

/// Reads a workspace; `None` if it is not accepted as it stands.
///
/// - `anyway`: it is a seed, accepted or not.
fn read(name: String, folder: PathBuf, anyway: bool) -> Result<Option<Seed>, String> {
    let config = table(&folder.join("frontage.toml"))?;
    let mut sources = SourceMap::new();
    let mut upstreams = Vec::new();
    for (upstream, settings) in
        config.get("upstreams").and_then(|u| u.as_table()).into_iter().flatten()
    {
        let Some(path) = settings.get("contract").and_then(|c| c.as_str()) else { return Ok(None) };
        let Ok(text) = std::fs::read_to_string(folder.join(path)) else { return Ok(None) };
        let id = sources.add(path, text);
        let read = frontage_contract::read(id, &mut sources, &mut |path| {
            std::fs::read_to_string(folder.join(path)).map_err(|e| e.to_string())
        });
        let operations = settings.get("operations").and_then(|o| o.as_table());
        let safe = operations.into_iter().flatten().filter_map(|(operation, settings)| {
            Some((operation.clone(), settings.get("safe")?.as_bool()?))
        });
        upstreams.push(UpstreamInput {
            name: upstream.as_str().into(),
            contract: Arc::new(read.contract),
            timeout_ms: 2000,
            safe: safe.collect(),
            bulk: Vec::new(),
            span: None,
        });
    }
    let mut frontends = Vec::new();
    let entries =
        std::fs::read_dir(folder.join("frontends")).map_err(|e| format!("{name}: {e}"))?;
    let mut names: Vec<_> =
        entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    for frontend in names {
        let path = folder.join("frontends").join(&frontend);
        let Ok(config) = table(&path.join("frontend.toml")) else { return Ok(None) };
        let session = config.get("auth").and_then(|auth| auth.get("session"));
        let session = session.and_then(|s| s.as_table()).map(fields).unwrap_or_default();
        let mut modules = BTreeMap::new();
        collect(&folder, &path, &mut modules)?;
        frontends.push(Frontend { name: frontend, session, modules });
    }
    let mut shared = BTreeMap::new();
    collect(&folder, &folder.join("shared"), &mut shared)?;
    let seed = Seed { name, folder, frontends, upstreams, sources, shared };
    let fine = anyway
        || seed.frontends.iter().all(|frontend| {
            seed.compile(&frontend.name, &BTreeMap::new()).is_some_and(|(compiled, _)| {
                compiled.diagnostics.iter().all(|found| found.severity != Severity::Error)
            })
        });
    if fine {
        write_types(&seed)?;
    }
    Ok(fine.then_some(seed))
}

/// Writes what `frontage types` writes, as far as tsc reads it here.
fn write_types(seed: &Seed) -> Result<(), String> {
    let mut files = vec![
        ("frontage.d.ts".to_owned(), frontage_emit::frontage_types().to_owned()),
        ("upstreams.d.ts".to_owned(), frontage_emit::upstream_types(&seed.upstreams)),
    ];
    for frontend in &seed.frontends {
        let path = format!("{}/session.d.ts", frontend.name);
        files.push((path, frontage_emit::session_types(&frontend.session)));
    }
    for (path, text) in files {
        let path = seed.folder.join(".frontage").join(path);
        let parent = path.parent().unwrap_or(&seed.folder);
        std::fs::create_dir_all(parent)
            .and_then(|()| std::fs::write(&path, text))
            .map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(())
}

fn table(path: &Path) -> Result<toml::Table, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    text.parse().map_err(|e| format!("{}: {e}", path.display()))
}

fn fields(table: &toml::Table) -> Vec<SessionField> {
    let one = |(name, value): (&String, &toml::Value)| SessionField {
        name: name.as_str().into(),
        ty: session_type(value),
    };
    table.iter().map(one).collect()
}

fn session_type(value: &toml::Value) -> SessionType {
    match value {
        toml::Value::String(_) | toml::Value::Datetime(_) => SessionType::String,
        toml::Value::Integer(_) | toml::Value::Float(_) => SessionType::Number,
        toml::Value::Boolean(_) => SessionType::Boolean,
        toml::Value::Array(items) => {
            let item = items.first().map_or(SessionType::String, session_type);
            SessionType::Array(Box::new(item))
        }
        toml::Value::Table(table) => SessionType::Object(fields(table)),
    }
}

/// Texts of the modules below `folder`, by path relative to `root`.
fn collect(root: &Path, folder: &Path, out: &mut BTreeMap<String, String>) -> Result<(), String> {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(root, &path, out)?;
        } else if path.extension().is_some_and(|extension| extension == "ts") {
            let text =
                std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
            let relative = path.strip_prefix(root).unwrap_or(&path);
            out.insert(relative.display().to_string(), text);
        }
    }
    Ok(())
}

/// Copies a file or a folder with everything in it.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let fault = |e: std::io::Error| format!("{}: {e}", from.display());
    if from.is_dir() {
        std::fs::create_dir_all(to).map_err(fault)?;
        for entry in std::fs::read_dir(from).map_err(fault)?.flatten() {
            copy(&entry.path(), &to.join(entry.file_name()))?;
        }
        return Ok(());
    }
    if let Some(parent) = to.parent() {
        std::fs::create_dir_all(parent).map_err(fault)?;
    }
    std::fs::copy(from, to).map(drop).map_err(fault)
}

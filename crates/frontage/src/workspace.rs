//! Finding a workspace and reading its files.
//!
//! In:    a folder.
//! Out:   [`Loaded`]: configuration, contracts and the texts of all modules, with every fault.
//! Never: a file read otherwise than by `files`.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use frontage_compile::{FrontendInput, UpstreamInput, Workspace};
use frontage_contract::Contract;
use frontage_diagnostic::{Diagnostic, FileId, SourceFile, SourceMap, Span, nearest, summary};

use crate::codes;
use crate::config::{FrontendConfig, LegacyConfig, WorkspaceConfig};
use crate::files::{Files, Stamps};

/// Name of the file that makes a folder a workspace.
pub(crate) const WORKSPACE_FILE: &str = "frontage.toml";
const FRONTEND_FILE: &str = "frontend.toml";
const MAX_FILES: usize = 20_000;
const MAX_DEPTH: usize = 16;

/// How many warnings about one contract are shown; real ones can have thousands.
const MAX_FINDINGS: usize = 20;

/// A workspace that was read.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// Its folder.
    pub(crate) root: PathBuf,
    /// Every text that was read.
    pub(crate) sources: SourceMap,
    /// `frontage.toml`.
    pub(crate) config: WorkspaceConfig,
    /// Each `frontend.toml`, by name.
    pub(crate) frontends: Vec<FrontendConfig>,
    /// What the compile tower is given.
    pub(crate) workspace: Workspace,
    /// What the compile tower is given for each frontend, in the order of `frontends`.
    pub(crate) inputs: Vec<FrontendInput>,
    /// Faults of configuration, layout and contracts.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Contracts as they were read.
    contracts: Vec<ReadContract>,
    /// What tells whether a file has changed since.
    stamps: Stamps,
    /// The files that were found below a folder.
    found: Found,
}

/// Paths of files, by the folder below which they were looked for.
type Found = BTreeMap<String, Vec<String>>;

/// A contract that was read, and whatever it was read from.
#[derive(Debug, Clone)]
struct ReadContract {
    /// Of its first file.
    path: String,
    files: Range<u32>,
    contract: Arc<Contract>,
    findings: Vec<Diagnostic>,
    /// What it names and could not be read.
    missing: Vec<String>,
}

impl Loaded {
    /// Whether every service that the workspace has is there with its contract; if not, that was
    /// reported, and every use of one would be an error of its own.
    pub(crate) fn knows_upstreams(&self) -> bool {
        self.workspace.upstreams.len() == self.config.upstreams.len() && !self.config.is_partial
    }

    /// A contract's path, and the texts of all files that it was read from.
    pub(crate) fn contract_files(&self, path: &str) -> Option<(&str, Vec<&str>)> {
        let path = normalise(path);
        let known = self.contracts.iter().find(|known| known.path == path)?;
        let texts = known.files.clone().map(|id| &*self.sources.file(FileId(id)).text).collect();
        Some((&known.path, texts))
    }

    /// Whether the workspace's own settings and all contracts are what they were.
    pub(crate) fn has_services_of(&self, before: &Self) -> bool {
        let settings = |loaded: &Self| {
            loaded.sources.iter().next().map(|(id, _)| Arc::clone(loaded.sources.file(id)))
        };
        let same = settings(self).zip(settings(before)).is_some_and(|(a, b)| Arc::ptr_eq(&a, &b));
        let contracts = self.contracts.iter().zip(&before.contracts);
        same && self.contracts.len() == before.contracts.len()
            && contracts.into_iter().all(|(a, b)| Arc::ptr_eq(&a.contract, &b.contract))
    }
}

/// The workspace's folder: `given`, or the nearest folder at or above the current one that holds
/// a `frontage.toml`.
///
/// # Errors
///
/// A placeless diagnostic that says where was looked.
pub(crate) fn find(given: Option<&Path>) -> Result<PathBuf, Diagnostic> {
    if let Some(folder) = given {
        if folder.join(WORKSPACE_FILE).is_file() {
            return Ok(folder.to_owned());
        }
        return Err(Diagnostic::placeless(
            codes::NO_WORKSPACE,
            format!("`{}` has no `{WORKSPACE_FILE}`", folder.display()),
        )
        .help("name the workspace's folder, or make one with `frontage new DIR`"));
    }
    let start = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    for folder in start.ancestors() {
        if folder.join(WORKSPACE_FILE).is_file() {
            return Ok(folder.to_owned());
        }
    }
    Err(Diagnostic::placeless(
        codes::NO_WORKSPACE,
        format!("neither `{}` nor a folder above it has a `{WORKSPACE_FILE}`", start.display()),
    )
    .help("give the workspace with `-C DIR`, or make one with `frontage new DIR`"))
}

/// Reads everything below `root` that belongs to the workspace.
pub(crate) fn load(root: &Path) -> Loaded {
    load_again(root, None, Names::MayDiffer)
}

/// Whether files may have come, gone, or changed their names since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    /// They may.
    MayDiffer,
    /// Only texts have changed.
    AsBefore,
}

/// As [`load`]; files that are still what they were are not read once more.
pub(crate) fn load_again(root: &Path, before: Option<&Loaded>, names: Names) -> Loaded {
    let mut reader = Reader {
        root: root.to_owned(),
        files: Files::new(root, before.map(|before| &before.stamps)),
        known: before.map(texts).unwrap_or_default(),
        sources: SourceMap::new(),
        diagnostics: Vec::new(),
        count: 0,
        before,
        contracts: Vec::new(),
        known_names: before.filter(|_| names == Names::AsBefore).map(|before| &before.found),
        found: Found::new(),
    };
    let config = match reader.add(WORKSPACE_FILE) {
        Ok(file) => {
            let text = reader.sources.file(file).text.clone();
            WorkspaceConfig::read(&text, file, &mut reader.diagnostics)
        }
        Err(fault) => {
            reader.diagnostics.push(fault);
            let file = reader.sources.add(WORKSPACE_FILE, "");
            WorkspaceConfig::read("", file, &mut Vec::new())
        }
    };

    let upstreams = reader.upstreams(&config);
    let shared = reader.modules("shared");
    let (mut frontends, inputs) = reader.frontends();
    for frontend in &mut frontends {
        reader.templates(&mut frontend.legacy);
    }
    let workspace = Workspace { upstreams, shared };
    let Reader { root, files, sources, diagnostics, contracts, found, .. } = reader;
    Loaded {
        root,
        sources,
        config,
        frontends,
        workspace,
        inputs,
        diagnostics,
        contracts,
        stamps: files.into_stamps(),
        found,
    }
}

/// The texts that were read, by their paths.
fn texts(loaded: &Loaded) -> HashMap<&str, &Arc<SourceFile>> {
    loaded.sources.iter().map(|(id, file)| (&*file.path, loaded.sources.file(id))).collect()
}

struct Reader<'b> {
    root: PathBuf,
    files: Files<'b>,
    /// The texts that were read last.
    known: HashMap<&'b str, &'b Arc<SourceFile>>,
    sources: SourceMap,
    diagnostics: Vec<Diagnostic>,
    /// How many modules there are so far.
    count: usize,
    /// What was read last, as long as every contract so far is what it was.
    before: Option<&'b Loaded>,
    contracts: Vec<ReadContract>,
    /// The files that were found last, if they are all that there are.
    known_names: Option<&'b Found>,
    found: Found,
}

impl Reader<'_> {
    /// Reads a file into the source map.
    fn add(&mut self, path: &str) -> Result<FileId, Diagnostic> {
        if let Some(known) = self.known.get(path).filter(|_| self.files.is_unchanged(path)) {
            return Ok(self.sources.add_file(Arc::clone(known)));
        }
        let text = self
            .files
            .read(path)
            .map_err(|why| Diagnostic::placeless(codes::UNREADABLE, format!("`{path}`: {why}")))?;
        Ok(self.sources.add(path, text))
    }

    fn upstreams(&mut self, config: &WorkspaceConfig) -> Vec<UpstreamInput> {
        let mut read: BTreeMap<String, Option<Arc<Contract>>> = BTreeMap::new();
        let mut out = Vec::new();
        for upstream in &config.upstreams {
            let Some(at) = &upstream.contract else { continue };
            let path = normalise(&at.value);
            let contract = match read.get(&path) {
                Some(known) => known.clone(),
                None => {
                    let found = self.contract(&path, at.span);
                    read.insert(path, found.clone());
                    found
                }
            };
            let Some(contract) = contract else { continue };
            for (operation, setting) in &upstream.safe {
                if contract.operation(operation).is_none() {
                    let names = contract.operations.iter().map(|o| o.name.as_str());
                    let mut fault = Diagnostic::error(
                        codes::UNKNOWN_OPERATION,
                        setting.span,
                        format!("`{operation}` is not an operation of `{}`", at.value),
                    );
                    if let Some(near) = nearest(operation, names) {
                        fault = fault.help(format!("did you mean `{near}`?"));
                    }
                    self.diagnostics.push(fault);
                }
            }
            let safe = upstream.safe.iter().map(|(k, v)| (k.clone(), v.value)).collect();
            let (bulk, faults) = frontage_compile::bulk::read(
                &upstream.name.value,
                &contract,
                &safe,
                &upstream.bulk,
            );
            self.diagnostics.extend(faults);
            out.push(UpstreamInput {
                name: Arc::from(upstream.name.value.as_str()),
                contract,
                timeout_ms: u32::try_from(upstream.timeout.as_millis()).unwrap_or(u32::MAX),
                safe,
                bulk,
                span: Some(upstream.name.span),
            });
        }
        out
    }

    fn contract(&mut self, path: &str, at: Span) -> Option<Arc<Contract>> {
        let read = match self.unchanged(path) {
            Some(read) => read,
            None => {
                // Those that follow may share files with this one.
                self.before = None;
                match self.files.read(path) {
                    Ok(text) => self.read_contract(path, text),
                    Err(why) => {
                        self.diagnostics.push(
                            Diagnostic::error(
                                codes::UNREADABLE,
                                at,
                                format!("the contract `{path}` cannot be read: {why}"),
                            )
                            .help("paths of contracts are relative to the workspace"),
                        );
                        return None;
                    }
                }
            }
        };
        let (contract, mut findings) = (Arc::clone(&read.contract), read.findings.clone());
        self.contracts.push(read);
        // A contract of no use would make every call of it an error of its own.
        let usable = summary(&findings).errors == 0;
        if findings.len() > MAX_FINDINGS && usable {
            let more = findings.len() - MAX_FINDINGS;
            findings.truncate(MAX_FINDINGS);
            let message = format!("`{path}` has {more} further faults in single operations");
            findings.push(Diagnostic::error(codes::MORE_FINDINGS, at, message).warning().help(
                "an operation that a route uses is always reported; tell the contract's owner",
            ));
        }
        self.diagnostics.extend(findings);
        usable.then_some(contract)
    }

    fn read_contract(&mut self, path: &str, text: String) -> ReadContract {
        let file = self.sources.add(path, text);
        let (reader, mut missing) = (&mut self.files, Vec::new());
        let mut load = |path: &str| {
            let text = reader.read(path);
            if text.is_err() {
                missing.push(path.to_owned());
            }
            text
        };
        let (contract, findings) = if path.ends_with(".ts") {
            let read = frontage_compile::declared::read(file, &mut self.sources, &mut load);
            (read.contract, read.diagnostics)
        } else {
            let read = frontage_contract::read(file, &mut self.sources, &mut load);
            (read.contract, read.diagnostics)
        };
        let files = file.0..self.sources.next_id().0;
        let (path, contract) = (path.to_owned(), Arc::new(contract));
        ReadContract { path, files, contract, findings, missing }
    }

    /// A contract as it was read before, if each of its files is what it was and stands at the same
    /// place among all, which the places in it name.
    fn unchanged(&mut self, path: &str) -> Option<ReadContract> {
        let before = self.before?;
        let known = before.contracts.iter().find(|known| known.path == path)?;
        let files: Vec<_> = known.files.clone().map(|id| before.sources.file(FileId(id))).collect();
        let same = known.files.start == self.sources.next_id().0
            && files.iter().all(|file| self.is_same(file))
            && known.missing.iter().all(|path| self.files.read(path).is_err());
        if !same {
            return None;
        }
        for file in files {
            self.sources.add_file(Arc::clone(file));
        }
        Some(known.clone())
    }

    /// Whether a file's text is what it was.
    fn is_same(&mut self, file: &SourceFile) -> bool {
        self.files.is_unchanged(&file.path)
            || self.files.read(&file.path).is_ok_and(|text| text == file.text)
    }

    /// Paths of the contracts of backends that were there before.
    fn templates(&mut self, all: &mut [LegacyConfig]) {
        for legacy in all {
            let Some(at) = &legacy.contract else { continue };
            let Some(contract) = self.contract(&normalise(&at.value), at.span) else { continue };
            // A contract counts its paths from its server's address, which may hold a path.
            let base = legacy.base.as_deref().unwrap_or_default().trim_end_matches('/');
            for operation in &contract.operations {
                let frontage_contract::Binding::Http(http) = &operation.binding;
                let full = format!("{base}{}", http.template);
                if !legacy.settings.templates.contains(&full) {
                    legacy.settings.templates.push(full);
                }
            }
        }
    }

    /// All `.ts` files below `folder`, sorted by path.
    fn modules(&mut self, folder: &str) -> Vec<FileId> {
        let paths = self.below(folder, "", &is_module);
        self.add_all(paths)
    }

    /// Reads modules, sorted by path.
    fn add_all(&mut self, mut paths: Vec<String>) -> Vec<FileId> {
        paths.sort();
        self.count(&mut paths);
        let mut files = Vec::new();
        for path in paths {
            match self.add(&path) {
                Ok(file) => files.push(file),
                Err(fault) => self.diagnostics.push(fault),
            }
        }
        files
    }

    /// Counts modules, and cuts off those beyond the limit.
    fn count(&mut self, paths: &mut Vec<String>) {
        let room = MAX_FILES - self.count;
        if paths.len() > room {
            paths.truncate(room);
            self.diagnostics.push(Diagnostic::placeless(
                codes::UNREADABLE,
                format!("the workspace has more than {MAX_FILES} modules"),
            ));
        }
        self.count += paths.len();
    }

    /// Warns of sources that nothing reads, unless a module of the same name stands beside them: then
    /// they were made of it.
    fn other_sources(&mut self, mut paths: Vec<String>) {
        paths.sort();
        for path in paths {
            let Some(stem) = other_ending(&path) else { continue };
            let module = format!("{stem}.ts");
            if self.root.join(&module).exists() {
                continue;
            }
            let file = self.sources.add(&path, "");
            let name = module.rsplit('/').next().unwrap_or_default();
            self.diagnostics.push(
                Diagnostic::error(
                    codes::NOT_A_ROUTE_FILE,
                    Span::new(file, 0, 0),
                    format!("`{path}` is not read: it does not end in `.ts`"),
                )
                .warning()
                .help(format!("name it `{name}`, or move it out of `routes`")),
            );
        }
    }

    /// All files below `folder` whose paths are wanted.
    ///
    /// - `without`: a folder in it that is not entered; ends with `/`.
    fn below(&mut self, folder: &str, without: &str, wanted: &dyn Fn(&str) -> bool) -> Vec<String> {
        let known = self.known_names.and_then(|known| known.get(folder));
        let paths = known.cloned().unwrap_or_else(|| {
            let mut paths = Vec::new();
            self.walk(folder, 0, without, wanted, &mut paths);
            paths
        });
        self.found.insert(folder.to_owned(), paths.clone());
        paths
    }

    fn walk(
        &self,
        folder: &str,
        depth: usize,
        without: &str,
        wanted: &dyn Fn(&str) -> bool,
        out: &mut Vec<String>,
    ) {
        let Ok(entries) = std::fs::read_dir(self.root.join(folder)) else { return };
        for entry in entries.flatten() {
            let Ok(name) = entry.file_name().into_string() else { continue };
            let Ok(kind) = entry.file_type() else { continue };
            if name.starts_with('.') || name == "node_modules" {
                continue;
            }
            let path = format!("{folder}/{name}");
            if kind.is_dir() && depth < MAX_DEPTH {
                if without.strip_suffix('/') != Some(&*path) {
                    self.walk(&path, depth + 1, without, wanted, out);
                }
            } else if wanted(&path) {
                // One beyond the limit shows that there are too many; not all need be modules.
                if out.len() <= 2 * MAX_FILES {
                    out.push(path);
                }
            }
        }
    }

    fn frontends(&mut self) -> (Vec<FrontendConfig>, Vec<FrontendInput>) {
        let mut names = Vec::new();
        if let Ok(entries) = std::fs::read_dir(self.root.join("frontends")) {
            for entry in entries.flatten() {
                if entry.path().is_dir()
                    && let Ok(name) = entry.file_name().into_string()
                    && !name.starts_with('.')
                {
                    names.push(name);
                }
            }
        }
        names.sort();
        if names.is_empty() {
            self.diagnostics.push(
                Diagnostic::placeless(codes::UNKNOWN_FRONTEND, "the workspace has no frontend")
                    .help("make a folder `frontends/NAME` with a `frontend.toml`"),
            );
        }
        let (mut configs, mut inputs) = (Vec::new(), Vec::new());
        for name in names {
            let folder = format!("frontends/{name}");
            let file = match self.add(&format!("{folder}/{FRONTEND_FILE}")) {
                Ok(file) => file,
                Err(fault) => {
                    // The place tells whose fault it is, even if nothing stands there.
                    let file = self.sources.add(format!("{folder}/{FRONTEND_FILE}"), "");
                    let at = Span::new(file, 0, 0);
                    let fault = Diagnostic::error(codes::UNREADABLE, at, fault.message);
                    self.diagnostics.push(fault.help(format!(
                        "each folder below `frontends/` is a frontend and needs its `{FRONTEND_FILE}`"
                    )));
                    continue;
                }
            };
            let text = self.sources.file(file).text.clone();
            let config = FrontendConfig::read(&name, &text, file, &mut self.diagnostics);
            let static_prefix =
                config.static_dir.as_ref().map(|s| format!("{folder}/{}/", normalise(&s.value)));
            let routes_prefix = format!("{folder}/routes/");
            let source = |path: &str| is_module(path) || other_ending(path).is_some();
            let (routes, others) = self
                .below(routes_prefix.trim_end_matches('/'), "", &source)
                .into_iter()
                .partition(|path| is_module(path));
            let served =
                |path: &str| static_prefix.as_ref().is_some_and(|prefix| path.starts_with(prefix));
            // Drafts are read by whoever moves them.
            let drafts = format!("{folder}/drafts/");
            let own = |path: &str| is_module(path) && !served(path) && !path.starts_with(&drafts);
            let modules = self.below(&folder, &routes_prefix, &own);
            let routes = self.add_all(routes);
            self.other_sources(others);
            let modules = self.add_all(modules);
            inputs.push(FrontendInput {
                name: Arc::from(name.as_str()),
                routes,
                modules,
                session: config.session.clone(),
            });
            configs.push(config);
        }
        (configs, inputs)
    }
}

/// Whether a path is one of a module.
fn is_module(path: &str) -> bool {
    path.ends_with(".ts") && !path.ends_with(".d.ts")
}

/// The path without its ending, if that is one of JavaScript or TypeScript other than `.ts`.
fn other_ending(path: &str) -> Option<&str> {
    let (stem, ending) = path.rsplit_once('.')?;
    let lower = ending.to_ascii_lowercase();
    let known = ["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs"].contains(&&*lower);
    (known && ending != "ts" && !stem.ends_with(".d")).then_some(stem)
}

/// `./a//b/../c` → `a/c`; what would leave the workspace keeps its `..` and is refused later.
fn normalise(path: &str) -> String {
    let mut out: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if out.last().is_some_and(|last| *last != "..") => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTRACT: &str = r##"
openapi: 3.1.0
info: { title: Users, version: "1" }
paths:
  /users:
    get:
      operationId: listUsers
      responses: { "200": { description: ok, content: { application/json: { schema: { $ref: "./user.yaml" } } } } }
"##;

    fn written(folder: &Path, path: &str, text: &str) {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    fn workspace() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        let config = "[workspace]\nname = \"w\"\n[upstreams.users]\ncontract = \"users.yaml\"\nurl = \"http://127.0.0.1:9\"\n";
        written(folder.path(), WORKSPACE_FILE, config);
        written(folder.path(), "users.yaml", CONTRACT);
        written(folder.path(), "user.yaml", "{ type: string }");
        written(folder.path(), "frontends/web/frontend.toml", "listen = \"127.0.0.1:0\"\n");
        folder
    }

    /// Whether the contract is the one that was read before.
    fn is_kept(before: &Loaded, again: &Loaded) -> bool {
        let contract = |loaded: &Loaded| Arc::clone(&loaded.workspace.upstreams[0].contract);
        Arc::ptr_eq(&contract(before), &contract(again))
    }

    #[test]
    fn a_contract_is_read_again_when_it_or_what_it_names_changes() {
        let folder = workspace();
        let first = load(folder.path());
        written(folder.path(), "shared/a.ts", "export const a = 1;");
        let second = load_again(folder.path(), Some(&first), Names::MayDiffer);
        assert!(is_kept(&first, &second), "nothing of it has changed");
        let texts =
            |loaded: &Loaded| loaded.sources.iter().map(|f| f.1.path.clone()).collect::<Vec<_>>();
        assert_eq!(texts(&load(folder.path())), texts(&second), "the sources are the same");

        written(folder.path(), "user.yaml", "{ type: number }");
        let third = load_again(folder.path(), Some(&second), Names::MayDiffer);
        assert!(!is_kept(&second, &third), "what it names is another");

        written(folder.path(), "users.yaml", &CONTRACT.replace("Users", "People"));
        let fourth = load_again(folder.path(), Some(&third), Names::MayDiffer);
        assert!(!is_kept(&third, &fourth), "its own text is another");
    }

    #[test]
    fn files_are_looked_for_again_unless_their_names_are_known_to_be_as_before() {
        let folder = workspace();
        written(folder.path(), "frontends/web/routes/a.ts", "1");
        let first = load(folder.path());
        written(folder.path(), "frontends/web/routes/a.ts", "2");
        written(folder.path(), "frontends/web/routes/b.ts", "1");
        let routes = |loaded: &Loaded| {
            let files = loaded.inputs[0].routes.iter().map(|id| loaded.sources.file(*id));
            files.map(|file| format!("{} {}", file.path, file.text)).collect::<Vec<_>>()
        };
        let a = "frontends/web/routes/a.ts 2".to_owned();
        let second = load_again(folder.path(), Some(&first), Names::AsBefore);
        assert_eq!(routes(&second), std::slice::from_ref(&a));
        let third = load_again(folder.path(), Some(&second), Names::MayDiffer);
        assert_eq!(routes(&third), [a, "frontends/web/routes/b.ts 1".to_owned()]);
    }

    #[test]
    fn routes_may_lie_behind_a_link_within_the_workspace() {
        let folder = workspace();
        written(folder.path(), "app/home.ts", "1");
        std::os::unix::fs::symlink("../../app", folder.path().join("frontends/web/routes"))
            .expect("a link");
        let loaded = load(folder.path());
        let routes = loaded.inputs[0].routes.iter();
        let paths: Vec<&str> = routes.map(|id| &*loaded.sources.file(*id).path).collect();
        assert_eq!(paths, ["frontends/web/routes/home.ts"]);
    }

    #[test]
    fn a_file_that_two_contracts_share_counts_for_both() {
        let folder = workspace();
        let config = std::fs::read_to_string(folder.path().join(WORKSPACE_FILE)).expect("a file");
        let second =
            config.split_once("[upstreams").expect("an upstream").1.replace("users", "people");
        written(folder.path(), WORKSPACE_FILE, &format!("{config}[upstreams{second}"));
        written(folder.path(), "people.yaml", CONTRACT);
        let first = load(folder.path());
        assert_eq!(first.workspace.upstreams.len(), 2);
        written(folder.path(), "user.yaml", "{ type: number }");
        let again = load_again(folder.path(), Some(&first), Names::MayDiffer);
        for (old, new) in first.workspace.upstreams.iter().zip(&again.workspace.upstreams) {
            assert!(!Arc::ptr_eq(&old.contract, &new.contract), "{} is as it was", new.name);
        }
    }

    #[test]
    fn a_contract_that_lacks_something_is_read_again_once_it_is_there() {
        let folder = workspace();
        std::fs::remove_file(folder.path().join("user.yaml")).expect("it is there");
        let before = load(folder.path());
        let first = load_again(folder.path(), Some(&before), Names::MayDiffer);
        assert_eq!(first.diagnostics, before.diagnostics);
        assert!(Arc::ptr_eq(&first.contracts[0].contract, &before.contracts[0].contract));
        written(folder.path(), "user.yaml", "{ type: string }");
        let second = load_again(folder.path(), Some(&first), Names::MayDiffer);
        assert!(second.diagnostics.len() < first.diagnostics.len(), "{:?}", second.diagnostics);
    }
}

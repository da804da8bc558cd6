//! Compiling a workspace that was read: one plan for each frontend that has no errors.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use frontage_compile::hir::Checked;
use frontage_compile::{FrontendInput, Memory, Project};
use frontage_diagnostic::{Diagnostic, FileId, Severity, SourceMap, sort, summary};
use frontage_plan::{Method, PathSegment, Plan};

use crate::codes;
use crate::config::{Auth, FrontendConfig};
use crate::workspace::Loaded;

/// What became of a workspace.
#[derive(Debug)]
pub(crate) struct Built {
    /// Each frontend, in order of name.
    pub(crate) frontends: Vec<BuiltFrontend>,
    /// Faults of configuration, layout and contracts, sorted.
    pub(crate) workspace: Vec<Diagnostic>,
}

/// What became of one frontend.
#[derive(Debug)]
pub(crate) struct BuiltFrontend {
    /// Its name.
    pub(crate) name: String,
    /// Its plan, unless something is wrong.
    pub(crate) plan: Option<Arc<Plan>>,
    /// The units that the plan was made of; none without a plan.
    pub(crate) checked: Vec<Arc<Checked>>,
    /// Faults of its own modules, sorted.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// By the file of a route module that did not check: the errors that it met.
    pub(crate) faulty: BTreeMap<FileId, Vec<Diagnostic>>,
    /// The modules that its routes rest on, those of the workspace among them.
    pub(crate) modules: BTreeSet<FileId>,
}

impl BuiltFrontend {
    /// One of which nothing is known, since the contracts are not.
    fn unknown(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            plan: None,
            checked: Vec::new(),
            diagnostics: Vec::new(),
            faulty: BTreeMap::new(),
            modules: BTreeSet::new(),
        }
    }
}

impl Built {
    /// All diagnostics, each once, sorted by place.
    pub(crate) fn diagnostics(&self, loaded: &Loaded) -> Vec<Diagnostic> {
        let mut all = self.workspace.clone();
        all.extend(self.frontends.iter().flat_map(|f| f.diagnostics.iter().cloned()));
        sort(&mut all, &loaded.sources);
        // A fault in `shared/` is found by every frontend that uses it.
        all.dedup();
        all
    }
}

/// Whether any is an error.
pub(crate) fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    summary(diagnostics).errors > 0
}

/// Whether a fault of the workspace is one of `frontend`: all are but those in another's folder.
pub(crate) fn concerns(fault: &Diagnostic, frontend: &str, sources: &SourceMap) -> bool {
    let Some(label) = &fault.primary else { return true };
    match sources.file(label.span.file).path.strip_prefix("frontends/") {
        Some(inner) => inner.split('/').next() == Some(frontend),
        None => true,
    }
}

/// Compiles every frontend.
pub(crate) fn build(loaded: &Loaded) -> Built {
    build_again(loaded, &mut Memories::new())
}

/// What compiling each frontend has left, by its name.
pub(crate) type Memories = BTreeMap<String, Memory>;

/// As [`build`]; what has not changed since is not compiled once more.
pub(crate) fn build_again(loaded: &Loaded, memories: &mut Memories) -> Built {
    let mut workspace = loaded.diagnostics.clone();
    shared_addresses(loaded, &mut workspace);
    open_to_others(loaded, &mut workspace);
    // Without its contract every use of an upstream would be an error: one fault, one message.
    let contracts = loaded.knows_upstreams();
    let mut frontends = Vec::new();
    for (config, input) in loaded.frontends.iter().zip(&loaded.inputs) {
        let memory = memories.entry(config.name.clone()).or_default();
        let mut built = if contracts {
            compile(loaded, config, input, memory)
        } else {
            BuiltFrontend::unknown(&config.name)
        };
        let broken = workspace.iter().any(|fault| {
            fault.severity == Severity::Error && concerns(fault, &config.name, &loaded.sources)
        });
        if broken || has_errors(&built.diagnostics) {
            (built.plan, built.checked) = (None, Vec::new());
        }
        frontends.push(built);
    }
    memories.retain(|name, _| loaded.frontends.iter().any(|config| config.name == *name));
    sort(&mut workspace, &loaded.sources);
    Built { frontends, workspace }
}

/// What `work` gives for each number below `count`, in order; as many at once as there are cores.
fn side_by_side<O: Send>(count: usize, work: impl Fn(usize) -> O + Sync) -> Vec<O> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return done;
            }
            done.push((at, work(at)));
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let mut done = std::thread::scope(|scope| {
        let helper = |_| {
            // Without another thread, this one does it all.
            std::thread::Builder::new().stack_size(crate::STACK).spawn_scoped(scope, worker).ok()
        };
        let helpers: Vec<_> = (1..cores.min(count)).filter_map(helper).collect();
        let mut done = worker();
        for helper in helpers {
            done.extend(helper.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, output)| output).collect()
}

/// Compiles one frontend.
fn compile(
    loaded: &Loaded,
    config: &FrontendConfig,
    input: &FrontendInput,
    memory: &mut Memory,
) -> BuiltFrontend {
    let project = Project::new(&loaded.workspace, input, &loaded.sources, memory);
    let made = side_by_side(project.open(), |at| project.make(at));
    let (compiled, left) = project.link(made);
    *memory = left;
    let mut diagnostics = compiled.diagnostics;
    if let Some(plan) = &compiled.plan {
        hidden_files(loaded, config, plan, &mut diagnostics);
    }
    sort(&mut diagnostics, &loaded.sources);
    BuiltFrontend {
        name: config.name.clone(),
        plan: compiled.plan.map(Arc::new),
        checked: compiled.checked,
        diagnostics,
        faulty: compiled.faulty,
        modules: compiled.modules,
    }
}

/// Two frontends cannot listen on one address.
fn shared_addresses(loaded: &Loaded, out: &mut Vec<Diagnostic>) {
    let mut seen: Vec<(String, frontage_diagnostic::Span, &str)> = Vec::new();
    for frontend in &loaded.frontends {
        for listen in frontend.listen.iter().chain(&frontend.admin) {
            let Ok(address) = listen.value.resolve() else { continue };
            if address.ends_with(":0") {
                continue;
            }
            if let Some((_, first, owner)) = seen.iter().find(|(known, ..)| *known == address) {
                out.push(
                    Diagnostic::error(
                        codes::SHARED_ADDRESS,
                        listen.span,
                        format!("`{address}` is taken by `{owner}`"),
                    )
                    .also(*first, "taken here")
                    .help("every backend is a process of its own: give each another port"),
                );
            } else {
                seen.push((address, listen.span, &frontend.name));
            }
        }
    }
}

/// `kind = "dev"` believes whoever asks; nobody beyond this machine may.
fn open_to_others(loaded: &Loaded, out: &mut Vec<Diagnostic>) {
    for frontend in loaded.frontends.iter().filter(|f| matches!(f.auth, Auth::Dev { .. })) {
        for listen in frontend.listen.iter().chain(&frontend.admin) {
            let address = listen.value.resolve().ok().and_then(|a| a.parse::<SocketAddr>().ok());
            if let Some(address) = address.filter(|address| !address.ip().is_loopback()) {
                out.push(
                    Diagnostic::error(
                        codes::DEV_BEYOND_LOOPBACK,
                        listen.span,
                        format!("`kind = \"dev\"` lets anybody be anyone, and {address} is open to others"),
                    )
                    .help("listen on 127.0.0.1, or choose another `[auth] kind`"),
                );
            }
        }
    }
}

/// Routes win over static files; a file that can never be seen is worth a warning.
fn hidden_files(loaded: &Loaded, config: &FrontendConfig, plan: &Plan, out: &mut Vec<Diagnostic>) {
    let Some(folder) = &config.static_dir else { return };
    let root = loaded.root.join("frontends").join(&config.name).join(&folder.value);
    if !root.is_dir() {
        out.push(
            Diagnostic::error(
                codes::UNREADABLE,
                folder.span,
                format!("the folder `frontends/{}/{}` is missing", config.name, folder.value),
            )
            .help("make it, or remove `static`"),
        );
        return;
    }
    for route in plan.routes.iter().filter(|r| r.method == Method::Get) {
        let mut file = root.clone();
        let literal = route.path.iter().all(|segment| match segment {
            PathSegment::Literal(name) => {
                file.push(&**name);
                true
            }
            _ => false,
        });
        let hidden = if file.is_dir() { file.join("index.html") } else { file };
        if literal && hidden.is_file() {
            let shown = hidden.strip_prefix(&loaded.root).unwrap_or(&hidden).display().to_string();
            let message = format!("the route `{}` hides the file `{shown}`", route.path_text());
            let fault = Diagnostic::error(codes::ROUTE_HIDES_FILE, folder.span, message)
                .warning()
                .help(format!("routes win over files: move one of them ({})", route.place.path));
            out.push(fault);
        }
    }
}

//! A workspace in memory: two contracts, one frontend, modules as texts.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use frontage_contract::Contract;
use frontage_diagnostic::{Diagnostic, FileId, SourceMap};
use frontage_plan::Plan;

use crate::hir::Checked;
use crate::{Compiled, FrontendInput, SessionField, SessionType, UpstreamInput, Workspace};

const USERS: &str = include_str!("users.yaml");
const CATALOG: &str = include_str!("catalog.yaml");

/// What came of a check.
pub(super) struct Outcome {
    /// The units that have routes.
    pub(super) checked: Vec<Arc<Checked>>,
    pub(super) plan: Option<Plan>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) sources: SourceMap,
}

impl Outcome {
    /// Diagnostics as `CODE text-that-is-marked`.
    pub(super) fn faults(&self) -> Vec<String> {
        self.diagnostics
            .iter()
            .map(|d| {
                let text = d.primary.as_ref().map_or("", |l| self.sources.text(l.span));
                format!("{} {text}", d.code)
            })
            .collect()
    }

    /// The same with messages, for people.
    pub(super) fn explained(&self) -> String {
        self.diagnostics
            .iter()
            .zip(self.faults())
            .map(|(d, f)| format!("{f} | {} | {:?}", d.message, d.help))
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// The result type of the first route.
    pub(super) fn result(&self) -> String {
        match self.checked.first() {
            Some(checked) => checked.types.full_text(checked.routes[0].result),
            None => self.explained(),
        }
    }
}

type Contracts = (SourceMap, Vec<(&'static str, Arc<Contract>)>);

/// The contracts, read once, and the sources that they stand in.
fn contracts() -> &'static Contracts {
    static READ: OnceLock<Contracts> = OnceLock::new();
    READ.get_or_init(|| {
        let mut sources = SourceMap::new();
        let mut contracts = Vec::new();
        for (name, text) in [("catalog", CATALOG), ("users", USERS)] {
            let root = sources.add(format!("contracts/{name}.yaml"), text);
            let read = frontage_contract::read(root, &mut sources, &mut |_| Err("none".into()));
            contracts.push((name, Arc::new(read.contract)));
        }
        (sources, contracts)
    })
}

/// Checks modules given by their paths.
pub(super) fn check_files(files: &[(&str, &str)]) -> Outcome {
    let mut sources = contracts().0.clone();
    let files: Vec<FileId> = files.iter().map(|(path, text)| sources.add(*path, *text)).collect();
    let (workspace, frontend) = inputs(&sources, &files);
    let Compiled { mut checked, plan, diagnostics, .. } =
        crate::compile(&workspace, &frontend, &sources);
    checked.retain(|unit| !unit.routes.is_empty());
    Outcome { checked, plan, diagnostics, sources }
}

/// The sources of the contracts alone.
pub(crate) fn contract_sources() -> SourceMap {
    contracts().0.clone()
}

/// The inputs of a compilation: both contracts, and modules by their paths.
pub(crate) fn inputs(sources: &SourceMap, files: &[FileId]) -> (Workspace, FrontendInput) {
    let upstreams = contracts()
        .1
        .iter()
        .map(|(name, contract)| UpstreamInput {
            name: (*name).into(),
            contract: Arc::clone(contract),
            timeout_ms: 2000,
            safe: BTreeMap::from([("searchUsers".to_owned(), true)]),
            bulk: Vec::new(),
            span: None,
        })
        .collect();
    let below = |folder: &str, not: &str| {
        let path = |id: &FileId| sources.file(*id).path.as_str();
        let is = |id: &&FileId| {
            path(id).starts_with(folder) && (not.is_empty() || !path(id).starts_with(not))
        };
        files.iter().filter(is).copied().collect::<Vec<FileId>>()
    };
    let routes = "frontends/web/routes/";
    let frontend = FrontendInput {
        name: "web".into(),
        routes: below(routes, ""),
        modules: below("frontends/web/", routes),
        session: Some(vec![SessionField { name: "sub".into(), ty: SessionType::String }]),
    };
    (Workspace { upstreams, shared: below("shared/", "") }, frontend)
}

/// A route module around a handler's body.
pub(super) fn module_around(body: &str) -> String {
    format!(
        "import {{ route, error, json, noContent, redirect, UpstreamError, HttpError }} from \"frontage\";\n\
         import {{ z }} from \"zod\";\n\
         import {{ users, catalog }} from \"#upstreams\";\n\
         import type {{ Users }} from \"#upstreams\";\n\
         export const GET = route(\n\
         {{ query: z.object({{ q: z.string().optional(), n: z.coerce.number().default(3), sort: z.enum([\"asc\", \"desc\"]).optional(), tags: z.array(z.string()).optional() }}) }},\n\
         async ({{ query, session, request }}) => {{\n{body}\n}});\n"
    )
}

/// Checks a handler's body.
pub(super) fn check_body(body: &str) -> Outcome {
    check_files(&[("frontends/web/routes/index.ts", &module_around(body))])
}

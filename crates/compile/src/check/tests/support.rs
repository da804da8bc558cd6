//! A workspace in memory: two contracts, one frontend, modules as texts.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use frontage_contract::Contract;
use frontage_diagnostic::{Diagnostic, SourceMap};

use crate::{FrontendInput, SessionField, SessionType, UpstreamInput, Workspace};

const USERS: &str = include_str!("users.yaml");
const CATALOG: &str = include_str!("catalog.yaml");

/// What came of a check.
pub(super) struct Outcome {
    pub(super) checked: Option<crate::hir::Checked>,
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
        match &self.checked {
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
    let (mut sources, contracts) = contracts().clone();
    let upstreams = contracts
        .into_iter()
        .map(|(name, contract)| UpstreamInput {
            name: name.into(),
            contract,
            timeout_ms: 2000,
            safe: BTreeMap::from([("searchUsers".to_owned(), true)]),
            bulk: Vec::new(),
            span: None,
        })
        .collect();
    let (mut routes, mut modules, mut shared) = (Vec::new(), Vec::new(), Vec::new());
    for (path, text) in files {
        let id = sources.add(*path, *text);
        if path.starts_with("shared/") {
            shared.push(id);
        } else if path.starts_with("frontends/web/routes/") {
            routes.push(id);
        } else if path.starts_with("frontends/web/") {
            modules.push(id);
        }
    }
    let workspace = Workspace { upstreams, shared };
    let frontend = FrontendInput {
        name: "web".into(),
        routes,
        modules,
        session: Some(vec![SessionField { name: "sub".into(), ty: SessionType::String }]),
    };
    let (checked, diagnostics) = crate::check(&workspace, &frontend, &sources);
    Outcome { checked, diagnostics, sources }
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

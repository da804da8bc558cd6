//! Two versions of a contract, and a route that uses the first.

use std::sync::Arc;

use frontage_analysis::{Backend, Impact, impact};
use frontage_compile::{Compiled, FrontendInput, UpstreamInput, Workspace, compile};
use frontage_contract::Contract;
use frontage_diagnostic::SourceMap;
use frontage_plan::Plan;

fn contract(sources: &mut SourceMap, name: &str, text: &str) -> Arc<Contract> {
    let root = sources.add(name, text);
    let read = frontage_contract::read(root, sources, &mut |_| Err("none".into()));
    assert!(read.diagnostics.is_empty(), "{:?} {text}", read.diagnostics);
    Arc::new(read.contract)
}

/// The plan of a route, and what a change of the contract of `upstream` does to it; what is wrong
/// with the route, if it does not check.
///
/// - `contracts`: OpenAPI documents, the old one first.
pub(crate) fn judged(
    upstream: &str,
    contracts: [&str; 2],
    route: &str,
) -> Result<(Plan, Impact), String> {
    let mut sources = SourceMap::new();
    let [before, after] = [("old", contracts[0]), ("new", contracts[1])]
        .map(|(n, text)| contract(&mut sources, n, text));
    let file = sources.add("frontends/web/routes/index.ts", route);
    let input = |contract: &Arc<Contract>| UpstreamInput {
        name: upstream.into(),
        contract: Arc::clone(contract),
        timeout_ms: 2000,
        safe: [].into(),
        bulk: Vec::new(),
        span: None,
    };
    let frontend = FrontendInput {
        name: "web".into(),
        routes: vec![file],
        modules: Vec::new(),
        session: None,
    };
    let compiled = |contract: &Arc<Contract>| {
        let workspace = Workspace { upstreams: vec![input(contract)], shared: Vec::new() };
        compile(&workspace, &frontend, &sources)
    };
    let Compiled { checked, plan, diagnostics, .. } = compiled(&before);
    let plan = plan.ok_or_else(|| format!("{diagnostics:?}\n{route}"))?;
    let faulty = compiled(&after).faulty;
    let backend =
        Backend { name: "web", owner: None, plan: &plan, checked: &checked, faulty: &faulty };
    let impact = impact(upstream, (&before, &after), &[backend], &sources);
    Ok((plan, impact))
}

/// Seeds of one run; `FRONTAGE_SEEDS` says how many.
pub(crate) fn seeds() -> std::ops::Range<u64> {
    let wanted = std::env::var("FRONTAGE_SEEDS").ok().and_then(|text| text.parse().ok());
    0..wanted.unwrap_or(2_000)
}

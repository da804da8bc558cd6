//! Units: what of a frontend is compiled by itself.
//!
//! In:    a frontend's modules, and what became of its units the last time.
//! Out:   for each unit its checked form and its part of the plan; all of them linked.
//! Never: a unit that rests on what another one found: they may be made side by side, in any order,
//!        or be left over from before.
//!
//! Every route module is a unit, with as much of what it imports as it needs; all other modules
//! together are one, in which their own faults are found.
//!
//! Start at [`Project`].

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use frontage_diagnostic::{Code, Diagnostic, FileId, Severity, SourceFile, SourceMap, Span};

use crate::hir::Checked;
use crate::link::link;
use crate::lower::Part;
use crate::resolve::{self, ModuleId, Modules, Parsed, Role};
use crate::{Compiled, FrontendInput, SessionField, UpstreamInput, Workspace, check, lower};

/// What became of a unit.
#[derive(Debug)]
pub struct Unit {
    checked: Arc<Checked>,
    /// What the check found.
    found: Vec<Diagnostic>,
    /// There if nothing that it rests on has an error: its part of the plan, and what lowering found.
    lowered: Option<(Part, Vec<Diagnostic>)>,
}

/// What compiling a frontend leaves for the next time.
#[derive(Debug, Default)]
pub struct Memory {
    /// What all units rest on.
    upstreams: Vec<UpstreamInput>,
    session: Option<Vec<SessionField>>,
    parsed: BTreeMap<FileId, (Arc<SourceFile>, Arc<Parsed>)>,
    /// By the file of its route module; `None`: of all other modules.
    units: BTreeMap<Option<FileId>, (Stand, Arc<Unit>)>,
}

/// The texts that a unit rests on, in order of their files.
type Stand = Vec<(FileId, Arc<SourceFile>)>;

/// A frontend whose imports are known, and its units.
#[derive(Debug)]
pub struct Project<'a> {
    workspace: &'a Workspace,
    frontend: &'a FrontendInput,
    sources: &'a SourceMap,
    modules: Modules,
    /// Faults of modules by themselves and of their imports.
    found: Vec<Diagnostic>,
    /// The files in which errors are among these.
    broken: BTreeSet<FileId>,
    parsed: BTreeMap<FileId, (Arc<SourceFile>, Arc<Parsed>)>,
    /// First what is no route module, then each of these, in order of path.
    units: Vec<Planned>,
    /// Places in `units` that have to be made.
    open: Vec<usize>,
}

/// A unit that is to be there.
#[derive(Debug)]
struct Planned {
    route: Option<FileId>,
    own: Vec<ModuleId>,
    stand: Stand,
    known: Option<Arc<Unit>>,
}

impl<'a> Project<'a> {
    /// Reads the texts that have changed, follows imports, and sees which units have to be made.
    ///
    /// - `memory`: what compiling it before has left; an empty one if it never was. It is used as
    ///   far as files, contracts and settings are what they were.
    #[must_use]
    pub fn new(
        workspace: &'a Workspace,
        frontend: &'a FrontendInput,
        sources: &'a SourceMap,
        memory: &Memory,
    ) -> Self {
        let mut parsed = BTreeMap::new();
        let mut read = |file: FileId| {
            let source = sources.file(file);
            let known = memory.parsed.get(&file).filter(|(of, _)| Arc::ptr_eq(of, source));
            let module = match known {
                Some((_, module)) => Arc::clone(module),
                None => Arc::new(resolve::parse(file, &source.path, &source.text)),
            };
            parsed.insert(file, (Arc::clone(source), Arc::clone(&module)));
            module
        };
        let (modules, found) = resolve::resolve(workspace, frontend, sources, &mut read);

        let of = |id: &ModuleId| {
            let file = modules.all[id.0].tree.file;
            (file, Arc::clone(sources.file(file)))
        };
        let all = (1..modules.all.len()).map(ModuleId);
        let (mut routes, others): (Vec<ModuleId>, Vec<ModuleId>) =
            all.partition(|id| matches!(modules.all[id.0].role, Role::Route(_)));
        routes.sort_by(|a, b| modules.all[a.0].path.cmp(&modules.all[b.0].path));
        let stand = others.iter().map(of).collect();
        let mut units = vec![Planned { route: None, own: others, stand, known: None }];
        units.extend(routes.into_iter().map(|id| Planned {
            route: Some(modules.all[id.0].tree.file),
            own: vec![id],
            stand: modules.closure(id).iter().map(of).collect(),
            known: None,
        }));

        let same = memory.session == frontend.session
            && memory.upstreams.len() == workspace.upstreams.len()
            && memory.upstreams.iter().zip(&workspace.upstreams).all(|(a, b)| a.is_same(b));
        if same {
            for unit in &mut units {
                let known = memory.units.get(&unit.route);
                unit.known = known
                    .filter(|(stand, _)| is_same(stand, &unit.stand))
                    .map(|(_, unit)| Arc::clone(unit));
            }
        }
        let open = (0..units.len()).filter(|&at| units[at].known.is_none()).collect();
        let broken = files_with_errors(&found);
        Self { workspace, frontend, sources, modules, found, broken, parsed, units, open }
    }

    /// How many units have to be made.
    #[must_use]
    pub fn open(&self) -> usize {
        self.open.len()
    }

    /// Makes one of the units that have to be made: checks it, and lowers it if nothing is wrong.
    ///
    /// # Panics
    ///
    /// Unless `at` is less than [`Self::open`].
    #[must_use]
    pub fn make(&self, at: usize) -> Unit {
        let planned = &self.units[self.open[at]];
        let (checked, found) =
            check::check(self.workspace, self.frontend, &self.modules, &planned.own, self.sources);
        let wrong =
            has_errors(&found) || planned.stand.iter().any(|(file, _)| self.broken.contains(file));
        let lowered = (!wrong).then(|| lower::lower(self.workspace, &checked, self.sources));
        Unit { checked: Arc::new(checked), found, lowered }
    }

    /// Puts all units together.
    ///
    /// - `made`: what [`Self::make`] gave for each that had to be made, in order.
    ///
    /// # Panics
    ///
    /// Unless there are [`Self::open`] of them: a plan without some routes would seem whole.
    #[must_use]
    pub fn link(self, made: Vec<Unit>) -> (Compiled, Memory) {
        assert_eq!(made.len(), self.open.len(), "each unit that had to be made");
        let mut made = made.into_iter().map(Arc::new);
        let units: Vec<(Option<FileId>, Stand, Arc<Unit>)> = self
            .units
            .into_iter()
            .filter_map(|planned| {
                let unit = planned.known.or_else(|| made.next())?;
                Some((planned.route, planned.stand, unit))
            })
            .collect();
        let files: BTreeSet<FileId> = units
            .iter()
            .filter(|(route, ..)| route.is_none())
            .flat_map(|(_, stand, _)| stand.iter().map(|(file, _)| *file))
            .collect();
        let faulty = faulty(&units);
        let routes = units.iter().filter(|(route, ..)| route.is_some());
        let modules =
            routes.flat_map(|(_, stand, _)| stand.iter().map(|(file, _)| *file)).collect();
        let each: Vec<&Unit> = units.iter().map(|(.., unit)| &**unit).collect();
        let mut diagnostics = self.found;
        let found = findings(&each, &files, self.broken);
        diagnostics.extend(found);
        let routes = each.iter().flat_map(|unit| &unit.checked.routes);
        diagnostics.extend(check::conflicts(routes, self.sources));
        crate::without_followers(&mut diagnostics);

        let (mut plan, mut checked) = (None, Vec::new());
        if !has_errors(&diagnostics) {
            checked = each.iter().map(|unit| Arc::clone(&unit.checked)).collect();
            let lowered: Vec<_> = each.iter().filter_map(|unit| unit.lowered.as_ref()).collect();
            diagnostics.extend(lowered.iter().flat_map(|(_, found)| found.iter().cloned()));
            if !has_errors(&diagnostics) {
                let parts: Vec<&Part> = lowered.iter().map(|(part, _)| part).collect();
                plan = Some(link(&self.frontend.name, self.workspace, &parts));
            }
        }
        frontage_diagnostic::sort(&mut diagnostics, self.sources);
        diagnostics.dedup();
        let memory = Memory {
            upstreams: self.workspace.upstreams.clone(),
            session: self.frontend.session.clone(),
            parsed: self.parsed,
            units: units.into_iter().map(|(route, stand, unit)| (route, (stand, unit))).collect(),
        };
        (Compiled { checked, plan, diagnostics, faulty, modules }, memory)
    }
}

/// The errors of each route module's unit.
fn faulty(units: &[(Option<FileId>, Stand, Arc<Unit>)]) -> BTreeMap<FileId, Vec<Diagnostic>> {
    let errors = |unit: &Unit| -> Vec<Diagnostic> {
        let own = unit.found.iter().chain(unit.lowered.iter().flat_map(|(_, found)| found));
        own.filter(|found| found.severity == Severity::Error).cloned().collect()
    };
    units
        .iter()
        .filter_map(|(route, _, unit)| Some(((*route)?, errors(unit))))
        .filter(|(_, errors)| !errors.is_empty())
        .collect()
}

/// What the checks of all units found, each fault once.
///
/// - `others`: the files that are no route modules. What is wrong in them was found in a unit of
///   their own; a route that needs it may meet it elsewhere.
/// - `broken`: files with errors that were found before.
fn findings(
    units: &[&Unit],
    others: &BTreeSet<FileId>,
    mut broken: BTreeSet<FileId>,
) -> Vec<Diagnostic> {
    let mut known: BTreeSet<(Code, Span)> = BTreeSet::new();
    let mut all = Vec::new();
    for (at, unit) in units.iter().enumerate() {
        for fault in &unit.found {
            let place = fault.primary.as_ref().map(|label| label.span);
            if let Some(place) = place.filter(|place| others.contains(&place.file)) {
                let seen = !known.insert((fault.code, place));
                if at > 0 && (seen || broken.contains(&place.file)) {
                    continue;
                }
                if at == 0 && fault.severity == Severity::Error {
                    broken.insert(place.file);
                }
            }
            all.push(fault.clone());
        }
    }
    all
}

fn files_with_errors(diagnostics: &[Diagnostic]) -> BTreeSet<FileId> {
    let errors = diagnostics.iter().filter(|found| found.severity == Severity::Error);
    errors.filter_map(|found| found.primary.as_ref().map(|label| label.span.file)).collect()
}

fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|found| found.severity == Severity::Error)
}

fn is_same(a: &Stand, b: &Stand) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.0 == b.0 && Arc::ptr_eq(&a.1, &b.1))
}

impl UpstreamInput {
    /// Whether everything is as it was, the contract being the very same one.
    fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.contract, &other.contract)
            && (&self.name, self.timeout_ms, &self.safe, &self.bulk, self.span)
                == (&other.name, other.timeout_ms, &other.safe, &other.bulk, other.span)
    }
}

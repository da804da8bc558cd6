//! Compares what plans answer with what the same files answer in Node.
//!
//! In:    how many runs, a seed.
//! Out:   what disagreed, each made small and written as a case into `target/oracle-failures/`; how
//!        often every supported construct occurred.
//! Never: an answer of one side shown to the other; a refused program that is passed over.
//!
//! A run is one request to one route. Its seed names batch, route and script, so that it can be
//! repeated alone. Start at [`run`].

mod answered;
mod node_side;
mod plan_side;
mod report;
mod shrink;
pub(crate) mod world;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::generate::answer::{Asked, Fate, Mood};
use crate::generate::contract::Contract;
use crate::generate::input::Request;
use crate::generate::many;
use crate::generate::route::{Material, Route, script};
use crate::options::Options;

use answered::{Answered, difference};
use node_side::NodeSide;
use plan_side::PlanSide;
use report::Report;
use world::World;

/// Routes of a batch, and scripts of a route.
const ROUTES: u64 = 40;
const SCRIPTS: u64 = 5;

/// Runs that Node may be behind; few enough that neither side fills the other's pipe.
const AHEAD: usize = 6;

/// The seed of a run names all that it is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct RunSeed {
    batch: u64,
    route: usize,
    script: u64,
}

impl RunSeed {
    fn read(number: u64) -> Self {
        let route = usize::try_from(number >> 8 & 0xff).unwrap_or(0);
        Self { batch: number >> 16, route, script: number & 0xff }
    }

    fn number(self) -> u64 {
        self.batch << 16 | (self.route as u64) << 8 | self.script
    }

    /// What a script's chance begins with.
    fn chance(self) -> u64 {
        self.number().wrapping_mul(0xd134_2543_de82_ef95).rotate_left(31)
    }
}

/// Both sides.
struct Sides {
    plan: PlanSide,
    node: NodeSide,
    /// Where workspaces are written for Node.
    folder: PathBuf,
    written: u32,
}

impl Drop for Sides {
    fn drop(&mut self) {
        // What is left behind is of no use, and in nobody's way.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Sides {
    /// Writes a world down and opens it in Node.
    fn open(&mut self, world: &World) -> Result<(), String> {
        self.written += 1;
        let folder = self.folder.join(format!("w{}", self.written));
        world.write(&folder)?;
        self.node.open(&folder)
    }

    /// Runs one request on the plan's side.
    fn plan(
        &self,
        world: &World,
        contract: &Rc<Contract>,
        request: &Request,
        mood: Mood,
        first: &[Asked],
    ) -> Answered {
        match &world.engine {
            Some(engine) => self.plan.run(engine, contract, request, mood, first),
            None => Answered::fault("there is no plan"),
        }
    }

    /// How the sides differ in one run, with what both answered.
    fn compare(
        &mut self,
        world: &World,
        contract: &Rc<Contract>,
        request: &Request,
        mood: Mood,
    ) -> Result<Option<(String, Answered, Answered)>, String> {
        let plan = self.plan(world, contract, request, mood, &[]);
        self.node.send(contract, request, mood, &plan.calls)?;
        let node = self.node.take(contract, mood)?;
        let found = self.judge(world, contract, request, mood, &plan, &node);
        Ok(found.map(|(text, plan)| (text, plan, node)))
    }

    /// How the plan's answer differs from Node's.
    ///
    /// Which of several failures comes first in time is chance where a plan runs ahead. What counts
    /// is that the plan answers as Node does once calls are answered in the order in which they
    /// were in Node.
    fn judge(
        &self,
        world: &World,
        contract: &Rc<Contract>,
        request: &Request,
        mood: Mood,
        plan: &Answered,
        node: &Answered,
    ) -> Option<(String, Answered)> {
        let operation = |asked: &Asked| operation(contract, asked);
        difference(plan, node, &operation)?;
        let again = self.plan(world, contract, request, mood, &node.order);
        difference(&again, node, &operation).map(|text| (text, again))
    }
}

/// The name of a call's operation, and whether it is free of side effects.
fn operation(contract: &Contract, asked: &Asked) -> (String, bool) {
    let found = contract.operation(asked);
    found.map_or_else(|| (asked.url.clone(), false), |(_, o)| (o.id.clone(), o.safe))
}

/// One run that is on in Node.
struct Sent {
    seed: RunSeed,
    request: Request,
    mood: Mood,
    plan: Answered,
}

/// Runs the comparison; `false` if anything disagreed.
///
/// # Errors
///
/// Why nothing could be compared.
pub(crate) fn run(options: &Options) -> Result<bool, String> {
    let supported = crate::supported::ids(&options.root)?;
    let material = Material::read();
    let folder = options.root.join(format!("target/oracle-values/{}", std::process::id()));
    let mut sides =
        Sides { plan: PlanSide::new()?, node: NodeSide::start(&options.root)?, folder, written: 0 };
    let mut report = Report::new(options);
    if let Some(number) = options.only {
        let seed = RunSeed::read(number);
        let scripts = seed.script..seed.script + 1;
        batch(&mut sides, &mut report, &material, seed.batch, seed.route..seed.route + 1, scripts)?;
        return Ok(report.finish(&BTreeSet::new()));
    }
    let mut chance = fastrand::Rng::with_seed(options.seed);
    let mut left = options.runs;
    while left > 0 {
        let seed = chance.u64(..) >> 24;
        let routes = left.div_ceil(SCRIPTS).min(ROUTES);
        let before = report.runs();
        let numbers = 0..usize::try_from(routes).unwrap_or(1);
        batch(&mut sides, &mut report, &material, seed, numbers, 0..SCRIPTS)?;
        left = left.saturating_sub((report.runs() - before).max(1));
    }
    Ok(report.finish(&supported))
}

/// Runs some scripts of some routes of a batch.
fn batch(
    sides: &mut Sides,
    report: &mut Report,
    material: &Material,
    seed: u64,
    routes: std::ops::Range<usize>,
    scripts: std::ops::Range<u64>,
) -> Result<(), String> {
    let began = Instant::now();
    let world = World::new(seed, routes, material);
    for (number, text, module) in &world.refused {
        let seed = RunSeed { batch: seed, route: *number, script: 0 };
        report.refused(seed.number(), text, module)?;
    }
    report.spent("generate and compile", began);
    if world.routes.is_empty() {
        return Ok(());
    }
    let began = Instant::now();
    if let Err(fault) = sides.open(&world) {
        // One route that Node cannot read takes the batch along: find it.
        return split(sides, report, &world, seed, &fault);
    }
    report.spent("open in node", began);
    let contract = Rc::new(world.contract.clone());
    let mut sent: std::collections::VecDeque<(usize, Sent)> = std::collections::VecDeque::new();
    let mut failed: Vec<(usize, Sent, String, Answered)> = Vec::new();
    for (at, (number, route)) in world.routes.iter().enumerate() {
        let ids = ids(route);
        for own in scripts.clone() {
            let seed = RunSeed { batch: seed, route: *number, script: own };
            let (request, mood) = script(seed.chance(), route, material);
            let began = Instant::now();
            let (plan, mood) = calm(sides, &world, &contract, &request, mood);
            sides.node.send(&contract, &request, mood, &plan.calls)?;
            report.spent("plan", began);
            report.ran(&ids, route, &plan);
            sent.push_back((at, Sent { seed, request, mood, plan }));
            if sent.len() > AHEAD {
                take(sides, report, &world, &contract, &mut sent, &mut failed)?;
            }
        }
    }
    while !sent.is_empty() {
        take(sides, report, &world, &contract, &mut sent, &mut failed)?;
    }
    let mut seen = BTreeSet::new();
    for (at, sent, text, node) in failed {
        // One case for each route is enough; the others mostly say the same.
        let (_, route) = &world.routes[at];
        if seen.insert(at) && report.shrinks() {
            shrink::shrink(sides, report, &contract, route, &sent, &text, &node)?;
        }
    }
    Ok(())
}

/// Runs a request; of several calls that hang, which ends first is no matter of the script, so that
/// then none does.
fn calm(
    sides: &Sides,
    world: &World,
    contract: &Rc<Contract>,
    request: &Request,
    mood: Mood,
) -> (Answered, Mood) {
    let plan = sides.plan(world, contract, request, mood, &[]);
    let hangs = plan.calls.iter().filter(|call| mood.fate(contract, call) == Fate::Hang).count();
    if hangs < 2 {
        return (plan, mood);
    }
    let mood = Mood { hangs: false, ..mood };
    (sides.plan(world, contract, request, mood, &[]), mood)
}

fn take(
    sides: &mut Sides,
    report: &mut Report,
    world: &World,
    contract: &Rc<Contract>,
    sent: &mut std::collections::VecDeque<(usize, Sent)>,
    failed: &mut Vec<(usize, Sent, String, Answered)>,
) -> Result<(), String> {
    let Some((at, own)) = sent.pop_front() else { return Ok(()) };
    let began = Instant::now();
    let node = sides.node.take(contract, own.mood)?;
    report.spent("node", began);
    // What only a plan asks, and stands for several calls of Node.
    let is_bulk =
        |call: &Asked| !node.calls.contains(call) && !many::singles(contract, call).is_empty();
    report.bulk(own.plan.calls.iter().any(is_bulk));
    let Sent { seed, request, mood, plan } = own;
    match sides.judge(world, contract, &request, mood, &plan, &node) {
        None => report.passed(),
        Some((text, plan)) => {
            report.failed(seed.number(), &text);
            failed.push((at, Sent { seed, request, mood, plan }, text, node));
        }
    }
    Ok(())
}

/// Finds the routes that Node cannot read.
fn split(
    sides: &mut Sides,
    report: &mut Report,
    world: &World,
    seed: u64,
    fault: &str,
) -> Result<(), String> {
    let seed = RunSeed { batch: seed, route: 0, script: 0 };
    let modules: Vec<String> = world
        .routes
        .iter()
        .filter(|(_, route)| fault.contains(&route.file))
        .map(|(_, route)| crate::generate::route::module_text(&route.module))
        .collect();
    let _ = sides;
    report.refused(
        seed.number(),
        &format!("Node cannot read the batch: {fault}"),
        &modules.join("\n"),
    )
}

/// The ids that a route shows.
fn ids(route: &Route) -> BTreeSet<Rc<str>> {
    let mut ids = BTreeSet::new();
    let helpers = route.helpers.iter().map(|(_, module)| module);
    for module in helpers.chain([&route.module]) {
        module.walk(&mut |node| ids.extend(node.ids.iter().cloned()));
    }
    ids
}

/// How long a failure may be worked on.
const SHRINKING: Duration = Duration::from_secs(12);

//! Regions: blocks that run, and the rules by which their steps start and end.
//!
//! A region is one run of a block in a frame. [`Scheduler::advance`] looks through a region in
//! text order, starts what may start, takes up what has come, and tells whether the region is
//! over. The rules:
//!
//! - A step starts once what it reads is known and nothing before it can still return or throw by
//!   itself (failures of calls aside), in this region and those around.
//! - An unsafe call starts once everything before it is done, and holds up all that follow.
//! - The first step in text order that ends the region wins, once all before it are done; what
//!   stands after it is cancelled as soon as it has ended.

use std::rc::Rc;

use frontage_json::{ErrorValue, List, Object, SetValue, Text, Value};
use frontage_plan::{Block, Exits, Gather, Name, Step, TURNS};
use smallvec::SmallVec;

use super::calls::{Calls, Ticket};
use crate::eval::{Env, Meter, Thrown, eval};
use crate::prepare::{PreparedBlock, PreparedStep};

/// How a region is over.
#[derive(Debug)]
pub(crate) enum Finish {
    /// All its steps are done.
    Done,
    /// With a value.
    Return(Value),
    /// With an error.
    Throw(Value),
}

/// What is known of everything that stands before a step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context {
    /// Barring failures, the step is reached, and no unsafe call is outstanding.
    may_start: bool,
    /// Everything before has succeeded.
    all_before_done: bool,
}

impl Context {
    /// Nothing stands before.
    pub(crate) const START: Self = Self { may_start: true, all_before_done: true };
}

/// One run of a block.
pub(crate) struct Region<'p> {
    block: &'p Block,
    prepared: &'p PreparedBlock,
    env: Env,
    /// Most blocks have one step or two.
    states: SmallVec<[State<'p>; 2]>,
    /// The first step known to end the region, and how.
    ended: Option<(usize, Finish)>,
    /// Nothing has looked at it yet.
    is_new: bool,
    /// Parts that were replaced, each with the step in which.
    replaced: Vec<(usize, Name)>,
}

/// Where a step stands.
enum State<'p> {
    Waiting,
    Done,
    Calling(Ticket),
    /// The branch of an `If`, or the body of a `Scope`.
    Inside(Box<Region<'p>>),
    /// The body of a `Try`.
    Guarded(Box<Region<'p>>),
    /// The handler of a `Try`, parts that were replaced in its body, and whether it stands in for a
    /// call whose failure nothing has named yet.
    Handling(Box<Region<'p>>, Vec<Name>, bool),
    Gathering(Box<Gathering<'p>>),
}

/// The parts of an `All` or the elements of a `Map`.
struct Gathering<'p> {
    /// Parts that run, with their place in the result.
    running: Vec<(usize, Region<'p>)>,
    results: Vec<Value>,
    /// Elements of a `Map` that have not started.
    rest: Option<Rest>,
    /// Parts that were replaced where it is over.
    replaced: Vec<Name>,
    /// What the first part that failed has thrown, of `Promise.all`.
    failed: Option<Value>,
}

impl Gathering<'_> {
    /// Whether a part has yet to start that changes something: it starts whatever the others do.
    fn must_start(&self) -> bool {
        self.running.iter().any(|(_, region)| region.is_new && region.prepared.has_unsafe)
    }

    /// Whether elements that have not started may.
    ///
    /// Where many run so that their calls meet, further ones start many at once.
    fn has_room(&self, width: usize) -> bool {
        let most = if width > usize::from(TURNS) { width / 2 } else { width - 1 };
        self.running.len() <= most && self.rest.as_ref().is_some_and(|rest| !rest.is_empty())
    }
}

struct Rest {
    list: Rc<List>,
    next: usize,
}

impl<'p> Region<'p> {
    pub(crate) fn new(block: &'p Block, prepared: &'p PreparedBlock, env: Env) -> Self {
        let states = block.steps.iter().map(|_| State::Waiting).collect();
        Self { block, prepared, env, states, ended: None, is_new: true, replaced: Vec::new() }
    }

    /// Adds the parts that were replaced where the sequential program has come by now: what ran
    /// ahead of a step that is still open does not count.
    pub(crate) fn add_replaced(&self, out: &mut Vec<Name>) {
        let is_open = |state: &State<'_>| !matches!(state, State::Done);
        let open = self.states.iter().position(is_open).unwrap_or(self.states.len());
        let before = self.replaced.iter().filter(|(index, _)| *index < open);
        out.extend(before.map(|(_, part)| Name::clone(part)));
        if let Some(state) = self.states.get(open) {
            state.add_replaced(out);
        }
    }

    /// How what has not been done yet may end the blocks around.
    fn undecided(&self) -> Exits {
        let mut exits = match &self.ended {
            Some((_, Finish::Return(_))) => Exits { returns: true, throws: false },
            Some((_, Finish::Throw(_))) => Exits { returns: false, throws: true },
            Some((_, Finish::Done)) | None => Exits::default(),
        };
        let end = self.ended.as_ref().map_or(self.states.len(), |(index, _)| *index);
        for (state, facts) in self.states[..end].iter().zip(&self.prepared.steps) {
            let step = state.undecided(facts);
            exits.returns |= step.returns;
            exits.throws |= step.throws;
        }
        exits
    }

    /// Whether an unsafe call may still have to run or is running.
    fn awaits_unsafe(&self) -> bool {
        let end = self.ended.as_ref().map_or(self.states.len(), |(index, _)| *index);
        self.states[..end]
            .iter()
            .zip(&self.prepared.steps)
            .any(|(state, facts)| facts.has_unsafe && state.awaits_unsafe(facts))
    }
}

impl State<'_> {
    fn add_replaced(&self, out: &mut Vec<Name>) {
        match self {
            Self::Waiting | Self::Done | Self::Calling(_) => {}
            Self::Inside(region) | Self::Guarded(region) => region.add_replaced(out),
            Self::Handling(region, before, _) => {
                out.extend(before.iter().cloned());
                region.add_replaced(out);
            }
            Self::Gathering(gathering) => {
                out.extend(gathering.replaced.iter().cloned());
                gathering.running.iter().for_each(|(_, part)| part.add_replaced(out));
            }
        }
    }

    fn undecided(&self, facts: &PreparedStep) -> Exits {
        match self {
            Self::Waiting => facts.exits,
            Self::Done | Self::Calling(_) => Exits::default(),
            Self::Inside(region) if facts.blocks.len() == 1 => {
                // The body of a `Scope`: its `Return` gives the scope's value.
                Exits { returns: false, ..region.undecided() }
            }
            Self::Inside(region) | Self::Handling(region, _, _) => region.undecided(),
            Self::Guarded(region) => {
                // What the body throws is caught; what the handler may do then counts.
                let handler = facts.blocks.get(1).map(|block| block.exits).unwrap_or_default();
                Exits {
                    returns: region.undecided().returns || handler.returns,
                    throws: handler.throws,
                }
            }
            Self::Gathering(gathering) => {
                let started = gathering.running.iter().any(|(_, part)| part.undecided().throws);
                let waiting = gathering.rest.as_ref().is_some_and(|rest| !rest.is_empty())
                    && facts.blocks.iter().any(|block| block.exits.throws);
                Exits { returns: false, throws: started || waiting || gathering.failed.is_some() }
            }
        }
    }

    fn awaits_unsafe(&self, facts: &PreparedStep) -> bool {
        match self {
            Self::Done => false,
            Self::Waiting | Self::Calling(_) => facts.has_unsafe,
            Self::Inside(region) | Self::Handling(region, _, _) => region.awaits_unsafe(),
            Self::Guarded(region) => {
                region.awaits_unsafe() || facts.blocks.get(1).is_some_and(|b| b.has_unsafe)
            }
            Self::Gathering(gathering) => {
                gathering.running.iter().any(|(_, part)| part.awaits_unsafe())
                    || gathering.rest.as_ref().is_some_and(|rest| !rest.is_empty())
            }
        }
    }
}

impl Rest {
    fn is_empty(&self) -> bool {
        self.next >= self.list.len()
    }
}

/// What a step came to when it was looked at.
enum Progress {
    /// It has not ended.
    Open,
    /// It is done.
    Done,
    /// It ends the block around.
    Ends(Finish),
}

/// Everything that regions of one request share.
pub(crate) struct Scheduler<'p, 'r> {
    pub(crate) meter: &'r Meter,
    /// Something has started since the request went on: without that it does not give way, so that
    /// each turn brings it further.
    pub(crate) has_started: bool,
    pub(crate) calls: Calls<'r>,
    /// Slots of each level's frame.
    pub(crate) frames: &'p [u16],
    pub(crate) sequential: bool,
    /// Failures in whose place a fallback stands.
    pub(crate) named: SetValue,
    /// Errors that stand for a failed call without saying so: of arguments that cannot be sent, and
    /// what handlers without a part have thrown in the place of failures.
    pub(crate) standing: SetValue,
}

impl<'p> Scheduler<'p, '_> {
    /// Whether an error comes of a failed call that no fallback stands in for.
    fn is_unnamed(&self, error: &Value) -> bool {
        self.is_of_call(error) && !self.named.contains(error)
    }

    /// Whether a call failed, rather than an expression.
    fn is_of_call(&self, error: &Value) -> bool {
        says_call(error) || self.standing.contains(error)
    }

    /// Looks through a region; tells how it is over, if it is.
    pub(crate) fn advance(&mut self, region: &mut Region<'p>, around: Context) -> Option<Finish> {
        let mut context = around;
        let mut all_done = true;
        let mut index = 0;
        while index < region.ended.as_ref().map_or(region.states.len(), |(end, _)| *end) {
            if matches!(region.states[index], State::Done) {
                index += 1;
                continue;
            }
            let progress = self.step(region, index, context);
            if !matches!(progress, Progress::Open) {
                let mut replaced = Vec::new();
                region.states[index].add_replaced(&mut replaced);
                region.replaced.extend(replaced.into_iter().map(|part| (index, part)));
            }
            match progress {
                Progress::Done => region.states[index] = State::Done,
                Progress::Ends(finish) => {
                    // Whatever follows can no longer be reached.
                    region.states[index..].iter_mut().for_each(|state| *state = State::Done);
                    region.replaced.retain(|(at, _)| *at <= index);
                    region.ended = Some((index, finish));
                    break;
                }
                Progress::Open => {
                    all_done = false;
                    context.all_before_done = false;
                    let facts = &region.prepared.steps[index];
                    let state = &region.states[index];
                    let exits = state.undecided(facts);
                    let barred = facts.has_unsafe && state.awaits_unsafe(facts);
                    context.may_start &= !exits.returns && !exits.throws && !barred;
                }
            }
            index += 1;
        }
        if !all_done {
            return None;
        }
        Some(region.ended.take().map_or(Finish::Done, |(_, finish)| finish))
    }

    /// Whether the request must let others go on before it does.
    pub(crate) fn is_turn_over(&self) -> bool {
        self.has_started && self.meter.is_turn_over()
    }

    /// Whether nothing more may be done for now.
    fn is_held(&self) -> bool {
        self.meter.is_over() || self.is_turn_over()
    }

    fn step(&mut self, region: &mut Region<'p>, index: usize, context: Context) -> Progress {
        // A request of many steps computes in them without a callback.
        if self.is_held() || self.meter.units(1).is_err() && self.meter.is_over() {
            return Progress::Open;
        }
        let block = region.block;
        let prepared = region.prepared;
        let (step, facts) = (&block.steps[index], &prepared.steps[index]);
        if matches!(region.states[index], State::Waiting) {
            if !self.may_start(step, facts, &region.env, context) {
                return Progress::Open;
            }
            if !std::mem::replace(&mut self.has_started, true) {
                self.meter.begin_turn();
            }
            match self.start(step, facts, &region.env) {
                Started::Ended(progress) => return progress,
                Started::State(state) => region.states[index] = state,
            }
        }
        let Region { states, env, .. } = region;
        self.take_up(step, facts, env, &mut states[index], context)
    }

    fn may_start(&self, step: &Step, facts: &PreparedStep, env: &Env, context: Context) -> bool {
        if context.all_before_done && context.may_start {
            // Nothing stands before: it starts whether or not somebody filled its slots.
            return true;
        }
        // The parts of a `Promise.all` start together, so that the first failure in time is the same.
        let is_unsafe_call =
            facts.has_unsafe && matches!(step, Step::Call { .. } | Step::All { .. });
        context.may_start
            && !self.sequential
            && !is_unsafe_call
            && facts.reads.iter().all(|slot| env.is_filled(*slot))
    }

    fn start(&mut self, step: &'p Step, facts: &'p PreparedStep, env: &Env) -> Started<'p> {
        let inside = |block: &'p Block, at: usize| {
            Box::new(Region::new(block, &facts.blocks[at], env.clone()))
        };
        match step {
            Step::Let { slot, value } => match eval(value, env) {
                Ok(value) => {
                    env.set(*slot, value);
                    Started::Ended(Progress::Done)
                }
                Err(thrown) => Started::throw(thrown),
            },
            Step::Return(value) => match eval(value, env) {
                Ok(value) => Started::Ended(Progress::Ends(Finish::Return(value))),
                Err(thrown) => Started::throw(thrown),
            },
            Step::Throw(value) => match eval(value, env) {
                Ok(value) => Started::Ended(Progress::Ends(Finish::Throw(value))),
                Err(thrown) => Started::throw(thrown),
            },
            Step::Call { call, .. } => match self.calls.start(call, env) {
                Ok(ticket) => Started::State(State::Calling(ticket)),
                Err(error) => Started::Ended(Progress::Ends(Finish::Throw(error))),
            },
            Step::If { test, then, otherwise } => match eval(test, env) {
                Ok(value) if value.truthy() => Started::State(State::Inside(inside(then, 0))),
                Ok(_) => Started::State(State::Inside(inside(otherwise, 1))),
                Err(thrown) => Started::throw(thrown),
            },
            Step::Scope { body, .. } => Started::State(State::Inside(inside(body, 0))),
            Step::Try { body, .. } => Started::State(State::Guarded(inside(body, 0))),
            Step::All { bodies, .. } => {
                let parts = bodies.iter().zip(&facts.blocks).enumerate();
                let running = parts
                    .map(|(at, (body, facts))| (at, Region::new(body, facts, env.clone())))
                    .collect();
                let results = vec![Value::Undefined; bodies.len()];
                Started::State(State::Gathering(Box::new(Gathering {
                    running,
                    results,
                    rest: None,
                    replaced: Vec::new(),
                    failed: None,
                })))
            }
            Step::Map { list, .. } => match eval(list, env).map(|list| list.decoded()) {
                Ok(Value::Array(list)) => {
                    let results = vec![Value::Undefined; list.len()];
                    let rest = Some(Rest { list, next: 0 });
                    let (running, replaced) = (Vec::new(), Vec::new());
                    let failed = None;
                    let gathering = Gathering { running, results, rest, replaced, failed };
                    Started::State(State::Gathering(Box::new(gathering)))
                }
                Ok(_) => Started::throw(Thrown::type_error("map is not a function")),
                Err(thrown) => Started::throw(thrown),
            },
        }
    }

    /// Looks at a step that has started.
    fn take_up(
        &mut self,
        step: &'p Step,
        facts: &'p PreparedStep,
        env: &Env,
        state: &mut State<'p>,
        context: Context,
    ) -> Progress {
        match (step, state) {
            (Step::Call { slot, call }, State::Calling(ticket)) => {
                let (meter, calls) = (self.meter, &mut self.calls);
                match calls.take(ticket, call, meter) {
                    None => Progress::Open,
                    Some(Ok(value)) => {
                        env.set(*slot, value);
                        Progress::Done
                    }
                    Some(Err(error)) => {
                        if !says_call(&error) {
                            self.standing.insert(error.clone());
                        }
                        Progress::Ends(Finish::Throw(error))
                    }
                }
            }
            (Step::If { .. }, State::Inside(region)) => {
                self.advance(region, context).map_or(Progress::Open, Progress::from)
            }
            (Step::Scope { slot, .. }, State::Inside(region)) => {
                let value = match self.advance(region, context) {
                    None => return Progress::Open,
                    Some(Finish::Throw(error)) => return Progress::Ends(Finish::Throw(error)),
                    Some(Finish::Return(value)) => value,
                    Some(Finish::Done) => Value::Undefined,
                };
                env.set(*slot, value);
                Progress::Done
            }
            (Step::Try { error, handler, part, .. }, state) => {
                if let State::Guarded(region) = state {
                    match self.advance(region, context) {
                        None => return Progress::Open,
                        Some(Finish::Throw(thrown)) => {
                            let mut before = Vec::new();
                            region.add_replaced(&mut before);
                            // A failure that a handler further in has thrown again is named there.
                            let unnamed = self.is_unnamed(&thrown);
                            if unnamed && let Some(part) = part {
                                before.push(Name::clone(part));
                                self.named.insert(thrown.clone());
                            }
                            let stands = unnamed && part.is_none();
                            if let Some(slot) = error {
                                env.set(*slot, thrown);
                            }
                            let region = Region::new(handler, &facts.blocks[1], env.clone());
                            *state = State::Handling(Box::new(region), before, stands);
                        }
                        Some(finish) => return finish.into(),
                    }
                }
                let State::Handling(region, _, stands) = state else { return Progress::Open };
                match self.advance(region, context) {
                    None => Progress::Open,
                    Some(Finish::Throw(error)) => {
                        if *stands {
                            self.standing.insert(error.clone());
                        }
                        Progress::Ends(Finish::Throw(error))
                    }
                    Some(finish) => finish.into(),
                }
            }
            (Step::All { slot, gather, .. }, State::Gathering(gathering)) => {
                self.gather(gathering, *gather, context).map_or_else(
                    |finish| finish.map_or(Progress::Open, Progress::Ends),
                    |results| {
                        env.set(*slot, results);
                        Progress::Done
                    },
                )
            }
            (
                Step::Map { slot, item, index, body, gather, width, .. },
                State::Gathering(gathering),
            ) => {
                loop {
                    let width = usize::from(*width).max(1);
                    let refills = gathering.has_room(width);
                    let Gathering { running, rest, .. } = &mut **gathering;
                    while let Some(rest) = rest.as_mut().filter(|rest| !rest.is_empty())
                        && refills
                        && running.len() < width
                    {
                        let at = rest.next;
                        rest.next += 1;
                        let level = usize::from(slot.level) + 1;
                        let inner = env.child(self.frames.get(level).copied().unwrap_or(0));
                        if let Some(item) = item {
                            inner.set(*item, rest.list[at].clone());
                        }
                        if let Some(index) = index {
                            inner.set(*index, Value::Number(at as f64));
                        }
                        running.push((at, Region::new(body, &facts.blocks[0], inner)));
                    }
                    match self.gather(gathering, *gather, context) {
                        Ok(results) => {
                            env.set(*slot, results);
                            return Progress::Done;
                        }
                        Err(Some(finish)) => return Progress::Ends(finish),
                        // Elements that are over make room for further ones.
                        Err(None) if gathering.has_room(width) => {}
                        Err(None) => return Progress::Open,
                    }
                }
            }
            // A started step is always in a state of its own kind.
            _ => Progress::Open,
        }
    }

    /// Looks at all parts that run. `Ok` with the array once all are over; `Err` with what ends
    /// the step, if anything does.
    fn gather(
        &mut self,
        gathering: &mut Gathering<'p>,
        gather: Gather,
        context: Context,
    ) -> Result<Value, Option<Finish>> {
        let Gathering { running, results, replaced, failed, .. } = gathering;
        // Those that are over go in one pass, however many they are.
        running.retain_mut(|(place, region)| {
            if self.is_held() {
                return true;
            }
            if failed.is_some() && !(region.is_new && region.prepared.has_unsafe) {
                return true;
            }
            let is_new = std::mem::take(&mut region.is_new);
            let outcome = match self.advance(region, context) {
                None => {
                    // What was not looked at to its end is looked at for the first time again.
                    region.is_new = is_new && self.is_held();
                    return true;
                }
                Some(Finish::Done) => Ok(Value::Undefined),
                Some(Finish::Return(value)) => Ok(value),
                Some(Finish::Throw(error)) => Err(error),
            };
            region.add_replaced(replaced);
            results[*place] = match (gather, outcome) {
                (Gather::All, Ok(value)) => value,
                (Gather::All, Err(error)) => {
                    failed.get_or_insert(error);
                    Value::Undefined
                }
                (Gather::Settled, Ok(value)) => settled("fulfilled", "value", value),
                (Gather::Settled, Err(error)) => settled("rejected", "reason", error),
            };
            false
        });
        if !gathering.must_start()
            && let Some(error) = gathering.failed.take()
        {
            return Err(Some(Finish::Throw(error)));
        }
        if gathering.running.is_empty() && !gathering.has_room(1) {
            return Ok(Value::array(std::mem::take(&mut gathering.results)));
        }
        Err(None)
    }
}

/// What starting a step came to.
enum Started<'p> {
    Ended(Progress),
    State(State<'p>),
}

impl Started<'_> {
    fn throw(thrown: Thrown) -> Self {
        Self::Ended(Progress::Ends(Finish::Throw(thrown.0)))
    }
}

impl From<Finish> for Progress {
    /// For blocks whose `Return` and `Throw` go on outwards.
    fn from(finish: Finish) -> Self {
        match finish {
            Finish::Done => Self::Done,
            other => Self::Ends(other),
        }
    }
}

/// Whether an error says of itself that a call failed.
fn says_call(error: &Value) -> bool {
    matches!(error, Value::Error(error) if matches!(**error, ErrorValue::Upstream { .. }))
}

fn settled(status: &'static str, name: &'static str, value: Value) -> Value {
    let mut object = Object::with_capacity(2);
    object.insert(Text::from_static("status"), Value::Text(Text::from_static(status)));
    object.insert(Text::from_static(name), value);
    Value::object(object)
}

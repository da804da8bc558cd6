//! The calls of one request: gathered, in flight, joined, landed.
//!
//! In:    calls that may start, as the scheduler decides.
//! Out:   a [`Ticket`] for each place that waits; its value or error once there is one.
//! Never: an equal safe call made twice while joining is allowed; an unsafe call cancelled; more
//!        than [`TURNS`] calls in flight of those that take turns.
//!
//! Equal safe calls share one entry, raw answer included; each place judges it by its own options.
//! Calls that can be made together wait in a batch until nothing else can start.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::VecDeque;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use foldhash::{HashMap, HashMapExt as _};
use frontage_json::{Drift, Value, read};
use frontage_plan::{AnswerKind, Bulk, Call, Name, Operation, ShapeId, TURNS};
use frontage_upstream::{Answer, CallError, Request};
use futures_util::StreamExt;
use futures_util::future::{AbortHandle, Abortable};
use futures_util::stream::FuturesUnordered;
use http::{HeaderName, HeaderValue, Method, header};
use smallvec::SmallVec;
use tokio::task::spawn_local;
use tokio::time::Instant;

use super::Setting;
use super::answer::{Brought, Judged, judge};
use super::bulk::{
    Batch, Chunk, Found, Keyed, Like, Part, Together, is_overload, others, place_of_key,
};
use super::encode::{Encoded, Unwritable, Wanted, encode, wanted};
use crate::eval::{Env, Meter};
use crate::outcome::{CallRecord, CallResult, DriftFault, DriftRecord};
use crate::request::Identity;

/// Longest `Retry-After` that is passed on, in seconds.
const LONGEST_RETRY_S: u32 = 86_400;

type Flight = Abortable<Pin<Box<dyn Future<Output = Landed>>>>;

struct Landed {
    whose: Whose,
    result: Result<Answer, CallError>,
}

/// For whom something flies.
enum Whose {
    One(Rc<Entry>),
    Many(Box<Many>),
}

/// A bulk call in flight.
struct Many {
    together: Together,
    calls: Vec<Keyed>,
    /// Index of its record.
    record: usize,
    started: Instant,
}

/// A call that has not been sent, or has to be sent again by itself.
pub(super) struct Unsent {
    entry: Rc<Entry>,
    pub(super) wanted: Rc<Wanted>,
    encoded: Encoded,
    json: bool,
}

impl Unsent {
    /// Whether nobody waits for it any longer.
    pub(super) fn is_given_up(&self) -> bool {
        self.entry.cancelled.get()
    }
}

/// What waits for its turn to fly.
enum Queued {
    One(Unsent),
    Many(Together, Chunk),
}

/// One of the calls in flight that take turns, for as long as it flies.
struct Turn(Rc<Cell<u32>>);

impl Turn {
    fn take(flying: &Rc<Cell<u32>>) -> Self {
        flying.set(flying.get() + 1);
        Self(Rc::clone(flying))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

/// How a call is given up.
enum Abort {
    /// It does not fly.
    Unsent,
    /// By itself.
    Own(AbortHandle),
    /// With all others of its bulk call: how many of them somebody waits for.
    Shared(Rc<(Cell<usize>, AbortHandle)>),
}

/// What a body gave through a shape.
type ReadAs = (ShapeId, Result<Value, Drift>);

/// One call that was made, for one place or several.
struct Entry {
    safe: bool,
    /// Index of its record, once it has one.
    record: Cell<Option<usize>>,
    /// Places that joined it before it had a record.
    joined: Cell<u32>,
    started: Cell<Instant>,
    /// Places that wait.
    waiting: Cell<u32>,
    /// Nobody waited any longer, and it was given up.
    cancelled: Cell<bool>,
    /// It is made together with others: what it brings may lack what other places read.
    gathered: Cell<bool>,
    /// Some place took it for a failure.
    failed: Cell<bool>,
    abort: RefCell<Abort>,
    brought: OnceCell<Brought>,
    /// What the body gave through each shape.
    read: RefCell<SmallVec<[ReadAs; 1]>>,
}

/// A place that waits for a call; dropped before the answer, it gives up its share in it.
pub(super) struct Ticket(Rc<Entry>);

impl Ticket {
    fn new(entry: Rc<Entry>) -> Self {
        entry.waiting.set(entry.waiting.get() + 1);
        Self(entry)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let entry = &self.0;
        entry.waiting.set(entry.waiting.get() - 1);
        if entry.waiting.get() == 0 && entry.safe && entry.brought.get().is_none() {
            entry.cancelled.set(true);
            match &*entry.abort.borrow() {
                Abort::Unsent => {}
                Abort::Own(handle) => handle.abort(),
                Abort::Shared(shared) => {
                    let (waiting, handle) = &**shared;
                    waiting.set(waiting.get().saturating_sub(1));
                    if waiting.get() == 0 {
                        handle.abort();
                    }
                }
            }
        }
    }
}

/// What is told of the calls of a request.
pub(super) struct Records {
    pub(super) calls: Vec<CallRecord>,
    pub(super) drift: Vec<DriftRecord>,
    /// `Retry-After` of each 429, in seconds, by upstream and operation.
    pub(super) retry_after: Vec<(Name, Name, u32)>,
}

/// The calls of one request.
pub(super) struct Calls<'r> {
    setting: Setting<'r>,
    identity: Identity<'r>,
    started: Instant,
    flights: FuturesUnordered<Flight>,
    joinable: HashMap<Rc<Wanted>, Rc<Entry>>,
    /// Calls that are made together once nothing else can start.
    batches: Vec<Batch>,
    /// What waits for its turn.
    queue: VecDeque<Queued>,
    /// How many calls fly that take turns.
    turns: Rc<Cell<u32>>,
    records: Vec<CallRecord>,
    drift: Vec<DriftRecord>,
    retry_after: Vec<(Name, Name, u32)>,
}

impl<'r> Calls<'r> {
    pub(super) fn new(setting: Setting<'r>) -> Self {
        Self {
            identity: Identity::new(setting.request_id, setting.trace),
            setting,
            started: Instant::now(),
            flights: FuturesUnordered::new(),
            joinable: HashMap::new(),
            batches: Vec::new(),
            queue: VecDeque::new(),
            turns: Rc::default(),
            records: Vec::new(),
            drift: Vec::new(),
            retry_after: Vec::new(),
        }
    }

    /// Starts a call, or joins an equal one.
    ///
    /// # Errors
    ///
    /// What computing its arguments threw.
    pub(super) fn start(&mut self, call: &Call, env: &Env) -> Result<Ticket, Value> {
        let plan = self.setting.plan;
        let operation = plan.operation(call.operation);
        let timeout_ms =
            call.timeout_ms.unwrap_or_else(|| plan.upstream(operation.upstream).timeout_ms);
        let wanted = match wanted(call, operation, timeout_ms, env) {
            Ok(wanted) => wanted,
            Err(unwritable) => return self.unasked(operation, unwritable),
        };
        if operation.safe
            && let Some(entry) = self.joinable.get(&wanted)
            && !entry.cancelled.get()
            && !(call.in_handler && entry.failed.get())
            && (call.bulk.is_some() || entry.is_whole())
        {
            match entry.record.get() {
                Some(record) => self.records[record].joined += 1,
                None => entry.joined.set(entry.joined.get() + 1),
            }
            return Ok(Ticket::new(Rc::clone(entry)));
        }
        let together = call.bulk.as_ref().and_then(|bulk| {
            let at = place_of_key(bulk, plan.operation(bulk.operation), &wanted.arguments)?;
            Some((&**bulk, at))
        });
        let encoded = match encode(&wanted, operation) {
            Ok(encoded) => encoded,
            Err(unwritable) => return self.unasked(operation, unwritable),
        };
        let json = call.answers.iter().any(|(_, kind)| matches!(kind, AnswerKind::Json(_)));
        let entry = Rc::new(Entry::new(operation, self.started));
        let ticket = Ticket::new(Rc::clone(&entry));
        let unsent = Unsent { entry, wanted: Rc::new(wanted), encoded, json };
        if operation.safe {
            self.joinable.insert(Rc::clone(&unsent.wanted), Rc::clone(&unsent.entry));
            self.send(call, together, unsent);
        } else {
            self.joinable.clear();
            self.fly(unsent, None);
        }
        Ok(ticket)
    }

    /// Sends a safe call: with others of its kind, when its turn comes, or at once.
    ///
    /// - `together`: how it is made with others, and the place of its key among its arguments.
    fn send(&mut self, call: &Call, together: Option<(&Bulk, usize)>, unsent: Unsent) {
        if let Some((bulk, at)) = together {
            let others = others(bulk, &unsent.wanted.arguments);
            let like = Like { call, bulk, others, timeout_ms: unsent.wanted.timeout_ms };
            unsent.entry.gathered.set(true);
            let keyed = Keyed { at, call: unsent };
            match self.batches.iter_mut().find(|batch| batch.together.takes(&like)) {
                Some(batch) => batch.calls.push(keyed),
                None => {
                    self.batches.push(Batch { together: like.together(), calls: vec![keyed] });
                }
            }
        } else if call.takes_turns {
            self.queue.push_back(Queued::One(unsent));
        } else {
            self.fly(unsent, None);
        }
    }

    /// A call that fails by its own arguments.
    ///
    /// # Errors
    ///
    /// What computing them threw: then it is not even made.
    fn unasked(&mut self, operation: &Operation, unwritable: Unwritable) -> Result<Ticket, Value> {
        let (brought, message) = match unwritable {
            Unwritable::Thrown(thrown) => return Err(thrown.0),
            Unwritable::NoSuchPath => (Brought::NotThere, "a path parameter is empty, `.` or `..`"),
            Unwritable::Unsendable(thrown) => {
                (Brought::Unsendable(thrown.0), "an argument cannot be sent")
            }
        };
        let entry = Rc::new(Entry::new(operation, self.started));
        let reason = CallResult::Failed { reason: "argument", message: message.into() };
        self.record(&entry, operation, Instant::now());
        self.land(&entry, brought, reason);
        Ok(Ticket::new(entry))
    }

    /// Waits for one answer; `false` if no call is in flight. Nothing else can start: what has been
    /// gathered is sent.
    pub(super) async fn next_answer(&mut self) -> bool {
        for batch in std::mem::take(&mut self.batches) {
            let operation = self.setting.plan.operation(batch.together.bulk.operation);
            let together = batch.together.clone();
            let (chunks, singly) = batch.part(operation);
            let chunks = chunks.into_iter().map(|chunk| Queued::Many(together.clone(), chunk));
            self.queue.extend(chunks);
            self.queue.extend(singly.into_iter().map(Queued::One));
        }
        loop {
            self.fly_in_turn();
            match self.flights.next().await {
                None => return false,
                // Given up; its record says so already.
                Some(Err(_)) => {}
                Some(Ok(Landed { whose: Whose::One(entry), result })) => {
                    let told = told(&result);
                    let brought = match result {
                        Ok(answer) => Brought::Answer(answer),
                        Err(error) => Brought::Failed(error),
                    };
                    self.land(&entry, brought, told);
                    return true;
                }
                Some(Ok(Landed { whose: Whose::Many(many), result })) => {
                    self.land_together(*many, result);
                    return true;
                }
            }
        }
    }

    /// Sends calls that wait, as many as may fly.
    fn fly_in_turn(&mut self) {
        while self.turns.get() < u32::from(TURNS)
            && let Some(next) = self.queue.pop_front()
        {
            match next {
                Queued::One(unsent) if unsent.is_given_up() => {}
                Queued::One(unsent) => {
                    let turn = Turn::take(&self.turns);
                    self.fly(unsent, Some(turn));
                }
                Queued::Many(together, chunk) => self.fly_together(together, chunk),
            }
        }
    }

    /// Takes up the answer of a bulk call: to each of its calls what is for it. What it leaves open
    /// is asked singly.
    fn land_together(&mut self, many: Many, result: Result<Answer, CallError>) {
        let Many { together: Together { bulk, .. }, calls, record, started } = many;
        self.records[record].duration_us = micros(started.elapsed());
        self.records[record].result = told(&result);
        let calls = calls.into_iter().filter(|keyed| !keyed.call.is_given_up());
        let operation = self.setting.plan.operation(bulk.operation);
        let found = match &result {
            Ok(answer) => {
                let status = answer.status.as_u16();
                let is_answer = bulk.statuses.iter().any(|own| own.contains(status));
                is_answer.then(|| Found::read(&bulk, answer))
            }
            Err(_) => None,
        };
        match (found, result) {
            (Some(Ok(found)), _) => {
                for keyed in calls {
                    let entry = &keyed.call.entry;
                    match found.part(keyed.key()) {
                        Part::Item(body) => entry.bring(Brought::Item(body)),
                        Part::Missing => entry.bring(Brought::NotThere),
                        Part::Open => self.queue.push_back(Queued::One(keyed.call)),
                    }
                }
            }
            (_, Ok(answer)) if is_overload(answer.status) => {
                calls.for_each(|keyed| keyed.call.entry.bring(Brought::Answer(answer.clone())));
            }
            (found, _) => {
                if let Some(Err(Drift { path, expected, found })) = found {
                    let fault = Some(DriftFault { path, expected, found });
                    self.drift.push(drift_record(self.setting.plan, operation, fault, 0));
                }
                self.queue.extend(calls.map(|keyed| Queued::One(keyed.call)));
            }
        }
    }

    /// What a call gives at the place that holds `ticket`, once it has landed. What is read of an
    /// answer does not count as computed, but for what is made of it.
    pub(super) fn take(
        &mut self,
        ticket: &Ticket,
        call: &Call,
        meter: &Meter,
    ) -> Option<Result<Value, Value>> {
        let mut made_bytes = 0;
        let given = meter.apart(|| self.read(ticket, call, &mut made_bytes));
        meter.keep(made_bytes);
        given
    }

    fn read(
        &mut self,
        ticket: &Ticket,
        call: &Call,
        made_bytes: &mut usize,
    ) -> Option<Result<Value, Value>> {
        let entry = &ticket.0;
        let brought = entry.brought.get()?;
        let plan = self.setting.plan;
        let operation = plan.operation(call.operation);
        // By whom it was answered, if together with others.
        let bulk = call.bulk.as_ref().filter(|_| matches!(brought, Brought::Item(_)));
        let answering = bulk.map_or(operation, |bulk| plan.operation(bulk.operation));
        let judged = judge(plan, call, brought, |body, shape| {
            let known = entry.read.borrow().iter().find(|(own, _)| *own == shape).cloned();
            if let Some((_, result)) = known {
                return result;
            }
            let result = match read(body, plan, shape) {
                Ok(answer) => {
                    *made_bytes += answer.made_bytes;
                    if answer.unknown_enums > 0 {
                        let unknown = answer.unknown_enums;
                        self.drift.push(drift_record(plan, answering, None, unknown));
                    }
                    Ok(answer.value)
                }
                Err(drift) => Err(drift),
            };
            entry.read.borrow_mut().push((shape, result.clone()));
            result
        });
        Some(match judged {
            Judged::Value(value) => Ok(value),
            Judged::Failed(error) => {
                entry.failed.set(true);
                self.note_retry_after(operation, brought);
                Err(error)
            }
            Judged::Drift(error, Drift { path, expected, found }) => {
                entry.failed.set(true);
                let path = match bulk {
                    None => path,
                    Some(bulk) => {
                        let between = if path.is_empty() { "" } else { "." };
                        format!("{}[]{between}{path}", bulk.items.join("."))
                    }
                };
                let fault = Some(DriftFault { path, expected, found });
                let record = drift_record(plan, answering, fault, 0);
                if !self.drift.contains(&record) {
                    self.drift.push(record);
                }
                Err(error)
            }
        })
    }

    pub(super) fn into_records(self) -> Records {
        let Self { records: calls, drift, retry_after, .. } = self;
        Records { calls, drift, retry_after }
    }

    /// Sends a request.
    fn fly(&mut self, unsent: Unsent, turn: Option<Turn>) {
        let Unsent { entry, wanted, encoded, json } = unsent;
        let operation = self.setting.plan.operation(wanted.operation);
        // One look at the clock for all that a call needs of it.
        let now = Instant::now();
        self.record(&entry, operation, now);
        let request = self.request(operation, encoded, wanted.timeout_ms, json, now);
        let (abort, registration) = AbortHandle::new_pair();
        entry.abort.replace(Abort::Own(abort));
        let flight = self.flight(operation, request, Whose::One(entry), turn);
        self.flights.push(Abortable::new(flight, registration));
    }

    /// Sends a bulk call.
    fn fly_together(&mut self, together: Together, chunk: Chunk) {
        let Chunk { encoded, mut calls } = chunk;
        calls.retain(|keyed| !keyed.call.is_given_up());
        if calls.is_empty() {
            return;
        }
        let operation = self.setting.plan.operation(together.bulk.operation);
        let now = Instant::now();
        let joined = calls.iter().map(|keyed| 1 + keyed.call.entry.joined.take()).sum::<u32>() - 1;
        let record = self.new_record(operation, now, joined);
        let request = self.request(operation, encoded, together.timeout_ms, true, now);
        let (abort, registration) = AbortHandle::new_pair();
        let shared = Rc::new((Cell::new(calls.len()), abort));
        for Keyed { call, .. } in &calls {
            call.entry.record.set(Some(record));
            call.entry.abort.replace(Abort::Shared(Rc::clone(&shared)));
        }
        let many = Box::new(Many { together, calls, record, started: now });
        let turn = Turn::take(&self.turns);
        let flight = self.flight(operation, request, Whose::Many(many), Some(turn));
        self.flights.push(Abortable::new(flight, registration));
    }

    /// A request on its way.
    fn flight(
        &self,
        operation: &Operation,
        request: Request,
        whose: Whose,
        turn: Option<Turn>,
    ) -> Pin<Box<dyn Future<Output = Landed>>> {
        let name = Name::clone(&self.setting.plan.upstream(operation.upstream).name);
        match self.setting.clients.get(&name).cloned() {
            None => {
                let upstream = name.to_string();
                let cause = "it is not configured".into();
                let address = "no address".into();
                let error = CallError::Connect { upstream, address, cause };
                Box::pin(async move { Landed { whose, result: Err(error) } })
            }
            Some(client) if operation.safe => Box::pin(async move {
                let _turn = turn;
                Landed { whose, result: client.call(request).await }
            }),
            // A task of its own: it ends by itself, whoever still waits for it.
            Some(client) => {
                let task = spawn_local(async move { client.call(request).await });
                Box::pin(async move {
                    let result = task.await.unwrap_or_else(|error| {
                        let upstream = name.to_string();
                        Err(CallError::Closed { upstream, cause: error.to_string() })
                    });
                    Landed { whose, result }
                })
            }
        }
    }

    fn request(
        &self,
        operation: &Operation,
        encoded: Encoded,
        timeout_ms: u32,
        json: bool,
        now: Instant,
    ) -> Request {
        Request {
            method: Method::from_bytes(operation.method.as_str().as_bytes()).unwrap_or(Method::GET),
            headers: self.headers(json, encoded.headers),
            path_and_query: encoded.path_and_query,
            body: encoded.body,
            safe: operation.safe,
            started: now,
            deadline: now + Duration::from_millis(u64::from(timeout_ms)),
        }
    }

    fn headers(
        &self,
        json: bool,
        own: Vec<(HeaderName, HeaderValue)>,
    ) -> Vec<(HeaderName, HeaderValue)> {
        let mut headers = Vec::with_capacity(own.len() + 5);
        let accept = if json { "application/json, */*;q=0.5" } else { "*/*" };
        headers.push((header::ACCEPT, HeaderValue::from_static(accept)));
        headers.push((
            header::USER_AGENT,
            HeaderValue::from_static(concat!("frontage/", env!("CARGO_PKG_VERSION"))),
        ));
        headers.extend(self.identity.fields());
        for (name, value) in own {
            // What the call says itself counts.
            match headers.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = value,
                None => headers.push((name, value)),
            }
        }
        headers
    }

    /// Gives a call its record; one that is sent again gets another.
    fn record(&mut self, entry: &Entry, operation: &Operation, started: Instant) {
        entry.started.set(started);
        let record = self.new_record(operation, started, entry.joined.take());
        entry.record.set(Some(record));
    }

    fn new_record(&mut self, operation: &Operation, started: Instant, joined: u32) -> usize {
        self.records.push(CallRecord {
            upstream: Name::clone(&self.setting.plan.upstream(operation.upstream).name),
            operation: Name::clone(&operation.name),
            start_us: micros(started.duration_since(self.started)),
            duration_us: 0,
            result: CallResult::Cancelled,
            joined,
        });
        self.records.len() - 1
    }

    fn land(&mut self, entry: &Entry, brought: Brought, told: CallResult) {
        if let Some(record) = entry.record.get() {
            let record = &mut self.records[record];
            record.duration_us = micros(entry.started.get().elapsed());
            record.result = told;
        }
        entry.bring(brought);
    }

    fn note_retry_after(&mut self, operation: &Operation, brought: &Brought) {
        let Brought::Answer(answer) = brought else { return };
        if answer.status.as_u16() != 429 {
            return;
        }
        let field = answer.fields.get(&header::RETRY_AFTER);
        let seconds = field
            .as_ref()
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.trim().parse::<u32>().ok())
            .map_or(1, |seconds| seconds.clamp(1, LONGEST_RETRY_S));
        let upstream = Name::clone(&self.setting.plan.upstream(operation.upstream).name);
        self.retry_after.push((upstream, Name::clone(&operation.name), seconds));
    }
}

impl Entry {
    fn new(operation: &Operation, started: Instant) -> Self {
        Self {
            safe: operation.safe,
            record: Cell::new(None),
            joined: Cell::new(0),
            started: Cell::new(started),
            waiting: Cell::new(0),
            cancelled: Cell::new(false),
            gathered: Cell::new(false),
            failed: Cell::new(false),
            abort: RefCell::new(Abort::Unsent),
            brought: OnceCell::new(),
            read: RefCell::default(),
        }
    }

    /// Whether it brings what the single call answers, all of it.
    fn is_whole(&self) -> bool {
        let answered = matches!(self.brought.get(), Some(Brought::Answer(_) | Brought::Failed(_)));
        !self.gathered.get() || answered
    }

    fn bring(&self, brought: Brought) {
        // An entry lands once.
        let _ = self.brought.set(brought);
    }
}

/// What is told of a call that came to this.
fn told(result: &Result<Answer, CallError>) -> CallResult {
    match result {
        Ok(answer) => CallResult::Status(answer.status.as_u16()),
        Err(error) => {
            let reason = error.reason().as_str();
            CallResult::Failed { reason, message: error.to_string() }
        }
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn drift_record(
    plan: &frontage_plan::Plan,
    operation: &Operation,
    fault: Option<DriftFault>,
    unknown_enums: u32,
) -> DriftRecord {
    DriftRecord {
        upstream: Name::clone(&plan.upstream(operation.upstream).name),
        operation: Name::clone(&operation.name),
        fault,
        unknown_enums,
    }
}

// Runs routes in Node against scripted upstreams, one request after the other.
//
// In:  lines of JSON: `{ open, folder }`, `{ run, request, answers }`, `{ answer }`.
// Out: a line for each: `{ opened }`, `{ ran, status, headers, body, calls }`, or `{ ask }` for the
//      answer to a call that came with no run.
//
// Nothing takes time: whenever nothing else can go on, the call with the least due of those in
// flight is answered; where none is, the next timer fires.
const NOW = 1767225600123;
const [createBackend, TransportError] = await (async () => {
  const node = await import("frontage/node");
  return [node.createBackend, node.TransportError];
})();

let backend;
/** The run that is on. */
let current;
const asked = [];

const say = (line) => process.stdout.write(JSON.stringify(line) + "\n");
const turn = () => new Promise((done) => setImmediate(done));

const timers = {
  setTimeout(f, ms) {
    const timer = { f, at: (current?.now ?? 0) + ms, run: current };
    current?.timers.add(timer);
    return timer;
  },
  clearTimeout(timer) {
    timer?.run?.timers.delete(timer);
  },
};

function transport({ upstream, method, url, headers, body, signal }) {
  const run = current;
  // Spaces around a field's value are not part of it.
  const trimmed = (value) => String(value).replace(/^[ \t]+|[ \t]+$/g, "");
  const fields = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), trimmed(value)]));
  const path = url.slice(url.indexOf("/", url.indexOf("://") + 3));
  const text = body === undefined || body === null ? "" : Buffer.from(body).toString();
  const call = [upstream, method, path, `${fields["x-site"] ?? "-"} ${fields["x-key"] ?? "-"}`, text];
  if (!run.over) run.calls.push(call);
  return new Promise((resolve, reject) => {
    run.pending.push({ call, resolve, reject, signal, key: JSON.stringify(call) });
  });
}

/** Answers the call with the least due, or lets a timer fire. */
async function step(run) {
  for (const pending of run.pending) {
    pending.answer ??= run.answers[pending.key] ?? (await ask(pending.call));
  }
  run.pending = run.pending.filter(({ signal }) => !signal?.aborted);
  const ready = run.pending.filter(({ answer }) => answer.hang !== true);
  if (ready.length > 0) {
    const least = ready.reduce((a, b) => (b.answer.due < a.answer.due ? b : a));
    run.pending.splice(run.pending.indexOf(least), 1);
    run.order.push(least.call);
    const { status, headers, body } = least.answer;
    if (least.answer.close) least.reject(new TransportError("connection", "closed"));
    else least.resolve({ status, headers, body: Buffer.from(body, "base64") });
    return true;
  }
  const timer = [...run.timers].reduce((a, b) => (a === undefined || b.at < a.at ? b : a), undefined);
  if (timer === undefined) return false;
  run.now = Math.max(run.now, timer.at);
  run.timers.delete(timer);
  timer.f();
  return true;
}

function ask(call) {
  say({ ask: call });
  return new Promise((resolve) => asked.push(resolve));
}

async function run({ run: id, request, answers }) {
  const own = { answers, calls: [], order: [], pending: [], timers: new Set(), now: 0, over: false };
  current = own;
  let settled;
  const handling = backend.handle(request).then(
    (answer) => (settled = answer),
    (fault) => (settled = { status: 0, headers: {}, body: Buffer.from(String(fault?.stack ?? fault)) }),
  );
  for (let stuck = 0; settled === undefined; ) {
    await turn();
    await turn();
    if (settled !== undefined) break;
    if (!(await step(own)) && ++stuck > 20) {
      settled = { status: 0, headers: {}, body: Buffer.from("nothing goes on") };
    }
  }
  own.over = true;
  own.timers.clear();
  if (settled.status !== 0) await handling;
  const { status, headers, body } = settled;
  say({ ran: id, status, headers, body: Buffer.from(body).toString("base64"), calls: own.calls, order: own.order, internal });
  internal = undefined;
}

let internal;
async function open({ folder }) {
  try {
    backend = await createBackend({ workspace: folder, frontend: "web", env: {}, now: () => NOW, timers, transport, log: (event) => { if (event.cause !== undefined && event.upstream === undefined) internal = String(event.cause); } });
    say({ opened: true });
  } catch (fault) {
    say({ opened: false, fault: String(fault?.stack ?? fault) });
  }
}

const queue = [];
let busy = false;
async function work() {
  if (busy) return;
  busy = true;
  for (let line = queue.shift(); line !== undefined; line = queue.shift()) {
    if (line.open !== undefined) await open(line);
    else await run(line);
  }
  busy = false;
}

function hear(text) {
  const line = JSON.parse(text);
  if (line.answer !== undefined) asked.shift()?.(line.answer);
  else {
    queue.push(line);
    void work();
  }
}

// Not `readline`: it also ends lines at U+2028, which JSON may hold.
let rest = "";
process.stdin.setEncoding("utf8").on("data", (chunk) => {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop() ?? "";
  lines.forEach(hear);
});

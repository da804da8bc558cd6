// The same routes as a competent engineer writes them by hand: Fastify with response schemas (so
// that it serialises with code made for them), and undici's pool.
import compress from "@fastify/compress";
import Fastify from "fastify";
import { Pool } from "undici";

const { BENCH_LISTEN, STORE_URL, DOWN_URL } = process.env;
const store = new Pool(STORE_URL, { connections: 256 });
const down = new Pool(DOWN_URL, { connections: 8 });

const get = async (pool, path, signal) => {
  const { statusCode, body } = await pool.request({ path, method: "GET", signal });
  if (statusCode !== 200) {
    await body.dump();
    throw Object.assign(new Error(`upstream answered ${statusCode}`), { statusCode: 502 });
  }
  return body.json();
};
const item = (id) => get(store, `/items/${id}`);
const brief = ({ id, name, count }) => ({ id, name, count });

const object = (properties) => ({ type: "object", properties });
const [string, integer, number] = ["string", "integer", "number"].map((type) => ({ type }));
const briefly = object({ id: string, name: string, count: integer });
const parts = (count) => object(Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at + 1}`, briefly])));
const answers = (schema) => ({ schema: { response: { 200: schema } } });
const withExtra = object({ item: briefly, extra: { ...briefly, nullable: true } });

// With `BENCH_LOGS` it writes an access log and compresses; a line for each answer, as others do.
const logs = Boolean(process.env.BENCH_LOGS);
const app = Fastify({ logger: logs, disableRequestLogging: logs });
if (logs) {
  await app.register(compress, { global: true, encodings: ["gzip"], threshold: 1024, zlibOptions: { level: 1 } });
  app.addHook("onResponse", async (request, reply) => {
    request.log.info({ req: request, res: reply, responseTime: reply.elapsedTime }, "request completed");
  });
}

app.get("/passthrough/:id", async (request, reply) => {
  const { statusCode, headers, body } = await store.request({ path: `/items/${request.params.id}`, method: "GET" });
  reply.code(statusCode).header("content-type", headers["content-type"]);
  return Buffer.from(await body.arrayBuffer());
});
app.get("/fanout/1", answers(parts(1)), async () => ({ p1: brief(await item("1")) }));
app.get("/fanout/4", answers(parts(4)), async () => {
  const [p1, p2, p3, p4] = await Promise.all([item("1"), item("2"), item("3"), item("4")]);
  return { p1: brief(p1), p2: brief(p2), p3: brief(p3), p4: brief(p4) };
});
app.get("/fanout/16", answers(parts(16)), async () => {
  const all = await Promise.all(Array.from({ length: 16 }, (_, at) => item(at + 1)));
  return Object.fromEntries(all.map((one, at) => [`p${at + 1}`, brief(one)]));
});
app.get("/projection/:size", answers(object({
  total: integer,
  items: { type: "array", items: object({ id: string, name: string, price: number, stock: integer, rating: number }) },
})), async (request) => {
  const { total, items } = await get(store, `/products/${request.params.size}`);
  return {
    total,
    items: items.map(({ id, name, price, stock, rating }) => ({ id, name, price, stock, rating })),
  };
});
app.get("/chain", answers(briefly), async () => {
  const first = await item("1");
  const second = await item(first.next);
  return brief(await item(second.next));
});
const shown = object({
  orders: { type: "array", items: object({ id: string, quantity: integer, item: briefly }) },
});
app.get("/list/bulk", answers(shown), async () => {
  const { orders } = await get(store, "/orders/distinct");
  const items = await get(store, `/batch?ids=${orders.map(({ itemId }) => itemId).join(",")}`);
  const byId = new Map(items.map((one) => [one.id, one]));
  return { orders: orders.map(({ id, quantity, itemId }) => ({ id, quantity, item: brief(byId.get(itemId)) })) };
});
app.get("/list/:kind", answers(shown), async (request) => {
  const { orders } = await get(store, `/orders/${request.params.kind}`);
  return {
    orders: await Promise.all(orders.map(async ({ id, quantity, itemId }) => (
      { id, quantity, item: brief(await item(itemId)) }
    ))),
  };
});
app.get("/budget/slow", answers(withExtra), async () => {
  const [one, extra] = await Promise.all([
    item("1"),
    get(store, "/slow/2", AbortSignal.timeout(80)).catch(() => null),
  ]);
  return { item: brief(one), extra: extra && brief(extra) };
});
app.get("/budget/down", answers(withExtra), async () => {
  const [one, extra] = await Promise.all([item("1"), get(down, "/items/2").catch(() => null)]);
  return { item: brief(one), extra: extra && brief(extra) };
});

const [host, port] = BENCH_LISTEN.split(":");
await app.listen({ host, port: Number(port) });

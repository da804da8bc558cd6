// The generated clients, TypeScript and JavaScript, against the running shop.
//
//     node --test tests/client/        (Node 24, which reads TypeScript)
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { startBackends } from "../browser/shop.mjs";

const root = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "clients-"));
let shop;

/** Writes a client and loads it. */
const client = async (frontend, language) => {
  const file = join(folder, `${frontend}.${language === "ts" ? "ts" : "mjs"}`);
  execFileSync(join(root, "target/debug/frontage"), ["client", frontend, "--lang", language, "-q", "-C", "examples/shop", "-o", file], { cwd: root });
  return import(file);
};
/** The error that a promise fails with. */
const failure = (promise) => promise.then(() => assert.fail("it did not fail"), (error) => error);
const answering = (text, init) => async () => new Response(text, init);

before(async () => {
  shop = await startBackends({ services: [] });
});
after(async () => {
  await shop?.stop();
  rmSync(folder, { recursive: true, force: true });
});

for (const language of ["ts", "js"]) {
  describe(language, () => {
    let web, mobile, api, phone;
    before(async () => {
      web = await client("web", language);
      mobile = await client("mobile", language);
      api = web.createClient({ baseUrl: `${shop.backends.web}/` });
      phone = mobile.createClient({ baseUrl: shop.backends.mobile, headers: async () => ({ "x-frontage-dev-user": "u2" }) });
    });

    test("an answer has data, status, headers and the replaced parts", async () => {
      const answer = await api.getHome();
      assert.equal(answer.status, 200);
      assert.equal(answer.data.user.id, "u1");
      assert.ok(Array.isArray(answer.replaced));
      assert.match(answer.headers.get("x-request-id"), /^\w+$/);
    });

    test("headers of the client may be computed for each call", async () => {
      const { data } = await phone.getCheckout();
      const other = await mobile.createClient({ baseUrl: shop.backends.mobile }).getCheckout();
      assert.notDeepEqual(data, other.data);
    });

    test("params, queries with lists, headers and bodies arrive as they were given", async () => {
      const { data: found } = await phone.getSearch({ query: { q: "no & such=thing?", limit: 2, category: undefined } });
      assert.equal(found.total, 0);
      const { data: some } = await phone.getSearch({ query: { limit: 2 } });
      const ids = some.items.map((item) => item.id);
      const { data: basket } = await phone.getBasket({ query: { id: [...ids, "no-such"] } });
      assert.deepEqual([basket.items.map((item) => item.id), basket.gone], [ids, ["no-such"]]);
      const order = { headers: { "idempotency-key": `key-${language}-1234` }, body: { lines: [{ productId: ids[0], quantity: 1 }], note: 'ä "quoted" 😀' } };
      const [placed, again] = [await phone.postOrders(order), await phone.postOrders(order)];
      assert.equal(placed.status, 201);
      assert.equal(placed.headers.get("location"), `/api/orders/${placed.data.id}`);
      assert.equal(again.data.id, placed.data.id);
      const { data: read } = await phone.getOrdersById({ params: { id: placed.data.id } });
      assert.equal(read.number, placed.data.number);
    });

    test("a refusal is a typed problem of the function that was called", async () => {
      const error = await failure(api.getProductsById({ params: { id: "a/b?c=d#e%2F" } }));
      assert.ok(web.isProblem(error, "getProductsById"));
      assert.ok(web.isProblem(error));
      assert.ok(!web.isProblem(error, "getHome"));
      assert.ok(!web.isProblem(new Error("x")));
      assert.deepEqual([error.status, error.code, error.faults], [404, "unknown_product", []]);
      assert.equal(error.message, 'We do not know a product "a/b?c=d#e%2F".');
      assert.match(error.requestId, /^\w+$/);
    });

    test("invalid input lists every fault", async () => {
      const error = await failure(api.getProducts({ query: { page: 0, pageSize: 1000 } }));
      assert.ok(web.isProblem(error));
      assert.deepEqual([error.status, error.code], [400, "invalid_input"]);
      assert.deepEqual(error.faults.map((fault) => [fault.in, fault.path, fault.code]), [["query", "page", "too_small"], ["query", "pageSize", "too_big"]]);
    });

    test("what cannot be a part of a path is not sent", async () => {
      for (const id of ["", ".", "..", undefined]) {
        const error = await failure(Promise.resolve().then(() => api.getProductsById({ params: { id } })));
        assert.ok(error instanceof TypeError, String(error));
      }
    });

    test("what is handed on is a Response; addresses are for links", async () => {
      const { data } = await api.getHome();
      const picture = await fetch(new URL(data.user.avatar, shop.backends.web));
      const id = "u1";
      const response = await api.getUsersByIdAvatar({ params: { id }, query: { size: 64 } });
      assert.match(response.headers.get("content-type"), /^image\//);
      assert.ok((await response.arrayBuffer()).byteLength > 0 && picture.ok);
      assert.equal(api.url.getUsersByIdAvatar({ params: { id: "a b" }, query: { size: 64 } }), `${shop.backends.web}/api/users/a%20b/avatar?size=64`);
      assert.equal(web.createClient().url.getHome(), "/api/home");
      const refused = await failure(api.getUsersByIdAvatar({ params: { id: "u1" }, query: { size: 1 } }));
      assert.deepEqual([refused.status, refused.code], [400, "invalid_parameters"]);
    });

    test("no network, no time, no JSON and no answer are told apart", async () => {
      const { createClient, NetworkError, TimeoutError, AnswerError, ProblemError } = web;
      const offline = await failure(createClient({ baseUrl: "http://127.0.0.1:1" }).getHome());
      assert.ok(offline instanceof NetworkError && offline.cause instanceof Error && offline.operation === "getHome");

      const hanging = (_, { signal }) => new Promise((_, fail) => signal.addEventListener("abort", () => fail(signal.reason)));
      const late = await failure(createClient({ fetch: hanging, timeout: 5 }).getHome());
      assert.ok(late instanceof TimeoutError && late.timeout === 5);

      for (const [text, init] of [
        ["<h1>Bad Gateway</h1>", { status: 502, headers: { "content-type": "text/html" } }],
        ['{"no":"code"}', { status: 500, headers: { "content-type": "application/json" } }],
        ["{", { status: 200, headers: { "content-type": "application/json" } }],
        ["<p>login</p>", { status: 200, headers: { "content-type": "text/html" } }],
        ["", { status: 200 }],
      ]) {
        const error = await failure(createClient({ fetch: answering(text, init) }).getHome());
        assert.ok(error instanceof AnswerError, `${text}: ${error}`);
        assert.deepEqual([error.status, error.text], [init.status, text]);
      }

      const busy = { status: 503, headers: { "content-type": "application/problem+json", "retry-after": "7" } };
      const error = await failure(createClient({ fetch: answering('{"title":"Busy","code":"busy"}', busy) }).getHome());
      assert.ok(error instanceof ProblemError);
      assert.deepEqual([error.status, error.code, error.message, error.retryAfter], [503, "busy", "Busy", 7]);
    });

    test("an aborted call fails with the signal's reason, before and during it", async () => {
      const reason = new Error("left");
      assert.equal(await failure(api.getHome({ signal: AbortSignal.abort(reason) })), reason);
      const leave = new AbortController();
      const call = failure(web.createClient({ fetch: (_, { signal }) => new Promise((_, fail) => signal.addEventListener("abort", () => fail(signal.reason))) }).getHome({ signal: leave.signal }));
      leave.abort(reason);
      assert.equal(await call, reason);
    });

    test("replaced parts come from the header; 204 has no data", async () => {
      const headers = { "content-type": "application/json", "frontage-fallback": "picks, stock.getStock" };
      const answer = await web.createClient({ fetch: answering("{}", { headers }) }).getHome();
      assert.deepEqual(answer.replaced, ["picks", "stock.getStock"]);
      const empty = await web.createClient({ fetch: async () => new Response(null, { status: 204 }) }).getHome();
      assert.equal(empty.data, undefined);
    });
  });
}

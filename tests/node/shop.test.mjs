// The shop's backends, served by Frontage and by Node from the same files and services: the same
// answers.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { execFileSync } from "node:child_process";
import { program, root, run } from "./processes.mjs";

/** @type {(() => unknown)[]} */
const stops = [];
/** Addresses by server and frontend. @type {{ frontage: Record<string, string>, node: Record<string, string> }} */
const at = { frontage: {}, node: {} };

before(async () => {
  const data = mkdtempSync(join(tmpdir(), "shop-"));
  stops.push(() => rmSync(data, { recursive: true, force: true }));
  const urls = {};
  const ports = ["users", "orders", "catalog", "stock"].flatMap((name) => [`--${name}`, "127.0.0.1:0"]);
  const services = await run(program("shop-services"), ["--data", data, ...ports], {}, (line) => {
    const found = /^(\w+) listening on (http:\S+)$/.exec(line);
    if (found) urls[`${found[1].toUpperCase()}_URL`] = found[2];
    return line === "ready";
  });
  stops.push(services.stop);
  const env = { ...urls, WEB_LISTEN: "127.0.0.1:0", MOBILE_LISTEN: "127.0.0.1:0" };
  execFileSync(program("frontage"), ["types", "--quiet", "-C", "examples/shop"], { cwd: root });
  const told = (into) => (line) => {
    const { frontend, address } = JSON.parse(line);
    if (frontend && address) into[frontend] = `http://${address}`;
    return Object.keys(into).length === 2 || into === at.node;
  };
  stops.push((await run(program("frontage"), ["serve", "--json", "-C", "examples/shop"], env, told(at.frontage))).stop);
  for (const frontend of ["web", "mobile"]) {
    const node = await run(process.execPath, ["node_modules/.bin/frontage-node", frontend, "-C", "examples/shop", "--json"], env, told(at.node));
    stops.push(node.stop);
  }
});

after(async () => {
  for (const stop of stops.reverse()) await stop();
});

/** What is compared of an answer. */
const ask = async (base, { method = "GET", path, headers = {}, body }) => {
  const answer = await fetch(base + path, { method, headers: { "x-request-id": "r1", ...headers }, body, redirect: "manual" });
  const bytes = Buffer.from(await answer.arrayBuffer());
  const type = answer.headers.get("content-type");
  const isJson = type?.includes("json") === true && bytes.length > 0;
  const kept = ["content-type", "cache-control", "allow", "location", "frontage-fallback", "x-request-id", "retry-after"];
  return {
    status: answer.status,
    headers: Object.fromEntries(kept.map((name) => [name, answer.headers.get(name)])),
    body: isJson ? JSON.parse(bytes.toString()) : bytes.toString("base64"),
  };
};

const same = async (frontend, request) => {
  const expected = await ask(at.frontage[frontend], request);
  const found = await ask(at.node[frontend], request);
  assert.deepEqual(found, expected, `${frontend} ${request.method ?? "GET"} ${request.path}`);
  return found;
};

test("every page's data is the same", async () => {
  const home = await same("web", { path: "/api/home" });
  assert.equal(home.status, 200);
  for (const path of ["/api/account", "/api/categories", "/api/people", "/api/orders", "/api/products", "/api/products?q=lamp&sort=price_desc&pageSize=10&page=2", "/api/products?inStock=true&minPriceCents=100", "/api/orders?show=open"]) {
    await same("web", { path });
  }
  for (const path of ["/api/home", "/api/categories", "/api/people", "/api/orders", "/api/search?q=a", "/api/basket?id=p1&id=p2&id=p1&id=gone"]) await same("mobile", { path });
});

test("single things, and those that are not there", async () => {
  const { body } = await ask(at.frontage["web"], { path: "/api/products" });
  const ids = JSON.stringify(body).match(/"id":"(p[^"]*)"/g).slice(0, 3).map((text) => text.slice(6, -1));
  for (const id of ids) {
    const product = await same("web", { path: `/api/products/${encodeURIComponent(id)}` });
    assert.equal(product.status, 200);
    await same("mobile", { path: `/api/products/${encodeURIComponent(id)}` });
  }
  await same("web", { path: "/api/products/nothing" });
  await same("web", { path: "/api/orders/o%2F1" });
  await same("mobile", { path: "/api/orders/nothing" });
});

test("who asks is taken from the developer's header", async () => {
  for (const user of ["u1", "u2", "u3", "nobody"]) await same("web", { path: "/api/account", headers: { "x-frontage-dev-user": user } });
});

test("what a service streams comes as it is", async () => {
  const avatar = await same("web", { path: "/api/users/u1/avatar" });
  assert.ok(avatar.body.length > 0);
  await same("web", { path: "/api/users/nobody/avatar" });
  const image = /\/api\/images\/p\/[^"?]+/.exec(JSON.stringify((await ask(at.frontage["web"], { path: "/api/products" })).body));
  assert.ok(image);
  await same("web", { path: image[0] });
});

test("wrong requests are refused alike", async () => {
  const json = { "content-type": "application/json" };
  for (const request of [
    { path: "/api/products?page=0&sort=size&minPriceCents=x" },
    { path: "/api/products?page=1&page=2" },
    { path: "/api/nothing" },
    { path: "/api/account/" },
    { path: "/api//home" },
    { path: "/api/%zz" },
    { path: "/api/%00" },
    { path: "/api/home", method: "DELETE" },
    { path: "/api/home", method: "OPTIONS" },
    { path: "/api/home", method: "HEAD" },
    { path: "/api/account/preferences", method: "PUT", headers: json, body: "{}" },
    { path: "/api/account/preferences", method: "PUT", headers: { "content-type": "text/plain" }, body: "{}" },
    { path: "/api/account/preferences", method: "PUT", headers: json, body: `"${"x".repeat(70_000)}"` },
    { path: "/api/account", headers: { "x_a": "1", "x-a": "2" } },
  ]) {
    await same("web", request);
  }
});

test("pages come from the same folder", async () => {
  const html = { accept: "text/html" };
  for (const [path, headers] of [["/", html], ["/products", html], ["/products", {}], ["/app.js", {}], ["/.hidden", {}], ["/..%2f..%2ffrontend.toml", {}]]) {
    await same("web", { path, headers });
  }
});

test("what Node changes, Frontage sees", async () => {
  const headers = { "content-type": "application/json", "x-frontage-dev-user": "u5" };
  const preferences = { newsletter: true, density: "compact", favouriteCategories: ["c1"], notifications: { orders: false } };
  const change = { path: "/api/account/preferences", method: "PUT", headers, body: JSON.stringify(preferences) };
  assert.ok((await ask(at.node["web"], change)).status < 300);
  const { body } = await same("web", { path: "/api/account", headers });
  assert.match(JSON.stringify(body), /compact/);
  await same("web", change);
});

test("an order placed by Node is the one that Frontage finds under its key", async () => {
  const headers = { "content-type": "application/json", "x-frontage-dev-user": "u7", "idempotency-key": "shop-test-1" };
  const order = { path: "/api/orders", method: "POST", headers, body: JSON.stringify({ lines: [{ productId: "p1928", quantity: 1 }] }) };
  const placed = await ask(at.node["mobile"], order);
  assert.equal(placed.status, 201, JSON.stringify(placed));
  assert.deepEqual(await ask(at.frontage["mobile"], order), placed);
  await same("mobile", { path: "/api/orders", headers });
  await same("mobile", { ...order, headers: { ...headers, "idempotency-key": "short" } });
});

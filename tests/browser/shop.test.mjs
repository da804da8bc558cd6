// Clicks through both pages of the shop and holds what they show against the database.
//
// In:    the programs `frontage` and `shop-services` (CARGO_TARGET_DIR or target, debug), Chromium.
// Out:   tests; each page's console and traffic are watched all the time.
// Never: the network beyond this machine; the database through the services: SQLite reads it.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { start } from "./shop.mjs";

/** @type {Awaited<ReturnType<typeof start>>} */
let shop;
before(async () => (shop = await start()), { timeout: 120_000 });
after(async () => await shop?.stop());

/** `€1,234.56`, from the database's cents. */
const euros = (/** @type {number} */ cents) => `€${(cents / 100).toLocaleString("en", { minimumFractionDigits: 2 })}`;

/** One value of the database. */
const one = (/** @type {string} */ sql, /** @type {unknown[]} */ ...values) => Object.values(shop.query(sql, ...values)[0] ?? {})[0];

/** @param {import("playwright-core").Page} page */
const noSideways = async (page) => {
  const [content, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  assert.ok(content <= screen, `${page.url()} is ${content} wide on a screen of ${screen}`);
};

/** @param {import("playwright-core").Page} page */
const settled = (page) => page.waitForSelector("main:not([aria-busy])");

describe("desktop", () => {
  it("greets the customer with their orders and picks", async () => {
    const { page, seen } = await shop.desktop();
    await page.goto("/");
    await settled(page);
    const name = one("SELECT first_name FROM users WHERE id = 'u1'");
    assert.equal(await page.locator("h1").textContent(), `Hello, ${name}`);
    assert.equal(await page.locator(".figures dd").nth(1).textContent(), String(one("SELECT count(*) FROM orders WHERE user_id = 'u1'")));
    const totals = shop.query("SELECT total_cents FROM orders WHERE user_id = 'u1' ORDER BY n DESC LIMIT 4");
    assert.deepEqual(await page.locator(".order-lines strong").allTextContents(), totals.map((row) => euros(row.total_cents)));
    assert.ok((await page.locator("#s-new-in-the-catalogue ~ .tiles .tile").count()) === 6);
    seen.clean();
  });

  it("filters and sorts the product table", async () => {
    const { page, seen } = await shop.desktop();
    await page.goto("/products");
    await settled(page);
    const number = async () => Number((await page.locator(".results-head [role=status]").textContent())?.replace(/\D/g, ""));
    assert.equal(await number(), one("SELECT count(*) FROM products"), "all products");

    await page.getByRole("link", { name: /^Outdoor/ }).click();
    await page.waitForURL(/category=outdoor/);
    await page.getByRole("link", { name: /^Tents/ }).click();
    await page.waitForURL(/category=tents/);
    await page.waitForSelector("h1:has-text('Tents')");
    assert.equal(await number(), one("SELECT count(*) FROM products WHERE category_id = 'tents'"));

    await page.getByRole("button", { name: "Price", exact: true }).click();
    await page.waitForSelector("th[aria-sort=ascending] >> text=Price");
    const cheapest = shop.query("SELECT price_cents FROM products WHERE category_id = 'tents' ORDER BY price_cents LIMIT 25");
    assert.deepEqual(await page.locator("td.end strong").allTextContents(), cheapest.map((row) => euros(row.price_cents)));
    await page.getByRole("button", { name: "Price", exact: true }).click();
    await page.waitForSelector("th[aria-sort=descending] >> text=Price");
    const dearest = one("SELECT max(price_cents) FROM products WHERE category_id = 'tents'");
    assert.equal(await page.locator("td.end strong").first().textContent(), euros(dearest));

    // Stock in the table is the warehouses' together.
    const first = await page.locator("tbody a.cover").first().getAttribute("href");
    const available = one("SELECT sum(quantity - reserved) FROM stock WHERE product_id = ?", first?.slice("/products/".length));
    const label = (await page.locator("tbody tr .stock").first().textContent()) ?? "";
    assert.ok(available === 0 ? label === "Sold out" : label.includes(String(available)), `${label} for ${available}`);

    await page.getByRole("link", { name: "Page 2", exact: true }).click();
    await page.waitForURL(/page=2/);
    await page.reload();
    await settled(page);
    assert.equal(await page.locator("[aria-current=page]", { hasText: "2" }).count(), 1, "the address holds the page");

    await page.goto("/products?q=nothing+is+called+this");
    await settled(page);
    assert.match((await page.locator(".empty").textContent()) ?? "", /Nothing matches/);
    seen.clean();
  });

  it("shows a product with its warehouses, and adds a review", async () => {
    const { page, seen } = await shop.desktop();
    const id = one("SELECT id FROM products p WHERE status = 'active' AND rating_count > 2 AND NOT EXISTS (SELECT 1 FROM reviews r WHERE r.product_id = p.id AND r.user_id = 'u1') ORDER BY n LIMIT 1");
    await page.goto(`/products/${id}`);
    await settled(page);
    assert.equal(await page.locator("h1").textContent(), one("SELECT name FROM products WHERE id = ?", id));
    assert.equal(await page.locator(".price-now").evaluate((node) => node.firstChild?.textContent), euros(one("SELECT price_cents FROM products WHERE id = ?", id)));
    const shelves = shop.query("SELECT quantity - reserved AS free FROM stock WHERE product_id = ? ORDER BY free DESC", id);
    assert.deepEqual(await page.locator(".plain tbody td:nth-child(2)").allTextContents(), shelves.map((row) => String(row.free)));
    const picture = page.locator(".gallery .large");
    assert.ok(await picture.evaluate((/** @type {HTMLImageElement} */ image) => image.decode().then(() => image.naturalWidth > 0)), "the picture is there");

    // What is wrong stands at its field, in the backend's words.
    await page.getByLabel("What should others know?").fill("short");
    await page.getByRole("button", { name: "Send review" }).click();
    await page.waitForSelector("#fault-body:not(:empty)");
    assert.match((await page.locator("#fault-body").textContent()) ?? "", /10 characters/);
    assert.notEqual(await page.locator("#fault-rating").textContent(), "");
    assert.equal(one("SELECT count(*) FROM reviews WHERE product_id = ? AND user_id = 'u1'", id), 0);

    await page.getByText("4 stars", { exact: true }).locator("xpath=..").click();
    await page.getByLabel("Title (optional)").fill("Tried by a test");
    await page.getByLabel("What should others know?").fill("It does what it says, <b>quietly</b>.");
    await page.getByRole("button", { name: "Send review" }).click();
    await page.waitForSelector(".review.mine");
    assert.equal(await page.locator(".review.mine .prose").textContent(), "It does what it says, <b>quietly</b>.");
    const stored = shop.query("SELECT rating, json FROM reviews WHERE product_id = ? AND user_id = 'u1'", id);
    assert.equal(stored.length, 1);
    assert.equal(stored[0]?.rating, 4);
    assert.equal(JSON.parse(stored[0]?.json).title, "Tried by a test");

    await page.reload();
    await settled(page);
    assert.equal(await page.locator(".review.mine").count(), 1);
    assert.equal(await page.locator(".review-form").count(), 0, "one review for each customer");
    // The refused review is a 400 that the console reports.
    seen.clean({ statuses: [400] });
  });

  it("keeps the order list while the order beside it changes", async () => {
    const { page, seen } = await shop.desktop();
    await page.goto("/orders");
    await settled(page);
    const newest = shop.query("SELECT id, json FROM orders WHERE user_id = 'u1' ORDER BY n DESC LIMIT 2");
    const [first, second] = newest.map((row) => JSON.parse(row.json));
    assert.equal(await page.locator(".order h2[tabindex]").textContent(), `Order ${first.number}`);
    await page.locator(".order-list h1").evaluate((node) => node.setAttribute("data-kept", "yes"));
    await page.getByRole("link", { name: second.number }).click();
    await page.waitForSelector(`.order h2[tabindex]:has-text("${second.number}")`);
    assert.equal(await page.locator(".order-list h1[data-kept]").count(), 1, "the list was drawn anew");
    assert.deepEqual(await page.locator(".lines tbody th a").allTextContents(), second.lines.map((/** @type {{ name: string }} */ line) => line.name));
    assert.equal(await page.locator(".sums .total dd").textContent(), euros(second.totalCents));
    assert.equal(new URL(page.url()).pathname, `/orders/${newest[1]?.id}`);

    await page.goto(`/orders/${one("SELECT id FROM orders WHERE user_id <> 'u1' LIMIT 1")}`);
    await settled(page);
    assert.match((await page.locator(".order-detail .refusal").textContent()) ?? "", /could not find/, "somebody else's order");
    seen.clean({ statuses: [404] });
  });

  it("cancels an order, and its stock comes back", async () => {
    const { page, seen } = await shop.desktop();
    const id = one("SELECT id FROM orders WHERE status IN ('pending', 'paid') AND user_id IN ('u1', 'u2', 'u3', 'u4') ORDER BY n DESC LIMIT 1");
    const owner = one("SELECT user_id FROM orders WHERE id = ?", id);
    const reserved = "SELECT sum(reserved) FROM stock WHERE product_id IN (SELECT product_id FROM order_lines WHERE order_id = ?)";
    const before = one(reserved, id);
    await page.goto("/");
    await settled(page);
    await page.getByLabel("Signed in as").selectOption(owner);
    await settled(page);
    await page.goto(`/orders/${id}`);
    await settled(page);
    await page.getByRole("button", { name: "Cancel…" }).click();
    await page.getByLabel("Reason (optional)").fill("A test changed its mind");
    await page.getByRole("button", { name: "Cancel the order" }).click();
    await page.waitForSelector(".order .status.undone");
    assert.equal(one("SELECT status FROM orders WHERE id = ?", id), "cancelled");
    assert.ok(one(reserved, id) < before, "the stock is still reserved");
    seen.clean();
  });

  it("stores preferences and leaves the others alone", async () => {
    const { page, seen } = await shop.desktop();
    const stored = () => JSON.parse(one("SELECT json FROM users WHERE id = 'u1'")).preferences;
    const before = stored();
    await page.goto("/account");
    await settled(page);
    await page.getByLabel("Comfortable").check();
    await page.getByLabel("Kitchen").setChecked(!before.favouriteCategories.includes("kitchen"));
    await page.getByRole("button", { name: "Save" }).click();
    await page.waitForSelector(".said.good");
    const now = stored();
    assert.equal(now.density, "comfortable");
    assert.notEqual(now.favouriteCategories.includes("kitchen"), before.favouriteCategories.includes("kitchen"));
    assert.equal(now.theme, before.theme);
    assert.equal(await page.locator("html").getAttribute("data-density"), "comfortable");
    seen.clean();
  });

  it("lets nobody suspended write a review", async () => {
    const { page, seen } = await shop.desktop();
    await page.goto("/");
    await settled(page);
    await page.getByLabel("Signed in as").selectOption("u13");
    await page.waitForSelector(".notice.bad");
    assert.match((await page.locator(".notice.bad").textContent()) ?? "", /suspended/);
    const id = one("SELECT id FROM products p WHERE NOT EXISTS (SELECT 1 FROM reviews r WHERE r.product_id = p.id) LIMIT 1");
    await page.goto(`/products/${id}`);
    await settled(page);
    await page.getByText("1 star", { exact: true }).locator("xpath=..").click();
    await page.getByLabel("What should others know?").fill("I want my account back, please.");
    await page.getByRole("button", { name: "Send review" }).click();
    await page.waitForSelector(".review-form .said.bad");
    assert.match((await page.locator(".review-form .said").textContent()) ?? "", /suspended account/);
    assert.equal(one("SELECT count(*) FROM reviews WHERE product_id = ?", id), 0);
    seen.clean({ statuses: [403] });
  });

  it("says what could not come in time, and shows the rest", async () => {
    const slow = await start({ services: ["--delay", "recommend=2s,listStock=2s"] });
    try {
      const { page, seen } = await slow.desktop();
      await page.goto("/");
      await settled(page);
      assert.match((await page.locator(".notice.partial").textContent()) ?? "", /recommendations/);
      assert.ok((await page.locator(".order-lines li").count()) > 0);
      await page.goto("/products");
      await settled(page);
      assert.match((await page.locator(".notice.partial").textContent()) ?? "", /stock/);
      assert.equal(await page.locator("tbody tr").count(), 25);
      seen.clean();
      const phone = await slow.phone();
      await phone.page.goto("/");
      await settled(phone.page);
      assert.match((await phone.page.locator(".notice").textContent()) ?? "", /our picks/);
      phone.seen.clean();
    } finally {
      await slow.stop();
    }
  });

  it("can be used with the keyboard alone", async () => {
    const { page, seen } = await shop.desktop();
    await page.goto("/products");
    await settled(page);
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), "Skip to the content");
    const reached = new Set();
    for (let step = 0; step < 140; step += 1) {
      await page.keyboard.press("Tab");
      reached.add(await focused(page));
    }
    for (const control of ["Start", "Orders", "Search products", "Signed in as", "Order by", "Product", "Price", "Rating"]) {
      assert.ok(reached.has(control), `${control} was not reached; reached ${[...reached].slice(0, 40).join(" | ")}`);
    }
    await page.getByRole("button", { name: "Price", exact: true }).focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector("th[aria-sort=ascending] >> text=Price");
    await settled(page);
    assert.equal(await focused(page), "Price", "the focus was lost when the table changed");
    await page.locator("tbody a.cover").first().focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/products\/p\d+/);
    await settled(page);
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), "H1", "the focus goes to the new page's heading");
    await page.goBack();
    await page.waitForURL(/sort=price_asc/);
    seen.clean();
  });
});

/** The name of what has the focus, as a screen reader says it; roughly. @param {import("playwright-core").Page} page */
const focused = (page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    const label = element instanceof HTMLInputElement || element instanceof HTMLSelectElement ? element.labels?.[0] : null;
    return (element?.getAttribute("aria-label") ?? (label?.querySelector("span") ?? label ?? element)?.textContent ?? "").trim();
  });

describe("phone", () => {
  it("greets, shows the last orders and picks, and fits every screen", async () => {
    const { page, seen } = await shop.phone();
    await page.goto("/");
    await settled(page);
    assert.match((await page.locator("h1").textContent()) ?? "", new RegExp(`, ${one("SELECT first_name FROM users WHERE id = 'u1'")}$`));
    const orders = shop.query("SELECT o.total_cents, p.name FROM orders o JOIN products p ON p.id = (SELECT product_id FROM order_lines l WHERE l.order_id = o.id AND l.line = 1) WHERE user_id = 'u1' ORDER BY o.n DESC LIMIT 3");
    assert.deepEqual(await page.locator(".line a").allTextContents(), orders.map((row) => row.name));
    assert.deepEqual(await page.locator(".line strong").allTextContents(), orders.map((row) => euros(row.total_cents)));
    const order = one("SELECT id FROM orders WHERE user_id = 'u1' ORDER BY n DESC LIMIT 1");
    for (const path of ["/", "/search", "/search?q=lamp", "/products/p1593", "/orders", `/orders/${order}`, "/basket", "/nowhere"]) {
      await page.goto(path);
      await settled(page);
      await noSideways(page);
    }
    seen.clean();
  });

  it("searches, fills the basket and places one order", async () => {
    const { page, seen } = await shop.phone();
    // Enough of it near u1, and no second price for larger numbers.
    const [product] = shop.query(
      "SELECT p.id, p.name, p.price_cents FROM products p WHERE status = 'active' AND NOT EXISTS (SELECT 1 FROM price_tiers t WHERE t.product_id = p.id) AND (SELECT min(quantity - reserved) FROM stock s WHERE s.product_id = p.id) > 10 ORDER BY n LIMIT 1",
    );
    assert.ok(product);
    await page.goto("/");
    await settled(page);
    await page.getByRole("link", { name: "Search", exact: true }).click();
    await page.waitForURL(/search/);
    await page.getByLabel("What are you looking for?").fill(product.name);
    await page.getByRole("button", { name: "Find" }).click();
    await page.waitForURL(/q=/);
    await page.getByRole("link", { name: product.name, exact: true }).first().click();
    await page.waitForURL(new RegExp(`/products/${product.id}$`));
    await settled(page);
    assert.equal(await page.locator(".price strong").textContent(), euros(product.price_cents));
    await page.getByRole("button", { name: /Add to basket/ }).click();
    await page.getByRole("button", { name: /Add another/ }).click();
    assert.equal(await page.locator("#count").textContent(), "2");
    await page.getByRole("link", { name: /^Basket/ }).click();
    await page.waitForSelector(".stepper");
    await page.getByRole("button", { name: /more$/ }).click();
    assert.equal(await page.locator(".sum strong").textContent(), euros(3 * product.price_cents));
    await noSideways(page);
    await page.getByLabel("Note for us (optional)").fill("Ring twice");

    const before = one("SELECT count(*) FROM orders");
    const reserved = "SELECT sum(reserved) FROM stock WHERE product_id = ?";
    const taken = one(reserved, product.id);
    await page.getByRole("button", { name: "Place order" }).click();
    await page.waitForURL(/placed=1/);
    await settled(page);
    assert.equal(await page.locator("h1").textContent(), "Thank you!");
    await noSideways(page);
    const [placed] = shop.query("SELECT id, user_id, total_cents, json FROM orders ORDER BY n DESC LIMIT 1");
    assert.equal(one("SELECT count(*) FROM orders"), before + 1);
    assert.equal(placed?.user_id, "u1");
    assert.equal(await page.locator("#placed").textContent(), JSON.parse(placed?.json).number);
    assert.equal(await page.locator("#total").textContent(), euros(placed?.total_cents));
    assert.equal(JSON.parse(placed?.json).note, "Ring twice");
    assert.deepEqual(shop.query("SELECT product_id, quantity FROM order_lines WHERE order_id = ?", placed?.id), [{ product_id: product.id, quantity: 3 }]);
    assert.equal(one(reserved, product.id), taken + 3);
    assert.equal(one("SELECT count(*) FROM idempotency WHERE order_id = ?", placed?.id), 1);
    assert.equal(await page.locator("#count").isVisible(), false, "the basket is empty again");

    // The same once more is another order, not the first one again.
    await page.goto(`/products/${product.id}`);
    for (const name of [/Add to basket/, /Add another/, /Add another/]) await page.getByRole("button", { name }).click();
    await page.goto("/basket");
    await page.getByLabel("Note for us (optional)").fill("Ring twice");
    await page.getByRole("button", { name: "Place order" }).click();
    await page.waitForURL(/placed=1/);
    assert.equal(one("SELECT count(*) FROM orders"), before + 2);
    seen.clean();
  });

  it("tells a suspended customer so", async () => {
    const { page, seen } = await shop.phone();
    await page.goto("/");
    await settled(page);
    await page.getByRole("button", { name: /Signed in as/ }).click();
    await page.locator(".person", { hasText: "suspended" }).click();
    await page.waitForSelector(".refusal");
    assert.equal(await page.locator("h1").textContent(), "Account suspended");
    await noSideways(page);
    await page.getByRole("button", { name: /Signed in as/ }).click();
    await page.locator(".person", { hasText: "vip" }).click();
    await page.waitForSelector(".hello");
    assert.match((await page.locator("h1").textContent()) ?? "", new RegExp(`${one("SELECT first_name FROM users WHERE id = 'u2'")}$`));
    seen.clean({ statuses: [403] });
  });

  it("has targets for thumbs, and names for screen readers", async () => {
    const { page, seen } = await shop.phone();
    await page.goto("/");
    await settled(page);
    for (const target of await page.locator("#tabs a, #me, .on, main .button").all()) {
      const box = await target.boundingBox();
      assert.ok(box && box.height >= 44 && box.width >= 44, `${await target.textContent()}: ${JSON.stringify(box)}`);
    }
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), "Skip to the content");
    const unnamed = await page.locator("a, button, input, select").evaluateAll((all) =>
      all.filter((element) => !element.getAttribute("aria-label") && !element.textContent?.trim() && !(element instanceof HTMLInputElement && element.labels?.length)).map((element) => element.outerHTML.slice(0, 80)),
    );
    assert.deepEqual(unnamed, []);
    seen.clean();
  });
});

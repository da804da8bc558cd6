// Draws docs/images/shop.png: the desktop's page beside the phone's, as they are now.
//
//     node tests/browser/picture.mjs
//
// Uses the same programs as the tests; the sizes are the README's.
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { chromium } from "playwright-core";
import { start } from "./shop.mjs";

const file = resolve(import.meta.dirname, "../../docs/images/shop.png");
const size = { width: 1800, height: 980 };

/** @param {import("playwright-core").Page} page @param {string} path */
const shot = async (page, path) => {
  await page.goto(path);
  await page.waitForSelector("main:not([aria-busy])");
  await page.waitForLoadState("networkidle");
  return `data:image/png;base64,${(await page.screenshot()).toString("base64")}`;
};

const shop = await start();
let pictures;
try {
  const desktop = await shop.desktop({ colorScheme: "light", deviceScaleFactor: 1 });
  const phone = await shop.phone({ colorScheme: "dark", deviceScaleFactor: 1 });
  pictures = { desktop: await shot(desktop.page, "/products"), phone: await shot(phone.page, "/") };
} finally {
  await shop.stop();
}

const browser = await chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage({ viewport: size });
await page.setContent(`<style>
  body { margin: 0; width: ${size.width}px; height: ${size.height}px; background: #e3ebe6; position: relative; overflow: hidden }
  img { position: absolute; display: block; box-sizing: content-box }
  .desktop { left: 40px; top: 40px; border-radius: 14px; box-shadow: 0 0 0 1px #c8d2cc, 0 18px 50px #0b2a2026 }
  .phone { right: 40px; top: 84px; border: 9px solid #0c0e0d; border-radius: 44px; box-shadow: 0 24px 60px #0b2a2066 }
</style><img class="desktop" src="${pictures.desktop}"><img class="phone" src="${pictures.phone}">`);
await page.evaluate(() => Promise.all([...document.images].map((image) => image.decode())));
await page.screenshot({ path: file });
await browser.close();
try {
  execFileSync("pngquant", ["--force", "--output", file, "--quality", "75-95", "--strip", file]);
} catch {
  console.warn("pngquant is not installed: the picture is larger than it needs to be");
}

// The browser, and the world around a customer: mailbox, cards, and where screenshots go.

import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium as playwright } from "playwright-core";

export const SHOP = process.env.SHOP_URL ?? "http://127.0.0.1:3001";
export const BILLING = process.env.BILLING_URL ?? "http://127.0.0.1:8001";
export const SANDBOX = process.env.SANDBOX_URL ?? "http://127.0.0.1:8099";
export const PASSWORD = "a customer's long pass phrase";
export const PATIENCE = 90_000;
const SHOTS = process.env.SHOTS ?? join(import.meta.dirname, "..", "..", "build", "screenshots");

// The package brings the few system libraries a bare machine may lack, but unpacks them only where it sees this name.
process.env.AWS_EXECUTION_ENV = "AWS_Lambda_nodejs22.x";

/** Starts a browser by `start(browser type, its options)`; the pinned one is for x86-64 Linux, elsewhere name one in CHROMIUM. */
export async function launchWith(start, more = []) {
  const args = ["--no-sandbox", "--disable-gpu", ...more];
  if (process.env.CHROMIUM) return start(playwright, { executablePath: process.env.CHROMIUM, args });
  const { default: chromium } = await import("@sparticuz/chromium");
  chromium.setGraphicsMode = false;
  const executablePath = await chromium.executablePath();
  process.env.LD_LIBRARY_PATH = join(tmpdir(), "al2023", "lib");
  return start(playwright, { executablePath, args });
}

function launch() {
  return launchWith((browser, options) => browser.launch(options));
}

let launched;

/** The one browser of all stories; people have contexts of their own in it. */
export function theBrowser() {
  launched ??= launch();
  return launched;
}

export async function closeBrowser() {
  await (await launched)?.close();
}

/** A person with a browser of their own; `complaints` collects whatever the browser's console objects to. */
export async function person(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.setDefaultNavigationTimeout(PATIENCE);
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    // Refused requests are part of some stories, and browsers report every such answer.
    const isRefusal = message.text().includes("Failed to load resource");
    if (message.type() === "error" && !isRefusal) complaints.push(message.text());
  });
  return { context, page, complaints };
}

export function newcomer(name) {
  const mark = `${Date.now().toString(36)}${Math.floor(Math.random() * 1e6).toString(36)}`;
  return { email: `${name}.${mark}@customer.example`, domain: `${name}-${mark}.com` };
}

/** Waits for a mail to `email` with a link that contains `part`, and returns that link. */
export async function mailedLink(email, part) {
  const deadline = Date.now() + PATIENCE;
  while (Date.now() < deadline) {
    const answer = await fetch(`${SANDBOX}/mails?to=${encodeURIComponent(email)}`, { headers: { accept: "application/json" } });
    const { items } = await answer.json();
    const link = items.flatMap((mail) => mail.links).find((each) => each.includes(part));
    if (link) return link;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  throw new Error(`no mail to ${email} with a link to ${part}`);
}

/** Types a card into the payment form; it lives in a shadow tree, which locators see through. */
export async function fillCard(page, number) {
  await page.getByLabel("Card number").fill(number);
  await page.getByLabel("Expiration date").fill("12 / 34");
  await page.getByLabel("Security code").fill("123");
  const country = page.getByRole("form", { name: "Card" }).getByLabel("Country");
  if (await country.count()) await country.selectOption("US");
  const postal = page.getByRole("form", { name: "Card" }).getByLabel(/ZIP|Postal code/);
  if (await postal.count()) await postal.fill("85001");
}

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Colors take their moment to change, and every level that inherits them begins its own when the one above has ended. */
async function untilColorsStand(page) {
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const isMoving = () => document.getAnimations().some((each) => each instanceof CSSTransition && each.playState === "running");
    for (let still = 0; still < 5; still = isMoving() ? 0 : still + 1) await frame();
  });
}

/** What a screen reader's user would stumble over on this page, in light and in dark. */
export async function stumbles(page, name) {
  const source = await readFile(AXE, "utf8");
  const found = [];
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await untilColorsStand(page);
    await page.evaluate(source);
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    const told = (node) => `${node.html.slice(0, 160)} (${node.any.map((check) => check.message).join(" ")})`;
    found.push(...violations.map((each) => `${name}, ${colorScheme}: ${each.id}: ${each.nodes.map(told).join(" | ")}`));
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  return found;
}

/** Keeps a picture of the whole page at a phone's and at a desk's width. */
export async function shoot(page, name) {
  await mkdir(SHOTS, { recursive: true });
  const before = page.viewportSize();
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
    await page.waitForTimeout(250);
    await page.screenshot({ path: join(SHOTS, `${name}-${width}.png`), fullPage: true });
  }
  await page.setViewportSize(before);
}

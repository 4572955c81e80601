// Looks at the pages as Lighthouse, axe and a person with a watch do; writes what was found to RESULT.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import lighthouse, { desktopConfig } from "lighthouse";

import { customer } from "../../billing-frontend/e2e/customer.mjs";
import { SHOP, launchWith, stumbles } from "../../billing-frontend/e2e/world.mjs";

const PORT = Number(process.env.DEBUG_PORT ?? 9333);
const ROUNDS = 5;
const SHOP_PAGES = { home: "/", plans: "/plans", "domain search": "/search?q=measured", checkout: "/checkout" };
const PORTAL_PAGES = { dashboard: "/dashboard", invoices: "/invoices" };
const ADMIN_PAGES = { admin: "/admin" };
const LISTS = { "100,000 customers": "/admin/customers", "1,000,000 invoices": "/admin/invoices" };

const options = {
  port: PORT,
  logLevel: "error",
  onlyCategories: ["performance", "accessibility", "best-practices"],
  // The log-in has to survive from page to page.
  disableStorageReset: true,
};

const percent = (lhr, category) => Math.round((lhr.categories[category].score ?? 0) * 100);

function scriptBytes(lhr) {
  const requests = lhr.audits["network-requests"].details.items;
  const ours = requests.filter((each) => each.resourceType === "Script" && each.url.startsWith(SHOP));
  return ours.reduce((sum, each) => sum + each.transferSize, 0);
}

/** Forgets what was loaded before: everybody comes to a page for the first time. */
async function forget(context) {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.clearBrowserCache");
  await page.close();
}

async function look(context, name, path) {
  await forget(context);
  const desktop = (await lighthouse(SHOP + path, options, desktopConfig)).lhr;
  await forget(context);
  const mobile = (await lighthouse(SHOP + path, options)).lhr;
  for (const lhr of [desktop, mobile]) {
    if (lhr.runtimeError) throw new Error(`${name}: ${lhr.runtimeError.message}`);
  }
  return {
    name,
    desktop: percent(desktop, "performance"),
    mobile: percent(mobile, "performance"),
    accessibility: Math.min(percent(desktop, "accessibility"), percent(mobile, "accessibility")),
    best_practices: Math.min(percent(desktop, "best-practices"), percent(mobile, "best-practices")),
    js_kb: scriptBytes(desktop) / 1000,
    cls: Math.max(...[desktop, mobile].map((lhr) => lhr.audits["cumulative-layout-shift"].numericValue ?? 0)),
    failed: [desktop, mobile].flatMap((lhr) =>
      Object.values(lhr.audits)
        .filter((audit) => audit.scoreDisplayMode === "binary" && audit.score === 0)
        .map((audit) => `${audit.id}: ${JSON.stringify(audit.details?.items ?? []).slice(0, 300)}`),
    ),
  };
}

async function lookAll(context, pages) {
  const found = [];
  for (const [name, path] of Object.entries(pages)) found.push(await look(context, name, path));
  return found;
}

async function axeAll(context, pages) {
  const page = await context.newPage();
  const found = [];
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(SHOP + path, { waitUntil: "networkidle" });
    found.push(...(await stumbles(page, name)));
  }
  await page.close();
  return found;
}

/** The median of the milliseconds until the first row of a list is there. */
async function open(context, path) {
  const page = await context.newPage();
  const taken = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const started = performance.now();
    await page.goto(SHOP + path, { waitUntil: "commit" });
    await page.locator("tbody tr").first().waitFor();
    // The first round fills the caches of a process that has just been started.
    if (round > 0) taken.push(performance.now() - started);
  }
  await page.close();
  return taken.sort((a, b) => a - b)[Math.floor(taken.length / 2)];
}

/** Puts a plan into the cart, without which there is no checkout to look at. */
async function fillCart(context) {
  const page = await context.newPage();
  await page.goto(`${SHOP}/plans?interval=month`);
  await page.getByRole("button", { name: "Choose Starter" }).click();
  await page.waitForURL("**/cart");
  await page.close();
}

async function logInStaff(context) {
  await context.clearCookies();
  const data = { email: process.env.STAFF_EMAIL, password: process.env.STAFF_PASSWORD };
  const answer = await context.request.post(`${SHOP}/api/auth/login`, { data, headers: { origin: SHOP } });
  if (!answer.ok()) throw new Error(`staff log-in: ${answer.status()} ${await answer.text()}`);
}

const profile = await mkdtemp(join(tmpdir(), "nextpanel-bench-"));
// Lighthouse sees the browser's own profile only, so everybody sits in that one after the other.
const context = await launchWith((browser, launching) => browser.launchPersistentContext(profile, launching), [`--remote-debugging-port=${PORT}`]);
try {
  const seat = { newContext: async () => context };
  await fillCart(context);
  const shop = await lookAll(context, SHOP_PAGES);
  const violations = await axeAll(context, SHOP_PAGES);
  await customer(seat, "bench", { plan: "starter", withDomain: true });
  const portal = await lookAll(context, PORTAL_PAGES);
  violations.push(...(await axeAll(context, PORTAL_PAGES)));
  await logInStaff(context);
  const admin = await lookAll(context, ADMIN_PAGES);
  violations.push(...(await axeAll(context, { ...ADMIN_PAGES, ...LISTS })));
  const lists = {};
  for (const [name, path] of Object.entries(LISTS)) lists[name] = await open(context, path);
  const pages = [...shop, ...portal, ...admin];
  const least = (key) => Math.min(...pages.map((page) => page[key]));
  const most = (of, key) => Math.max(...of.map((page) => page[key]));
  const figures = {
    performance_desktop_min: least("desktop"),
    performance_mobile_min: least("mobile"),
    accessibility_min: least("accessibility"),
    best_practices_min: least("best_practices"),
    js_kb_shop: Number(most(shop, "js_kb").toFixed(1)),
    js_kb_portal: Number(most(portal, "js_kb").toFixed(1)),
    js_kb_admin: Number(most(admin, "js_kb").toFixed(1)),
    cls_max: Number(most(pages, "cls").toFixed(3)),
    axe_violations: violations.length,
    big_list_ms: Math.round(Math.max(...Object.values(lists))),
  };
  await writeFile(process.env.RESULT, JSON.stringify({ pages, violations, lists, figures }, null, 2));
} finally {
  await context.close();
  await rm(profile, { recursive: true, force: true });
}

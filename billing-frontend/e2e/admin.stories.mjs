// A day of the staff.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { customer } from "./customer.mjs";
import { SANDBOX, SHOP, person, shoot, stumbles, theBrowser } from "./world.mjs";

const EMAIL = process.env.STAFF_EMAIL;
const WORD = process.env.STAFF_PASSWORD;
const NOTE = "<script>alert(1)</script> called about her invoice";
/** Cents. */
const PLENTY = 1_000_000;
const PAGES =
  "attention reports customers orders licenses domains registrar-operations subscriptions invoices payments credit-notes disputes dunning dunning/brakes plans tld-prices coupons tax-rates vat-checks webhook-events mails panel-servers panel-commands reconcile health staff audit";

let grace, ida, staff, page, objections;

async function look(name) {
  await shoot(page, `admin-${name}`);
  objections.push(...(await stumbles(page, name)));
}

/** Sets what our account at the registrar's simulator holds. */
async function fund(balance) {
  const answer = await fetch(`${SANDBOX}/admin/namecheap/settings`, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ balance }),
  });
  assert.ok(answer.ok, `the registrar's simulator answered ${answer.status}`);
}

/** Finds one of their things by the list's own search and goes to it. */
async function open(list, email, name) {
  await page.goto(`${SHOP}/admin/${list}`);
  await page.getByRole("searchbox").fill(email);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.searchParams.get("q") === email);
  await page.getByRole("row", { name }).getByRole("link").first().click();
  await page.waitForURL(`**/admin/${list}/*`);
}

/** Waits until the order of a customer has a step that needs attention, and stays on the order's page. */
async function stuckOrder(email, name) {
  for (let asked = 0; asked < 40; asked += 1) {
    await open("orders", email, name);
    await page.getByRole("heading", { name: /^Order / }).waitFor();
    if ((await page.getByRole("button", { name: "Resolve" }).count()) > 0) return;
    await page.waitForTimeout(1000);
  }
  throw new Error(`no step of ${name} needs attention`);
}

const stepRow = () => page.getByRole("row", { name: /Register the domain/ });

describe("the staff's day", { timeout: 1_800_000 }, () => {
  before(async () => {
    assert.ok(EMAIL && WORD, "STAFF_EMAIL and STAFF_PASSWORD say who works here");
    objections = [];
    const browser = await theBrowser();
    await fund(0);
    grace = await customer(browser, "grace", { fullName: "Grace Hopper", plan: "starter", withDomain: true, waits: false });
    ida = await customer(browser, "ida", { fullName: "Ida Rhodes", plan: "professional", withDomain: true, waits: false });
    staff = await person(browser, { reducedMotion: "reduce" });
    ({ page } = staff);
  });
  after(async () => {
    await fund(PLENTY);
    for (const each of [grace, ida, staff]) await each?.context.close();
  });

  test("for a stranger the admin begins with the log-in, for a customer it does not exist", async () => {
    await page.goto(`${SHOP}/admin/invoices?status=open`);
    await page.waitForURL((url) => url.searchParams.get("next") === "/admin/invoices?status=open");
    for (const path of ["/admin", "/admin/customers", "/admin/no-such-thing"]) {
      const answer = await grace.page.goto(`${SHOP}${path}`);
      assert.equal(answer.status(), 404, path);
      assert.ok(!(await answer.text()).includes("Admin"), path);
    }
    for (const path of ["attention", "search?q=ada", "customers.csv"]) {
      const answer = await grace.context.request.get(`${SHOP}/api/staff/api/v1/admin/${path}`);
      assert.equal(answer.status(), 404, path);
    }
  });

  test("staff log in where everybody does, and are taken to the admin", async () => {
    await page.goto(`${SHOP}/login`);
    await page.getByLabel("E-mail").fill(EMAIL);
    await page.getByLabel("Password").fill(WORD);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.waitForURL("**/admin");
    await page.getByRole("heading", { name: "Dashboard" }).waitFor();
    await look("dashboard");
  });

  test("the keyboard alone finds a customer", async () => {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").waitFor();
    await page.keyboard.type(grace.email);
    await page.getByRole("option", { name: /Grace Hopper/ }).waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/admin/customers/*");
    await page.getByRole("button", { name: "Add a note" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Note").fill(NOTE);
    await dialog.getByRole("button", { name: "Add the note" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("listitem").filter({ hasText: NOTE }).first().waitFor();
    await look("customer");
  });

  test("a payment is refunded in part, and shows it when the server says so", async () => {
    await page.getByRole("link", { name: "Billing", exact: true }).click();
    await page.getByRole("table", { name: "Payments" }).getByRole("link").first().click();
    await page.waitForURL("**/admin/payments/*");
    await page.getByRole("button", { name: "Refund" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Amount").fill("999999");
    await dialog.getByLabel("Note").fill("She paid too much");
    await dialog.getByRole("button", { name: "Refund" }).click();
    await dialog.getByText("Enter an amount such as").waitFor();
    await dialog.getByLabel("Amount").fill("5.00");
    await dialog.getByRole("button", { name: "Refund" }).click();
    await dialog.waitFor({ state: "detached" });
    const refund = page.getByRole("row", { name: /She paid too much/ });
    await refund.waitFor();
    assert.match(await refund.innerText(), /\$5\.00/);
    await look("payment");
  });

  test("two stuck orders: one is tried again, the other is told how it ended", async () => {
    await stuckOrder(ida.email, /Ida Rhodes/);
    await stuckOrder(grace.email, /Grace Hopper/);
    await look("order-stuck");
    await fund(PLENTY);
    await stepRow().getByRole("button", { name: "Retry" }).click();
    for (let asked = 0; asked < 40 && !(await stepRow().innerText()).includes("Done"); asked += 1) {
      await page.waitForTimeout(1000);
      await page.reload();
      await stepRow().waitFor();
    }
    assert.match(await stepRow().innerText(), /Done/);

    await open("orders", ida.email, /Ida Rhodes/);
    await stepRow().getByRole("button", { name: "Resolve" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(/Delivered/).uncheck();
    await dialog.getByRole("button", { name: "Resolve the step" }).click();
    await dialog.getByText("This is needed.").waitFor();
    await dialog.getByLabel("Note").fill("She does not want it any more");
    await dialog.getByRole("button", { name: "Resolve the step" }).click();
    await dialog.waitFor({ state: "detached" });
    await stepRow().getByText("Skipped").waitFor();
    await look("order");
  });

  test("a list keeps its filters in the address, and is downloaded as it is shown", async () => {
    await page.goto(`${SHOP}/admin/invoices?q=${encodeURIComponent(grace.email)}`);
    await page.getByLabel("Status").selectOption("paid");
    await page.waitForURL((url) => url.searchParams.get("status") === "paid" && url.searchParams.get("q") === grace.email);
    await page.getByRole("row", { name: /Grace Hopper/ }).waitFor();
    const file = await staff.context.request.get(new URL(await page.getByRole("link", { name: "CSV" }).getAttribute("href"), SHOP).href);
    assert.match(file.headers()["content-type"], /^text\/csv/);
    const text = await file.text();
    assert.match(text, /Grace Hopper/);
    assert.doesNotMatch(text, /Ida Rhodes/);
    await page.goBack();
    await page.waitForURL((url) => !url.searchParams.has("status"));
  });

  test("every page stands, and axe objects to none of them", async () => {
    for (const name of PAGES.split(" ")) {
      const answer = await page.goto(`${SHOP}/admin/${name}`);
      assert.equal(answer.status(), 200, name);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await look(name.replace("/", "-"));
    }
    assert.deepEqual([...new Set(objections)], []);
    assert.deepEqual(staff.complaints, []);
  });
});

// What a customer does who is there already.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { customer } from "./customer.mjs";
import { PASSWORD, SHOP, fillCard, shoot, stumbles, theBrowser } from "./world.mjs";

const RIGHT_TO_LEFT = "محمد بن عبد الله";
const SCRIPT = `<script>window.hacked = 1</script><img src=x onerror="window.hacked=1">`;
let grace, page, objections;

async function look(name) {
  await shoot(page, name);
  objections.push(...(await stumbles(page, name)));
}

const rows = () => page.getByRole("row");

describe("the portal", { timeout: 1_800_000 }, () => {
  before(async () => {
    objections = [];
    grace = await customer(await theBrowser(), "grace", { plan: "starter", withDomain: true });
    ({ page } = grace);
  });
  after(() => grace?.context.close());

  test("an API key shows its secret once, and is gone when revoked", async () => {
    await page.goto(`${SHOP}/licenses`);
    await page.getByRole("link", { name: "Starter" }).click();
    await page.getByRole("button", { name: "New API key" }).click();
    await page.getByLabel("Name", { exact: true }).fill(SCRIPT.slice(0, 90));
    await page.getByRole("button", { name: "Create key" }).click();
    const secret = await page.getByRole("dialog").locator("code").innerText();
    assert.ok(secret.length > 30, secret);
    await page.getByRole("button", { name: "I have kept it" }).click();
    await page.getByText("never used").waitFor();
    assert.ok(!(await page.content()).includes(secret));
    await look("license-keys");
    await page.getByRole("button", { name: /^Revoke </ }).click();
    await page.getByRole("button", { name: "Revoke the key" }).click();
    await page.getByText("No API key").waitFor();
    assert.equal(await page.evaluate(() => window.hacked), undefined);
  });

  test("a list keeps filter and columns in its address, and its CSV has the same", async () => {
    await page.goto(`${SHOP}/invoices`);
    await page.getByRole("link", { name: "Paid", exact: true }).click();
    await page.waitForURL("**/invoices?status=paid");
    await page.getByRole("button", { name: "Columns" }).click();
    await page.getByLabel("Tax", { exact: true }).check();
    await page.waitForURL(/columns=.*tax/);
    await page.keyboard.press("Escape");
    await page.getByRole("columnheader", { name: "Tax" }).waitFor();
    const href = await page.getByRole("link", { name: "CSV" }).getAttribute("href");
    const file = await grace.context.request.get(new URL(href, SHOP).href);
    assert.match(file.headers()["content-type"], /^text\/csv/);
    assert.deepEqual([...(await file.body()).subarray(0, 3)], [0xef, 0xbb, 0xbf]);
    const [head, ...lines] = (await file.text()).trim().split("\r\n");
    assert.match(head, /Number,.*Tax/);
    assert.equal(lines.length, (await rows().count()) - 1);
    await page.getByRole("link", { name: "Open", exact: true }).click();
    await page.getByText("Nothing in this state").waitFor();
  });

  test("statement and e-invoice are files", async () => {
    await page.goto(`${SHOP}/payments`);
    const [statement] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download" }).click()]);
    assert.match(statement.suggestedFilename(), /\.pdf$/);
    await page.goto(`${SHOP}/invoices`);
    await rows().nth(1).getByRole("link").click();
    const href = await page.getByRole("link", { name: "E-invoice" }).getAttribute("href");
    const ubl = await grace.context.request.get(new URL(href, SHOP).href);
    assert.match(await ubl.text(), /<(\w+:)?Invoice/);
  });

  test("a declined card leaves an invoice open, and another card pays it", async () => {
    await page.goto(`${SHOP}/payment-methods`);
    await page.getByRole("button", { name: "Add a card" }).click();
    await fillCard(page, "4000000000000341");
    await page.getByRole("button", { name: "Save card" }).click();
    await page.getByRole("listitem").filter({ hasText: "0341" }).getByText("Default", { exact: true }).waitFor();
    await page.goto(`${SHOP}/licenses`);
    await page.getByRole("link", { name: "Starter" }).click();
    await page.getByRole("link", { name: "Change plan or cancel" }).click();
    await page.getByLabel("Plan", { exact: true }).selectOption({ label: "Enterprise" });
    await page.getByRole("button", { name: "Show the price" }).click();
    await page.getByRole("button", { name: "Confirm the change" }).click();
    await page.getByRole("link", { name: "Confirm the payment" }).waitFor();
    await page.goto(`${SHOP}/dashboard`);
    await page.getByText(/is due$/).waitFor();
    await look("dashboard-due");
    await page.getByRole("link", { name: "Pay now" }).first().click();
    await fillCard(page, "4242424242424242");
    await look("invoice-pay");
    await page.getByRole("button", { name: /^Pay / }).click();
    await page.getByText("Payment received").waitFor();
    await page.waitForURL(/\/invoices\/[^/]+$/);
    await page.getByText("Paid", { exact: true }).waitFor();
  });

  test("a domain is renewed for another year, through the cart", async () => {
    await page.goto(`${SHOP}/domains`);
    await page.getByRole("link", { name: grace.domain }).click();
    await page.getByRole("switch", { name: "Renews by itself" }).click();
    await page.getByRole("button", { name: "Show the code" }).click();
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("dialog").getByRole("button", { name: "Show the code" }).click();
    await page.getByRole("dialog").locator("code").waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("Reached at").waitFor();
    await look("domain");
    await page.getByRole("button", { name: "Renew for a year" }).click();
    await page.waitForURL("**/cart");
    await page.getByText("One more year").waitFor();
    await page.getByRole("link", { name: "Go to checkout" }).click();
    await page.getByRole("button", { name: "Continue to payment" }).click();
    await fillCard(page, "4242424242424242");
    await page.getByRole("button", { name: "Pay now" }).click();
    await page.getByRole("heading", { name: "Everything is ready" }).waitFor();
  });

  test("what happened is told, and read at once", async () => {
    await page.goto(`${SHOP}/dashboard`);
    await page.getByRole("link", { name: /^Notifications/ }).click();
    await page.getByText(`${grace.domain} is registered until`, { exact: false }).waitFor();
    await page.getByRole("button", { name: "Mark all read" }).click();
    await page.getByText("Everything is read.").waitFor();
    await page.goto(`${SHOP}/upcoming`);
    await page.getByRole("heading", { name: "Month by month" }).waitFor();
    await page.goto(`${SHOP}/domains`);
    await page.getByRole("button", { name: "Make the address" }).click();
    await page.locator("code").filter({ hasText: "calendar" }).waitFor();
  });

  test("names in every direction are shown unbroken, script as text", async () => {
    await page.goto(`${SHOP}/profile`);
    const name = `${RIGHT_TO_LEFT} ${SCRIPT}`.slice(0, 100);
    await page.getByLabel("Full name").fill(name);
    await page.getByLabel("Company").fill("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Saved.").waitFor();
    await page.goto(`${SHOP}/dashboard`);
    await page.getByText(RIGHT_TO_LEFT).first().waitFor();
    await look("dashboard-right-to-left");
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    for (const width of [390, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${width} px`);
    }
  });

  test("the language is chosen once and kept; long German words fit on a phone", async () => {
    await page.goto(`${SHOP}/profile`);
    await page.getByRole("button", { name: "Deutsch" }).click();
    await page.getByRole("heading", { name: "Profil", exact: true }).waitFor();
    assert.equal(await page.locator("html").getAttribute("lang"), "de");
    await page.setViewportSize({ width: 390, height: 844 });
    for (const path of ["dashboard", "upcoming", "invoices", "domains", "profile", "", "plans", "cart"]) {
      await page.goto(`${SHOP}/${path}`);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), path);
    }
    await shoot(page, "cart-de");
    await page.goto(`${SHOP}/profile`);
    await page.getByRole("button", { name: "English" }).click();
    await page.getByRole("heading", { name: "Profile", exact: true }).waitFor();
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  test("a pause switches off, a resumption on", async () => {
    await page.goto(`${SHOP}/licenses`);
    await page.getByRole("link", { name: "Enterprise" }).click();
    await page.getByRole("link", { name: "Change plan or cancel" }).click();
    await page.getByLabel("Code").fill("NO-SUCH-COUPON");
    await page.getByRole("button", { name: "Redeem" }).click();
    await page.getByText("This coupon is not valid.").waitFor();
    await page.getByRole("button", { name: "Pause subscription" }).click();
    await page.getByRole("button", { name: "Pause now" }).click();
    await page.getByText("This subscription is paused").waitFor();
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByRole("button", { name: "Pause subscription" }).waitFor();
  });

  test("axe objects to nothing, in light and in dark", () => {
    assert.deepEqual([...new Set(objections)], []);
  });
});

import { describe, expect, it } from "vitest";

import { safeNext } from "@/lib/next-path";

import { readConfig } from "./config";
import { isOpen } from "./doors";
import { contentSecurityPolicy } from "./policy";
import { isSameOrigin } from "./same-origin";

const SANDBOX = { mode: "sandbox", scriptUrl: "http://127.0.0.1:8099/stripe/js/stripe.js" } as const;

describe("the policy", () => {
  it("names Stripe only in live mode and the sandbox only in sandbox mode", () => {
    const live = contentSecurityPolicy("n1", { mode: "live" });
    const sandbox = contentSecurityPolicy("n1", SANDBOX);
    expect(live).toContain("script-src 'self' 'nonce-n1' https://js.stripe.com");
    expect(live).not.toContain("127.0.0.1");
    expect(sandbox).toContain("script-src 'self' 'nonce-n1' http://127.0.0.1:8099;");
    expect(sandbox).not.toContain("stripe.com");
  });

  it("lets no inline or foreign script run", () => {
    const policy = contentSecurityPolicy("n1", { mode: "live" });
    const scripts = /script-src ([^;]*)/.exec(policy)?.[1];
    expect(scripts).not.toMatch(/unsafe|\*(?!\.js\.stripe)|strict-dynamic/);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
  });
});

describe("the settings", () => {
  const base = { WEB_BILLING_URL: "http://127.0.0.1:8001/" };

  it("are read, and a trailing slash does not matter", () => {
    const values = { ...base, WEB_STRIPE_MODE: "sandbox", WEB_STRIPE_JS_URL: SANDBOX.scriptUrl };
    expect(readConfig(values)).toEqual({ billingUrl: "http://127.0.0.1:8001", stripe: SANDBOX });
    expect(readConfig({ ...base, WEB_STRIPE_MODE: "live" }).stripe).toEqual({ mode: "live" });
  });

  it.each([
    [base],
    [{ ...base, WEB_STRIPE_MODE: "sandbox" }],
    [{ ...base, WEB_STRIPE_MODE: "live", WEB_STRIPE_JS_URL: SANDBOX.scriptUrl }],
    [{ WEB_STRIPE_MODE: "live" }],
  ])("are refused when something is missing or does not fit: %o", (values) => {
    expect(() => readConfig(values)).toThrow();
  });
});

describe("requests that change something", () => {
  const own = { host: "shop.example", origin: "https://shop.example" };

  it.each([
    [own, true],
    [{ ...own, "sec-fetch-site": "same-origin" }, true],
    [{ ...own, "sec-fetch-site": "cross-site" }, false],
    [{ ...own, "sec-fetch-site": "same-site" }, false],
    [{ host: "shop.example", origin: "https://evil.example" }, false],
    [{ host: "shop.example", origin: "null" }, false],
    [{ host: "shop.example" }, false],
  ])("%o: %s", (headers, allowed) => {
    expect(isSameOrigin(new Headers(headers as Record<string, string>))).toBe(allowed);
  });
});

describe("the doors to the API", () => {
  it.each([
    ["POST", "orders", true],
    ["GET", "orders/0190/events", true],
    ["DELETE", "orders/0190", false],
    ["GET", "admin/attention", false],
    ["POST", "auth/token", false],
    ["POST", "auth/password/change", true],
    ["POST", "licenses/0190/reveal", false],
    ["PUT", "domains/0190/lock", true],
    ["POST", "domains/0190/auth-code", true],
    ["GET", "invoices/0190/ubl", true],
    ["GET", "staff", false],
    ["POST", "licenses/0190/suspend", false],
    ["GET", "reports/mrr", false],
    ["POST", "webhooks/stripe", false],
  ])("%s %s: %s", (method, path, open) => {
    expect(isOpen(method, path)).toBe(open);
  });
});

describe("where a log-in leads", () => {
  it.each([
    ["/invoices/1?x=2", "/invoices/1?x=2"],
    ["//evil.example", "/dashboard"],
    ["https://evil.example", "/dashboard"],
    ["/\\evil.example", "/dashboard"],
    [undefined, "/dashboard"],
  ])("%s: %s", (next, path) => {
    expect(safeNext(next)).toBe(path);
  });
});

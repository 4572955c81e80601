import { beforeEach, describe, expect, it, vi } from "vitest";

const SANDBOX = { mode: "sandbox", scriptUrl: "http://127.0.0.1:8099/stripe/js/stripe.js" } as const;

async function fresh() {
  vi.resetModules();
  return (await import("./stripe")).getStripe;
}

const sources = () => Array.from(document.head.querySelectorAll("script"), (each) => each.src);

describe("where Stripe.js comes from", () => {
  beforeEach(() => {
    document.head.replaceChildren();
    Reflect.deleteProperty(window, "Stripe");
  });

  it("is the sandbox in sandbox mode, and never Stripe's own host", async () => {
    const getStripe = await fresh();
    const loading = getStripe(SANDBOX, "pk_test_sandbox");
    await vi.waitFor(() => expect(sources()).toEqual([SANDBOX.scriptUrl]));
    const made = { _registerWrapper: vi.fn() };
    Reflect.set(window, "Stripe", Object.assign(() => made, { version: "endive" }));
    document.head.querySelector("script")?.dispatchEvent(new Event("load"));
    expect(await loading).toBe(made);
    expect(sources()).toEqual([SANDBOX.scriptUrl]);
  });

  it("is Stripe's own host in live mode", async () => {
    const getStripe = await fresh();
    void getStripe({ mode: "live" }, "pk_live_1").catch(() => null);
    await vi.waitFor(() => expect(sources()).toHaveLength(1));
    expect(sources()[0]).toMatch(/^https:\/\/js\.stripe\.com\//);
  });

  it("is nowhere when the key is of the other side", async () => {
    const getStripe = await fresh();
    await expect(getStripe(SANDBOX, "pk_live_1")).rejects.toThrow("A live key in sandbox mode");
    await expect(getStripe({ mode: "live" }, "pk_test_1")).rejects.toThrow("A test key in live mode");
    expect(sources()).toEqual([]);
  });
});

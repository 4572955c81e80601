import { beforeEach, describe, expect, it, vi } from "vitest";

import { announcePaid, forgetOrder, onPaid, orderKey, rememberOrder, rememberedOrder } from "./order-memory";

const store = localStorage;
beforeEach(() => store.clear());

describe("the key of an order", () => {
  it("stays for the same things, in every tab, and changes with them", async () => {
    const first = await orderKey({ plan: "starter" }, store);
    expect(await orderKey({ plan: "starter" }, store)).toBe(first);
    expect(await orderKey({ plan: "professional" }, store)).not.toBe(first);
  });

  it("is a new one after the payment, and when what is kept makes no sense", async () => {
    const first = await orderKey({ plan: "starter" }, store);
    announcePaid("o1", store);
    const second = await orderKey({ plan: "starter" }, store);
    expect(second).not.toBe(first);
    store.setItem("np-order", "{");
    expect(await orderKey({ plan: "starter" }, store)).not.toBe(second);
  });

  it("leaves nothing of the buyer in the browser", async () => {
    await orderKey({ registrant: { email: "ada@example.com" } }, store);
    expect(JSON.stringify({ ...store })).not.toContain("ada");
  });
});

describe("an order that was placed", () => {
  it("is found again for the same things only, until it is forgotten", async () => {
    await orderKey({ plan: "starter" }, store);
    rememberOrder("o1", "starter", store);
    expect(rememberedOrder("starter", store)).toBe("o1");
    expect(rememberedOrder("professional", store)).toBeNull();
    forgetOrder(store);
    expect(rememberedOrder("starter", store)).toBeNull();
  });

  it("is told to other tabs once it is paid", () => {
    const hear = vi.fn();
    const stop = onPaid(hear);
    window.dispatchEvent(new StorageEvent("storage", { key: "np-order-paid", newValue: "o1" }));
    window.dispatchEvent(new StorageEvent("storage", { key: "other", newValue: "o2" }));
    stop();
    window.dispatchEvent(new StorageEvent("storage", { key: "np-order-paid", newValue: "o3" }));
    expect(hear.mock.calls).toEqual([["o1"]]);
  });
});

import { describe, expect, it } from "vitest";

import { EMPTY_CART, countItems, parseCart, toOrderItems, withDomain, withPlan, withoutDomain } from "./model";

describe("the cart", () => {
  it("holds one plan, the latest, and each domain once", () => {
    let cart = withPlan(EMPTY_CART, "starter", "month");
    cart = withPlan(cart, "professional", "year");
    cart = withDomain(withDomain(cart, "Ada.COM "), "ada.com");
    expect(cart).toEqual({ plan: { code: "professional", interval: "year" }, domains: ["ada.com"] });
    expect(countItems(cart)).toBe(2);
    expect(withoutDomain(cart, "ada.com").domains).toEqual([]);
  });

  it("takes no more domains than an order may have", () => {
    let cart = EMPTY_CART;
    for (let number = 0; number < 30; number += 1) cart = withDomain(cart, `ada-${number}.com`);
    expect(cart.domains).toHaveLength(20);
  });

  it.each([undefined, "", "{", "[]", '{"plan":{"code":"<script>","interval":"year"},"domains":[]}', '{"plan":null,"domains":"x"}'])(
    "is empty when its cookie is no cart: %s",
    (text) => expect(parseCart(text)).toEqual(EMPTY_CART),
  );

  it("becomes the items of an order, without any price", () => {
    const cart = withDomain(withPlan(EMPTY_CART, "starter", "year"), "ada.com");
    expect(toOrderItems(parseCart(JSON.stringify(cart)))).toEqual([
      { type: "license", plan: "starter", interval: "year" },
      { type: "domain", name: "ada.com", years: 1, privacy: true },
    ]);
  });
});

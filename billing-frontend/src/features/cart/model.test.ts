import { describe, expect, it } from "vitest";

import { EMPTY_CART, countItems, parseCart, toOrderItems, withCountry, withCoupon, withDomain, withPlan, withRenewal, withoutDomain } from "./model";

describe("the cart", () => {
  it("holds one plan, the latest, and each domain once", () => {
    let cart = withPlan(EMPTY_CART, "starter", "month");
    cart = withPlan(cart, "professional", "year");
    cart = withDomain(withDomain(cart, "Ada.COM "), "ada.com");
    expect(cart).toEqual({ plan: { code: "professional", interval: "year" }, domains: ["ada.com"], renewals: [], coupon: null, country: null });
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

  it("holds a renewal beside a registration, and takes either out by its name", () => {
    const cart = withRenewal(withRenewal(withDomain(EMPTY_CART, "ada.com"), "old.com"), "old.com");
    expect(toOrderItems(cart).map(({ type }) => type)).toEqual(["domain", "domain_renewal"]);
    expect(countItems(cart)).toBe(2);
    expect(withoutDomain(cart, "old.com").renewals).toEqual([]);
  });

  it("keeps a coupon's code as typed, and none when it is empty", () => {
    expect(withCoupon(EMPTY_CART, " Spring-26 ").coupon).toBe("Spring-26");
    expect(withCoupon({ ...EMPTY_CART, coupon: "A" }, "  ").coupon).toBeNull();
    expect(withCoupon(EMPTY_CART, "x".repeat(500)).coupon).toHaveLength(64);
  });

  it("keeps a country, and nothing that is none", () => {
    expect(withCountry(EMPTY_CART, "DE").country).toBe("DE");
    expect(withCountry(EMPTY_CART, "<b>").country).toBeNull();
  });

  it("is read from a cookie made before there were coupons", () => {
    expect(parseCart('{"plan":null,"domains":["ada.com"]}')).toEqual({ ...EMPTY_CART, domains: ["ada.com"] });
  });

  it("becomes the items of an order, without any price", () => {
    const cart = withDomain(withPlan(EMPTY_CART, "starter", "year"), "ada.com");
    expect(toOrderItems(parseCart(JSON.stringify(cart)))).toEqual([
      { type: "license", plan: "starter", interval: "year" },
      { type: "domain", name: "ada.com", years: 1, privacy: true },
    ]);
  });
});

import { z } from "zod";

const MOST_DOMAINS = 20;
const MOST_COUPON_LETTERS = 64;
const COUNTRY = /^[A-Z]{2}$/;

const cartSchema = z.object({
  plan: z.object({ code: z.string().regex(/^[a-z0-9_-]{1,40}$/), interval: z.enum(["month", "year"]) }).nullable(),
  domains: z.array(z.string().min(3).max(253)).max(MOST_DOMAINS),
  renewals: z.array(z.string().min(3).max(253)).max(MOST_DOMAINS).default([]),
  coupon: z.string().min(1).max(MOST_COUPON_LETTERS).nullable().default(null),
  country: z.string().regex(COUNTRY).nullable().default(null),
});

/**
 * What somebody wants to buy: at most one plan, new domains and more time for old ones, a
 * year each, less a coupon, taxed as in a country. It holds names only, never prices.
 */
export type Cart = z.infer<typeof cartSchema>;
export type Interval = "month" | "year";

export const EMPTY_CART: Cart = { plan: null, domains: [], renewals: [], coupon: null, country: null };

/** Reads what a cookie holds; anything that is no cart is an empty one. */
export function parseCart(text: string | undefined): Cart {
  if (!text) return EMPTY_CART;
  try {
    return cartSchema.parse(JSON.parse(text));
  } catch {
    return EMPTY_CART;
  }
}

export function countItems(cart: Cart): number {
  return cart.domains.length + cart.renewals.length + (cart.plan ? 1 : 0);
}

/** A second plan takes the place of the first: an order has one license. */
export function withPlan(cart: Cart, code: string, interval: Interval): Cart {
  return { ...cart, plan: { code, interval } };
}

export function withDomain(cart: Cart, name: string): Cart {
  const wanted = name.trim().toLowerCase();
  if (cart.domains.includes(wanted) || cart.domains.length >= MOST_DOMAINS) return cart;
  return { ...cart, domains: [...cart.domains, wanted] };
}

/** Takes a domain out, whether it was to be registered or renewed. */
export function withoutDomain(cart: Cart, name: string): Cart {
  const others = (names: string[]) => names.filter((each) => each !== name);
  return { ...cart, domains: others(cart.domains), renewals: others(cart.renewals) };
}

/** With another year for a domain the visitor has. */
export function withRenewal(cart: Cart, name: string): Cart {
  if (cart.renewals.includes(name) || cart.renewals.length >= MOST_DOMAINS) return cart;
  return { ...cart, renewals: [...cart.renewals, name] };
}

/** Exactly what is ordered of a cart. */
export type CartThings = Pick<Cart, "plan" | "domains" | "renewals">;

type LicenseItem = { type: "license"; plan: string; interval: Interval };
type DomainItem = { type: "domain"; name: string; years: number; privacy: boolean };
type RenewalItem = { type: "domain_renewal"; name: string; years: number };
export type CartItem = LicenseItem | DomainItem | RenewalItem;

/** With another coupon, or with none for an empty code. Whether it is worth something is for the API to say. */
export function withCoupon(cart: Cart, code: string): Cart {
  const coupon = code.trim().slice(0, MOST_COUPON_LETTERS);
  return { ...cart, coupon: coupon || null };
}

/** With the country the buyer is in, for the tax of somebody whose address is not known yet. */
export function withCountry(cart: Cart, country: string): Cart {
  return { ...cart, country: COUNTRY.test(country) ? country : null };
}

/** The cart as the API takes it. */
export function toOrderItems(cart: CartThings): CartItem[] {
  const plan = cart.plan ? [{ type: "license" as const, plan: cart.plan.code, interval: cart.plan.interval }] : [];
  const domains = cart.domains.map((name) => ({ type: "domain" as const, name, years: 1, privacy: true }));
  const renewals = cart.renewals.map((name) => ({ type: "domain_renewal" as const, name, years: 1 }));
  return [...plan, ...domains, ...renewals];
}

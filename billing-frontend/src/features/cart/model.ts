import { z } from "zod";

const MOST_DOMAINS = 20;

const cartSchema = z.object({
  plan: z.object({ code: z.string().regex(/^[a-z0-9_-]{1,40}$/), interval: z.enum(["month", "year"]) }).nullable(),
  domains: z.array(z.string().min(3).max(253)).max(MOST_DOMAINS),
});

/** What somebody wants to buy: at most one plan, and domains for a year each. It holds names only, never prices. */
export type Cart = z.infer<typeof cartSchema>;
export type Interval = "month" | "year";

export const EMPTY_CART: Cart = { plan: null, domains: [] };

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
  return cart.domains.length + (cart.plan ? 1 : 0);
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

export function withoutDomain(cart: Cart, name: string): Cart {
  return { ...cart, domains: cart.domains.filter((each) => each !== name) };
}

export interface CartItems {
  items: ({ type: "license"; plan: string; interval: Interval } | { type: "domain"; name: string; years: number; privacy: boolean })[];
}

/** The cart as the API takes it. */
export function toOrderItems(cart: Cart): CartItems["items"] {
  const plan = cart.plan ? [{ type: "license" as const, plan: cart.plan.code, interval: cart.plan.interval }] : [];
  return [...plan, ...cart.domains.map((name) => ({ type: "domain" as const, name, years: 1, privacy: true }))];
}

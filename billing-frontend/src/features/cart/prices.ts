import "server-only";

import { type Plan, listPlans, listTlds, tldOf } from "@/features/catalog/data";

import type { Cart, CartThings } from "./model";

export interface PricedCart {
  plan: { plan: Plan; interval: "month" | "year"; amount: number } | null;
  domains: { name: string; amount: number; renewal: number }[];
  renewals: { name: string; amount: number }[];
  /** Names and plans that are not sold any more. */
  gone: string[];
  subtotal: number;
  currency: string;
}

/** Puts the catalog's prices beside what is in the cart. What counts in the end is the order the API makes of it. */
export async function priceCart(cart: Cart): Promise<PricedCart> {
  const [plans, tlds] = await Promise.all([listPlans(), listTlds()]);
  const gone: string[] = [];
  const found = cart.plan ? plans.find((each) => each.code === cart.plan?.code) : undefined;
  if (cart.plan && !found) gone.push(cart.plan.code);
  const plan =
    found && cart.plan
      ? { plan: found, interval: cart.plan.interval, amount: cart.plan.interval === "year" ? found.price_yearly : found.price_monthly }
      : null;
  const onSale = (name: string) => {
    const tld = tldOf(name, tlds);
    if (!tld) gone.push(name);
    return tld ? [{ name, tld }] : [];
  };
  const domains = cart.domains.flatMap(onSale).map(({ name, tld }) => ({ name, amount: tld.register_amount, renewal: tld.renew_amount }));
  const renewals = cart.renewals.flatMap(onSale).map(({ name, tld }) => ({ name, amount: tld.renew_amount }));
  const subtotal = (plan?.amount ?? 0) + [...domains, ...renewals].reduce((sum, each) => sum + each.amount, 0);
  return { plan, domains, renewals, gone, subtotal, currency: found?.currency ?? tlds[0]?.currency ?? "USD" };
}

/** What of a cart can be ordered. */
export function sellable(cart: Cart, priced: PricedCart): CartThings {
  const names = (each: { name: string }) => each.name;
  return { plan: priced.plan ? cart.plan : null, domains: priced.domains.map(names), renewals: priced.renewals.map(names) };
}

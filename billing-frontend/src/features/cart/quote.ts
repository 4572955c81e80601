import "server-only";

import type { components } from "@/lib/billing-api";
import { toProblem } from "@/lib/problem";
import { api } from "@/server/api";

import type { Cart, CartItem } from "./model";

export type Quote = components["schemas"]["QuoteOut"];

type QuoteIn = components["schemas"]["QuoteIn"];

export interface CartQuote {
  /** What the API would charge; null when it cannot say now, and then the catalog's prices have to do. */
  quote: Quote | null;
  /** The coupon of the cart is not valid, so the quote is without it. */
  couponRefused: boolean;
}

async function ask(body: QuoteIn) {
  try {
    const { data, error, response } = await (await api()).POST("/api/v1/quotes", { body });
    return { quote: data ?? null, code: data ? null : toProblem(response.status, error).code };
  } catch {
    return { quote: null, code: "service_unavailable" };
  }
}

/**
 * Asks what the things in the cart would cost the visitor: less the coupon, with the tax as far as it is known. An
 * address of the account goes before the cart's country.
 */
export async function quoteItems(items: CartItem[], currency: string, { coupon, country }: Pick<Cart, "coupon" | "country">): Promise<CartQuote> {
  const body = { items, currency, country };
  const first = await ask({ ...body, coupon });
  if (coupon === null || first.code !== "coupon_invalid") return { quote: first.quote, couponRefused: false };
  return { quote: (await ask({ ...body, coupon: null })).quote, couponRefused: true };
}

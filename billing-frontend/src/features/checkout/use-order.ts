import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent, useState } from "react";

import { emptyCart } from "@/features/cart/actions";
import type { CartItem } from "@/features/cart/model";
import type { components } from "@/lib/billing-api";
import { browserApi, done } from "@/lib/browser-api";
import { ProblemError } from "@/lib/problem";
import { useAttempt } from "@/lib/use-attempt";

import { type Contact, toBillingDetails, toRegistrant } from "./contact";
import { announcePaid, forgetOrder, onPaid, orderKey, rememberOrder, rememberedOrder } from "./order-memory";

type OrderPlaced = components["schemas"]["OrderPlaced"];
/** The order that waits for its payment. */
export type Placed = Pick<OrderPlaced, "order" | "payment">;

export interface Wanted {
  items: CartItem[];
  currency: string;
  coupon: string | null;
}

interface Buyer {
  email: string;
  verified: boolean;
  vatNumber: string | null;
}

export function secretOf(placed: Placed | null): string | null {
  return placed?.payment.client_secret ?? placed?.payment.setup_client_secret ?? null;
}

/** Finds an order again that was placed before the tab was closed; null when there is none to go on with. */
async function resume(orderId: string): Promise<Placed | "paid" | null> {
  const params = { path: { order_id: orderId } };
  try {
    const order = await done(browserApi.GET("/api/v1/orders/{order_id}", { params }));
    if (order.paid_at !== null) return "paid";
    if (order.status !== "awaiting_payment") return null;
    return { order, payment: await done(browserApi.POST("/api/v1/orders/{order_id}/payment", { params })) };
  } catch {
    return null;
  }
}

/** The order of a checkout: placing it once, going on with it after a reload, and knowing when it is paid elsewhere. */
export function useOrder({ items, currency, coupon }: Wanted, buyer: Buyer | null) {
  const router = useRouter();
  const [placed, setPlaced] = useState<Placed | null>(null);
  const [sessionEnded, setSessionEnded] = useState(false);
  const { pending, error, attempt, forget } = useAttempt();
  const things = JSON.stringify({ items, currency, coupon });

  async function finish(orderId: string) {
    announcePaid(orderId, localStorage);
    await emptyCart();
    router.push(`/orders/${orderId}?redirect_status=succeeded`);
  }

  async function send(contact: Contact, { email, vatNumber }: Buyer) {
    await done(browserApi.PUT("/api/v1/me/billing-details", { body: toBillingDetails(contact, vatNumber) }));
    const registrant = items.some((item) => item.type === "domain") ? toRegistrant(contact, email) : null;
    const body = { currency, items, coupon, registrant };
    const header = { "Idempotency-Key": await orderKey(body, localStorage) };
    const answer = await done(browserApi.POST("/api/v1/orders", { body, params: { header } }));
    if (!secretOf(answer)) return finish(answer.order.id);
    rememberOrder(answer.order.id, things, localStorage);
    setPlaced(answer);
  }

  function place(contact: Contact) {
    if (!buyer || pending) return;
    void attempt(async () => {
      try {
        await send(contact, buyer);
      } catch (failure) {
        if (!(failure instanceof ProblemError) || failure.problem.status !== 401) throw failure;
        setSessionEnded(true);
      }
    });
  }

  const onFound = useEffectEvent((orderId: string, found: Placed | "paid" | null) => {
    if (found === "paid") void finish(orderId);
    else if (found && secretOf(found)) setPlaced(found);
    else forgetOrder(localStorage);
  });
  const isReady = buyer?.verified === true;
  useEffect(() => {
    const orderId = isReady ? rememberedOrder(things, localStorage) : null;
    if (orderId) void resume(orderId).then((found) => onFound(orderId, found));
  }, [isReady, things]);

  const onPaidElsewhere = useEffectEvent((orderId: string) => {
    if (placed?.order.id === orderId) router.push(`/orders/${orderId}?redirect_status=succeeded`);
    else router.refresh();
  });
  useEffect(() => onPaid(onPaidElsewhere), []);

  function backIn() {
    setSessionEnded(false);
    router.refresh();
  }

  return { placed, place, finish, pending, error, forget, sessionEnded, backIn };
}

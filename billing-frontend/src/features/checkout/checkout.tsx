"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useTranslations } from "use-intl/react";

import { ProblemAlert } from "@/features/account/problem-alert";
import { emptyCart } from "@/features/cart/actions";
import type { CartItems } from "@/features/cart/model";
import type { components } from "@/lib/billing-api";
import { browserApi, done } from "@/lib/browser-api";
import { useAttempt } from "@/lib/use-attempt";

import { AccountStep } from "./account-step";
import { CardForm } from "./card-form";
import { type Contact, toBillingDetails, toRegistrant } from "./contact";
import { ContactForm } from "./contact-form";
import { forgetOrderKey, orderKey } from "./order-key";
import { Section } from "./section";
import type { StripeSource } from "./stripe";
import { Summary, type SummaryLine } from "./summary";
import { VerifyWait } from "./verify-wait";

type OrderPlaced = components["schemas"]["OrderPlaced"];

export interface CheckoutProps {
  items: CartItems["items"];
  lines: SummaryLine[];
  subtotal: number;
  currency: string;
  visitor: { email: string; verified: boolean; vatNumber: string | null } | null;
  contact: Contact;
  source: StripeSource;
}

/** Everything from the cart to the payment on one page: account, contact, card; beside them what it comes to. */
export function Checkout({ items, lines, subtotal, currency, visitor, contact, source }: CheckoutProps) {
  const t = useTranslations("checkout");
  const router = useRouter();
  const [placed, setPlaced] = useState<OrderPlaced | null>(null);
  const [buyer, setBuyer] = useState<Contact | null>(null);
  const { pending, error, attempt } = useAttempt();
  const withDomain = items.some((item) => item.type === "domain");

  async function finish(orderId: string) {
    forgetOrderKey(sessionStorage);
    await emptyCart();
    router.push(`/orders/${orderId}?redirect_status=succeeded`);
  }

  async function place(values: Contact) {
    if (!visitor || pending) return;
    await attempt(async () => {
      await done(browserApi.PUT("/api/v1/me/billing-details", { body: toBillingDetails(values, visitor.vatNumber) }));
      const body = { currency, items, registrant: withDomain ? toRegistrant(values, visitor.email) : null };
      const key = orderKey(body, sessionStorage);
      const answer = await done(
        browserApi.POST("/api/v1/orders", { body, params: { header: { "Idempotency-Key": key } } }),
      );
      if (answer.payment.client_secret ?? answer.payment.setup_client_secret) {
        setBuyer(values);
        setPlaced(answer);
      } else {
        await finish(answer.order.id);
      }
    });
  }

  const isReady = visitor?.verified === true;
  const secret = placed?.payment.client_secret ?? placed?.payment.setup_client_secret;
  return (
    <div className="grid items-start gap-6 grid-cols-[minmax(0,1fr)] lg:grid-cols-[minmax(0,1fr)_23rem]">
      <div className="space-y-4">
        <Section number={1} title={t("account")} state={isReady ? "done" : "open"} summary={visitor?.email}>
          {visitor ? <VerifyWait email={visitor.email} /> : <AccountStep />}
        </Section>
        <Section
          number={2}
          title={t("contact")}
          state={!isReady ? "ahead" : placed ? "done" : "open"}
          summary={buyer ? `${buyer.first_name} ${buyer.last_name}, ${buyer.city}` : undefined}
        >
          <div className="space-y-5">
            <ProblemAlert error={error} title={t("notOrdered")} />
            <ContactForm initial={contact} withDomain={withDomain} pending={pending} submitLabel={t("toPayment")} onSubmit={place} />
          </div>
        </Section>
        <Section number={3} title={t("payment")} state={placed ? "open" : "ahead"}>
          {placed && secret ? (
            <CardForm
              source={source}
              publishableKey={placed.payment.publishable_key}
              clientSecret={secret}
              intent={placed.payment.client_secret ? "payment" : "setup"}
              returnPath={`/orders/${placed.order.id}`}
              submitLabel={t("pay")}
              onDone={() => finish(placed.order.id)}
            />
          ) : null}
        </Section>
      </div>
      <Summary lines={lines} subtotal={subtotal} currency={currency} placed={placed} />
    </div>
  );
}

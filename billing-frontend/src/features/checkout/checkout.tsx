"use client";

import { Alert } from "@nextpanel/ui/alert";
import { useState } from "react";
import { useTranslations } from "use-intl/react";

import { LogInForm } from "@/features/account/forms";
import type { Quote } from "@/features/cart/quote";

import { AccountStep } from "./account-step";
import { CardForm } from "./card-form";
import type { Contact } from "./contact";
import { ContactForm } from "./contact-form";
import { OrderProblem } from "./order-problem";
import { Section } from "./section";
import type { StripeSource } from "./stripe";
import { Summary, type SummaryLine } from "./summary";
import { type Wanted, secretOf, useOrder } from "./use-order";
import { VerifyWait } from "./verify-wait";

export interface CheckoutProps {
  wanted: Wanted;
  lines: SummaryLine[];
  subtotal: number;
  quote: Quote | null;
  visitor: { email: string; verified: boolean; vatNumber: string | null } | null;
  contact: Contact;
  source: StripeSource;
}

/** Asks for the password again without losing what was typed. */
function LogInAgain({ email, onDone }: { email: string; onDone: () => void }) {
  const t = useTranslations("checkout");
  return (
    <div className="space-y-5">
      <Alert tone="warn" title={t("sessionEnded")}>
        {t("sessionEndedHelp")}
      </Alert>
      <LogInForm email={email} onDone={onDone} />
    </div>
  );
}

/** Everything from the cart to the payment on one page: account, contact, card; beside them what it comes to. */
export function Checkout({ wanted, lines, subtotal, quote, visitor, contact, source }: CheckoutProps) {
  const t = useTranslations("checkout");
  const [buyer, setBuyer] = useState<Contact | null>(null);
  const { placed, place, finish, pending, error, forget, sessionEnded, backIn } = useOrder(wanted, visitor);
  const withDomain = wanted.items.some((item) => item.type === "domain");
  const isReady = visitor?.verified === true;
  const secret = secretOf(placed);
  const submit = (values: Contact) => {
    setBuyer(values);
    place(values);
  };
  return (
    <div className="grid items-start gap-6 grid-cols-[minmax(0,1fr)] lg:grid-cols-[minmax(0,1fr)_23rem]">
      <div className="space-y-4">
        <Section number={1} title={t("account")} state={isReady && !sessionEnded ? "done" : "open"} summary={visitor?.email}>
          {sessionEnded && visitor ? (
            <LogInAgain email={visitor.email} onDone={backIn} />
          ) : visitor ? (
            <VerifyWait email={visitor.email} />
          ) : (
            <AccountStep />
          )}
        </Section>
        <Section
          number={2}
          title={t("contact")}
          state={!isReady ? "ahead" : placed ? "done" : "open"}
          summary={placed && buyer ? `${buyer.first_name} ${buyer.last_name}, ${buyer.city}` : undefined}
        >
          <div className="space-y-5">
            <OrderProblem error={error} onMended={forget} />
            <ContactForm initial={contact} withDomain={withDomain} pending={pending} submitLabel={t("toPayment")} onSubmit={submit} />
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
      <Summary lines={lines} subtotal={subtotal} currency={wanted.currency} quote={quote} order={placed?.order ?? null} />
    </div>
  );
}

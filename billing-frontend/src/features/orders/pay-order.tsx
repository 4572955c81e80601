"use client";

import { Alert } from "@nextpanel/ui/alert";
import { Button } from "@nextpanel/ui/button";
import { Card, CardBody, CardHeader } from "@nextpanel/ui/card";
import { useState } from "react";
import { useTranslations } from "use-intl/react";

import { ProblemAlert } from "@/features/account/problem-alert";
import { emptyCart } from "@/features/cart/actions";
import { CardForm } from "@/features/checkout/card-form";
import type { StripeSource } from "@/features/checkout/stripe";
import type { components } from "@/lib/billing-api";
import { browserApi, done } from "@/lib/browser-api";
import { useAttempt } from "@/lib/use-attempt";

import type { Order } from "./live-order";

type Payment = components["schemas"]["OrderPaymentOut"];

interface PayOrderProps {
  order: Order;
  source: StripeSource;
  /** The customer has just confirmed a payment, so the news of it is on its way. */
  isConfirming: boolean;
}

/** Pays an order whose tab was closed or whose card was declined. Asking for its payment creates nothing twice. */
export function PayOrder({ order, source, isConfirming }: PayOrderProps) {
  const t = useTranslations("order");
  const [confirming, setConfirming] = useState(isConfirming);
  const [payment, setPayment] = useState<Payment | null>(null);
  const { pending, error, attempt } = useAttempt();
  const ask = () =>
    attempt(async () => {
      const found = await done(browserApi.POST("/api/v1/orders/{order_id}/payment", { params: { path: { order_id: order.id } } }));
      if (found.client_secret ?? found.setup_client_secret) setPayment(found);
      else setConfirming(true);
    });
  if (confirming) return <Alert title={t("confirmingPayment")}>{t("confirmingHelp")}</Alert>;
  const secret = payment?.client_secret ?? payment?.setup_client_secret;
  return (
    <Card>
      <CardHeader title={t("payTitle")} description={t("payHelp")} />
      <CardBody className="space-y-4">
        <ProblemAlert error={error} />
        {payment && secret ? (
          <CardForm
            source={source}
            publishableKey={payment.publishable_key}
            clientSecret={secret}
            intent={payment.client_secret ? "payment" : "setup"}
            returnPath={`/orders/${order.id}`}
            submitLabel={t("pay")}
            onDone={() => {
              setConfirming(true);
              void emptyCart();
            }}
          />
        ) : (
          <Button onClick={ask} pending={pending}>
            {t("payNow")}
          </Button>
        )}
      </CardBody>
    </Card>
  );
}

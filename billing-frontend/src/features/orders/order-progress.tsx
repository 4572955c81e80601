"use client";

import { Alert } from "@nextpanel/ui/alert";
import { Button } from "@nextpanel/ui/button";
import { Card, CardBody, CardHeader } from "@nextpanel/ui/card";
import { Sum, SumRow } from "@nextpanel/ui/facts";
import { Step, type StepState, Steps } from "@nextpanel/ui/steps";
import { PartyPopper } from "lucide-react";
import Link from "next/link";
import { useLocale, useTranslations } from "use-intl/react";

import type { StripeSource } from "@/features/checkout/stripe";
import type { components } from "@/lib/billing-api";
import { formatMoney } from "@/lib/format";

import { LiveOrder, type Order } from "./live-order";
import { OpenPanel } from "./open-panel";
import { PayOrder } from "./pay-order";

type FulfillmentStep = components["schemas"]["StepOut"];

const STATES: Record<FulfillmentStep["status"], StepState> = {
  pending: "ahead",
  running: "active",
  waiting: "active",
  done: "done",
  skipped: "done",
  refunded: "undone",
  needs_attention: "trouble",
};

function DeliverySteps({ order }: { order: Order }) {
  const t = useTranslations("order");
  const isPaid = order.paid_at !== null;
  return (
    <Steps label={t("progress")}>
      <Step state={isPaid ? "done" : "active"} title={isPaid ? t("paid") : t("confirmingPayment")} stateText={isPaid ? t("state.done") : t("state.running")} />
      {order.steps.map((step) => (
        <Step key={step.id} state={STATES[step.status]} title={t(`step.${step.kind}`)} stateText={t(`state.${step.status}`)}>
          {step.status === "needs_attention" ? t("attention") : step.status === "waiting" ? t("waiting") : step.status === "refunded" ? t("refunded") : null}
        </Step>
      ))}
    </Steps>
  );
}

function Headline({ order }: { order: Order }) {
  const t = useTranslations("order");
  const isDone = order.status === "fulfilled";
  const title = isDone ? t("ready") : order.status === "refunded" ? t("allRefunded") : order.status === "expired" ? t("expired") : order.paid_at ? t("working") : t("almost");
  return (
    <header className="mb-8 text-center" aria-live="polite">
      {isDone ? (
        <span aria-hidden className="mx-auto mb-4 grid size-14 animate-rise place-items-center rounded-full bg-good-soft text-good">
          <PartyPopper className="size-6" />
        </span>
      ) : null}
      <p className="numeric text-sm text-muted">{t("number", { number: String(order.number) })}</p>
      <h1 className="mt-1 text-title font-semibold">{title}</h1>
      {isDone ? <p className="mt-2 text-muted">{t("readyHelp")}</p> : null}
    </header>
  );
}

function Receipt({ order }: { order: Order }) {
  const t = useTranslations("order");
  const locale = useLocale();
  const money = (amount: number) => formatMoney(amount, order.currency, locale);
  return (
    <Card>
      <CardHeader title={t("receipt")} />
      <CardBody>
        <Sum>
          {order.items.map((item) => (
            <SumRow key={item.id} label={item.description}>
              {money(item.amount)}
            </SumRow>
          ))}
          <SumRow label={t("tax")}>{money(order.tax_amount)}</SumRow>
          <SumRow label={t("total")} strong>
            {money(order.total_amount)}
          </SumRow>
        </Sum>
      </CardBody>
    </Card>
  );
}

/** The life of an order after the button: pay again if need be, watch it being delivered, go on to the panel. */
export function OrderProgress({ initial, source, isReturning }: { initial: Order; source: StripeSource; isReturning: boolean }) {
  const t = useTranslations("order");
  return (
    <LiveOrder initial={initial}>
      {(order) => (
        <div className="mx-auto max-w-2xl space-y-6">
          <Headline order={order} />
          {order.status === "awaiting_payment" ? <PayOrder order={order} source={source} isConfirming={isReturning} /> : null}
          {order.status === "expired" ? <Alert title={t("expiredHelp")} /> : null}
          {order.paid_at ? (
            <Card>
              <CardBody className="sm:py-8">
                <DeliverySteps order={order} />
                {order.status === "fulfilled" ? (
                  <div className="mt-8 flex flex-wrap items-start gap-3 border-t pt-6">
                    {order.items.some((item) => item.kind === "license" && item.status === "delivered") ? (
                      <OpenPanel target={{ order_id: order.id }} size="lg" />
                    ) : null}
                    <Button asChild variant="secondary" size="lg">
                      <Link href="/dashboard">{t("toPortal")}</Link>
                    </Button>
                  </div>
                ) : null}
              </CardBody>
            </Card>
          ) : null}
          <Receipt order={order} />
        </div>
      )}
    </LiveOrder>
  );
}

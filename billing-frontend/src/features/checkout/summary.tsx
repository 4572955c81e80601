"use client";

import { Card, CardBody, CardHeader } from "@nextpanel/ui/card";
import { Sum, SumRow } from "@nextpanel/ui/facts";
import { useLocale, useTranslations } from "use-intl/react";

import type { components } from "@/lib/billing-api";
import { formatMoney } from "@/lib/format";

export interface SummaryLine {
  key: string;
  title: string;
  note: string;
  amount: number;
}

interface SummaryProps {
  lines: SummaryLine[];
  subtotal: number;
  currency: string;
  /** The order, once there is one: from then on its figures count. */
  placed: components["schemas"]["OrderPlaced"] | null;
}

/** What is bought and what it comes to, always in sight on a wide screen. */
export function Summary({ lines, subtotal, currency, placed }: SummaryProps) {
  const t = useTranslations("checkout");
  const locale = useLocale();
  const money = (amount: number) => formatMoney(amount, currency, locale);
  const order = placed?.order;
  return (
    <Card className="max-lg:-order-1 lg:sticky lg:top-24" aria-labelledby="summary">
      <CardHeader title={t("summary")} id="summary" />
      <CardBody>
        <ul className="mb-5 space-y-4">
          {lines.map((line) => (
            <li key={line.key} className="flex justify-between gap-4 text-sm">
              <div className="min-w-0">
                <p className="font-medium [overflow-wrap:anywhere]">{line.title}</p>
                <p className="text-muted">{line.note}</p>
              </div>
              <p className="numeric">{money(line.amount)}</p>
            </li>
          ))}
        </ul>
        <Sum className="border-t pt-4">
          <SumRow label={t("subtotal")}>{money(order?.subtotal_amount ?? subtotal)}</SumRow>
          {order && order.discount_amount > 0 ? <SumRow label={t("discount")}>{money(-order.discount_amount)}</SumRow> : null}
          <SumRow label={t("tax")}>{order ? money(order.tax_amount) : t("taxNext")}</SumRow>
          <SumRow label={order ? t("total") : t("totalBefore")} strong>
            {money(order?.total_amount ?? subtotal)}
          </SumRow>
        </Sum>
        {order?.tax_note ? <p className="mt-3 text-xs text-muted">{order.tax_note}</p> : null}
      </CardBody>
    </Card>
  );
}

"use client";

import { Card, CardBody, CardHeader } from "@nextpanel/ui/card";
import { Sum, SumRow } from "@nextpanel/ui/facts";
import { useLocale, useTranslations } from "use-intl/react";

import type { Quote } from "@/features/cart/quote";
import { taxLabel } from "@/features/cart/tax-label";
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
  /** By the catalog; counts only while the API cannot say. */
  subtotal: number;
  currency: string;
  quote: Quote | null;
  /** The order, once there is one: from then on its figures count. */
  order: components["schemas"]["OrderOut"] | null;
}

/** What is bought and what it comes to, always in sight on a wide screen. */
export function Summary({ lines, subtotal, currency, quote, order }: SummaryProps) {
  const t = useTranslations("checkout");
  const locale = useLocale();
  const money = (amount: number) => formatMoney(amount, currency, locale);
  const sums = order ?? quote;
  const discount = sums?.discount_amount ?? 0;
  const tax = sums?.tax_amount ?? null;
  const note = order ? order.tax_note : quote?.tax.note;
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
          <SumRow label={t("subtotal")}>{money(sums ? sums.subtotal_amount + discount : subtotal)}</SumRow>
          {discount > 0 ? <SumRow label={t("discount")}>{money(-discount)}</SumRow> : null}
          <SumRow label={!order && quote ? taxLabel(quote.tax, t("tax"), locale) : t("tax")}>{tax === null ? t("taxNext") : money(tax)}</SumRow>
          <SumRow label={order ? t("total") : t("totalBefore")} strong>
            {money(sums?.total_amount ?? sums?.subtotal_amount ?? subtotal)}
          </SumRow>
        </Sum>
        {note ? <p className="mt-3 text-xs text-muted">{note}</p> : null}
      </CardBody>
    </Card>
  );
}

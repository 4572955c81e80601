import "server-only";

import { Badge } from "@nextpanel/ui/badge";
import Link from "next/link";

import { PAYMENT_TONES } from "@/features/shell/states";
import { locale, texts } from "@/i18n/server";
import type { components } from "@/lib/billing-api";
import { formatDay, formatMoney, toDecimal } from "@/lib/format";
import { need } from "@/server/api";

import type { Column, List } from "./list";

type Payment = components["schemas"]["OwnPayment"];

async function columns(): Promise<Column<Payment>[]> {
  const [t, language] = await Promise.all([texts("payments"), locale()]);
  return [
    {
      key: "date",
      title: t("date"),
      fixed: true,
      cell: (each) => formatDay(each.created_at, language),
      plain: (each) => each.created_at,
    },
    {
      key: "description",
      title: t("description"),
      cell: (each) => each.description ?? "–",
      plain: (each) => each.description ?? "",
      from: "md",
      grow: true,
    },
    {
      key: "status",
      title: t("status"),
      cell: (each) => <Badge tone={PAYMENT_TONES[each.status]}>{t(`state.${each.status}`)}</Badge>,
      plain: (each) => each.status,
    },
    {
      key: "method",
      title: t("method"),
      extra: true,
      cell: (each) => each.payment_method ?? "–",
      plain: (each) => each.payment_method ?? "",
    },
    {
      key: "invoice",
      title: t("invoice"),
      cell: (each) =>
        each.invoice_id ? (
          <Link href={`/invoices/${each.invoice_id}`} className="text-accent hover:underline">
            {t("toInvoice")}
          </Link>
        ) : (
          "–"
        ),
      plain: (each) => each.invoice_id ?? "",
      from: "sm",
    },
    {
      key: "refunded",
      title: t("refunded"),
      extra: true,
      cell: (each) => formatMoney(each.refunded_amount, each.currency, language),
      plain: (each) => toDecimal(each.refunded_amount, each.currency),
      align: "end",
    },
    {
      key: "amount",
      title: t("amount"),
      cell: (each) => formatMoney(each.amount, each.currency, language),
      plain: (each) => toDecimal(each.amount, each.currency),
      align: "end",
    },
    { key: "currency", title: t("currency"), extra: true, cell: (each) => each.currency, plain: (each) => each.currency },
  ];
}

export const PAYMENT_LIST: List<Payment> = {
  name: "payments",
  path: "/payments",
  states: [],
  load: (client, { limit, cursor }) => need(client.GET("/api/v1/payments", { params: { query: { limit, cursor } } })),
  columns,
};

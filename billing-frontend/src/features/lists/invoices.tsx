import "server-only";

import { Badge } from "@nextpanel/ui/badge";

import { INVOICE_TONES } from "@/features/shell/states";
import { locale, texts } from "@/i18n/server";
import type { components } from "@/lib/billing-api";
import { formatDay, formatMoney, toDecimal } from "@/lib/format";
import { need } from "@/server/api";

import type { Column, List } from "./list";

type Invoice = components["schemas"]["InvoiceOut"];

async function columns(): Promise<Column<Invoice>[]> {
  const [t, language] = await Promise.all([texts("invoices"), locale()]);
  const dayOf = (each: Invoice) => each.issued_at ?? each.created_at;
  const money = (key: string, title: string, amount: (each: Invoice) => number, more: Partial<Column<Invoice>> = {}): Column<Invoice> => ({
    key,
    title,
    cell: (each) => formatMoney(amount(each), each.currency, language),
    plain: (each) => toDecimal(amount(each), each.currency),
    align: "end",
    ...more,
  });
  return [
    {
      key: "number",
      title: t("number"),
      fixed: true,
      cell: (each) => (
        <span className="block max-sm:py-2">
          {each.number ?? t("draftNumber")}
          <span className="block font-normal text-muted sm:hidden">{formatDay(dayOf(each), language)}</span>
        </span>
      ),
      plain: (each) => each.number ?? "",
    },
    { key: "date", title: t("date"), cell: (each) => formatDay(dayOf(each), language), plain: dayOf, from: "sm" },
    {
      key: "status",
      title: t("status"),
      cell: (each) => <Badge tone={INVOICE_TONES[each.status]}>{t(`state.${each.status}`)}</Badge>,
      plain: (each) => each.status,
    },
    {
      key: "due_date",
      title: t("dueDate"),
      extra: true,
      cell: (each) => (each.due_date ? formatDay(each.due_date, language) : "–"),
      plain: (each) => each.due_date ?? "",
    },
    {
      key: "paid_at",
      title: t("paidOn"),
      extra: true,
      cell: (each) => (each.paid_at ? formatDay(each.paid_at, language) : "–"),
      plain: (each) => each.paid_at ?? "",
    },
    money("tax", t("tax"), (each) => each.tax_amount, { extra: true }),
    money("remaining", t("due"), (each) => each.amount_remaining, { extra: true }),
    money("amount", t("amount"), (each) => each.total_amount),
    { key: "currency", title: t("currency"), extra: true, cell: (each) => each.currency, plain: (each) => each.currency },
  ];
}

export const INVOICE_LIST: List<Invoice> = {
  name: "invoices",
  path: "/invoices",
  states: ["open", "paid", "void", "uncollectible"] satisfies Invoice["status"][],
  load: (client, { status, ...query }) =>
    need(client.GET("/api/v1/invoices", { params: { query: { ...query, status: status as Invoice["status"] | undefined } } })),
  columns,
  hrefOf: (each) => `/invoices/${each.id}`,
};

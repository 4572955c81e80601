import "server-only";

import { FileDown } from "lucide-react";
import Link from "next/link";

import { locale, texts } from "@/i18n/server";
import type { components } from "@/lib/billing-api";
import { formatDay, formatMoney, toDecimal } from "@/lib/format";
import { need } from "@/server/api";

import type { Column, List } from "./list";

type CreditNote = components["schemas"]["CreditNoteOut"];

async function columns(): Promise<Column<CreditNote>[]> {
  const [t, language] = await Promise.all([texts("creditNotes"), locale()]);
  return [
    { key: "number", title: t("number"), fixed: true, cell: (each) => each.number, plain: (each) => each.number },
    { key: "date", title: t("date"), cell: (each) => formatDay(each.created_at, language), plain: (each) => each.created_at, from: "sm" },
    {
      key: "invoice",
      title: t("invoice"),
      cell: (each) => (
        <Link href={`/invoices/${each.invoice_id}`} className="text-accent hover:underline">
          {t("toInvoice")}
        </Link>
      ),
      plain: (each) => each.invoice_id,
      from: "sm",
    },
    {
      key: "memo",
      title: t("memo"),
      extra: true,
      cell: (each) => each.memo ?? "–",
      plain: (each) => each.memo ?? "",
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
      cell: (each) => formatMoney(each.total_amount, each.currency, language),
      plain: (each) => toDecimal(each.total_amount, each.currency),
      align: "end",
    },
    { key: "currency", title: t("currency"), extra: true, cell: (each) => each.currency, plain: (each) => each.currency },
    {
      key: "pdf",
      title: t("pdf"),
      cell: (each) => (
        <a
          href={`/api/billing/api/v1/credit-notes/${each.id}/pdf`}
          download
          aria-label={t("pdfOf", { number: each.number })}
          className="inline-grid size-8 place-items-center rounded-control text-accent hover:bg-sunken"
        >
          <FileDown aria-hidden className="size-4" />
        </a>
      ),
      plain: (each) => each.id,
      align: "end",
    },
  ];
}

export const CREDIT_NOTE_LIST: List<CreditNote> = {
  name: "credit-notes",
  path: "/credit",
  states: [],
  load: (client, { limit, cursor }) => need(client.GET("/api/v1/credit-notes", { params: { query: { limit, cursor } } })),
  columns,
};

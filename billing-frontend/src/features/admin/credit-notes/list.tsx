import "server-only";

import { FileDown } from "lucide-react";

import { customer, money, state, text, time, word } from "../list/columns";
import { defineList } from "../list/config";

export const CREDIT_NOTES = defineList({
  name: "creditNotes",
  api: "/api/v1/admin/credit-notes",
  csv: "/api/v1/admin/credit-notes.csv",
  permission: "invoices:read",
  path: "/admin/credit-notes",
  filters: [
    { kind: "id", name: "user_id" },
    { kind: "search", name: "number" },
    { kind: "select", name: "status", values: ["issued", "void"] },
    { kind: "date", name: "since" },
    { kind: "date", name: "before" },
  ],
  hrefOf: (row) => `/admin/invoices/${row.invoice_id}`,
  columns: [
    text("number"),
    state("status"),
    text("invoice_number", { from: "lg" }),
    customer({ from: "md" }),
    word("reason", { from: "xl" }),
    text("memo", { isExtra: true }),
    money("total_amount"),
    money("refunded_amount", { from: "lg" }),
    money("tax_amount", { isExtra: true }),
    time("created_at", { from: "sm" }),
    time("voided_at", { isExtra: true }),
  ],
  actions: (row, f) => (
    <a
      href={`/api/staff/api/v1/admin/credit-notes/${row.id}/pdf`}
      download
      aria-label={`${f.word("pdf")} ${row.number}`}
      className="inline-grid size-8 place-items-center rounded-control text-muted hover:bg-sunken hover:text-ink"
    >
      <FileDown aria-hidden className="size-4" />
    </a>
  ),
});

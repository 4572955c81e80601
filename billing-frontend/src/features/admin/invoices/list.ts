import "server-only";

import { customer, money, state, text, time, word } from "../list/columns";
import { defineList } from "../list/config";

export const INVOICE_STATES = ["draft", "open", "paid", "void", "uncollectible"] as const;

export const INVOICES = defineList({
  name: "invoices",
  api: "/api/v1/admin/invoices",
  permission: "invoices:read",
  path: "/admin/invoices",
  csv: "/api/v1/admin/invoices.csv",
  filters: [
    { kind: "id", name: "user_id" },
    { kind: "id", name: "order_id" },
    { kind: "id", name: "subscription_id" },
    { kind: "search", name: "q" },
    { kind: "select", name: "status", values: INVOICE_STATES },
    { kind: "date", name: "since" },
    { kind: "date", name: "before" },
  ],
  hrefOf: (row) => `/admin/invoices/${row.id}`,
  columns: [
    text("number"),
    state("status"),
    word("billing_reason", { from: "xl" }),
    customer({ from: "md" }),
    money("total_amount"),
    money("amount_remaining", { from: "lg" }),
    money("tax_amount", { isExtra: true }),
    money("credited_amount", { isExtra: true }),
    time("created_at", { from: "md" }),
    time("due_date", { isExtra: true }),
    time("paid_at", { isExtra: true }),
    text("stripe_invoice_id", { isExtra: true }),
  ],
});

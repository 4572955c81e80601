import "server-only";

import { customer, money, state, text, time } from "../list/columns";
import { defineList } from "../list/config";

export const PAYMENTS = defineList({
  name: "payments",
  api: "/api/v1/admin/payments",
  permission: "invoices:read",
  path: "/admin/payments",
  csv: "/api/v1/admin/payments.csv",
  filters: [
    { kind: "id", name: "user_id" },
    { kind: "id", name: "invoice_id" },
    { kind: "id", name: "license_id" },
    { kind: "search", name: "q" },
    { kind: "select", name: "status", values: ["pending", "succeeded", "failed", "refunded"] },
    { kind: "date", name: "since" },
    { kind: "date", name: "before" },
  ],
  hrefOf: (row) => `/admin/payments/${row.id}`,
  columns: [
    money("amount", { align: undefined }),
    state("status"),
    text("description", { grow: true, from: "lg" }),
    text("payment_method", { isExtra: true }),
    customer({ from: "md" }),
    money("refunded_amount", { from: "lg" }),
    time("created_at"),
    text("stripe_payment_intent_id", { isExtra: true }),
  ],
});

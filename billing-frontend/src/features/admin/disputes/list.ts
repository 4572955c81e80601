import "server-only";

import { customer, idOf, money, state, time, word } from "../list/columns";
import { defineList } from "../list/config";

export const DISPUTES = defineList({
  name: "disputes",
  api: "/api/v1/admin/disputes",
  permission: "invoices:read",
  path: "/admin/disputes",
  csv: "/api/v1/admin/disputes.csv",
  filters: [
    { kind: "id", name: "user_id" },
    { kind: "select", name: "status", values: ["needs_response", "under_review", "won", "lost"] },
    { kind: "date", name: "since" },
    { kind: "date", name: "before" },
  ],
  hrefOf: (row) => (row.payment_id ? `/admin/payments/${row.payment_id}` : null),
  columns: [
    money("amount", { align: undefined }),
    state("status"),
    word("reason", { from: "md" }),
    customer({ from: "sm" }),
    idOf("order_id", "/admin/orders", { from: "lg" }),
    time("evidence_due_at", { from: "sm" }),
    time("created_at", { from: "lg" }),
  ],
});

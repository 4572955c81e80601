import "server-only";

import { customer, money, state, text, time } from "../list/columns";
import { defineList } from "../list/config";

export const ORDERS = defineList({
  name: "orders",
  api: "/api/v1/admin/orders",
  csv: "/api/v1/admin/orders.csv",
  permission: "orders:read",
  path: "/admin/orders",
  filters: [
    { kind: "id", name: "user_id" },
    { kind: "search", name: "q" },
    { kind: "select", name: "status", values: ["awaiting_payment", "paid", "fulfilled", "refunded", "expired"] },
    { kind: "date", name: "since" },
    { kind: "date", name: "before" },
  ],
  hrefOf: (row) => `/admin/orders/${row.id}`,
  columns: [
    text("number"),
    state("status"),
    customer({ from: "sm" }),
    money("total_amount"),
    money("refunded_amount", { isExtra: true }),
    text("coupon_code", { from: "lg" }),
    state("dispute_status", { isExtra: true }),
    time("created_at", { from: "md" }),
    time("paid_at", { isExtra: true }),
    time("fulfilled_at", { from: "xl" }),
  ],
});

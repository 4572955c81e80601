import "server-only";

import { code, customer, day, idOf, state, text, time, word, yes } from "../list/columns";
import { defineList } from "../list/config";

export const SUBSCRIPTIONS = defineList({
  name: "subscriptions",
  api: "/api/v1/admin/subscriptions",
  csv: "/api/v1/admin/subscriptions.csv",
  permission: "subscriptions:read",
  path: "/admin/subscriptions",
  filters: [
    { kind: "id", name: "user_id" },
    { kind: "search", name: "q" },
    { kind: "select", name: "status", values: ["incomplete", "trialing", "active", "past_due", "unpaid", "paused", "cancelled"] },
    { kind: "text", name: "plan" },
    { kind: "select", name: "cancel_at_period_end", values: [true, false] },
  ],
  hrefOf: (row) => `/admin/subscriptions/${row.id}`,
  columns: [
    word("plan"),
    state("status"),
    word("interval", { from: "sm" }),
    customer({ from: "md" }),
    yes("cancel_at_period_end", { from: "xl" }),
    word("cancel_reason", { isExtra: true }),
    text("coupon_code", { from: "xl" }),
    idOf("license_id", "/admin/licenses", { isExtra: true }),
    day("current_period_end"),
    day("suspends_at", { isExtra: true }),
    time("created_at", { from: "lg" }),
    code("stripe_subscription_id", { isExtra: true }),
  ],
});

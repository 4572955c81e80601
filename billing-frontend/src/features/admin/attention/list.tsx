import "server-only";

import { idOf, state, text, time, word } from "../list/columns";
import { defineList } from "../list/config";
import { StepActions } from "../orders/step-actions";

/** What waits for a decision: steps of orders that failed for good. */
export const ATTENTION = defineList({
  name: "attention",
  api: "/api/v1/admin/attention",
  permission: "orders:read",
  path: "/admin/attention",
  isLive: true,
  hrefOf: (row) => `/admin/attention/${row.id}`,
  columns: [
    word("kind"),
    state("status", { from: "md" }),
    text("error", { grow: true, from: "sm" }),
    idOf("order_id", "/admin/orders", { from: "lg" }),
    idOf("user_id", "/admin/customers", { from: "xl" }),
    text("attempts", { align: "end", from: "lg" }),
    time("finished_at", { from: "md" }),
  ],
  actions: (row) => <StepActions id={row.id} />,
});

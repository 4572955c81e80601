import "server-only";

import { code, count, state, text, time, word } from "../list/columns";
import { defineList } from "../list/config";

export const WEBHOOK_EVENTS = defineList({
  name: "webhookEvents",
  api: "/api/v1/admin/webhook-events",
  csv: "/api/v1/admin/webhook-events.csv",
  permission: "webhooks:read",
  path: "/admin/webhook-events",
  filters: [{ kind: "select", name: "status", values: ["received", "processed", "ignored", "failed"] }],
  hrefOf: (row) => `/admin/webhook-events/${row.id}`,
  columns: [
    code("event_type"),
    state("status"),
    word("source", { from: "lg" }),
    code("external_id", { from: "xl" }),
    count("attempts", { from: "md" }),
    text("error_message", { grow: true, from: "lg" }),
    time("created_at", { from: "sm" }),
    time("processed_at", { isExtra: true }),
    time("next_attempt_at", { isExtra: true }),
    code("api_version", { isExtra: true }),
  ],
});

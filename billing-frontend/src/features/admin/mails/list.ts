import "server-only";

import { count, idOf, state, text, time, word } from "../list/columns";
import { defineList } from "../list/config";

export const MAILS = defineList({
  name: "mails",
  api: "/api/v1/admin/mails",
  csv: "/api/v1/admin/mails.csv",
  permission: "mail:read",
  path: "/admin/mails",
  filters: [
    { kind: "id", name: "user_id" },
    { kind: "search", name: "to" },
    { kind: "select", name: "status", values: ["queued", "sending", "sent", "failed", "dead"] },
    { kind: "text", name: "template" },
    { kind: "date", name: "since" },
    { kind: "date", name: "before" },
  ],
  hrefOf: (row) => `/admin/mails/${row.id}`,
  columns: [
    text("subject", { grow: true }),
    state("status"),
    text("to_address", { from: "md" }),
    word("template", { from: "lg" }),
    idOf("user_id", "/admin/customers", { isExtra: true }),
    count("attempts", { from: "xl" }),
    text("last_error", { isExtra: true }),
    time("created_at", { from: "sm" }),
    time("sent_at", { isExtra: true }),
    time("next_attempt_at", { isExtra: true }),
  ],
});

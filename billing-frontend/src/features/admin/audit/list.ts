import "server-only";

import { code, text, time, word } from "../list/columns";
import { defineList } from "../list/config";

export const AUDIT = defineList({
  name: "audit",
  api: "/api/v1/admin/audit-entries",
  csv: "/api/v1/admin/audit-entries.csv",
  permission: "audit:read",
  path: "/admin/audit",
  filters: [
    { kind: "id", name: "actor_user_id" },
    { kind: "search", name: "action" },
    { kind: "select", name: "actor_kind", values: ["customer", "staff", "system"] },
    { kind: "text", name: "object_type" },
    { kind: "text", name: "object_id" },
    { kind: "date", name: "since" },
    { kind: "date", name: "before" },
  ],
  columns: [
    code("action"),
    { key: "actor_kind", cell: (row, f) => row.actor_email ?? f.word(row.actor_kind) },
    word("object_type", { from: "md" }),
    code("object_id", { from: "xl" }),
    { key: "after", grow: true, from: "lg", cell: (row) => (row.after ? JSON.stringify(row.after) : "–") },
    { key: "previously", isExtra: true, cell: (row) => (row.before ? JSON.stringify(row.before) : "–") },
    code("ip", { isExtra: true }),
    code("request_id", { isExtra: true }),
    text("actor_user_id", { isExtra: true }),
    time("created_at", { from: "sm" }),
  ],
});

import "server-only";

import { customer, day, state, text, time, word, yes } from "../list/columns";
import { defineList } from "../list/config";

export const LICENSES = defineList({
  name: "licenses",
  api: "/api/v1/admin/licenses",
  csv: "/api/v1/admin/licenses.csv",
  permission: "licenses:read",
  path: "/admin/licenses",
  filters: [
    { kind: "id", name: "user_id" },
    { kind: "search", name: "q" },
    { kind: "select", name: "status", values: ["active", "suspended", "expired", "cancelled"] },
    { kind: "text", name: "plan" },
    { kind: "date", name: "since" },
    { kind: "date", name: "before" },
  ],
  hrefOf: (row) => `/admin/licenses/${row.id}`,
  columns: [
    { key: "license_key", cell: (row) => <code className="font-mono text-xs">…-{row.last4}</code> },
    state("status"),
    word("plan", { from: "sm" }),
    customer({ from: "md" }),
    text("nextpanel_user_id", { isExtra: true }),
    yes("auto_renew", { from: "xl" }),
    word("suspended_reason", { from: "xl" }),
    day("expiry_date"),
    day("grace_until", { isExtra: true }),
    time("created_at", { from: "lg" }),
  ],
});

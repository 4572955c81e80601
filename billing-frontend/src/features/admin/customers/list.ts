import "server-only";

import { code, text, time } from "../list/columns";
import { defineList } from "../list/config";

export const CUSTOMERS = defineList({
  name: "customers",
  api: "/api/v1/admin/customers",
  csv: "/api/v1/admin/customers.csv",
  permission: "customers:read",
  path: "/admin/customers",
  filters: [
    { kind: "search", name: "q" },
    { kind: "text", name: "country" },
    { kind: "select", name: "is_active", values: [true, false] },
    { kind: "date", name: "since" },
    { kind: "date", name: "before" },
  ],
  hrefOf: (row) => `/admin/customers/${row.id}`,
  columns: [
    text("full_name"),
    text("email", { grow: true, from: "sm" }),
    text("company_name", { from: "lg" }),
    { key: "country", from: "md", cell: (row, f) => (row.country ? f.country(row.country) : "–") },
    { key: "is_active", from: "lg", cell: (row, f) => f.state(row.is_active ? "active" : "blocked") },
    time("created_at"),
    time("email_verified_at", { isExtra: true }),
    code("stripe_customer_id", { isExtra: true }),
  ],
});

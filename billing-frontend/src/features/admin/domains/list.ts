import "server-only";

import { code, count, customer, day, idOf, money, state, text, time, word, yes } from "../list/columns";
import { defineList } from "../list/config";

export const DOMAINS = defineList({
  name: "domains",
  api: "/api/v1/admin/domains",
  csv: "/api/v1/admin/domains.csv",
  permission: "domains:read",
  path: "/admin/domains",
  filters: [
    { kind: "id", name: "user_id" },
    { kind: "search", name: "q" },
    { kind: "select", name: "status", values: ["pending", "active", "expired", "redemption", "suspended", "transferred", "deleted"] },
    { kind: "select", name: "auto_renew", values: [true, false] },
    { kind: "day", name: "expires_before" },
  ],
  hrefOf: (row) => `/admin/domains/${row.id}`,
  columns: [
    text("domain_name"),
    state("status"),
    customer({ from: "md" }),
    word("registrar", { from: "xl" }),
    yes("auto_renew", { from: "lg" }),
    yes("is_premium", { isExtra: true }),
    idOf("license_id", "/admin/licenses", { isExtra: true }),
    day("registration_date", { isExtra: true }),
    day("expiry_date", { from: "sm" }),
    time("synced_at", { isExtra: true }),
    time("created_at", { from: "xl" }),
  ],
});

export const OPERATIONS = defineList({
  name: "registrarOperations",
  api: "/api/v1/admin/registrar-operations",
  csv: "/api/v1/admin/registrar-operations.csv",
  permission: "domains:read",
  path: "/admin/registrar-operations",
  filters: [
    { kind: "id", name: "user_id" },
    { kind: "search", name: "domain_name" },
    { kind: "select", name: "state", values: ["planned", "sent", "confirmed", "refused", "unknown"] },
    { kind: "select", name: "operation", values: ["register", "renew", "transfer", "reactivate"] },
    { kind: "date", name: "since" },
    { kind: "date", name: "before" },
  ],
  columns: [
    text("domain_name"),
    word("operation"),
    state("state"),
    count("years", { from: "lg" }),
    customer({ from: "md" }),
    word("registrar", { isExtra: true }),
    text("last_error", { grow: true, from: "xl" }),
    code("last_error_code", { isExtra: true }),
    count("attempts", { from: "lg" }),
    money("expected_cost_amount", { from: "lg" }),
    { key: "charged_amount", align: "end", isExtra: true, cell: (row, f) => (row.charged_amount === null ? "–" : f.money(row.charged_amount, row.currency)) },
    code("registrar_order_id", { isExtra: true }),
    code("registrar_transaction_id", { isExtra: true }),
    time("sent_at", { isExtra: true }),
    time("accepted_at", { isExtra: true }),
    time("created_at", { from: "sm" }),
  ],
});

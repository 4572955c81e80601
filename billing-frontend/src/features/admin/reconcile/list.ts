import "server-only";

import { code, count, state, text, time, word, yes } from "../list/columns";
import { defineList } from "../list/config";

export const RECONCILE_RUNS = defineList({
  name: "reconcileRuns",
  api: "/api/v1/admin/reconcile-runs",
  permission: "reports:read",
  path: "/admin/reconcile",
  hrefOf: (row) => `/admin/reconcile/${row.id}`,
  columns: [
    time("started_at", { align: undefined }),
    state("status"),
    count("finding_count"),
    count("repaired_count", { from: "sm" }),
    word("started_by", { from: "md" }),
    text("error", { grow: true, from: "lg" }),
    time("since", { from: "lg" }),
    time("finished_at", { from: "md" }),
  ],
});

/** What one run found. */
export function findingsOf(runId: string) {
  return defineList({
    name: "reconcileFindings",
    api: "/api/v1/admin/reconcile-runs/{run_id}/findings",
    at: { run_id: runId },
    permission: "reports:read",
    path: `/admin/reconcile/${runId}`,
    filters: [
      { kind: "select", name: "list", values: ["only_there", "only_here", "different"] },
      { kind: "select", name: "kind", values: ["subscription", "invoice", "payment", "refund", "panel_account", "ledger"] },
      { kind: "select", name: "is_repaired", values: [true, false] },
    ],
    columns: [
      word("object_kind"),
      state("list"),
      code("external_id", { from: "lg" }),
      code("local_id", { isExtra: true }),
      { key: "detail", grow: true, from: "md", cell: (row) => JSON.stringify(row.detail) },
      text("outcome", { from: "md" }),
      yes("is_repaired"),
      time("created_at", { isExtra: true }),
    ],
  });
}

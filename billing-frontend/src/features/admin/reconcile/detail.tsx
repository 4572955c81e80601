import "server-only";

import { Alert } from "@nextpanel/ui/alert";

import { api, need } from "@/server/api";

import { Detail } from "../detail";
import { Code, Facts } from "../details";
import { formats } from "../formats";
import type { SearchParams } from "../list/address";
import { ListView } from "../list/list-view";
import { RECONCILE_RUNS, findingsOf } from "./list";

export async function ReconcileRun({ id, params }: { id: string; params: SearchParams }) {
  const client = await api();
  const [run, f] = await Promise.all([
    need(client.GET("/api/v1/admin/reconcile-runs/{run_id}", { params: { path: { run_id: id } } })),
    formats(),
  ]);
  const compared = Object.entries(run.compared).map(([kind, count]) => `${f.word(kind)} ${f.number(Number(count))}`);
  return (
    <Detail
      list={RECONCILE_RUNS}
      title={f.time(run.started_at)}
      badge={f.state(run.status)}
      aside={
        <Facts
          facts={{
            finding_count: f.number(run.finding_count),
            repaired_count: f.number(run.repaired_count),
            compared: <span className="whitespace-pre-line font-normal">{compared.join("\n")}</span>,
            started_by: f.word(run.started_by),
            since: f.time(run.since),
            finished_at: f.time(run.finished_at),
            id: <Code>{run.id}</Code>,
          }}
        />
      }
    >
      {run.error ? <Alert tone="bad">{run.error}</Alert> : null}
      <div>
        <ListView config={findingsOf(id)} params={params} />
      </div>
    </Detail>
  );
}

import "server-only";

import { Section, WorkTitle } from "@nextpanel/ui/detail-page";

import { api, need } from "@/server/api";

import { formats } from "../formats";
import { AutoRefresh } from "../frame/auto-refresh";
import { adminTexts } from "../texts";

/** Whether every part of the system does its work, as it says itself. */
export async function HealthPage() {
  const client = await api();
  const [health, f, t] = await Promise.all([need(client.GET("/api/v1/admin/system-health")), formats(), adminTexts("health")]);
  const bad = health.checks.filter((check) => !check.ok);
  return (
    <>
      <WorkTitle title={t("title")} description={t("help")} badge={f.state(health.ok ? "ok" : "failed")} />
      <p className="mb-4 text-sm text-muted">
        {health.ok ? t("allGood") : t("someBad", { count: bad.length })} {t("checked")} {f.time(health.checked_at)}
      </p>
      <Section title={t("checks")}>
        <ul className="divide-y text-sm">
          {[...bad, ...health.checks.filter((check) => check.ok)].map((check) => (
            <li key={check.name} className="grid gap-x-4 gap-y-1 px-4 py-2.5 sm:grid-cols-[14rem_minmax(0,1fr)_auto] sm:items-center">
              <span className="font-medium">{f.word(check.name)}</span>
              <span className="text-muted [overflow-wrap:anywhere] sm:order-none">{check.detail}</span>
              <span>{f.state(check.ok ? "ok" : "failed")}</span>
            </li>
          ))}
        </ul>
      </Section>
      <AutoRefresh seconds={15} />
    </>
  );
}

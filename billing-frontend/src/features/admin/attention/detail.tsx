import "server-only";

import { Alert } from "@nextpanel/ui/alert";
import { Section } from "@nextpanel/ui/detail-page";
import { Timeline, TimelineEntry } from "@nextpanel/ui/timeline";
import { Check, CircleAlert } from "lucide-react";

import { api, need } from "@/server/api";

import { Detail } from "../detail";
import { Code, Document, Facts, IdLink } from "../details";
import { formats } from "../formats";
import { StepActions } from "../orders/step-actions";
import { adminTexts } from "../texts";
import { ATTENTION } from "./list";

export async function StepPage({ id }: { id: string }) {
  const client = await api();
  const [step, f, t] = await Promise.all([
    need(client.GET("/api/v1/admin/steps/{step_id}", { params: { path: { step_id: id } } })),
    formats(),
    adminTexts("step"),
  ]);
  const attempts = [...(step.history ?? [])].reverse();
  return (
    <Detail
      list={ATTENTION}
      title={f.word(step.kind)}
      badge={f.state(step.status)}
      actions={step.status === "needs_attention" ? <StepActions id={id} /> : null}
      aside={
        <Facts
          facts={{
            order_id: <IdLink base="/admin/orders" id={step.order_id} />,
            user_id: <IdLink base="/admin/customers" id={step.user_id} />,
            attempts: f.number(step.attempts),
            failures: f.number(step.failures),
            error_code: <Code>{step.error_code}</Code>,
            started_at: f.time(step.started_at),
            next_attempt_at: f.time(step.next_attempt_at),
            finished_at: f.time(step.finished_at),
            id: <Code>{step.id}</Code>,
          }}
        />
      }
    >
      {step.error ? (
        <Alert tone={step.status === "needs_attention" ? "bad" : "info"} title={t("stopped")}>
          {step.error}
        </Alert>
      ) : null}
      <Section title={t("attempts")}>
        <Timeline label={t("attempts")}>
          {attempts.map((attempt) => (
            <TimelineEntry
              key={attempt.number}
              icon={attempt.error ? <CircleAlert /> : <Check />}
              tone={attempt.error ? "bad" : "good"}
              title={t("attempt", { number: attempt.number, outcome: f.word(attempt.outcome ?? "running") })}
              time={f.time(attempt.started_at)}
            >
              {attempt.error}
              {attempt.error_code ? <code className="block text-xs">{attempt.error_code}</code> : null}
            </TimelineEntry>
          ))}
        </Timeline>
      </Section>
      {step.result ? (
        <Section title={t("result")}>
          <Document name={step.kind} value={step.result} />
        </Section>
      ) : null}
    </Detail>
  );
}

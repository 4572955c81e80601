import "server-only";

import { Alert } from "@nextpanel/ui/alert";
import { Section } from "@nextpanel/ui/detail-page";

import { api, need } from "@/server/api";

import { Action } from "../action/action";
import { Detail } from "../detail";
import { Code, Document, Facts } from "../details";
import { formats } from "../formats";
import { adminTexts } from "../texts";
import { WEBHOOK_EVENTS } from "./list";

export async function WebhookEventPage({ id }: { id: string }) {
  const client = await api();
  const at = { event_id: id };
  const [event, f, t] = await Promise.all([
    need(client.GET("/api/v1/admin/webhook-events/{event_id}", { params: { path: at } })),
    formats(),
    adminTexts("webhook"),
  ]);
  return (
    <Detail
      list={WEBHOOK_EVENTS}
      title={event.event_type}
      badge={f.state(event.status)}
      actions={
        <Action config={{ name: "replayEvent", method: "post", api: "/api/v1/admin/webhook-events/{event_id}/replay", at, permission: "webhooks:replay" }} />
      }
      aside={
        <Facts
          facts={{
            source: f.word(event.source),
            external_id: <Code>{event.external_id}</Code>,
            api_version: <Code>{event.api_version}</Code>,
            attempts: f.number(event.attempts),
            created_at: f.time(event.created_at),
            processed_at: f.time(event.processed_at),
            next_attempt_at: f.time(event.next_attempt_at),
            id: <Code>{event.id}</Code>,
          }}
        />
      }
    >
      {event.error_message ? (
        <Alert tone="bad" title={t("failed")}>
          {event.error_message}
        </Alert>
      ) : null}
      <Section title={t("payload")}>
        <Document name={event.event_type} value={event.payload} />
      </Section>
    </Detail>
  );
}

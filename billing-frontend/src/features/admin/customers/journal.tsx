import "server-only";

import { Section } from "@nextpanel/ui/detail-page";
import type { Tone } from "@nextpanel/ui/badge";
import { Timeline, TimelineEntry } from "@nextpanel/ui/timeline";
import { Banknote, Mail, Package, PenLine, Receipt, StickyNote, Undo2 } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

import type { components } from "@/lib/billing-api";
import { api, need } from "@/server/api";

import { Action } from "../action/action";
import { formats, toneOf } from "../formats";
import { may, staff } from "../staff";
import { adminTexts } from "../texts";

type Happening = components["schemas"]["Happening"];

const KINDS: Record<Happening["kind"], { icon: ReactNode; path: string | null }> = {
  audit: { icon: <PenLine />, path: null },
  order: { icon: <Package />, path: "/admin/orders" },
  invoice: { icon: <Receipt />, path: "/admin/invoices" },
  payment: { icon: <Banknote />, path: "/admin/payments" },
  refund: { icon: <Undo2 />, path: null },
  mail: { icon: <Mail />, path: "/admin/mails" },
  note: { icon: <StickyNote />, path: null },
};

const PART = 25;

async function Entry({ entry }: { entry: Happening }) {
  const f = await formats();
  const { icon, path } = KINDS[entry.kind];
  const tone: Tone = entry.status ? toneOf(entry.status) : "neutral";
  const title = entry.kind === "audit" ? <code className="font-mono text-xs">{entry.title}</code> : entry.title;
  const notes = [f.word(entry.kind), entry.status ? f.word(entry.status) : null, entry.amount !== null && entry.currency ? f.money(entry.amount, entry.currency) : null];
  return (
    <TimelineEntry
      icon={icon}
      tone={tone}
      time={f.time(entry.at)}
      title={
        path ? (
          <Link href={`${path}/${entry.id}`} className="rounded-control hover:text-accent hover:underline">
            {title}
          </Link>
        ) : (
          title
        )
      }
    >
      {notes.filter(Boolean).join(" · ")}
    </TimelineEntry>
  );
}

/** Everything that happened with a customer, the newest first, from `cursor` on. */
export async function CustomerTimeline({ userId, cursor }: { userId: string; cursor?: string }) {
  const client = await api();
  const params = { path: { user_id: userId }, query: { limit: PART, cursor } };
  const [page, t] = await Promise.all([need(client.GET("/api/v1/admin/customers/{user_id}/timeline", { params })), adminTexts("customer")]);
  return (
    <Section title={t("timeline")}>
      {page.items.length === 0 ? (
        <p className="p-4 text-sm text-muted">{t("noTimeline")}</p>
      ) : (
        <Timeline label={t("timeline")}>
          {page.items.map((entry) => (
            <Entry key={`${entry.kind}-${entry.id}`} entry={entry} />
          ))}
        </Timeline>
      )}
      {page.next_cursor ? (
        <p className="border-t px-4 py-2.5 text-right text-sm">
          <Link
            href={`/admin/customers/${userId}?cursor=${encodeURIComponent(page.next_cursor)}`}
            className="rounded-control font-medium text-accent hover:underline"
          >
            {t("earlier")}
          </Link>
        </p>
      ) : null}
    </Section>
  );
}

/** What colleagues should know about a customer. */
export async function Notes({ userId }: { userId: string }) {
  const client = await api();
  const at = { user_id: userId };
  const [page, f, t, me, mayWrite] = await Promise.all([
    need(client.GET("/api/v1/admin/customers/{user_id}/notes", { params: { path: at, query: { limit: PART } } })),
    formats(),
    adminTexts("customer"),
    staff(),
    may("notes:write"),
  ]);
  return (
    <Section
      title={t("notes")}
      actions={
        <Action
          config={{
            name: "addNote",
            method: "post",
            api: "/api/v1/admin/customers/{user_id}/notes",
            at,
            permission: "notes:write",
            fields: [{ kind: "textarea", name: "body", isRequired: true, most: 5000 }],
          }}
        />
      }
    >
      {page.items.length === 0 ? <p className="p-4 text-sm text-muted">{t("noNote")}</p> : null}
      <ul className="divide-y text-sm">
        {page.items.map((note) => (
          <li key={note.id} className="space-y-1.5 px-4 py-3">
            <p className="whitespace-pre-line [overflow-wrap:anywhere]">{note.body}</p>
            <div className="flex items-center justify-between gap-4 text-xs text-muted">
              <span>
                {note.author_name} · {f.time(note.created_at)}
              </span>
              {mayWrite && note.author_id === me.id ? (
                <Action
                  config={{
                    name: "deleteNote",
                    method: "delete",
                    api: "/api/v1/admin/customers/{user_id}/notes/{note_id}",
                    at: { ...at, note_id: note.id },
                    permission: "notes:write",
                    variant: "ghost",
                  }}
                />
              ) : null}
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}

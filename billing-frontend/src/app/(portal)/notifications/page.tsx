import { Card } from "@nextpanel/ui/card";
import { cn } from "@nextpanel/ui/lib/cn";
import { EmptyState, PageHeader } from "@nextpanel/ui/page";
import { Bell } from "lucide-react";
import type { Metadata } from "next";

import { NotificationLink, ReadAll } from "@/features/notifications/notification-actions";
import { notificationValues } from "@/features/notifications/values";
import { Pager } from "@/features/shell/pager";
import { ClientTexts } from "@/i18n/client-texts";
import { locale, texts } from "@/i18n/server";
import type { components } from "@/lib/billing-api";
import { safeNext } from "@/lib/next-path";
import { api, need } from "@/server/api";

type Notification = components["schemas"]["NotificationOut"];
type Props = { searchParams: Promise<{ cursor?: string }> };

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await texts("notifications"))("title") };
}

async function Item({ notification }: { notification: Notification }) {
  const [t, language] = await Promise.all([texts("notifications"), locale()]);
  const { id, kind, path, read_at: readAt } = notification;
  const text = t(`kind.${kind}`, notificationValues(notification.data, language));
  const when = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" }).format(new Date(notification.created_at));
  return (
    <li className="relative flex items-start gap-4 border-b px-5 py-4 text-sm last:border-0 hover:bg-sunken/60 sm:px-6">
      <span aria-hidden className={cn("mt-1.5 size-2 shrink-0 rounded-full", readAt ? "bg-line" : "bg-accent")} />
      <div className="min-w-0 flex-1">
        {readAt ? null : <span className="sr-only">{t("unread")} </span>}
        {path ? (
          <NotificationLink id={id} path={safeNext(path)} isRead={readAt !== null}>
            {text}
          </NotificationLink>
        ) : (
          <p className="font-medium [overflow-wrap:anywhere]">{text}</p>
        )}
        <p className="numeric mt-0.5 text-muted">{t("at", { time: when })}</p>
      </div>
    </li>
  );
}

export default async function NotificationsPage({ searchParams }: Props) {
  const [t, { cursor }] = await Promise.all([texts("notifications"), searchParams]);
  const page = await need((await api()).GET("/api/v1/notifications", { params: { query: { limit: 20, cursor } } }));
  return (
    <ClientTexts namespaces={["notifications"]}>
      <PageHeader title={t("title")} description={t("count", { count: page.unread_count })} actions={page.unread_count > 0 ? <ReadAll /> : null} />
      <Card className="overflow-hidden">
        {page.items.length === 0 ? (
          <EmptyState icon={<Bell />} title={t("empty")}>
            {t("emptyHelp")}
          </EmptyState>
        ) : (
          <ul>
            {page.items.map((each) => (
              <Item key={each.id} notification={each} />
            ))}
          </ul>
        )}
      </Card>
      <Pager path="/notifications" next={page.next_cursor ?? null} />
    </ClientTexts>
  );
}

"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl/react";

import { ActionButton } from "@/features/shell/action-button";
import { browserApi, done } from "@/lib/browser-api";

export function ReadAll() {
  const t = useTranslations("notifications");
  return (
    <ActionButton variant="secondary" act={() => done(browserApi.POST("/api/v1/notifications/read-all"))}>
      {t("readAll")}
    </ActionButton>
  );
}

/** Leads to what it is about, and marks it read on the way; that it could not be marked is no reason to stay. */
export function NotificationLink({ id, path, isRead, children }: { id: string; path: string; isRead: boolean; children: ReactNode }) {
  const read = () => {
    if (isRead) return;
    const params = { path: { notification_id: id } };
    done(browserApi.POST("/api/v1/notifications/{notification_id}/read", { params, keepalive: true })).catch(() => null);
  };
  return (
    <Link href={path} onClick={read} className="font-medium [overflow-wrap:anywhere] after:absolute after:inset-0">
      {children}
    </Link>
  );
}

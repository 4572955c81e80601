"use client";

import { useTranslations } from "use-intl/react";

import { ActionButton } from "@/features/shell/action-button";
import { browserApi, done, postAuth } from "@/lib/browser-api";

/** Ends one other session. */
export function EndSession({ id }: { id: string }) {
  const t = useTranslations("profile");
  const params = { path: { session_id: id } };
  return (
    <ActionButton size="sm" variant="secondary" act={() => done(browserApi.DELETE("/api/v1/me/sessions/{session_id}", { params }))}>
      {t("endSession")}
    </ActionButton>
  );
}

/** Ends all sessions, this one too. */
export function EndAllSessions() {
  const t = useTranslations("profile");
  const end = async () => {
    await postAuth("logout-all", {});
    // eslint-disable-next-line @next/next/no-location-assign-relative-destination -- a whole new page, so that nothing of this account stays in memory
    location.assign("/login");
  };
  return (
    <ActionButton variant="danger" size="sm" act={end}>
      {t("endAll")}
    </ActionButton>
  );
}

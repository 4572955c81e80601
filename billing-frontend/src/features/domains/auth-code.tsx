"use client";

import { useTranslations } from "use-intl/react";

import { Reveal } from "@/features/shell/reveal";
import { browserApi, done } from "@/lib/browser-api";

/** The code that moves the domain elsewhere, after the password. */
export function AuthCode({ id }: { id: string }) {
  const t = useTranslations("domains");
  const load = async (password: string) => {
    const params = { path: { domain_id: id } };
    const answer = await done(browserApi.POST("/api/v1/domains/{domain_id}/auth-code", { params, body: { current_password: password } }));
    return answer.auth_code;
  };
  return <Reveal label={t("authShow")} title={t("authCode")} help={t("authHelp")} doneHelp={t("authDone")} submitLabel={t("authShow")} load={load} />;
}

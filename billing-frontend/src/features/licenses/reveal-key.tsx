"use client";

import { useTranslations } from "use-intl/react";

import { Reveal } from "@/features/shell/reveal";
import { postAuth } from "@/lib/browser-api";

/** The license key by its end, and the whole of it after the password. */
export function RevealKey({ licenseId, last4 }: { licenseId: string; last4: string }) {
  const t = useTranslations("licenses");
  const load = async (password: string) => {
    const answer = await postAuth<{ license_key: string }>("reveal", { license_id: licenseId, password });
    return answer.license_key;
  };
  return (
    <span className="inline-flex flex-wrap items-center gap-3">
      <code className="font-mono">NP-····-····-{last4}</code>
      <Reveal label={t("reveal")} title={t("revealTitle")} help={t("revealHelp")} doneHelp={t("revealDone")} submitLabel={t("show")} load={load} />
    </span>
  );
}

"use client";

import { Alert } from "@nextpanel/ui/alert";
import { Button } from "@nextpanel/ui/button";
import { Field } from "@nextpanel/ui/field";
import { Textarea } from "@nextpanel/ui/input";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl/react";

import { ProblemAlert } from "@/features/account/problem-alert";
import { browserApi, done } from "@/lib/browser-api";
import { useAttempt } from "@/lib/use-attempt";

/** Which servers answer for the domain; none named means the registrar's own. */
export function NameserversForm({ id, initial }: { id: string; initial: string[] }) {
  const t = useTranslations("domains");
  const router = useRouter();
  const [saved, setSaved] = useState(false);
  const { pending, error, attempt } = useAttempt();
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get("nameservers") ?? "");
    const nameservers = text.toLowerCase().split(/[\s,;]+/).filter(Boolean);
    setSaved(false);
    void attempt(async () => {
      await done(browserApi.PUT("/api/v1/domains/{domain_id}/nameservers", { params: { path: { domain_id: id } }, body: { nameservers } }));
      setSaved(true);
      router.refresh();
    });
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      <Field label={t("nameservers")} hint={t("nameserversHint")}>
        {(control) => (
          <Textarea {...control} name="nameservers" defaultValue={initial.join("\n")} rows={4} maxLength={2000} spellCheck={false} autoCapitalize="none" className="max-w-md font-mono" />
        )}
      </Field>
      <ProblemAlert error={error} title={t("notSaved")} />
      {saved ? <Alert tone="good">{t("nameserversSaved")}</Alert> : null}
      <Button type="submit" variant="secondary" pending={pending}>
        {t("nameserversSave")}
      </Button>
    </form>
  );
}

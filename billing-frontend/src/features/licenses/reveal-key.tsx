"use client";

import { Button } from "@nextpanel/ui/button";
import { Dialog } from "@nextpanel/ui/dialog";
import { Field } from "@nextpanel/ui/field";
import { Input } from "@nextpanel/ui/input";
import { Check, Copy, Eye } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl/react";

import { ProblemAlert } from "@/features/account/problem-alert";
import { postAuth } from "@/lib/browser-api";
import { useAttempt } from "@/lib/use-attempt";

/** Shows the license key to whoever enters the password again, and only until the dialog closes. */
export function RevealKey({ licenseId, last4 }: { licenseId: string; last4: string }) {
  const t = useTranslations("licenses");
  const common = useTranslations("common");
  const [open, setOpen] = useState(false);
  const [key, setKey] = useState<string | null>(null);
  const { pending, error, attempt, forget } = useAttempt();
  const [copied, setCopied] = useState(false);

  function change(next: boolean) {
    setOpen(next);
    setKey(null);
    forget();
    setCopied(false);
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const password = new FormData(event.currentTarget).get("password");
    void attempt(async () => {
      const answer = await postAuth<{ license_key: string }>("reveal", { license_id: licenseId, password });
      setKey(answer.license_key);
    });
  }

  return (
    <>
      <span className="inline-flex flex-wrap items-center gap-3">
        <code className="font-mono">NP-····-····-{last4}</code>
        <Button variant="secondary" size="sm" onClick={() => change(true)}>
          <Eye aria-hidden /> {t("reveal")}
        </Button>
      </span>
      <Dialog open={open} onOpenChange={change} title={t("revealTitle")} description={key ? t("revealDone") : t("revealHelp")} closeLabel={common("close")}>
        {key ? (
          <div className="flex flex-wrap items-center gap-3">
            <code className="flex-1 select-all rounded-control bg-sunken px-4 py-3 text-center font-mono text-base">{key}</code>
            <Button
              variant="secondary"
              onClick={() => navigator.clipboard.writeText(key).then(() => setCopied(true), () => setCopied(false))}
            >
              {copied ? <Check aria-hidden /> : <Copy aria-hidden />} {copied ? common("copied") : common("copy")}
            </Button>
          </div>
        ) : (
          <form onSubmit={submit} className="space-y-4">
            <ProblemAlert error={error} />
            <Field label={t("password")}>
              {(control) => <Input {...control} name="password" type="password" autoComplete="current-password" required />}
            </Field>
            <Button type="submit" className="w-full" pending={pending}>
              {t("show")}
            </Button>
          </form>
        )}
      </Dialog>
    </>
  );
}

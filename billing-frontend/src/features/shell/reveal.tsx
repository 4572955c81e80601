"use client";

import { Button } from "@nextpanel/ui/button";
import { Dialog } from "@nextpanel/ui/dialog";
import { Field } from "@nextpanel/ui/field";
import { Input } from "@nextpanel/ui/input";
import { Eye } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl/react";

import { ProblemAlert } from "@/features/account/problem-alert";
import { useAttempt } from "@/lib/use-attempt";

import { Secret } from "./secret";

interface RevealProps {
  label: string;
  title: string;
  help: string;
  /** What to know about it once it is seen. */
  doneHelp: string;
  submitLabel: string;
  load: (password: string) => Promise<string>;
}

/** Shows a secret to whoever enters the password again, and only until the dialog closes. */
export function Reveal({ label, title, help, doneHelp, submitLabel, load }: RevealProps) {
  const t = useTranslations("common");
  const [open, setOpen] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const { pending, error, attempt, forget } = useAttempt();

  function change(next: boolean) {
    setOpen(next);
    setSecret(null);
    forget();
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const password = String(new FormData(event.currentTarget).get("password") ?? "");
    void attempt(async () => setSecret(await load(password)));
  }

  return (
    <>
      <Button variant="secondary" size="sm" onClick={() => change(true)}>
        <Eye aria-hidden /> {label}
      </Button>
      <Dialog open={open} onOpenChange={change} title={title} description={secret ? doneHelp : help} closeLabel={t("close")}>
        {secret ? (
          <Secret value={secret} />
        ) : (
          <form onSubmit={submit} className="space-y-4">
            <ProblemAlert error={error} />
            <Field label={t("password")}>
              {(control) => <Input {...control} name="password" type="password" autoComplete="current-password" required />}
            </Field>
            <Button type="submit" className="w-full" pending={pending}>
              {submitLabel}
            </Button>
          </form>
        )}
      </Dialog>
    </>
  );
}

"use client";

import { Button } from "@nextpanel/ui/button";
import { Dialog } from "@nextpanel/ui/dialog";
import { Field } from "@nextpanel/ui/field";
import { Input } from "@nextpanel/ui/input";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useTranslations } from "use-intl/react";

import { ProblemAlert } from "@/features/account/problem-alert";
import { type Contact, toRegistrant } from "@/features/checkout/contact";
import { ContactForm } from "@/features/checkout/contact-form";
import { browserApi, done } from "@/lib/browser-api";
import { useAttempt } from "@/lib/use-attempt";

/** Changes whom the registry knows as owner; the other contacts follow. */
export function EditContacts({ id, contact, email }: { id: string; contact: Contact; email: string }) {
  const t = useTranslations("domains");
  const common = useTranslations("common");
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [address, setAddress] = useState(email);
  const { pending, error, attempt, forget } = useAttempt();
  const change = (next: boolean) => {
    forget();
    setOpen(next);
  };
  const save = (values: Contact) =>
    void attempt(async () => {
      const body = { registrant: toRegistrant(values, address) };
      await done(browserApi.PUT("/api/v1/domains/{domain_id}/contacts", { params: { path: { domain_id: id } }, body }));
      setOpen(false);
      router.refresh();
    });
  return (
    <>
      <Button variant="secondary" size="sm" onClick={() => change(true)}>
        {t("contactsEdit")}
      </Button>
      <Dialog open={open} onOpenChange={change} title={t("contactsTitle")} description={t("contactsHelp")} closeLabel={common("close")}>
        <div className="space-y-4">
          <ProblemAlert error={error} title={t("notSaved")} />
          <Field label={t("contactsEmail")} hint={t("contactsEmailHint")}>
            {(control) => <Input {...control} type="email" autoComplete="email" value={address} onChange={(event) => setAddress(event.target.value)} />}
          </Field>
          <ContactForm initial={contact} withDomain draft={false} pending={pending} submitLabel={t("contactsSave")} onSubmit={save} />
        </div>
      </Dialog>
    </>
  );
}

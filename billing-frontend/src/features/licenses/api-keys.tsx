"use client";

import { Alert } from "@nextpanel/ui/alert";
import { Button } from "@nextpanel/ui/button";
import { Dialog } from "@nextpanel/ui/dialog";
import { Field } from "@nextpanel/ui/field";
import { Input, Select } from "@nextpanel/ui/input";
import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl/react";

import { ProblemAlert } from "@/features/account/problem-alert";
import { ActionDialog } from "@/features/shell/action-dialog";
import { Secret } from "@/features/shell/secret";
import type { components } from "@/lib/billing-api";
import { browserApi, done } from "@/lib/browser-api";
import { useAttempt } from "@/lib/use-attempt";

type Permission = components["schemas"]["KeyPermission"];

const PERMISSIONS: Permission[] = ["license:validate", "usage:write"];
const DAY_MILLISECONDS = 24 * 3600 * 1000;
/** How long a key may live, in days; without an end when empty. */
const LIFETIMES = ["", "30", "90", "365"] as const;

function keyOf(form: FormData): components["schemas"]["ApiKeyIn"] {
  const days = Number(form.get("lifetime"));
  return {
    name: String(form.get("name") ?? "").trim(),
    permissions: PERMISSIONS.filter((each) => form.getAll("permissions").includes(each)),
    expires_at: days ? new Date(Date.now() + days * DAY_MILLISECONDS).toISOString() : null,
  };
}

function KeyForm({ licenseId, onMade }: { licenseId: string; onMade: (secret: string) => void }) {
  const t = useTranslations("licenses");
  const [formKey] = useState(() => crypto.randomUUID());
  const { pending, error, attempt } = useAttempt();
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const body = keyOf(new FormData(event.currentTarget));
    void attempt(async () => {
      const params = { path: { license_id: licenseId }, header: { "Idempotency-Key": formKey } };
      const made = await done(browserApi.POST("/api/v1/licenses/{license_id}/api-keys", { params, body }));
      onMade(made.secret);
    });
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      <ProblemAlert error={error} title={t("keyNotMade")} />
      <Field label={t("keyName")} hint={t("keyNameHint")}>
        {(control) => <Input {...control} name="name" required maxLength={100} autoComplete="off" />}
      </Field>
      <fieldset className="space-y-1">
        <legend className="mb-1.5 text-sm font-medium">{t("keyMay")}</legend>
        {PERMISSIONS.map((each) => (
          <label key={each} className="flex min-h-8 items-center gap-2.5 text-sm">
            <input type="checkbox" name="permissions" value={each} defaultChecked className="size-4 accent-accent" />
            {t(`permission.${each}`)}
          </label>
        ))}
      </fieldset>
      <Field label={t("keyEnds")}>
        {(control) => (
          <Select {...control} name="lifetime">
            {LIFETIMES.map((each) => (
              <option key={each} value={each}>
                {each ? t("keyEndsIn", { days: Number(each) }) : t("keyNeverEnds")}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Button type="submit" className="w-full" pending={pending}>
        {t("makeKey")}
      </Button>
    </form>
  );
}

/** Makes an API key; its secret is shown until the dialog closes and never again. */
export function NewApiKey({ licenseId }: { licenseId: string }) {
  const t = useTranslations("licenses");
  const common = useTranslations("common");
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  function change(wanted: boolean) {
    setOpen(wanted);
    if (secret) router.refresh();
    setSecret(null);
  }
  return (
    <>
      <Button variant="secondary" size="sm" onClick={() => change(true)}>
        <Plus aria-hidden /> {t("newKey")}
      </Button>
      <Dialog
        open={open}
        onOpenChange={change}
        title={secret ? t("keyMade") : t("newKey")}
        description={secret ? undefined : t("newKeyHelp")}
        closeLabel={common("close")}
      >
        {secret ? (
          <div className="space-y-4">
            <Alert tone="warn">{t("keyOnce")}</Alert>
            <Secret value={secret} />
            <Button className="w-full" onClick={() => change(false)}>
              {t("keyKept")}
            </Button>
          </div>
        ) : (
          <KeyForm licenseId={licenseId} onMade={setSecret} />
        )}
      </Dialog>
    </>
  );
}

/** Ends a key at once. */
export function RevokeApiKey({ licenseId, keyId, name }: { licenseId: string; keyId: string; name: string }) {
  const t = useTranslations("licenses");
  const revoke = async () => {
    const params = { path: { license_id: licenseId, key_id: keyId } };
    await done(browserApi.DELETE("/api/v1/licenses/{license_id}/api-keys/{key_id}", { params }));
  };
  return (
    <ActionDialog
      label={t("revoke")}
      button={{ size: "sm", variant: "ghost", "aria-label": t("revokeNamed", { name }) }}
      title={t("revokeTitle", { name })}
      description={t("revokeHelp")}
      submitLabel={t("revokeConfirm")}
      failed={t("notRevoked")}
      danger
      act={revoke}
    />
  );
}

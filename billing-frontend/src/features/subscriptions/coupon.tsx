"use client";

import { Button } from "@nextpanel/ui/button";
import { Field } from "@nextpanel/ui/field";
import { Input } from "@nextpanel/ui/input";
import { useRouter } from "next/navigation";
import type { FormEvent } from "react";
import { useTranslations } from "use-intl/react";

import { ProblemAlert } from "@/features/account/problem-alert";
import { ActionDialog } from "@/features/shell/action-dialog";
import { browserApi, done } from "@/lib/browser-api";
import { useAttempt } from "@/lib/use-attempt";

/** Redeems a coupon for the coming invoices, or takes the one that is there away. */
export function Coupon({ id, code }: { id: string; code: string | null }) {
  const t = useTranslations("subscription");
  const router = useRouter();
  const { pending, error, attempt } = useAttempt();
  const params = { path: { subscription_id: id } };
  if (code) {
    return (
      <div className="flex flex-wrap items-center justify-between gap-3">
        <code className="rounded-control bg-sunken px-3 py-2 font-mono text-sm">{code}</code>
        <ActionDialog
          label={t("couponRemove")}
          title={t("couponRemoveTitle")}
          description={t("couponRemoveHelp")}
          submitLabel={t("couponRemove")}
          failed={t("notChanged")}
          danger
          act={() => done(browserApi.DELETE("/api/v1/subscriptions/{subscription_id}/coupon", { params }))}
        />
      </div>
    );
  }
  function apply(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const wanted = String(new FormData(event.currentTarget).get("code") ?? "").trim();
    void attempt(async () => {
      await done(browserApi.PUT("/api/v1/subscriptions/{subscription_id}/coupon", { params, body: { code: wanted } }));
      router.refresh();
    });
  }
  return (
    <form onSubmit={apply} className="space-y-4">
      <div className="flex items-end gap-3">
        <Field label={t("couponCode")} className="w-56 min-w-0">
          {(control) => <Input {...control} name="code" required maxLength={40} autoComplete="off" autoCapitalize="characters" spellCheck={false} className="font-mono" />}
        </Field>
        <Button type="submit" variant="secondary" pending={pending}>
          {t("couponApply")}
        </Button>
      </div>
      <ProblemAlert error={error} title={t("notChanged")} />
    </form>
  );
}

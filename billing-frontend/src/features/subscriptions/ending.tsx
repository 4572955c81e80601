"use client";

import { Field } from "@nextpanel/ui/field";
import { Select, Textarea } from "@nextpanel/ui/input";
import { useTranslations } from "use-intl/react";

import { ActionButton } from "@/features/shell/action-button";
import { ActionDialog } from "@/features/shell/action-dialog";
import type { components } from "@/lib/billing-api";
import { browserApi, done } from "@/lib/browser-api";

type Reason = components["schemas"]["CancelReason"];

const REASONS: Reason[] = ["too_expensive", "missing_features", "switched_service", "unused", "customer_service", "too_complex", "low_quality", "other"];

/** Cancels at the end of what is paid for; until then it can be taken back. */
export function CancelSubscription({ id, endsOn }: { id: string; endsOn: string }) {
  const t = useTranslations("subscription");

  async function cancel(form: FormData) {
    const reason = REASONS.find((each) => each === form.get("reason")) ?? "other";
    const feedback = String(form.get("feedback") ?? "").trim();
    await done(
      browserApi.POST("/api/v1/subscriptions/{subscription_id}/cancel", {
        params: { path: { subscription_id: id } },
        body: { at: "period_end", reason, feedback: feedback || null, refund: false },
      }),
    );
  }

  return (
    <ActionDialog
      label={t("cancel")}
      title={t("cancelTitle")}
      description={t("cancelHelp", { day: endsOn })}
      submitLabel={t("cancelConfirm")}
      cancelLabel={t("keep")}
      failed={t("notCancelled")}
      danger
      act={cancel}
    >
      <Field label={t("reason")}>
        {(control) => (
          <Select {...control} name="reason">
            {REASONS.map((each) => (
              <option key={each} value={each}>
                {t(`reasons.${each}`)}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label={t("feedback")}>{(control) => <Textarea {...control} name="feedback" maxLength={200} />}</Field>
    </ActionDialog>
  );
}

/** Takes a cancellation back. */
export function KeepSubscription({ id }: { id: string }) {
  const t = useTranslations("subscription");
  const params = { path: { subscription_id: id } };
  return <ActionButton act={() => done(browserApi.POST("/api/v1/subscriptions/{subscription_id}/keep", { params }))}>{t("resume")}</ActionButton>;
}

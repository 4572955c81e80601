"use client";

import { Button } from "@nextpanel/ui/button";
import { Dialog } from "@nextpanel/ui/dialog";
import { Field } from "@nextpanel/ui/field";
import { Select, Textarea } from "@nextpanel/ui/input";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl/react";

import { ProblemAlert } from "@/features/account/problem-alert";
import type { components } from "@/lib/billing-api";
import { browserApi, done } from "@/lib/browser-api";
import { useAttempt } from "@/lib/use-attempt";

type Reason = components["schemas"]["CancelReason"];

const REASONS: Reason[] = ["too_expensive", "missing_features", "switched_service", "unused", "customer_service", "too_complex", "low_quality", "other"];

/** Cancels at the end of what is paid for; until then it can be taken back. */
export function CancelSubscription({ id, endsOn }: { id: string; endsOn: string }) {
  const t = useTranslations("subscription");
  const common = useTranslations("common");
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const { pending, error, attempt } = useAttempt();

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const reason = REASONS.find((each) => each === form.get("reason")) ?? "other";
    const feedback = String(form.get("feedback") ?? "").trim();
    void attempt(async () => {
      await done(
        browserApi.POST("/api/v1/subscriptions/{subscription_id}/cancel", {
          params: { path: { subscription_id: id } },
          body: { at: "period_end", reason, feedback: feedback || null, refund: false },
        }),
      );
      setOpen(false);
      router.refresh();
    });
  }

  return (
    <>
      <Button variant="danger" onClick={() => setOpen(true)}>
        {t("cancel")}
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title={t("cancelTitle")} description={t("cancelHelp", { day: endsOn })} closeLabel={common("close")}>
        <form onSubmit={submit} className="space-y-4">
          <ProblemAlert error={error} title={t("notCancelled")} />
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
          <div className="flex flex-wrap justify-end gap-2">
            <Button variant="secondary" onClick={() => setOpen(false)}>
              {t("keep")}
            </Button>
            <Button type="submit" variant="danger" pending={pending}>
              {t("cancelConfirm")}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}

/** Takes a cancellation back. */
export function KeepSubscription({ id }: { id: string }) {
  const t = useTranslations("subscription");
  const router = useRouter();
  const { pending, error, attempt } = useAttempt();
  const keep = () =>
    attempt(async () => {
      await done(browserApi.POST("/api/v1/subscriptions/{subscription_id}/keep", { params: { path: { subscription_id: id } } }));
      router.refresh();
    });
  return (
    <div className="space-y-3">
      <Button onClick={keep} pending={pending}>
        {t("resume")}
      </Button>
      <ProblemAlert error={error} />
    </div>
  );
}

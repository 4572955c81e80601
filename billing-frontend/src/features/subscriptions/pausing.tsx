"use client";

import { Button } from "@nextpanel/ui/button";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl/react";

import { ProblemAlert } from "@/features/account/problem-alert";
import { ActionDialog } from "@/features/shell/action-dialog";
import { browserApi, done } from "@/lib/browser-api";
import { LEAVING, useAttempt } from "@/lib/use-attempt";

/** Switches everything off and charges nothing until it is resumed. */
export function PauseSubscription({ id }: { id: string }) {
  const t = useTranslations("subscription");
  return (
    <ActionDialog
      label={t("pause")}
      title={t("pauseTitle")}
      description={t("pauseHelp")}
      submitLabel={t("pauseConfirm")}
      failed={t("notPaused")}
      act={() => done(browserApi.POST("/api/v1/subscriptions/{subscription_id}/pause", { params: { path: { subscription_id: id } } }))}
    />
  );
}

const LOOK_MILLISECONDS = 1500;

/** Goes on after a pause: by way of the payment where the card does not do, else as soon as the new period is paid. */
export function ResumeSubscription({ id }: { id: string }) {
  const t = useTranslations("subscription");
  const router = useRouter();
  const [resumed, setResumed] = useState(false);
  const { pending, error, attempt } = useAttempt();
  useEffect(() => {
    if (!resumed) return;
    const timer = window.setInterval(() => router.refresh(), LOOK_MILLISECONDS);
    return () => window.clearInterval(timer);
  }, [resumed, router]);
  const resume = () =>
    attempt(async () => {
      const params = { path: { subscription_id: id } };
      const answer = await done(browserApi.POST("/api/v1/subscriptions/{subscription_id}/resume", { params }));
      if (answer.amount_due > 0 && answer.pay_url) {
        location.assign(answer.pay_url);
        return LEAVING;
      }
      setResumed(true);
    });
  return (
    <div className="space-y-3">
      <Button size="sm" onClick={resume} pending={pending || resumed}>
        {t("unpause")}
      </Button>
      <ProblemAlert error={error} title={t("notResumed")} />
    </div>
  );
}

/** Takes back a plan change that waits for the next renewal. */
export function ForgetChange({ id, changeId }: { id: string; changeId: string }) {
  const t = useTranslations("subscription");
  const params = { path: { subscription_id: id, change_id: changeId } };
  return (
    <ActionDialog
      label={t("forgetChange")}
      button={{ size: "sm" }}
      title={t("forgetChangeTitle")}
      description={t("forgetChangeHelp")}
      submitLabel={t("forgetChange")}
      failed={t("notChanged")}
      act={() => done(browserApi.DELETE("/api/v1/subscriptions/{subscription_id}/changes/{change_id}", { params }))}
    />
  );
}

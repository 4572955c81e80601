"use client";

import { Alert } from "@nextpanel/ui/alert";
import { Button } from "@nextpanel/ui/button";
import { Sum, SumRow } from "@nextpanel/ui/facts";
import { Field } from "@nextpanel/ui/field";
import { Select } from "@nextpanel/ui/input";
import { useRouter } from "next/navigation";
import { type FormEvent, useEffect, useEffectEvent, useState } from "react";
import { useLocale, useTranslations } from "use-intl/react";

import { ProblemAlert } from "@/features/account/problem-alert";
import type { components } from "@/lib/billing-api";
import { browserApi, done } from "@/lib/browser-api";
import { useAttempt } from "@/lib/use-attempt";
import { formatDay, formatMoney } from "@/lib/format";

import { changeSummary } from "./change-summary";

type Change = components["schemas"]["PlanChangeOut"];

interface ChangePlanProps {
  id: string;
  plans: { code: string; name: string }[];
  current: { plan: string; interval: "month" | "year" };
}

function Preview({ change }: { change: Change }) {
  const t = useTranslations("subscription");
  const locale = useLocale();
  const money = (amount: number) => formatMoney(amount, change.currency, locale);
  return (
    <div className="animate-rise space-y-4 rounded-card bg-sunken p-5">
      <Sum>
        {change.lines.map((line, index) => (
          <SumRow key={`${index}-${line.description}`} label={line.description}>
            {money(line.amount)}
          </SumRow>
        ))}
        <SumRow label={t("today")} strong>
          {money(change.today_amount)}
        </SumRow>
      </Sum>
      <p className="text-sm text-muted">{t("then", { amount: money(change.next_amount), day: formatDay(change.next_at, locale) })}</p>
    </div>
  );
}

const LOOK_MILLISECONDS = 1500;

/** Looks again until a confirmed change has been applied, or has come to something else. */
function useApplied(change: Change | null, onNews: (news: Change) => void) {
  const tell = useEffectEvent(onNews);
  const id = change?.status === "confirmed" ? change.id : null;
  const subscription = change?.subscription_id;
  useEffect(() => {
    if (!id || !subscription) return;
    const params = { path: { subscription_id: subscription, change_id: id } };
    const look = async () => {
      const found = await done(browserApi.GET("/api/v1/subscriptions/{subscription_id}/changes/{change_id}", { params })).catch(() => null);
      if (found && found.status !== "confirmed") tell(found);
    };
    const timer = window.setInterval(look, LOOK_MILLISECONDS);
    return () => window.clearInterval(timer);
  }, [id, subscription]);
}

/** How a confirmed change stands, and what it still needs. */
function Outcome({ change, onAgain }: { change: Change; onAgain: () => void }) {
  const t = useTranslations("subscription");
  const summary = t("summary", changeSummary(change, useLocale()));
  if (change.status === "awaiting_payment" && change.pay_url) {
    return (
      <Alert
        tone="warn"
        title={t("needsBank")}
        actions={
          <Button asChild size="sm">
            <a href={change.pay_url}>{t("confirmPayment")}</a>
          </Button>
        }
      >
        {summary}
      </Alert>
    );
  }
  const isDone = change.status === "applied" || change.status === "scheduled";
  const titles = { applied: t("changed"), scheduled: t("scheduled"), confirmed: t("applying"), awaiting_payment: t("applying") };
  const title = change.status in titles ? titles[change.status as keyof typeof titles] : t("notChanged");
  const again = (
    <Button size="sm" variant="secondary" onClick={onAgain}>
      {t("another")}
    </Button>
  );
  return (
    <Alert tone={isDone ? "good" : change.status in titles ? "info" : "bad"} title={title} actions={change.status === "confirmed" ? null : again}>
      {summary}
    </Alert>
  );
}

/** Another plan or interval: first what it costs to the cent, then the button that does it. */
export function ChangePlan({ id, plans, current }: ChangePlanProps) {
  const t = useTranslations("subscription");
  const router = useRouter();
  const [change, setChange] = useState<Change | null>(null);
  const { pending, error, attempt } = useAttempt();
  const path = { subscription_id: id };
  useApplied(change, (news) => {
    setChange(news);
    router.refresh();
  });

  function preview(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const body = {
      plan: String(form.get("plan")),
      interval: form.get("interval") === "month" ? ("month" as const) : ("year" as const),
      timing: form.get("timing") === "period_end" ? ("period_end" as const) : ("now" as const),
    };
    void attempt(async () => {
      setChange(await done(browserApi.POST("/api/v1/subscriptions/{subscription_id}/changes", { params: { path }, body })));
    });
  }

  function confirm(quoted: Change) {
    void attempt(async () => {
      const params = { path: { ...path, change_id: quoted.id } };
      setChange(await done(browserApi.POST("/api/v1/subscriptions/{subscription_id}/changes/{change_id}/confirm", { params })));
      router.refresh();
    });
  }

  if (change && change.status !== "quoted") return <Outcome change={change} onAgain={() => setChange(null)} />;
  return (
    <div className="space-y-5">
      <form onSubmit={preview} onChange={() => setChange(null)} className="grid items-end gap-4 sm:grid-cols-4">
        <Field label={t("plan")}>
          {(control) => (
            <Select {...control} name="plan" defaultValue={current.plan}>
              {plans.map((each) => (
                <option key={each.code} value={each.code}>
                  {each.name}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label={t("interval")}>
          {(control) => (
            <Select {...control} name="interval" defaultValue={current.interval}>
              <option value="month">{t("month")}</option>
              <option value="year">{t("year")}</option>
            </Select>
          )}
        </Field>
        <Field label={t("when")}>
          {(control) => (
            <Select {...control} name="timing">
              <option value="now">{t("now")}</option>
              <option value="period_end">{t("later")}</option>
            </Select>
          )}
        </Field>
        <Button type="submit" variant="secondary" pending={pending && !change}>
          {t("preview")}
        </Button>
      </form>
      <ProblemAlert error={error} title={t("notChanged")} />
      {change ? (
        <>
          <Preview change={change} />
          <Button onClick={() => confirm(change)} pending={pending}>
            {t("confirm")}
          </Button>
        </>
      ) : null}
    </div>
  );
}

import { Alert } from "@nextpanel/ui/alert";
import { Badge } from "@nextpanel/ui/badge";
import { Card, CardBody, CardHeader } from "@nextpanel/ui/card";
import { Fact, Facts } from "@nextpanel/ui/facts";
import { PageHeader } from "@nextpanel/ui/page";
import type { Metadata } from "next";
import Link from "next/link";

import { listPlans } from "@/features/catalog/data";
import { SUBSCRIPTION_TONES } from "@/features/shell/states";
import { ChangePlan } from "@/features/subscriptions/change-plan";
import { changeSummary } from "@/features/subscriptions/change-summary";
import { Coupon } from "@/features/subscriptions/coupon";
import { CancelSubscription, KeepSubscription } from "@/features/subscriptions/ending";
import { ForgetChange, PauseSubscription, ResumeSubscription } from "@/features/subscriptions/pausing";
import { ClientTexts } from "@/i18n/client-texts";
import { locale, texts } from "@/i18n/server";
import { formatDay, formatMoney } from "@/lib/format";
import { api, need } from "@/server/api";

type Props = { params: Promise<{ id: string }> };

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await texts("subscription"))("title") };
}

export default async function SubscriptionPage({ params }: Props) {
  const { id } = await params;
  const client = await api();
  const found = await need(client.GET("/api/v1/subscriptions/{subscription_id}", { params: { path: { subscription_id: id } } }));
  const [t, language, plans] = await Promise.all([texts("subscription"), locale(), listPlans()]);
  const plan = plans.find((each) => each.id === found.plan_id);
  const interval = found.interval === "month" ? "month" : "year";
  const price = plan ? (interval === "month" ? plan.price_monthly : plan.price_yearly) : null;
  const end = found.current_period_end ? formatDay(found.current_period_end, language) : "";
  const isRunning = ["active", "trialing", "past_due"].includes(found.status);
  return (
    <ClientTexts namespaces={["subscription"]}>
      <PageHeader
        crumbs={
          found.license_id ? (
            <Link href={`/licenses/${found.license_id}`} className="hover:text-ink">
              {t("toLicense")}
            </Link>
          ) : null
        }
        title={plan ? t("titled", { plan: plan.name }) : t("title")}
      />
      <div className="space-y-6">
        {found.status === "paused" ? (
          <Alert title={t("paused")} actions={<ResumeSubscription id={id} />}>
            {t("pausedHelp")}
          </Alert>
        ) : null}
        {found.status === "past_due" ? (
          <Alert tone="bad" title={t("pastDue")}>
            {t("pastDueHelp")}
          </Alert>
        ) : null}
        <Card>
          <CardBody>
            <Facts className="lg:grid-cols-4">
              <Fact label={t("status")}>
                <Badge tone={SUBSCRIPTION_TONES[found.status]}>{t(`state.${found.status}`)}</Badge>
              </Fact>
              {plan && price !== null ? (
                <Fact label={t("price")}>
                  {formatMoney(price, plan.currency, language)} {interval === "month" ? t("perMonth") : t("perYear")}
                </Fact>
              ) : null}
              {end ? <Fact label={found.cancel_at_period_end ? t("endsOn") : t("renewsOn")}>{end}</Fact> : null}
            </Facts>
          </CardBody>
        </Card>
        {found.open_change ? (
          <Alert title={t("openChange")} actions={found.open_change.status === "scheduled" ? <ForgetChange id={id} changeId={found.open_change.id} /> : null}>
            {t("summary", changeSummary(found.open_change, language))}
          </Alert>
        ) : null}
        {isRunning && plan && !found.cancel_at_period_end ? (
          <Card>
            <CardHeader title={t("changeTitle")} description={t("changeHelp")} />
            <CardBody>
              <ChangePlan id={id} plans={plans.map(({ code, name }) => ({ code, name }))} current={{ plan: plan.code, interval }} />
            </CardBody>
          </Card>
        ) : null}
        {isRunning && !found.cancel_at_period_end ? (
          <Card>
            <CardHeader title={t("coupon")} description={found.coupon_code ? t("couponActive") : t("couponHelp")} />
            <CardBody>
              <Coupon id={id} code={found.coupon_code} />
            </CardBody>
          </Card>
        ) : null}
        {found.status === "active" && !found.cancel_at_period_end ? (
          <Card>
            <CardHeader title={t("pauseCard")} description={t("pauseCardHelp")} />
            <CardBody>
              <PauseSubscription id={id} />
            </CardBody>
          </Card>
        ) : null}
        {isRunning ? (
          <Card>
            <CardHeader
              title={found.cancel_at_period_end ? t("ending") : t("endTitle")}
              description={found.cancel_at_period_end ? t("endingHelp", { day: end }) : t("endHelp")}
            />
            <CardBody>{found.cancel_at_period_end ? <KeepSubscription id={id} /> : <CancelSubscription id={id} endsOn={end} />}</CardBody>
          </Card>
        ) : null}
      </div>
    </ClientTexts>
  );
}

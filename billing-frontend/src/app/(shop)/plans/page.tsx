import type { Metadata } from "next";

import { IntervalSwitch } from "@/features/catalog/interval-switch";
import { PlanCards } from "@/features/catalog/plan-cards";
import { texts } from "@/i18n/server";

type Props = { searchParams: Promise<{ interval?: string }> };

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await texts("plans"))("title") };
}

export default async function PlansPage({ searchParams }: Props) {
  const t = await texts("plans");
  const interval = (await searchParams).interval === "month" ? "month" : "year";
  return (
    <div className="mx-auto max-w-6xl px-4 pt-14 sm:px-6 sm:pt-20">
      <header className="mb-12 flex flex-col items-center gap-4 text-center">
        <h1 className="text-display font-semibold">{t("title")}</h1>
        <p className="max-w-xl text-lg text-muted">{t("lead")}</p>
        <IntervalSwitch current={interval} path="/plans" />
      </header>
      <h2 className="sr-only">{t("list")}</h2>
      <PlanCards interval={interval} />
    </div>
  );
}

import { Badge } from "@nextpanel/ui/badge";
import { Card } from "@nextpanel/ui/card";
import { EmptyState, PageHeader } from "@nextpanel/ui/page";
import { CreditCard } from "lucide-react";
import type { Metadata } from "next";

import { AddCard, CardActions } from "@/features/cards/card-actions";
import { BillingTabs } from "@/features/shell/billing-tabs";
import { ClientTexts } from "@/i18n/client-texts";
import { texts } from "@/i18n/server";
import { api, need } from "@/server/api";
import { config } from "@/server/config";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await texts("cards"))("title") };
}

export default async function PaymentMethodsPage() {
  const [t, cards] = await Promise.all([texts("cards"), need((await api()).GET("/api/v1/payment-methods"))]);
  return (
    <ClientTexts namespaces={["cards", "pay"]}>
      <PageHeader title={t("title")} description={t("lead")} />
      <BillingTabs current="cards" />
      <Card className="mb-6 overflow-hidden">
        {cards.items.length === 0 ? (
          <EmptyState icon={<CreditCard />} title={t("empty")}>
            {t("emptyHelp")}
          </EmptyState>
        ) : (
          <ul>
            {cards.items.map((each) => {
              const name = `${each.brand.toUpperCase()} ${each.last4}`;
              return (
                <li key={each.id} className="flex flex-wrap items-center gap-4 border-b px-5 py-4 last:border-0 sm:px-6">
                  <CreditCard aria-hidden className="size-5 text-muted" />
                  <div className="min-w-0 flex-1">
                    <p className="flex flex-wrap items-center gap-2 font-medium">
                      <span className="capitalize">{each.brand}</span>
                      <span className="numeric">•••• {each.last4}</span>
                      {each.is_default ? <Badge tone="accent">{t("default")}</Badge> : null}
                    </p>
                    <p className="numeric text-sm text-muted">
                      {t("until", { month: String(each.exp_month).padStart(2, "0"), year: String(each.exp_year) })}
                    </p>
                  </div>
                  <CardActions card={each.id} isDefault={each.is_default} name={name} />
                </li>
              );
            })}
          </ul>
        )}
      </Card>
      <AddCard source={config().stripe} />
    </ClientTexts>
  );
}

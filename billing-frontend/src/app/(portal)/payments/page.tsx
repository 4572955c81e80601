import { Card, CardBody, CardHeader } from "@nextpanel/ui/card";
import { PageHeader } from "@nextpanel/ui/page";
import { Wallet } from "lucide-react";
import type { Metadata } from "next";

import { StatementForm } from "@/features/invoices/statement-form";
import type { ListParams } from "@/features/lists/address";
import { ListView } from "@/features/lists/list-view";
import { PAYMENT_LIST } from "@/features/lists/payments";
import { BillingTabs } from "@/features/shell/billing-tabs";
import { texts } from "@/i18n/server";

type Props = { searchParams: Promise<ListParams> };

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await texts("payments"))("title") };
}

export default async function PaymentsPage({ searchParams }: Props) {
  const [t, params] = await Promise.all([texts("payments"), searchParams]);
  return (
    <>
      <PageHeader title={t("title")} description={t("lead")} />
      <BillingTabs current="payments" />
      <ListView list={PAYMENT_LIST} params={params} caption={t("title")} empty={{ icon: <Wallet />, title: t("empty"), help: t("emptyHelp") }} />
      <Card className="mt-6">
        <CardHeader title={t("statement")} description={t("statementHelp")} />
        <CardBody>
          <StatementForm />
        </CardBody>
      </Card>
    </>
  );
}

import { Button } from "@nextpanel/ui/button";
import { PageHeader } from "@nextpanel/ui/page";
import { Receipt } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";

import { INVOICE_LIST } from "@/features/lists/invoices";
import type { ListParams } from "@/features/lists/address";
import { ListView } from "@/features/lists/list-view";
import { BillingTabs } from "@/features/shell/billing-tabs";
import { texts } from "@/i18n/server";

type Props = { searchParams: Promise<ListParams> };
type State = "open" | "paid" | "void" | "uncollectible";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await texts("invoices"))("title") };
}

export default async function InvoicesPage({ searchParams }: Props) {
  const [t, params] = await Promise.all([texts("invoices"), searchParams]);
  const toPlans = (
    <Button asChild>
      <Link href="/plans">{t("toPlans")}</Link>
    </Button>
  );
  return (
    <>
      <PageHeader title={t("title")} description={t("lead")} />
      <BillingTabs current="invoices" />
      <ListView
        list={INVOICE_LIST}
        params={params}
        caption={t("title")}
        stateName={(state) => t(`state.${state as State}`)}
        empty={{ icon: <Receipt />, title: t("empty"), help: t("emptyHelp"), action: toPlans }}
      />
    </>
  );
}

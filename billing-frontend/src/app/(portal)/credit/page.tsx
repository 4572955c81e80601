import { Card, CardBody, CardHeader } from "@nextpanel/ui/card";
import { PageHeader } from "@nextpanel/ui/page";
import { Cell, HeadCell, Row, Table } from "@nextpanel/ui/table";
import { ReceiptText } from "lucide-react";
import type { Metadata } from "next";

import { CREDIT_NOTE_LIST } from "@/features/lists/credit-notes";
import type { ListParams } from "@/features/lists/address";
import { ListView } from "@/features/lists/list-view";
import { BillingTabs } from "@/features/shell/billing-tabs";
import { locale, texts } from "@/i18n/server";
import type { components } from "@/lib/billing-api";
import { formatDay, formatMoney } from "@/lib/format";
import { api, need } from "@/server/api";

type Balance = components["schemas"]["BalanceOut"];
type Props = { searchParams: Promise<ListParams> };

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await texts("credit"))("title") };
}

async function Movements({ balance }: { balance: Balance }) {
  const [t, language] = await Promise.all([texts("credit"), locale()]);
  if (balance.entries.length === 0) return null;
  return (
    <div className="border-t">
      <Table>
        <thead>
          <tr>
            <HeadCell>{t("date")}</HeadCell>
            <HeadCell>{t("description")}</HeadCell>
            <HeadCell className="text-right">{t("amount")}</HeadCell>
            <HeadCell className="text-right max-sm:hidden">{t("after")}</HeadCell>
          </tr>
        </thead>
        <tbody>
          {balance.entries.map((each) => (
            <Row key={each.id}>
              <Cell className="whitespace-nowrap text-muted">{formatDay(each.created_at, language)}</Cell>
              <Cell className="[overflow-wrap:anywhere]">{each.description ?? "–"}</Cell>
              <Cell className="numeric text-right font-medium">{formatMoney(each.amount, each.currency, language)}</Cell>
              <Cell className="numeric text-right text-muted max-sm:hidden">{formatMoney(each.ending_balance, each.currency, language)}</Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </div>
  );
}

export default async function CreditPage({ searchParams }: Props) {
  const [t, language, params, balance] = await Promise.all([
    texts("credit"),
    locale(),
    searchParams,
    need((await api()).GET("/api/v1/balance")),
  ]);
  return (
    <>
      <PageHeader title={t("title")} description={t("lead")} />
      <BillingTabs current="credit" />
      <Card className="mb-10 overflow-hidden">
        <CardHeader title={t("balance")} description={balance.amount < 0 ? t("debtHelp") : t("balanceHelp")} />
        <CardBody>
          <p className="numeric text-title font-semibold">{formatMoney(balance.amount, balance.currency, language)}</p>
        </CardBody>
        <Movements balance={balance} />
      </Card>
      <h2 className="mb-3 font-semibold tracking-tight">{t("notes")}</h2>
      <ListView list={CREDIT_NOTE_LIST} params={params} caption={t("notes")} empty={{ icon: <ReceiptText />, title: t("noNote"), help: t("noNoteHelp") }} />
    </>
  );
}

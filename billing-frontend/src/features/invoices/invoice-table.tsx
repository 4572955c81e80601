import { Badge } from "@nextpanel/ui/badge";
import { Cell, HeadCell, Row, Table } from "@nextpanel/ui/table";
import Link from "next/link";

import { INVOICE_TONES } from "@/features/shell/states";
import { locale, texts } from "@/i18n/server";
import type { components } from "@/lib/billing-api";
import { formatDay, formatMoney } from "@/lib/format";

type Invoice = components["schemas"]["InvoiceOut"];

export async function InvoiceTable({ invoices }: { invoices: Invoice[] }) {
  const [t, language] = await Promise.all([texts("invoices"), locale()]);
  return (
    <Table>
      <thead>
        <tr>
          <HeadCell>{t("number")}</HeadCell>
          <HeadCell className="max-sm:hidden">{t("date")}</HeadCell>
          <HeadCell>{t("status")}</HeadCell>
          <HeadCell className="text-right">{t("amount")}</HeadCell>
        </tr>
      </thead>
      <tbody>
        {invoices.map((each) => (
          <Row key={each.id}>
            <Cell>
              <Link href={`/invoices/${each.id}`} className="font-medium after:absolute after:inset-0 hover:text-accent">
                {each.number ?? t("draftNumber")}
              </Link>
              <span className="block text-muted sm:hidden">{formatDay(each.issued_at ?? each.created_at, language)}</span>
            </Cell>
            <Cell className="text-muted max-sm:hidden">{formatDay(each.issued_at ?? each.created_at, language)}</Cell>
            <Cell>
              <Badge tone={INVOICE_TONES[each.status]}>{t(`state.${each.status}`)}</Badge>
            </Cell>
            <Cell className="numeric text-right font-medium">{formatMoney(each.total_amount, each.currency, language)}</Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}

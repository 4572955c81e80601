import { Card, CardBody } from "@nextpanel/ui/card";
import { PageHeader } from "@nextpanel/ui/page";
import Link from "next/link";
import { redirect } from "next/navigation";

import { PayInvoice } from "@/features/invoices/pay-invoice";
import { ClientTexts } from "@/i18n/client-texts";
import { locale, texts } from "@/i18n/server";
import { formatMoney } from "@/lib/format";
import { api, need } from "@/server/api";
import { config } from "@/server/config";

type Props = { params: Promise<{ id: string }>; searchParams: Promise<{ redirect_status?: string }> };

export default async function PayInvoicePage({ params, searchParams }: Props) {
  const { id } = await params;
  const client = await api();
  const path = { params: { path: { invoice_id: id } } };
  const invoice = await need(client.GET("/api/v1/invoices/{invoice_id}", path));
  if (invoice.status !== "open" || invoice.amount_remaining === 0) redirect(`/invoices/${id}`);
  const payment = await need(client.POST("/api/v1/invoices/{invoice_id}/payment", path));
  const [t, language] = await Promise.all([texts("invoices"), locale()]);
  const amount = formatMoney(payment.amount_due, payment.currency, language);
  return (
    <div className="max-w-xl">
      <PageHeader
        crumbs={
          <Link href={`/invoices/${id}`} className="hover:text-ink">
            {t("titled", { number: invoice.number ?? "" })}
          </Link>
        }
        title={t("payTitle", { amount })}
      />
      <Card>
        <CardBody>
          <ClientTexts namespaces={["invoices", "pay"]}>
            <PayInvoice
              invoiceId={id}
              source={config().stripe}
              payment={payment}
              submitLabel={t("payAmount", { amount })}
              isReturning={(await searchParams).redirect_status === "succeeded"}
            />
          </ClientTexts>
        </CardBody>
      </Card>
    </div>
  );
}

"use client";

import { Alert } from "@nextpanel/ui/alert";
import { Button } from "@nextpanel/ui/button";
import Link from "next/link";
import { useState } from "react";
import { useTranslations } from "use-intl/react";

import { CardForm } from "@/features/checkout/card-form";
import type { StripeSource } from "@/features/checkout/stripe";

interface PayInvoiceProps {
  invoiceId: string;
  source: StripeSource;
  payment: { publishable_key: string; client_secret: string };
  submitLabel: string;
  isReturning: boolean;
}

export function PayInvoice({ invoiceId, source, payment, submitLabel, isReturning }: PayInvoiceProps) {
  const t = useTranslations("invoices");
  const [isPaid, setPaid] = useState(isReturning);
  if (isPaid) {
    return (
      <Alert
        tone="good"
        title={t("paidTitle")}
        actions={
          <Button asChild size="sm" variant="secondary">
            <Link href={`/invoices/${invoiceId}`}>{t("toInvoice")}</Link>
          </Button>
        }
      >
        {t("paidHelp")}
      </Alert>
    );
  }
  return (
    <CardForm
      source={source}
      publishableKey={payment.publishable_key}
      clientSecret={payment.client_secret}
      intent="payment"
      returnPath={`/invoices/${invoiceId}/pay`}
      submitLabel={submitLabel}
      onDone={() => setPaid(true)}
    />
  );
}

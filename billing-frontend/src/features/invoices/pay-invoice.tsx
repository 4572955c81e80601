"use client";

import { Alert } from "@nextpanel/ui/alert";
import { Button } from "@nextpanel/ui/button";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl/react";

import { CardForm } from "@/features/checkout/card-form";
import type { StripeSource } from "@/features/checkout/stripe";
import { browserApi, done } from "@/lib/browser-api";

interface PayInvoiceProps {
  invoiceId: string;
  source: StripeSource;
  payment: { publishable_key: string; client_secret: string };
  submitLabel: string;
  isReturning: boolean;
}

const LOOK_MILLISECONDS = 1500;

/** Goes to the invoice as soon as it shows what was paid. */
function useBooked(invoiceId: string | null) {
  const router = useRouter();
  useEffect(() => {
    if (!invoiceId) return;
    const params = { path: { invoice_id: invoiceId } };
    const look = async () => {
      const found = await done(browserApi.GET("/api/v1/invoices/{invoice_id}", { params })).catch(() => null);
      if (found && found.status !== "open") router.replace(`/invoices/${invoiceId}`);
    };
    const timer = window.setInterval(look, LOOK_MILLISECONDS);
    return () => window.clearInterval(timer);
  }, [invoiceId, router]);
}

/** The card form of an open invoice; after it, that the payment is there. */
export function PayInvoice({ invoiceId, source, payment, submitLabel, isReturning }: PayInvoiceProps) {
  const t = useTranslations("invoices");
  const [isPaid, setPaid] = useState(isReturning);
  useBooked(isPaid ? invoiceId : null);
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

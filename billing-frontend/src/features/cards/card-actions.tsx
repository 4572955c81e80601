"use client";

import { Button } from "@nextpanel/ui/button";
import { Card, CardBody, CardHeader } from "@nextpanel/ui/card";
import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useTranslations } from "use-intl/react";

import { ProblemAlert } from "@/features/account/problem-alert";
import { CardForm } from "@/features/checkout/card-form";
import type { StripeSource } from "@/features/checkout/stripe";
import type { components } from "@/lib/billing-api";
import { browserApi, done } from "@/lib/browser-api";
import { useAttempt } from "@/lib/use-attempt";

type Setup = components["schemas"]["CardSetupOut"];

/** Default and removal of one card. */
export function CardActions({ card, isDefault, name }: { card: string; isDefault: boolean; name: string }) {
  const t = useTranslations("cards");
  const router = useRouter();
  const [kind, setKind] = useState<"default" | "remove" | null>(null);
  const { pending, error, attempt } = useAttempt();
  const params = { path: { card } };
  const act = (wanted: "default" | "remove") =>
    attempt(async () => {
      setKind(wanted);
      if (wanted === "default") await done(browserApi.POST("/api/v1/payment-methods/{card}/default", { params }));
      else await done(browserApi.DELETE("/api/v1/payment-methods/{card}", { params }));
      router.refresh();
    });
  return (
    <div className="space-y-2">
      <div className="flex gap-2">
        {isDefault ? null : (
          <Button size="sm" variant="secondary" pending={pending && kind === "default"} onClick={() => act("default")} aria-label={t("makeDefaultNamed", { name })}>
            {t("makeDefault")}
          </Button>
        )}
        <Button size="sm" variant="ghost" pending={pending && kind === "remove"} onClick={() => act("remove")} aria-label={t("removeNamed", { name })}>
          {t("remove")}
        </Button>
      </div>
      <ProblemAlert error={error} />
    </div>
  );
}

/** Keeps a new card; its data goes to Stripe only. */
export function AddCard({ source }: { source: StripeSource }) {
  const t = useTranslations("cards");
  const router = useRouter();
  const [setup, setSetup] = useState<Setup | null>(null);
  const { pending, error, attempt } = useAttempt();
  const start = () =>
    attempt(async () => {
      const header = { "Idempotency-Key": crypto.randomUUID() };
      setSetup(await done(browserApi.POST("/api/v1/payment-method-setups", { params: { header } })));
    });
  const finish = (setupId: string) =>
    attempt(async () => {
      await done(browserApi.POST("/api/v1/payment-method-setups/finish", { body: { setup_id: setupId } }));
      setSetup(null);
      router.refresh();
    });
  if (!setup) {
    return (
      <div className="space-y-3">
        <Button variant="secondary" onClick={start} pending={pending}>
          <Plus aria-hidden /> {t("add")}
        </Button>
        <ProblemAlert error={error} />
      </div>
    );
  }
  return (
    <Card className="max-w-xl animate-rise">
      <CardHeader title={t("addTitle")} description={t("addHelp")} />
      <CardBody className="space-y-4">
        <ProblemAlert error={error} />
        <CardForm
          source={source}
          publishableKey={setup.publishable_key}
          clientSecret={setup.client_secret}
          intent="setup"
          returnPath="/payment-methods"
          submitLabel={t("save")}
          onDone={finish}
        />
      </CardBody>
    </Card>
  );
}

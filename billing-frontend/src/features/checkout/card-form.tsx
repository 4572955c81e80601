"use client";

import { Alert } from "@nextpanel/ui/alert";
import { Button } from "@nextpanel/ui/button";
import { Skeleton } from "@nextpanel/ui/page";
import { Elements, PaymentElement, useElements, useStripe } from "@stripe/react-stripe-js";
import type { Appearance, Stripe } from "@stripe/stripe-js";
import { Lock } from "lucide-react";
import { type FormEvent, useEffect, useState, useSyncExternalStore } from "react";
import { useTranslations } from "use-intl/react";

import { type StripeSource, getStripe } from "./stripe";

interface CardFormProps {
  source: StripeSource;
  publishableKey: string;
  clientSecret: string;
  /** `setup` keeps a card without charging it. */
  intent: "payment" | "setup";
  /** Where a bank that takes the whole page sends the customer back to; a path of ours. */
  returnPath: string;
  submitLabel: string;
  /** Called with the id of the confirmed intent. */
  onDone: (intentId: string) => void;
}

// A second tab, or one reopened, may find the payment made; then it is paid, and nothing is charged again.
const PAID = new Set(["succeeded", "processing"]);

const DARK = "(prefers-color-scheme: dark)";

function watchDark(changed: () => void): () => void {
  const query = matchMedia(DARK);
  query.addEventListener("change", changed);
  return () => query.removeEventListener("change", changed);
}

/** The appearance reads the page's own tokens, so the form follows light and dark. */
function appearance(isDark: boolean): Appearance {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    theme: isDark ? "night" : "stripe",
    variables: {
      colorPrimary: token("--accent"),
      colorBackground: token("--surface"),
      colorText: token("--ink"),
      colorDanger: token("--bad"),
      borderRadius: "10px",
      fontFamily: "Geist Variable, system-ui, sans-serif",
    },
  };
}

function Inner({ intent, returnPath, submitLabel, onDone }: Omit<CardFormProps, "source" | "publishableKey" | "clientSecret">) {
  const t = useTranslations("pay");
  const [stripe, elements] = [useStripe(), useElements()];
  const [message, setMessage] = useState<string | null>(null);
  const [state, setState] = useState<"loading" | "ready" | "busy" | "done">("loading");

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (!stripe || !elements || state !== "ready") return;
    setState("busy");
    setMessage(null);
    const options = {
      elements,
      confirmParams: { return_url: new URL(returnPath, location.origin).href },
      redirect: "if_required" as const,
    };
    const result = intent === "payment" ? await stripe.confirmPayment(options) : await stripe.confirmSetup(options);
    const paidElsewhere = result.error?.payment_intent;
    if (paidElsewhere && PAID.has(paidElsewhere.status)) {
      setState("done");
      onDone(paidElsewhere.id);
      return;
    }
    if (result.error) {
      setMessage(result.error.message ?? t("failed"));
      setState("ready");
      return;
    }
    const confirmed = "paymentIntent" in result ? result.paymentIntent : result.setupIntent;
    setState("done");
    if (confirmed) onDone(confirmed.id);
  }

  return (
    <form onSubmit={submit} className="space-y-5" aria-label={t("form")}>
      <PaymentElement onReady={() => setState("ready")} onLoadError={() => setMessage(t("notLoaded"))} />
      {message ? (
        <Alert tone="bad" title={intent === "payment" ? t("notPaid") : t("notKept")}>
          {message} {t("tryAgain")}
        </Alert>
      ) : null}
      <Button type="submit" size="lg" className="w-full" disabled={state === "loading"} pending={state === "busy" || state === "done"}>
        {submitLabel}
      </Button>
      <p className="flex items-center justify-center gap-2 text-xs text-muted">
        <Lock aria-hidden className="size-3.5 shrink-0" /> {t("secure")}
      </p>
    </form>
  );
}

/** The card form of Stripe with our button below. Card data never touches our pages or servers. */
export function CardForm({ source, publishableKey, clientSecret, ...rest }: CardFormProps) {
  const t = useTranslations("pay");
  const [stripe, setStripe] = useState<Stripe | null>(null);
  const [failed, setFailed] = useState(false);
  const isDark = useSyncExternalStore(watchDark, () => matchMedia(DARK).matches, () => false);
  useEffect(() => {
    let here = true;
    getStripe(source, publishableKey).then(
      (loaded) => here && setStripe(loaded),
      () => here && setFailed(true),
    );
    return () => {
      here = false;
    };
  }, [source, publishableKey]);
  if (failed) return <Alert tone="bad">{t("notLoaded")}</Alert>;
  if (!stripe) {
    return (
      <div aria-busy className="space-y-4" aria-label={t("form")}>
        <Skeleton className="h-12" />
        <div className="grid grid-cols-2 gap-4">
          <Skeleton className="h-12" />
          <Skeleton className="h-12" />
        </div>
        <Skeleton className="h-12" />
      </div>
    );
  }
  return (
    <Elements key={clientSecret} stripe={stripe} options={{ clientSecret, appearance: appearance(isDark) }}>
      <Inner {...rest} />
    </Elements>
  );
}

"use client";

import { Alert } from "@nextpanel/ui/alert";
import { Button } from "@nextpanel/ui/button";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl/react";

import { ProblemAlert } from "@/features/account/problem-alert";
import { browserApi, done, postAuth } from "@/lib/browser-api";

const LOOK_MILLISECONDS = 3000;

/** Waits until the link in the mail was followed, in whatever tab or device, and then lets the checkout go on. */
export function VerifyWait({ email }: { email: string }) {
  const t = useTranslations("checkout");
  const router = useRouter();
  const [sent, setSent] = useState(false);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    const look = async () => {
      try {
        const me = await done(browserApi.GET("/api/v1/me"));
        if (me.email_verified) router.refresh();
      } catch {
        // Offline for a moment; the next look tells.
      }
    };
    const timer = window.setInterval(look, LOOK_MILLISECONDS);
    return () => window.clearInterval(timer);
  }, [router]);
  const resend = () => {
    setError(null);
    postAuth("resend-verification", { email }).then(() => setSent(true), setError);
  };
  return (
    <div className="space-y-4">
      <Alert
        tone="info"
        title={t("confirmTitle")}
        actions={
          <Button size="sm" variant="secondary" onClick={resend} disabled={sent}>
            {sent ? t("sentAgain") : t("sendAgain")}
          </Button>
        }
      >
        {t("confirmHelp", { email })}
      </Alert>
      <ProblemAlert error={error} />
    </div>
  );
}

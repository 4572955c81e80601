"use client";

import { Alert } from "@nextpanel/ui/alert";
import { Button } from "@nextpanel/ui/button";
import { useRouter } from "next/navigation";
import { startTransition } from "react";
import { useTranslations } from "use-intl/react";

import { useRecovery } from "@/lib/use-recovery";

type Props = { error: Error & { digest?: string }; reset: () => void };

/** A page that could not be made: what happened, that nothing was lost; it comes back by itself once the API does. */
export function ErrorPage({ error, reset }: Props) {
  const t = useTranslations("problems");
  const router = useRouter();
  const again = () =>
    startTransition(() => {
      router.refresh();
      reset();
    });
  useRecovery(again);
  return (
    <div className="mx-auto max-w-lg px-4 py-20">
      <Alert
        tone="bad"
        title={t("pageTitle")}
        actions={
          <Button size="sm" variant="secondary" onClick={again}>
            {t("again")}
          </Button>
        }
      >
        {t("pageText")}
        {error.digest ? <code className="mt-1 block text-xs text-muted">{error.digest}</code> : null}
      </Alert>
    </div>
  );
}

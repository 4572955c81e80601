"use client";

import { Button } from "@nextpanel/ui/button";
import { CalendarPlus } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl/react";

import { ProblemAlert } from "@/features/account/problem-alert";
import { ActionDialog } from "@/features/shell/action-dialog";
import { Secret } from "@/features/shell/secret";
import { browserApi, done } from "@/lib/browser-api";
import { useAttempt } from "@/lib/use-attempt";

/** An address for calendar programs with the days on which domains end; it is shown once. */
export function CalendarFeed() {
  const t = useTranslations("domains");
  const [url, setUrl] = useState<string | null>(null);
  const { pending, error, attempt } = useAttempt();
  const make = () => attempt(async () => setUrl((await done(browserApi.POST("/api/v1/domains/calendar"))).url));
  return (
    <div className="space-y-4">
      <ProblemAlert error={error} />
      {url ? (
        <>
          <Secret value={url} />
          <p className="text-sm text-muted">{t("calendarOnce")}</p>
        </>
      ) : null}
      <div className="flex flex-wrap gap-2">
        <Button variant="secondary" onClick={make} pending={pending}>
          <CalendarPlus aria-hidden /> {url ? t("calendarAgain") : t("calendarMake")}
        </Button>
        <ActionDialog
          label={t("calendarEnd")}
          button={{ variant: "ghost" }}
          title={t("calendarEndTitle")}
          description={t("calendarEndHelp")}
          submitLabel={t("calendarEnd")}
          danger
          act={async () => {
            await done(browserApi.DELETE("/api/v1/domains/calendar"));
            setUrl(null);
          }}
        />
      </div>
    </div>
  );
}

"use client";

import { Button } from "@nextpanel/ui/button";
import { LogOut as Icon } from "lucide-react";
import { useTranslations } from "use-intl/react";

import { ProblemAlert } from "@/features/account/problem-alert";
import { postAuth } from "@/lib/browser-api";
import { LEAVING, useAttempt } from "@/lib/use-attempt";

export function LogOut() {
  const t = useTranslations("shell");
  const { pending, error, attempt } = useAttempt();
  const leave = () =>
    attempt(async () => {
      await postAuth("logout", {});
      // eslint-disable-next-line @next/next/no-location-assign-relative-destination -- a whole new page, so that nothing of this account stays in memory
      location.assign("/");
      return LEAVING;
    });
  return (
    <div className="space-y-2">
      <Button variant="ghost" size="sm" onClick={leave} pending={pending}>
        <Icon aria-hidden /> {t("logout")}
      </Button>
      <ProblemAlert error={error} />
    </div>
  );
}

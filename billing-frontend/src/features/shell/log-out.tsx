"use client";

import { Button } from "@nextpanel/ui/button";
import { LogOut as Icon } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl/react";

import { postAuth } from "@/lib/browser-api";

export function LogOut() {
  const t = useTranslations("shell");
  const [pending, setPending] = useState(false);
  const leave = async () => {
    setPending(true);
    try {
      await postAuth("logout", {});
      // A whole new page, so that nothing of this account stays in memory.
      // eslint-disable-next-line @next/next/no-location-assign-relative-destination -- as said above
      location.assign("/");
    } catch {
      setPending(false);
    }
  };
  return (
    <Button variant="ghost" size="sm" onClick={leave} pending={pending}>
      <Icon aria-hidden /> {t("logout")}
    </Button>
  );
}

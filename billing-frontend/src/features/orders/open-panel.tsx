"use client";

import { Button } from "@nextpanel/ui/button";
import { ArrowUpRight } from "lucide-react";
import { useTranslations } from "use-intl/react";

import { ProblemAlert } from "@/features/account/problem-alert";
import { ProblemError, toProblem } from "@/lib/problem";
import { LEAVING, useAttempt } from "@/lib/use-attempt";

interface OpenPanelProps {
  /** The license or the order whose panel is meant. */
  target: { license_id: string } | { order_id: string };
  size?: "md" | "lg";
}

async function panelUrl(target: OpenPanelProps["target"]): Promise<string> {
  const answer = await fetch("/api/panel", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(target),
  }).catch(() => null);
  const body: unknown = answer ? await answer.json().catch(() => null) : null;
  if (!answer?.ok) throw new ProblemError(toProblem(answer?.status ?? 0, body));
  return (body as { url: string }).url;
}

/** Opens the hosting panel, already logged in, by an address good for a minute. */
export function OpenPanel({ target, size = "md" }: OpenPanelProps) {
  const t = useTranslations("order");
  const { pending, error, attempt } = useAttempt();
  const open = () =>
    attempt(async () => {
      location.assign(await panelUrl(target));
      return LEAVING;
    });
  return (
    <div className="space-y-3">
      <Button size={size} onClick={open} pending={pending}>
        {t("openPanel")} <ArrowUpRight aria-hidden />
      </Button>
      <ProblemAlert error={error} title={t("panelNotOpen")} />
    </div>
  );
}

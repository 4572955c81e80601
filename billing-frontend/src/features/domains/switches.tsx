"use client";

import { Switch } from "@nextpanel/ui/switch";
import { useRouter } from "next/navigation";
import { useId, useState } from "react";
import { useTranslations } from "use-intl/react";

import { ProblemAlert } from "@/features/account/problem-alert";
import { browserApi, done } from "@/lib/browser-api";
import { useAttempt } from "@/lib/use-attempt";

type Kind = "autoRenew" | "lock" | "privacy";

/** How each switch is said to the API. */
const CHANGES: Record<Kind, (id: string, on: boolean) => Promise<unknown>> = {
  autoRenew: (id, on) => done(browserApi.PATCH("/api/v1/domains/{domain_id}", { params: { path: { domain_id: id } }, body: { auto_renew: on } })),
  lock: (id, on) => done(browserApi.PUT("/api/v1/domains/{domain_id}/lock", { params: { path: { domain_id: id } }, body: { locked: on } })),
  privacy: (id, on) => done(browserApi.PUT("/api/v1/domains/{domain_id}/privacy", { params: { path: { domain_id: id } }, body: { enabled: on } })),
};

/** One property of a domain that is on or off. It moves at once, and back when the registrar did not do it. */
export function DomainSwitch({ id, kind, on, disabled }: { id: string; kind: Kind; on: boolean; disabled?: boolean }) {
  const t = useTranslations("domains");
  const router = useRouter();
  const labelled = useId();
  const [wanted, setWanted] = useState<boolean | null>(null);
  const { pending, error, attempt } = useAttempt();
  const change = (next: boolean) => {
    setWanted(next);
    void attempt(async () => {
      try {
        await CHANGES[kind](id, next);
        router.refresh();
      } catch (failure) {
        setWanted(null);
        throw failure;
      }
    });
  };
  return (
    <li className="border-b py-4 first:pt-0 last:border-0 last:pb-0">
      <div className="flex items-start justify-between gap-6">
        <div className="min-w-0">
          <p id={`${labelled}-name`} className="text-sm font-medium">
            {t(kind)}
          </p>
          <p id={`${labelled}-help`} className="mt-0.5 max-w-prose text-sm text-muted">
            {t(`${kind}Help`)}
          </p>
        </div>
        <Switch
          checked={wanted ?? on}
          onCheckedChange={change}
          disabled={disabled || pending}
          aria-labelledby={`${labelled}-name`}
          aria-describedby={`${labelled}-help`}
        />
      </div>
      {error ? (
        <div className="mt-3">
          <ProblemAlert error={error} title={t("notSaved")} />
        </div>
      ) : null}
    </li>
  );
}

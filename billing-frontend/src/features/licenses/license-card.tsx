import { Badge } from "@nextpanel/ui/badge";
import { Card } from "@nextpanel/ui/card";
import { ChevronRight, KeyRound } from "lucide-react";
import Link from "next/link";

import { LICENSE_TONES } from "@/features/shell/states";
import { locale, texts } from "@/i18n/server";
import type { components } from "@/lib/billing-api";
import { formatDay } from "@/lib/format";

export async function LicenseCard({ license }: { license: components["schemas"]["LicenseOut"] }) {
  const [t, language] = await Promise.all([texts("licenses"), locale()]);
  const day = formatDay(license.expiry_date, language);
  return (
    <Card className="group relative flex items-center gap-4 p-5 transition-shadow hover:shadow-lifted">
      <span aria-hidden className="grid size-11 shrink-0 place-items-center rounded-control bg-accent-soft text-accent">
        <KeyRound className="size-5" />
      </span>
      <div className="min-w-0 flex-1">
        <h2 className="font-semibold tracking-tight">
          <Link href={`/licenses/${license.id}`} className="after:absolute after:inset-0">
            {t(`plan.${license.plan}`)}
          </Link>
        </h2>
        <p className="text-sm text-muted">
          <span className="font-mono">…{license.last4}</span> · {license.auto_renew ? t("renews", { day }) : t("ends", { day })}
        </p>
      </div>
      <Badge tone={LICENSE_TONES[license.status]}>{t(`state.${license.status}`)}</Badge>
      <ChevronRight aria-hidden className="size-4 shrink-0 text-muted transition-transform group-hover:translate-x-0.5 max-sm:hidden" />
    </Card>
  );
}

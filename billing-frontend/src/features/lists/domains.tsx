import "server-only";

import { Badge } from "@nextpanel/ui/badge";

import { DOMAIN_TONES } from "@/features/shell/states";
import { locale, texts } from "@/i18n/server";
import type { components } from "@/lib/billing-api";
import { formatDay } from "@/lib/format";
import { need } from "@/server/api";

import type { Column, List } from "./list";

type Domain = components["schemas"]["DomainOut"];

async function columns(): Promise<Column<Domain>[]> {
  const [t, language] = await Promise.all([texts("domains"), locale()]);
  const day = (value: string | null) => (value ? formatDay(value, language) : "–");
  const yes = (value: boolean | null) => (value === null ? "–" : value ? t("on") : t("off"));
  return [
    {
      key: "name",
      title: t("name"),
      fixed: true,
      grow: true,
      cell: (each) => (
        <span className="block max-sm:py-2">
          <bdi className="block truncate">{each.unicode_name}</bdi>
          <span className="block font-normal text-muted sm:hidden">{day(each.expiry_date)}</span>
        </span>
      ),
      plain: (each) => each.domain_name,
    },
    {
      key: "status",
      title: t("status"),
      cell: (each) => <Badge tone={DOMAIN_TONES[each.status]}>{t(`state.${each.status}`)}</Badge>,
      plain: (each) => each.status,
    },
    { key: "registered", title: t("registered"), extra: true, cell: (each) => day(each.registration_date), plain: (each) => each.registration_date ?? "" },
    { key: "expires", title: t("expires"), cell: (each) => day(each.expiry_date), plain: (each) => each.expiry_date ?? "", from: "sm" },
    { key: "auto_renew", title: t("autoRenew"), cell: (each) => yes(each.auto_renew), plain: (each) => String(each.auto_renew), from: "md" },
    { key: "lock", title: t("lock"), extra: true, cell: (each) => yes(each.is_transfer_locked), plain: (each) => String(each.is_transfer_locked) },
    { key: "privacy", title: t("privacy"), extra: true, cell: (each) => yes(each.is_private), plain: (each) => String(each.is_private ?? "") },
    {
      key: "nameservers",
      title: t("nameservers"),
      extra: true,
      cell: (each) => <span className="font-mono text-xs">{each.nameservers.join(", ") || "–"}</span>,
      plain: (each) => each.nameservers.join(" "),
    },
  ];
}

export const DOMAIN_LIST: List<Domain> = {
  name: "domains",
  path: "/domains",
  states: [],
  load: (client, { limit, cursor }) => need(client.GET("/api/v1/domains", { params: { query: { limit, cursor } } })),
  columns,
  hrefOf: (each) => `/domains/${each.id}`,
};

import "server-only";

import type { PlaceGroup } from "@nextpanel/ui/app-shell";
import {
  Activity,
  ArrowLeftRight,
  AtSign,
  BadgePercent,
  Banknote,
  ChartLine,
  CircleAlert,
  GitCompareArrows,
  Globe,
  KeyRound,
  Landmark,
  LayoutDashboard,
  Layers,
  type LucideIcon,
  Mail,
  Package,
  Receipt,
  ReceiptText,
  RefreshCw,
  Scale,
  ScrollText,
  Server,
  SquareTerminal,
  TicketPercent,
  TimerReset,
  UserCog,
  Users,
  Webhook,
} from "lucide-react";

import type { Permission } from "../staff";
import { adminTexts } from "../texts";
import { AttentionCount } from "./attention-count";

const PLACES = {
  overview: [
    ["/admin", "dashboard", LayoutDashboard, "orders:read"],
    ["/admin/attention", "attention", CircleAlert, "orders:read"],
    ["/admin/reports", "reports", ChartLine, "reports:read"],
  ],
  customers: [
    ["/admin/customers", "customers", Users, "customers:read"],
    ["/admin/orders", "orders", Package, "orders:read"],
    ["/admin/licenses", "licenses", KeyRound, "licenses:read"],
    ["/admin/domains", "domains", Globe, "domains:read"],
    ["/admin/registrar-operations", "registrarOperations", ArrowLeftRight, "domains:read"],
  ],
  billing: [
    ["/admin/subscriptions", "subscriptions", RefreshCw, "subscriptions:read"],
    ["/admin/invoices", "invoices", Receipt, "invoices:read"],
    ["/admin/payments", "payments", Banknote, "invoices:read"],
    ["/admin/credit-notes", "creditNotes", ReceiptText, "invoices:read"],
    ["/admin/disputes", "disputes", Scale, "invoices:read"],
    ["/admin/dunning", "dunning", TimerReset, "dunning:read"],
  ],
  catalog: [
    ["/admin/plans", "plans", Layers, "catalog:read"],
    ["/admin/tld-prices", "tlds", AtSign, "catalog:read"],
    ["/admin/coupons", "coupons", TicketPercent, "catalog:read"],
    ["/admin/tax-rates", "taxRates", BadgePercent, "tax:read"],
    ["/admin/vat-checks", "vatChecks", Landmark, "tax:read"],
  ],
  system: [
    ["/admin/webhook-events", "webhookEvents", Webhook, "webhooks:read"],
    ["/admin/mails", "mails", Mail, "mail:read"],
    ["/admin/panel-servers", "panelServers", Server, "panels:read"],
    ["/admin/panel-commands", "panelCommands", SquareTerminal, "panels:read"],
    ["/admin/reconcile", "reconcile", GitCompareArrows, "reports:read"],
    ["/admin/health", "health", Activity, "system:read"],
    ["/admin/staff", "staff", UserCog, "staff:write"],
    ["/admin/audit", "audit", ScrollText, "audit:read"],
  ],
} as const satisfies Record<string, readonly (readonly [string, string, LucideIcon, Permission])[]>;

/** The places a member of staff may go to; groups without any are left out. */
export async function placesFor(permissions: readonly Permission[]): Promise<PlaceGroup[]> {
  const t = await adminTexts("places");
  return Object.entries(PLACES)
    .map(([group, places]) => ({
      label: t(`groups.${group as keyof typeof PLACES}`),
      places: places
        .filter(([, , , permission]) => permissions.includes(permission))
        .map(([href, key, Icon]) => ({
          href,
          label: t(key),
          icon: <Icon aria-hidden />,
          note: key === "attention" ? <AttentionCount label={t("waiting")} /> : undefined,
        })),
    }))
    .filter((group) => group.places.length > 0);
}

import "server-only";

import { EmptyState } from "@nextpanel/ui/page";
import { Section, WorkTitle } from "@nextpanel/ui/detail-page";
import { Inbox } from "lucide-react";

import type { components } from "@/lib/billing-api";
import { api, need } from "@/server/api";

import { Action, type FieldConfig } from "../action/action";
import { Facts } from "../details";
import { type Formats, formats } from "../formats";
import { adminTexts } from "../texts";

type Plan = components["schemas"]["StaffPlan"];
type Patch = components["schemas"]["StaffPlanPatch"];

const QUOTAS = ["max_accounts", "max_domains", "max_databases", "max_emails", "max_storage_mb"] as const;
const SUPPORT = ["email", "priority", "phone_24_7"];

/** What can be said about a plan, with what is said now where it exists. */
function planFields(plan?: Plan): FieldConfig<Exclude<keyof Patch, "features">>[] {
  const currency = plan?.currency ?? "USD";
  return [
    { kind: "text", name: "name", value: plan?.name, isRequired: true, most: 100 },
    { kind: "textarea", name: "description", value: plan?.description, isRequired: true, most: 500 },
    { kind: "money", name: "price_monthly", currency, value: plan?.price_monthly, isRequired: true },
    { kind: "money", name: "price_yearly", currency, value: plan?.price_yearly, isRequired: true },
    { kind: "number", name: "trial_days", value: plan?.trial_days ?? 0, least: 0, most: 365, isRequired: true },
    ...QUOTAS.map((name) => ({ kind: "number" as const, name, value: plan?.[name] ?? undefined, least: 0, hint: "unlimited" as const })),
    { kind: "select", name: "support_level", options: SUPPORT, value: plan?.support_level },
    { kind: "number", name: "sort_order", value: plan?.sort_order ?? 0, isRequired: true },
    { kind: "checkbox", name: "is_active", value: plan?.is_active ?? true, hint: "planActive" },
  ];
}

function NewPlan() {
  return (
    <Action
      config={{
        name: "createPlan",
        method: "post",
        api: "/api/v1/admin/plans",
        permission: "catalog:write",
        variant: "primary",
        sendsEmpty: true,
        fields: [
          { kind: "text", name: "code", isRequired: true, isCode: true, most: 50, hint: "planCode" },
          { kind: "select", name: "license_type", options: ["starter", "professional", "enterprise"] },
          ...planFields(),
        ],
      }}
    />
  );
}

function quota(value: number | null, f: Formats): string {
  return value === null ? f.word("unlimited") : f.number(value);
}

async function PlanCard({ plan }: { plan: Plan }) {
  const f = await formats();
  const features = Object.entries(plan.features).filter(([, isIn]) => isIn);
  return (
    <Section
      title={
        <span className="flex items-center gap-2.5">
          {plan.name} {f.state(plan.is_active ? "active" : "hidden")}
        </span>
      }
      actions={
        <Action
          config={{ name: "updatePlan", method: "patch", api: "/api/v1/admin/plans/{plan_id}", at: { plan_id: plan.id }, permission: "catalog:write", fields: planFields(plan) }}
        />
      }
    >
      <Facts
        isBare
        facts={{
          price_monthly: f.money(plan.price_monthly, plan.currency),
          price_yearly: f.money(plan.price_yearly, plan.currency),
          trial_days: f.number(plan.trial_days),
          ...Object.fromEntries(QUOTAS.map((name) => [name, quota(plan[name], f)])),
          support_level: f.word(plan.support_level),
          features: <span className="font-normal">{features.map(([name]) => f.word(name)).join(", ")}</span>,
          code: <code className="font-mono text-xs">{plan.code}</code>,
        }}
      />
    </Section>
  );
}

/** Every plan as it is sold, and the way to change it. */
export async function PlansPage() {
  const client = await api();
  const [{ items }, texts] = await Promise.all([need(client.GET("/api/v1/admin/plans")), adminTexts("lists")]);
  return (
    <>
      <WorkTitle title={texts("plans.title")} description={texts("plans.help")} actions={<NewPlan />} />
      {items.length === 0 ? <EmptyState icon={<Inbox />} title={texts("plans.empty")} /> : null}
      <div className="grid items-start gap-6 md:grid-cols-2 2xl:grid-cols-3">
        {items.map((plan) => (
          <PlanCard key={plan.id} plan={plan} />
        ))}
      </div>
    </>
  );
}

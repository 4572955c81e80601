import "server-only";

import { Button } from "@nextpanel/ui/button";
import { Section, TabLinks } from "@nextpanel/ui/detail-page";
import { FileDown } from "lucide-react";
import Link from "next/link";

import type { components } from "@/lib/billing-api";
import { api, need } from "@/server/api";

import { AUDIT } from "../audit/list";
import { CREDIT_NOTES } from "../credit-notes/list";
import { Detail } from "../detail";
import { Code, Facts } from "../details";
import { DOMAINS } from "../domains/list";
import { formats } from "../formats";
import { INVOICES } from "../invoices/list";
import { LICENSES } from "../licenses/list";
import type { SearchParams } from "../list/address";
import type { ListConfig, ListPath } from "../list/config";
import { ListPart } from "../list/list-view";
import { MAILS } from "../mails/list";
import { ORDERS } from "../orders/list";
import { PAYMENTS } from "../payments/list";
import { monthOf } from "../reports/months";
import { SUBSCRIPTIONS } from "../subscriptions/list";
import { adminTexts } from "../texts";
import { may } from "../staff";
import { Balance } from "./balance";
import { CustomerTimeline, Notes } from "./journal";
import { CUSTOMERS } from "./list";

type Customer = components["schemas"]["CustomerDetail"];

const VIEWS = ["overview", "billing", "things", "mails"] as const;
type View = (typeof VIEWS)[number];

async function Part<P extends ListPath>({ config, only }: { config: ListConfig<P>; only: NonNullable<ListConfig<P>["fixed"]> }) {
  const [texts, isReachable] = await Promise.all([adminTexts("lists"), may(config.permission)]);
  if (!isReachable) return null;
  return (
    <Section title={texts(`${config.name}.title`)}>
      <ListPart config={config} only={only} />
    </Section>
  );
}

async function Parts({ view, customer, cursor }: { view: View; customer: Customer; cursor?: string }) {
  const only = { user_id: customer.id };
  if (view === "billing") {
    return (
      <>
        <Part config={SUBSCRIPTIONS} only={only} />
        <Part config={INVOICES} only={only} />
        <Part config={PAYMENTS} only={only} />
        <Part config={CREDIT_NOTES} only={only} />
      </>
    );
  }
  if (view === "things") {
    return (
      <>
        <Part config={ORDERS} only={only} />
        <Part config={LICENSES} only={only} />
        <Part config={DOMAINS} only={only} />
      </>
    );
  }
  if (view === "mails") {
    return (
      <>
        <Part config={MAILS} only={only} />
        <Part config={AUDIT} only={{ actor_user_id: customer.id }} />
      </>
    );
  }
  return (
    <>
      <Notes userId={customer.id} />
      <Balance userId={customer.id} />
      <CustomerTimeline userId={customer.id} cursor={cursor} />
    </>
  );
}

async function Counts({ customer }: { customer: Customer }) {
  const [f, t] = await Promise.all([formats(), adminTexts("customer")]);
  const { counts } = customer;
  const owed = customer.open_amounts.map((each) => f.money(each.amount, each.currency)).join(", ");
  const figures = [
    [t("subscriptions"), f.number(counts.running_subscriptions)],
    [t("licenses"), f.number(counts.active_licenses)],
    [t("domains"), f.number(counts.domains)],
    [t("orders"), f.number(counts.orders)],
    [t("owed"), owed || "–"],
  ] as const;
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-card border bg-line shadow-card sm:grid-cols-5">
      {figures.map(([label, value]) => (
        <div key={label} className="bg-surface px-4 py-3 max-sm:last:col-span-2">
          <dt className="text-xs text-muted">{label}</dt>
          <dd className="numeric mt-0.5 text-base font-semibold">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function address(customer: Customer): string {
  const town = [customer.postal_code, customer.city].filter(Boolean).join(" ");
  return [customer.address_line1, customer.address_line2, town, customer.region].filter(Boolean).join("\n");
}

async function Aside({ customer }: { customer: Customer }) {
  const f = await formats();
  return (
    <Facts
      facts={{
        email: customer.email,
        email_verified_at: f.time(customer.email_verified_at),
        phone: customer.phone,
        company_name: customer.company_name,
        vat_number: customer.vat_number,
        address: address(customer) ? <span className="whitespace-pre-line font-normal">{address(customer)}</span> : null,
        country: customer.country ? f.country(customer.country) : null,
        locale: customer.locale,
        created_at: f.time(customer.created_at),
        last_seen_at: f.time(customer.last_seen_at),
        stripe_customer_id: <Code>{customer.stripe_customer_id}</Code>,
        id: <Code>{customer.id}</Code>,
      }}
    />
  );
}

export async function CustomerPage({ id, params }: { id: string; params: SearchParams }) {
  const client = await api();
  const [customer, f, t] = await Promise.all([
    need(client.GET("/api/v1/admin/customers/{user_id}", { params: { path: { user_id: id } } })),
    formats(),
    adminTexts("customer"),
  ]);
  const view = VIEWS.find((each) => each === params.view) ?? "overview";
  const now = new Date();
  const statement = `/api/staff/api/v1/admin/customers/${id}/statement?since=${monthOf(now).slice(0, 4)}-01-01&until=${now.toISOString().slice(0, 10)}`;
  return (
    <Detail
      list={CUSTOMERS}
      title={customer.full_name}
      badge={customer.is_active ? null : f.state("blocked")}
      description={customer.company_name}
      actions={
        <Button asChild variant="secondary" size="sm">
          <a href={statement} download>
            <FileDown aria-hidden /> {t("statement")}
          </a>
        </Button>
      }
      aside={<Aside customer={customer} />}
    >
      <Counts customer={customer} />
      <div className="space-y-6">
        <TabLinks
          label={t("views")}
          Link={Link}
          current={view}
          tabs={VIEWS.map((each) => ({ key: each, label: t(`view.${each}`), href: each === "overview" ? `/admin/customers/${id}` : `/admin/customers/${id}?view=${each}` }))}
        />
        <Parts view={view} customer={customer} cursor={typeof params.cursor === "string" ? params.cursor : undefined} />
      </div>
    </Detail>
  );
}

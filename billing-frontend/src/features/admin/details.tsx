import "server-only";

import { FactList } from "@nextpanel/ui/detail-page";
import { Card } from "@nextpanel/ui/card";
import { JsonView, type Json } from "@nextpanel/ui/json-view";
import type { ReactNode } from "react";

import { NOTHING, formats } from "./formats";
import { ThingLink, shortId } from "./list/columns";

/** Names and values of one thing; a name is the key of its text, and an empty value is a dash. */
export async function Facts({ facts, isBare }: { facts: Record<string, ReactNode>; isBare?: boolean }) {
  const f = await formats();
  const list = Object.entries(facts).map(([name, value]) => ({
    label: f.field(name),
    value: value === null || value === undefined || value === "" ? NOTHING : value,
  }));
  return isBare ? (
    <FactList facts={list} />
  ) : (
    <Card className="overflow-hidden">
      <FactList facts={list} />
    </Card>
  );
}

export function Code({ children }: { children: string | null | undefined }) {
  return children ? <code className="font-mono text-xs font-normal">{children}</code> : NOTHING;
}

/** A link to another thing by its id; a dash where there is none. */
export function IdLink({ base, id, children }: { base: string; id: string | null | undefined; children?: ReactNode }) {
  if (!id) return NOTHING;
  return <ThingLink href={`${base}/${id}`}>{children ?? <Code>{shortId(id)}</Code>}</ThingLink>;
}

interface CustomerRef {
  id: string;
  full_name: string;
  email: string;
}

/** Whose it is, as a link. */
export function CustomerLink({ customer }: { customer: CustomerRef }) {
  return (
    <ThingLink href={`/admin/customers/${customer.id}`}>
      {customer.full_name}
      <span className="block font-normal text-muted">{customer.email}</span>
    </ThingLink>
  );
}

/** Whatever the API gave as a document. */
export function Document({ name, value }: { name: string; value: unknown }) {
  return <JsonView name={name} value={value as Json} />;
}

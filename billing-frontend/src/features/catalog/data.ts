import "server-only";

import { cache } from "react";

import type { components } from "@/lib/billing-api";
import { api, need } from "@/server/api";

export type Plan = components["schemas"]["PlanOut"];
export type Tld = components["schemas"]["TldOut"];

export const listPlans = cache(async (): Promise<Plan[]> => (await need((await api()).GET("/api/v1/plans"))).items);

export const listTlds = cache(async (): Promise<Tld[]> => (await need((await api()).GET("/api/v1/tlds"))).items);

/** The ending on sale that a name has: the longest that fits, as `co.uk` before `uk`. */
export function tldOf(name: string, tlds: Tld[]): Tld | undefined {
  return tlds.filter((each) => name.endsWith(`.${each.tld}`)).sort((a, b) => b.tld.length - a.tld.length)[0];
}

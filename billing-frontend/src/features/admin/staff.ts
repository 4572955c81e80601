import "server-only";

import { notFound } from "next/navigation";
import { cache } from "react";

import type { components } from "@/lib/billing-api";
import { api, need } from "@/server/api";

export type Permission = components["schemas"]["Permission"];

/** The member of staff who asks. Whoever is none gets the page for what does not exist, as for any wrong address. */
export const staff = cache(async () => {
  const me = await need((await api()).GET("/api/v1/me"));
  if (me.role === "customer") notFound();
  return me;
});

export async function may(permission: Permission): Promise<boolean> {
  return (await staff()).permissions.includes(permission);
}

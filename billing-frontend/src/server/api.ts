import "server-only";

import { cookies, headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import createClient from "openapi-fetch";
import { cache } from "react";

import type { paths } from "@/lib/billing-api";
import { type Problem, toProblem } from "@/lib/problem";

import { config } from "./config";
import { ACCESS_COOKIE } from "./session";

/** Says for whom we ask: the API counts by the visitor's address, not by ours. */
export function forwardedFor(incoming: Headers): Record<string, string> {
  const address = incoming.get("x-forwarded-for");
  return address ? { "x-forwarded-for": address } : {};
}

/** The billing API as the visitor of this request; one client per request. */
export const api = cache(async () => {
  const token = (await cookies()).get(ACCESS_COOKIE)?.value;
  return createClient<paths>({
    baseUrl: config().billingUrl,
    cache: "no-store",
    headers: { ...forwardedFor(await headers()), ...(token ? { authorization: `Bearer ${token}` } : {}) },
    signal: AbortSignal.timeout(15_000),
  });
});

/** A problem of the API while a page was made; the error page shows its code. */
export class ApiProblem extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code);
  }
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/**
 * Returns the data of an answer. 401 leads to the log-in and back, 404 to the page for it, everything else is thrown
 * as ApiProblem.
 */
export async function need<T>(answer: Promise<Answer<T>>): Promise<T> {
  let found: Answer<T>;
  try {
    found = await answer;
  } catch {
    throw new ApiProblem(toProblem(503, null));
  }
  if (found.data !== undefined) return found.data;
  const status = found.response.status;
  if (status === 401) {
    const path = (await headers()).get("x-path") ?? "/dashboard";
    redirect(`/login?next=${encodeURIComponent(path)}`);
  }
  // An id that is no id is, for a person who typed an address, the same as one that does not exist.
  if (status === 404 || status === 422) notFound();
  throw new ApiProblem(toProblem(status, found.error));
}

/** The visitor's account, or null for a stranger. */
export const visitor = cache(async () => {
  if (!(await cookies()).has(ACCESS_COOKIE)) return null;
  try {
    const { data } = await (await api()).GET("/api/v1/me");
    return data ?? null;
  } catch {
    return null;
  }
});

import createClient from "openapi-fetch";

import type { paths } from "./billing-api";
import { ProblemError, toProblem } from "./problem";

/** The billing API from a page, by way of our own server, which adds the log-in. */
export const browserApi = createClient<paths>({ baseUrl: "/api/billing", fetch: (request) => fetch(request) });

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Returns the data of an answer; throws ProblemError, with code `offline` when nobody answered. */
export async function done<T>(answer: Promise<Answer<T>>): Promise<T> {
  let found: Answer<T>;
  try {
    found = await answer;
  } catch {
    throw new ProblemError(toProblem(0, null));
  }
  if (!found.response.ok) throw new ProblemError(toProblem(found.response.status, found.error));
  return found.data as T;
}

/** Posts to one of our own routes under /api/auth; throws ProblemError. */
export async function postAuth<T>(action: string, body: unknown): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(`/api/auth/${action}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new ProblemError(toProblem(0, null));
  }
  const content: unknown = await answer.json().catch(() => null);
  if (!answer.ok) throw new ProblemError(toProblem(answer.status, content));
  return content as T;
}

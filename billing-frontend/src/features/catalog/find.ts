import "server-only";

import { cache } from "react";

import type { components } from "@/lib/billing-api";
import { type Problem, toProblem } from "@/lib/problem";
import { api } from "@/server/api";

import { listTlds, tldOf } from "./data";

export type Result = components["schemas"]["SearchResultOut"];
export type Found = { results: Result[]; problem: null } | { results: null; problem: Problem };

const MOST_SUGGESTIONS = 4;

async function ask(name: string): Promise<Found> {
  try {
    const { data, error, response } = await (await api()).GET("/api/v1/domains/search", { params: { query: { name } } });
    return data ? { results: data.results, problem: null } : { results: null, problem: toProblem(response.status, error) };
  } catch {
    return { results: null, problem: toProblem(503, null) };
  }
}

/** A full name first and its label under the other endings after it; one question to the registry, if it can be. */
export const find = cache(async (query: string): Promise<Found> => {
  const tld = tldOf(query, await listTlds());
  const label = tld ? query.slice(0, -tld.tld.length - 1) : query;
  if (!tld || label.includes(".")) return ask(query);
  const answer = await ask(label);
  const wanted = answer.results?.find((each) => each.name === query);
  if (!answer.results || !wanted) return ask(query);
  return { results: [wanted, ...answer.results.filter((each) => each !== wanted)], problem: null };
});

/**
 * Free names close to one that is taken, under its own ending first; none when it is free or the registry does not
 * answer. It costs a further question, so it is asked only then.
 */
export async function suggest(query: string): Promise<Result[]> {
  const { results } = await find(query);
  const wanted = results?.[0];
  if (!wanted || wanted.status === "available") return [];
  const [label = "", ...ending] = wanted.unicode_name.split(".");
  const { results: close } = await ask(`get${label}`);
  return (close ?? [])
    .filter((each) => each.status === "available")
    .sort((a, b) => Number(b.name.endsWith(`.${ending.join(".")}`)) - Number(a.name.endsWith(`.${ending.join(".")}`)))
    .slice(0, MOST_SUGGESTIONS);
}

"use client";

import { useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";

import type { components } from "@/lib/billing-api";
import { done } from "@/lib/browser-api";

import { staffApi } from "./staff-api";

export type Hit = components["schemas"]["SearchHit"];

const LEAST = 2;
const KEPT_MILLISECONDS = 30_000;

/** What of everything is called like this; nothing before there are two letters of it. */
export function useSearch(typed: string) {
  const query = useDeferredValue(typed.trim());
  const isAsked = query.length >= LEAST;
  const { data, isFetching, isError } = useQuery({
    queryKey: ["search", query],
    queryFn: ({ signal }) => done(staffApi.GET("/api/v1/admin/search", { params: { query: { q: query } }, signal })),
    enabled: isAsked,
    staleTime: KEPT_MILLISECONDS,
    // What was found for fewer letters stays until there is something better.
    placeholderData: (before) => before,
  });
  return { hits: isAsked ? (data?.items ?? []) : [], isFetching, isError: isAsked && isError };
}

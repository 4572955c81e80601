"use client";

import { useQuery } from "@tanstack/react-query";

import { done } from "@/lib/browser-api";

import { staffApi } from "./staff-api";

const MOST = 50;
const ASK_MILLISECONDS = 30_000;

/** How many orders wait for somebody; nothing when none does or nobody knows. */
export function AttentionCount({ label }: { label: string }) {
  const { data } = useQuery({
    queryKey: ["attention"],
    queryFn: () => done(staffApi.GET("/api/v1/admin/attention", { params: { query: { limit: MOST } } })),
    refetchInterval: ASK_MILLISECONDS,
  });
  const count = data?.items.length ?? 0;
  if (count === 0) return null;
  return (
    <span className="numeric rounded-full bg-warn-soft px-1.5 text-xs font-medium text-warn">
      {count}
      {data?.next_cursor ? "+" : ""} <span className="sr-only">{label}</span>
    </span>
  );
}

"use client";

import { QueryClient, QueryClientProvider, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";

import type { components } from "@/lib/billing-api";
import { browserApi, done } from "@/lib/browser-api";

export type Order = components["schemas"]["OrderOut"];

const SETTLED = new Set(["fulfilled", "refunded", "expired"]);
const POLL_MILLISECONDS = 2500;

function key(id: string) {
  return ["order", id] as const;
}

function useLiveOrder(initial: Order): Order {
  const client = useQueryClient();
  const [streamed, setStreamed] = useState(true);
  const { data } = useQuery({
    queryKey: key(initial.id),
    queryFn: () => done(browserApi.GET("/api/v1/orders/{order_id}", { params: { path: { order_id: initial.id } } })),
    initialData: initial,
    staleTime: Infinity,
    refetchInterval: (query) => (streamed || SETTLED.has(query.state.data?.status ?? "") ? false : POLL_MILLISECONDS),
  });
  const isSettled = SETTLED.has(data.status);
  useEffect(() => {
    if (isSettled) return;
    const source = new EventSource(`/api/billing/api/v1/orders/${initial.id}/events`);
    source.addEventListener("order", (event: MessageEvent<string>) => {
      setStreamed(true);
      client.setQueryData(key(initial.id), JSON.parse(event.data) as Order);
    });
    source.addEventListener("end", () => source.close());
    // The browser tries again by itself; until it gets through, we ask.
    source.addEventListener("error", () => setStreamed(false));
    return () => source.close();
  }, [client, initial.id, isSettled]);
  return data;
}

function Live({ initial, children }: { initial: Order; children: (order: Order) => ReactNode }) {
  return children(useLiveOrder(initial));
}

/** Keeps an order up to date by server-sent events, or by asking when those do not come through. */
export function LiveOrder({ initial, children }: { initial: Order; children: (order: Order) => ReactNode }) {
  const [client] = useState(() => new QueryClient());
  return (
    <QueryClientProvider client={client}>
      <Live initial={initial}>{children}</Live>
    </QueryClientProvider>
  );
}

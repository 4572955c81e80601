"use client";

import type { ChartPoint, Series } from "@nextpanel/ui/chart";
import { Skeleton } from "@nextpanel/ui/page";
import dynamic from "next/dynamic";

const Chart = dynamic(() => import("@nextpanel/ui/chart").then((module) => module.Chart), {
  ssr: false,
  loading: () => <Skeleton className="h-56 w-full" />,
});

interface Props {
  kind: "area" | "bar";
  series: Series[];
  points: ChartPoint[];
  ticks: { value: number; text: string }[];
  label: string;
}

/** A chart whose code comes after the page, into a space already kept for it. */
export function LazyChart(props: Props) {
  return <Chart {...props} />;
}

"use client";

import { Area, AreaChart, Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";

export interface Series {
  key: string;
  label: string;
  color: "accent" | "good" | "warn" | "bad" | "muted";
}

export interface ChartPoint {
  /** What stands below the point. */
  label: string;
  /** Values by the key of their series, and how each is read. */
  values: Record<string, number>;
  texts: Record<string, string>;
}

interface ChartProps {
  kind: "area" | "bar";
  series: Series[];
  points: ChartPoint[];
  /** Numbers of the axis as people read them, for the values that may stand there. */
  ticks: { value: number; text: string }[];
  /** What the chart shows; the same figures follow as a table for those who cannot see it. */
  label: string;
}

interface Hover {
  active?: boolean;
  payload?: readonly { payload?: ChartPoint }[];
}

function Hint({ active, payload, series }: Hover & { series: Series[] }) {
  const point = payload?.[0]?.payload;
  if (!active || !point) return null;
  return (
    <div className="rounded-control border bg-surface px-3 py-2 text-xs shadow-lifted">
      <p className="mb-1 font-medium">{point.label}</p>
      {series.map((each) => (
        <p key={each.key} className="numeric flex items-center gap-2">
          <span aria-hidden className="size-2 rounded-full" style={{ background: `var(--${each.color})` }} />
          <span className="text-muted">{each.label}</span>
          <span className="ml-auto pl-3 font-medium">{point.texts[each.key]}</span>
        </p>
      ))}
    </div>
  );
}

function shapes(kind: ChartProps["kind"], series: Series[]) {
  return series.map((each) =>
    kind === "area" ? (
      <Area
        key={each.key}
        name={each.label}
        type="monotone"
        dataKey={(point: ChartPoint) => point.values[each.key]}
        stroke={`var(--${each.color})`}
        strokeWidth={2}
        fill={`var(--${each.color})`}
        fillOpacity={0.1}
        isAnimationActive={false}
      />
    ) : (
      <Bar
        key={each.key}
        name={each.label}
        stackId="all"
        dataKey={(point: ChartPoint) => point.values[each.key]}
        fill={`var(--${each.color})`}
        maxBarSize={28}
        radius={[3, 3, 0, 0]}
        isAnimationActive={false}
      />
    ),
  );
}

/** Figures over time. It draws with the tokens, so it is right in the dark too, and nothing in it moves. */
export function Chart({ kind, series, points, ticks, label }: ChartProps) {
  const Frame = kind === "area" ? AreaChart : BarChart;
  const textOf = new Map(ticks.map((tick) => [tick.value, tick.text]));
  return (
    <figure aria-label={label}>
      <div aria-hidden className="h-56 text-xs">
        <ResponsiveContainer width="100%" height="100%">
          <Frame data={points} margin={{ top: 8, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis dataKey="label" tickLine={false} axisLine={false} tick={{ fill: "var(--muted)" }} minTickGap={24} />
            <YAxis
              ticks={ticks.map((tick) => tick.value)}
              domain={[ticks[0]?.value ?? 0, ticks.at(-1)?.value ?? 0]}
              tickFormatter={(value: number) => textOf.get(value) ?? ""}
              tickLine={false}
              axisLine={false}
              width={64}
              tick={{ fill: "var(--muted)" }}
            />
            <Tooltip cursor={{ stroke: "var(--line-strong)", fill: "var(--sunken)" }} content={<Hint series={series} />} isAnimationActive={false} />
            {shapes(kind, series)}
          </Frame>
        </ResponsiveContainer>
      </div>
      {/* A table keeps its width however it is hidden, so what hides it is around it. */}
      <div className="sr-only">
        <table>
          <caption>{label}</caption>
          <thead>
            <tr>
              <td />
              {series.map((each) => (
                <th key={each.key} scope="col">
                  {each.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {points.map((point) => (
              <tr key={point.label}>
                <th scope="row">{point.label}</th>
                {series.map((each) => (
                  <td key={each.key}>{point.texts[each.key]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

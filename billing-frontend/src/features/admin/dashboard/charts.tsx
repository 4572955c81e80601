import "server-only";

import { Section } from "@nextpanel/ui/detail-page";

import type { components } from "@/lib/billing-api";

import { formats } from "../formats";
import { LazyChart } from "../reports/chart";
import { niceTicks } from "../reports/ticks";
import { adminTexts } from "../texts";

interface ChartsProps {
  months: components["schemas"]["MrrMonth"][];
  currency: string;
}

/** Recurring revenue at the end of each month. */
export async function RevenueChart({ months, currency }: ChartsProps) {
  const [f, t] = await Promise.all([formats(), adminTexts("dashboard")]);
  const money = (amount: number) => f.money(amount, currency);
  return (
    <Section title={t("mrrChart")} padded>
      <LazyChart
        kind="area"
        label={t("mrrChart")}
        points={months.map((row) => ({ label: f.month(row.month), values: { ending: row.ending }, texts: { ending: money(row.ending) } }))}
        series={[{ key: "ending", label: t("mrr"), color: "accent" }]}
        ticks={niceTicks(months.map((row) => row.ending)).map((value) => ({ value, text: money(value) }))}
      />
    </Section>
  );
}

const MOVEMENTS = [
  ["new", "good"],
  ["expansion", "accent"],
  ["contraction", "warn"],
  ["churn", "bad"],
] as const;

function total(values: Record<string, number>, sign: 1 | -1): number {
  return Object.values(values).reduce((sum, value) => sum + (value * sign > 0 ? value : 0), 0);
}

/** What changed it, month by month: gains above the line, losses below. */
export async function MovementChart({ months, currency }: ChartsProps) {
  const [f, t] = await Promise.all([formats(), adminTexts("dashboard")]);
  const money = (amount: number) => f.money(amount, currency);
  const signed = (movement: string, amount: number) => (movement === "contraction" || movement === "churn" ? -Math.abs(amount) : amount);
  const points = months.map((row) => {
    const values = Object.fromEntries(MOVEMENTS.map(([movement]) => [movement, signed(movement, row[movement])]));
    return { label: f.month(row.month), values, texts: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, money(value)])) };
  });
  return (
    <Section title={t("movementChart")} padded>
      <LazyChart
        kind="bar"
        label={t("movementChart")}
        points={points}
        series={MOVEMENTS.map(([movement, color]) => ({ key: movement, label: f.word(movement), color }))}
        ticks={niceTicks(points.flatMap(({ values }) => [total(values, 1), total(values, -1)])).map((value) => ({ value, text: money(value) }))}
      />
    </Section>
  );
}

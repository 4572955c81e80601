import type { components } from "@/lib/billing-api";

type Tax = Pick<components["schemas"]["DecisionOut"], "name" | "percentage">;

/** A tax as its line names it: `VAT 19 %`. */
export function taxLabel(tax: Tax, unnamed: string, locale: string): string {
  if (!tax.percentage) return tax.name ?? unnamed;
  const share = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 3 }).format(Number(tax.percentage) / 100);
  return `${tax.name ?? unnamed} ${share}`;
}

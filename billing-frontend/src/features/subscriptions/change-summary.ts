import type { components } from "@/lib/billing-api";
import { formatDay, formatMoney } from "@/lib/format";

type Change = Pick<components["schemas"]["PlanChangeOut"], "today_amount" | "next_amount" | "next_at" | "currency">;

/** What a change costs now and later, as its sentence takes it. */
export function changeSummary(change: Change, locale: string): { today: string; later: string; day: string } {
  return {
    today: formatMoney(change.today_amount, change.currency, locale),
    later: formatMoney(change.next_amount, change.currency, locale),
    day: formatDay(change.next_at, locale),
  };
}

import { formatDay, formatMoney } from "@/lib/format";

type Values = Record<string, string>;

/** Everything that a notification's text may speak of. */
const NAMES = ["amount", "description", "domain", "expires_on", "ip", "license", "new_email", "number", "order_number", "paid_until", "plan", "ends_at"] as const;

function said(value: unknown, locale: string): string {
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return /^\d{4}-\d{2}-\d{2}(T|$)/.test(value) ? formatDay(value, locale) : value;
  if (typeof value === "object" && value !== null && "amount" in value && "currency" in value) {
    return formatMoney(Number(value.amount), String(value.currency), locale);
  }
  return "–";
}

/** The facts of a notification as its text takes them; one that is missing is a dash. */
export function notificationValues(data: Record<string, unknown>, locale: string): Values {
  return Object.fromEntries(NAMES.map((name) => [name, said(data[name], locale)]));
}

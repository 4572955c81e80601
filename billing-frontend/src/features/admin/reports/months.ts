const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

/** The month of a time in UTC, such as `2026-03`. */
export function monthOf(time: Date): string {
  return time.toISOString().slice(0, 7);
}

/** The month `count` months before (or, below zero, after) another. */
export function monthsBefore(month: string, count: number): string {
  const time = new Date(`${month}-01T00:00:00Z`);
  time.setUTCMonth(time.getUTCMonth() - count);
  return monthOf(time);
}

/** A month out of an address, or `otherwise`. */
export function readMonth(text: string | undefined, otherwise: string): string {
  return text && MONTH.test(text) ? text : otherwise;
}

/** A currency out of an address. */
export function readCurrency(text: string | undefined): string {
  return text && /^[A-Z]{3}$/.test(text) ? text : "USD";
}

/** Minor units of a currency as money: 2900 USD is $29.00, 2900 JPY is ¥2,900. Whole amounts may drop the zeros. */
export function formatMoney(amount: number, currency: string, locale: string, { short = false } = {}): string {
  const format = new Intl.NumberFormat(locale, { style: "currency", currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  const value = amount / 10 ** digits;
  if (short && Number.isInteger(value)) {
    return new Intl.NumberFormat(locale, { style: "currency", currency, maximumFractionDigits: 0 }).format(value);
  }
  return format.format(value);
}

/** The day of an RFC 3339 time, in UTC, as invoices state it. */
export function formatDay(time: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" }).format(new Date(time));
}

/** MiB as people say it: 10240 is 10 GB. */
export function formatStorage(mebibytes: number, locale: string): string {
  const [unit, divisor] =
    mebibytes >= 1024 * 1024 ? (["terabyte", 1024 * 1024] as const) : mebibytes >= 1024 ? (["gigabyte", 1024] as const) : (["megabyte", 1] as const);
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: 1 }).format(mebibytes / divisor);
}

/** Minor units as a plain decimal number for files, `-12.50`, whatever the language. */
export function toDecimal(amount: number, currency: string): string {
  const digits = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  return (amount / 10 ** digits).toFixed(digits);
}

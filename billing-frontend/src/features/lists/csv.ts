/** A value of a CSV file (RFC 4180); text that a spreadsheet would run as a formula is kept from it by an apostrophe. */
export function csvValue(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) && !/^-?\d+(\.\d+)?$/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvLine(values: (string | number)[]): string {
  return `${values.map(csvValue).join(",")}\r\n`;
}

/** Where to go after the log-in: a path of ours, never another site's address. */
export function safeNext(value: string | undefined, fallback = "/dashboard"): string {
  if (!value?.startsWith("/") || value.startsWith("//") || value.includes("\\")) return fallback;
  return value;
}

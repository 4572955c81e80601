import type { Locale } from "./locales";

export const LOCALE_COOKIE = "__Host-np_locale";
const YEAR_SECONDS = 365 * 24 * 3600;
const OPTIONS = { httpOnly: true, secure: true, sameSite: "lax", path: "/", maxAge: YEAR_SECONDS } as const;

interface CookieJar {
  set(name: string, value: string, options: typeof OPTIONS): unknown;
}

/** Remembers the language for a year, whether or not somebody is logged in. */
export function keepLocale(jar: CookieJar, locale: Locale): void {
  jar.set(LOCALE_COOKIE, locale, OPTIONS);
}

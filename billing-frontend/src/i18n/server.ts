import "server-only";

import { cookies, headers } from "next/headers";
import { cache } from "react";
import { createTranslator } from "use-intl/core";

import { CATALOGS, type Messages, type Namespace } from "./catalog";
import { LOCALE_COOKIE } from "./cookie";
import { chooseLocale, toLocale } from "./locales";

/** The reader's language: what was chosen, else what the browser asks for. */
export const locale = cache(async () => {
  const chosen = toLocale((await cookies()).get(LOCALE_COOKIE)?.value);
  return chosen ?? chooseLocale((await headers()).get("accept-language"));
});

async function messages(): Promise<Messages> {
  return CATALOGS[await locale()];
}

/** The texts of one namespace, for a server component. */
export async function texts<N extends Namespace>(namespace: N) {
  return createTranslator({ locale: await locale(), messages: await messages(), namespace, timeZone: "UTC" });
}

/** Some namespaces only, so that a page carries no text it does not show. */
export async function pick(namespaces: readonly Namespace[]): Promise<Partial<Messages>> {
  const all = await messages();
  return Object.fromEntries(namespaces.map((name) => [name, all[name]]));
}

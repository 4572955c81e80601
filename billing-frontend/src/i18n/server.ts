import "server-only";

import { headers } from "next/headers";
import { cache } from "react";
import { createTranslator } from "use-intl/core";

import { CATALOGS, DEFAULT_LOCALE, type Messages, type Namespace, chooseLocale } from "./catalog";

export const locale = cache(async () => chooseLocale((await headers()).get("accept-language")));

async function messages(): Promise<Messages> {
  return CATALOGS[await locale()] ?? (CATALOGS[DEFAULT_LOCALE] as Messages);
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

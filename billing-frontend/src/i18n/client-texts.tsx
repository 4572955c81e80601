import type { ReactNode } from "react";

import type { Namespace } from "./catalog";
import { ClientTextsProvider } from "./provider";
import { locale, pick } from "./server";

/** Hands the texts of some namespaces, besides those every form needs, to the client components inside. */
export async function ClientTexts({ namespaces, children }: { namespaces: Namespace[]; children: ReactNode }) {
  return (
    <ClientTextsProvider locale={await locale()} messages={await pick(["common", "problems", ...namespaces])}>
      {children}
    </ClientTextsProvider>
  );
}

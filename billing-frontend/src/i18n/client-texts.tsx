import type { ReactNode } from "react";

import type { Namespace } from "./catalog";
import { ClientTextsProvider } from "./provider";
import { locale, pick } from "./server";

/** Hands the texts of some namespaces to the client components inside; those every form needs come with the root. */
export async function ClientTexts({ namespaces, children }: { namespaces: Namespace[]; children: ReactNode }) {
  return (
    <ClientTextsProvider locale={await locale()} messages={await pick(namespaces)}>
      {children}
    </ClientTextsProvider>
  );
}

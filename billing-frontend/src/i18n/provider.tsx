"use client";

import { type ReactNode, createContext, use, useMemo } from "react";
import { IntlProvider } from "use-intl/react";

import type { Messages } from "./catalog";

interface Props {
  locale: string;
  messages: Partial<Messages>;
  children: ReactNode;
}

const Given = createContext<Partial<Messages>>({});

/** Gives texts to the client components inside, besides those that were given further out. */
export function ClientTextsProvider({ locale, messages, children }: Props) {
  const outer = use(Given);
  const all = useMemo(() => ({ ...outer, ...messages }), [outer, messages]);
  return (
    <Given value={all}>
      <IntlProvider locale={locale} messages={all as Messages} timeZone="UTC">
        {children}
      </IntlProvider>
    </Given>
  );
}

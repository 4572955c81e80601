"use client";

import type { ReactNode } from "react";
import { IntlProvider } from "use-intl/react";

import type { Messages } from "./catalog";

interface Props {
  locale: string;
  messages: Partial<Messages>;
  children: ReactNode;
}

export function ClientTextsProvider({ locale, messages, children }: Props) {
  return (
    <IntlProvider locale={locale} messages={messages as Messages} timeZone="UTC">
      {children}
    </IntlProvider>
  );
}

import { type RenderResult, render } from "@testing-library/react";
import type { ReactNode } from "react";

import { ClientTextsProvider } from "@/i18n/provider";
import en from "@messages/en.json";

/** Renders with all English texts. */
export function show(children: ReactNode): RenderResult {
  return render(
    <ClientTextsProvider locale="en" messages={en}>
      {children}
    </ClientTextsProvider>,
  );
}

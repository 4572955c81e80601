"use client";

import { setNonce } from "get-nonce";
import type { ReactNode } from "react";

let isKnown = false;

/**
 * Tells the style sheets that dialogs add at run time the nonce under which this page allows them. It is that of the
 * first answer: whatever is fetched later comes with another, which the browser does not know.
 */
export function NonceProvider({ nonce, children }: { nonce: string; children: ReactNode }) {
  if (typeof window !== "undefined" && !isKnown) {
    setNonce(nonce);
    isKnown = true;
  }
  return children;
}

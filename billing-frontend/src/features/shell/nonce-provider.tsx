"use client";

import { setNonce } from "get-nonce";
import type { ReactNode } from "react";

/** Tells the style sheets that dialogs add at run time the nonce under which this page allows them. */
export function NonceProvider({ nonce, children }: { nonce: string; children: ReactNode }) {
  if (typeof window !== "undefined") setNonce(nonce);
  return children;
}

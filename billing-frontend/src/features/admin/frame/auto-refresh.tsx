"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

/** Asks for the page's rows again while somebody looks at it and does nothing else in it. */
export function AutoRefresh({ seconds }: { seconds: number }) {
  const router = useRouter();
  useEffect(() => {
    const timer = window.setInterval(() => {
      const isBusy = document.hidden || document.querySelector("[role=dialog]") !== null;
      if (!isBusy) router.refresh();
    }, seconds * 1000);
    return () => window.clearInterval(timer);
  }, [router, seconds]);
  return null;
}

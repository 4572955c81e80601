import { useEffect, useEffectEvent } from "react";

const FIRST_MILLISECONDS = 2000;
const LONGEST_MILLISECONDS = 30_000;

/** Asks now and then whether the API answers again, less often each time, and calls `onBack` once it does. */
export function useRecovery(onBack: () => void): void {
  const back = useEffectEvent(onBack);
  useEffect(() => {
    let wait = FIRST_MILLISECONDS;
    let timer = window.setTimeout(look, wait);
    async function look() {
      const answer = await fetch("/api/billing/api/v1/plans", { cache: "no-store" }).catch(() => null);
      if (answer?.ok) return back();
      wait = Math.min(wait * 1.5, LONGEST_MILLISECONDS);
      timer = window.setTimeout(look, wait);
    }
    const now = () => {
      window.clearTimeout(timer);
      void look();
    };
    window.addEventListener("online", now);
    return () => {
      window.clearTimeout(timer);
      window.removeEventListener("online", now);
    };
  }, []);
}

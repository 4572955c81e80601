import { useState } from "react";

/** What work returns when the browser leaves the page with it: then the button stays busy until it is gone. */
export const LEAVING = "leaving";

/** One thing a button does over the network: whether it is under way, and what went wrong the last time. */
export function useAttempt() {
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<unknown>(null);

  async function attempt(work: () => Promise<typeof LEAVING | void>): Promise<void> {
    setPending(true);
    setError(null);
    let leaving = false;
    try {
      leaving = (await work()) === LEAVING;
    } catch (failure) {
      setError(failure);
    } finally {
      if (!leaving) setPending(false);
    }
  }

  return { pending, error, attempt, forget: () => setError(null) };
}

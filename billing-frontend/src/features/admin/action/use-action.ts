"use client";

import { useRouter } from "next/navigation";
import { useRef, useState } from "react";

import { ProblemError, toProblem } from "@/lib/problem";
import { LEAVING, useAttempt } from "@/lib/use-attempt";

import type { ActionSpec } from "./spec";

async function send(spec: ActionSpec, body: Record<string, unknown>, key: string): Promise<void> {
  const kept = spec.omitsEmpty ? Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null)) : body;
  const content = { ...kept, ...spec.fixed };
  const hasBody = spec.fields !== null || spec.fixed !== undefined;
  let answer: Response;
  try {
    answer = await fetch(`/api/staff${spec.path}`, {
      method: spec.method,
      headers: { "idempotency-key": key, ...(hasBody ? { "content-type": "application/json" } : {}) },
      body: hasBody ? JSON.stringify(content) : undefined,
    });
  } catch {
    throw new ProblemError(toProblem(0, null));
  }
  if (!answer.ok) throw new ProblemError(toProblem(answer.status, await answer.json().catch(() => null)));
}

/** Does what a spec says, once however often it is clicked or tried again, and shows the page as it is after. */
export function useAction(spec: ActionSpec) {
  const router = useRouter();
  const key = useRef<string | null>(null);
  const [isDone, setDone] = useState(false);
  const { pending, error, attempt, forget } = useAttempt();
  const run = (body: Record<string, unknown>, onDone?: () => void) =>
    attempt(async () => {
      key.current ??= crypto.randomUUID();
      setDone(false);
      try {
        await send(spec, body, key.current);
      } catch (failure) {
        // Refused for good: what is sent next is another request. Without an answer it is the same one again.
        if (failure instanceof ProblemError && failure.problem.status >= 400 && failure.problem.status < 500) key.current = null;
        throw failure;
      }
      key.current = null;
      onDone?.();
      setDone(true);
      if (spec.then) {
        router.push(spec.then);
        return LEAVING;
      }
      router.refresh();
    });
  return { pending, error, isDone, run, forget };
}

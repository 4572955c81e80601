import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { useRecovery } from "./use-recovery";

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("asks less and less often until the API answers, then once calls back and asks no more", async () => {
  const fetch = vi.fn(async () => new Response(null, { status: 503 }));
  vi.stubGlobal("fetch", fetch);
  const back = vi.fn();
  renderHook(() => useRecovery(back));
  await act(() => vi.advanceTimersByTimeAsync(2000 + 3000));
  expect(fetch).toHaveBeenCalledTimes(2);
  expect(back).not.toHaveBeenCalled();
  fetch.mockImplementation(async () => new Response("{}"));
  await act(() => vi.advanceTimersByTimeAsync(4500));
  expect(back).toHaveBeenCalledOnce();
  await act(() => vi.advanceTimersByTimeAsync(120_000));
  expect(fetch).toHaveBeenCalledTimes(3);
});

it("asks at once when the browser is online again", async () => {
  vi.stubGlobal("fetch", vi.fn(async () => new Response("{}")));
  const back = vi.fn();
  renderHook(() => useRecovery(back));
  window.dispatchEvent(new Event("online"));
  await act(() => vi.advanceTimersByTimeAsync(0));
  expect(back).toHaveBeenCalledOnce();
});

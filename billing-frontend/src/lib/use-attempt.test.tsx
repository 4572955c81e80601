import { act, renderHook, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import { LogOut } from "@/features/shell/log-out";
import { show } from "@/testing/render";

import { LEAVING, useAttempt } from "./use-attempt";

afterEach(() => vi.unstubAllGlobals());

describe("an attempt", () => {
  it("is pending until its work has ended", async () => {
    let end = () => {};
    const { result } = renderHook(() => useAttempt());
    let work = Promise.resolve();
    act(() => {
      work = result.current.attempt(() => new Promise<void>((resolve) => (end = resolve)));
    });
    expect(result.current.pending).toBe(true);
    await act(async () => {
      end();
      await work;
    });
    expect(result.current.pending).toBe(false);
  });

  it("keeps what went wrong until the next one, or until it is forgotten", async () => {
    const { result } = renderHook(() => useAttempt());
    const failure = new Error("no");
    const fail = () => result.current.attempt(() => Promise.reject(failure));
    await act(fail);
    expect(result.current).toMatchObject({ pending: false, error: failure });
    await act(() => result.current.attempt(() => Promise.resolve()));
    expect(result.current.error).toBeNull();
    await act(fail);
    act(() => result.current.forget());
    expect(result.current.error).toBeNull();
  });

  it("stays pending when its work leaves the page", async () => {
    const { result } = renderHook(() => useAttempt());
    await act(() => result.current.attempt(() => Promise.resolve(LEAVING)));
    expect(result.current.pending).toBe(true);
  });
});

it("says so when logging out did not work", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("offline")));
  show(<LogOut />);
  await userEvent.click(screen.getByRole("button"));
  expect(await screen.findByRole("alert")).toBeTruthy();
  expect(screen.getByRole("button")).toHaveProperty("disabled", false);
});

import { beforeEach, describe, expect, it, vi } from "vitest";

import { ACCESS_COOKIE, REFRESH_COOKIE, Refresher, type TokenPair, exchangeWith, forgetTokens, keepTokens } from "./session";

const PAIR: TokenPair = { access_token: "a2", refresh_token: "r2", expires_in: 900, refresh_expires_in: 604800 };

describe("Refresher", () => {
  beforeEach(() => vi.useFakeTimers());

  it("trades a token once for ten requests at the same time", async () => {
    const exchange = vi.fn(async () => ({ kind: "renewed", pair: PAIR }) as const);
    const refresher = new Refresher(exchange);
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresher.refresh("r1")));
    expect(exchange).toHaveBeenCalledTimes(1);
    expect(new Set(answers.map((each) => each.kind))).toEqual(new Set(["renewed"]));
  });

  it("gives a late request the same pair, and forgets it after a minute", async () => {
    const exchange = vi.fn(async () => ({ kind: "renewed", pair: PAIR }) as const);
    const refresher = new Refresher(exchange);
    await refresher.refresh("r1");
    vi.advanceTimersByTime(59_000);
    expect(await refresher.refresh("r1")).toEqual({ kind: "renewed", pair: PAIR });
    expect(exchange).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(2_000);
    await refresher.refresh("r1");
    expect(exchange).toHaveBeenCalledTimes(2);
  });

  it("asks again at once when nobody answered", async () => {
    const exchange = vi.fn().mockResolvedValueOnce({ kind: "unreachable" }).mockResolvedValueOnce({ kind: "renewed", pair: PAIR });
    const refresher = new Refresher(exchange);
    expect((await refresher.refresh("r1")).kind).toBe("unreachable");
    expect((await refresher.refresh("r1")).kind).toBe("renewed");
  });
});

describe("exchangeWith", () => {
  it.each([
    [200, PAIR, "renewed"],
    [401, {}, "ended"],
    [503, {}, "unreachable"],
    [429, {}, "unreachable"],
  ])("reads an answer of %i", async (status, body, kind) => {
    vi.stubGlobal("fetch", async () => Response.json(body, { status }));
    expect((await exchangeWith("http://billing.example", null)("r1")).kind).toBe(kind);
    vi.unstubAllGlobals();
  });

  it("takes a refused connection as unreachable, never as the end of the session", async () => {
    vi.stubGlobal("fetch", async () => {
      throw new TypeError("fetch failed");
    });
    expect(await exchangeWith("http://billing.example", null)("r1")).toEqual({ kind: "unreachable" });
    vi.unstubAllGlobals();
  });
});

describe("cookies", () => {
  it("are bound to the host, out of reach for script, and gone after the log-out", () => {
    const set = vi.fn();
    keepTokens({ set }, PAIR);
    const options = { httpOnly: true, secure: true, sameSite: "lax", path: "/" };
    expect(set).toHaveBeenCalledWith(ACCESS_COOKIE, "a2", { ...options, maxAge: 870 });
    expect(set).toHaveBeenCalledWith(REFRESH_COOKIE, "r2", { ...options, maxAge: 604800 });
    expect([ACCESS_COOKIE, REFRESH_COOKIE].every((name) => name.startsWith("__Host-"))).toBe(true);
    forgetTokens({ set });
    expect(set).toHaveBeenLastCalledWith(REFRESH_COOKIE, "", { ...options, maxAge: 0 });
  });
});

import { describe, expect, it } from "vitest";

import { monthOf, monthsBefore, readCurrency, readMonth } from "./months";
import { niceTicks } from "./ticks";

describe("months", () => {
  it("are those of UTC and cross years", () => {
    expect(monthOf(new Date("2026-12-31T23:59:59Z"))).toBe("2026-12");
    expect(monthsBefore("2026-02", 3)).toBe("2025-11");
    expect(monthsBefore("2026-11", -2)).toBe("2027-01");
  });

  it("and currencies out of an address are well formed or the usual ones", () => {
    expect(readMonth("2026-13", "2026-01")).toBe("2026-01");
    expect(readMonth("2026-12", "2026-01")).toBe("2026-12");
    expect(readCurrency("eur")).toBe("USD");
    expect(readCurrency("EUR")).toBe("EUR");
  });
});

describe("the ticks of an axis", () => {
  it.each([
    [[0, 950], [0, 250, 500, 750, 1000]],
    [[3], [0, 1, 2, 3]],
    [[-120, 80], [-150, -100, -50, 0, 50, 100]],
    [[], [0, 1]],
    [[0, 0], [0, 1]],
  ])("of %j are round and hold all of them", (values, ticks) => {
    expect(niceTicks(values)).toEqual(ticks);
  });
});

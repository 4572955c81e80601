import { screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { show } from "@/testing/render";

import { ActionButton } from "./action-button";
import { readAmount } from "./schema";
import type { ActionSpec } from "./spec";

const refresh = vi.fn();
const push = vi.fn();
vi.mock("next/navigation", () => ({ useRouter: () => ({ refresh, push }) }));

const REFUND: ActionSpec = {
  method: "POST",
  path: "/api/v1/admin/payments/p1/refunds",
  fields: [
    { kind: "money", name: "amount", label: "Amount", currency: "USD", most: 5000 },
    { kind: "select", name: "reason", label: "Reason", options: [{ value: "duplicate", label: "Duplicate" }] },
    { kind: "textarea", name: "note", label: "Note", isRequired: true },
  ],
  omitsEmpty: true,
  texts: {
    button: "Refund",
    title: "Refund this payment",
    submit: "Give it back",
    done: "Refund asked for",
    failed: "Nothing was refunded",
    cancel: "Cancel",
    close: "Close",
    required: "This is needed.",
    amountWrong: "Enter an amount.",
    numberWrong: "Enter a number.",
  },
};

function answers(...made: (() => Response | Promise<Response>)[]) {
  const fetch = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();
  for (const each of made) fetch.mockImplementationOnce(async () => each());
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

const keysOf = (fetch: ReturnType<typeof answers>) => fetch.mock.calls.map(([, init]) => new Headers(init.headers).get("idempotency-key"));
const user = userEvent.setup({ delay: null });

beforeEach(() => {
  refresh.mockClear();
  push.mockClear();
});
afterEach(() => vi.unstubAllGlobals());

async function fill(amount: string) {
  await user.click(screen.getByRole("button", { name: "Refund" }));
  await user.type(screen.getByLabelText("Amount"), amount);
  await user.type(screen.getByLabelText("Note"), "Paid twice");
}

const submit = () => user.click(screen.getByRole("button", { name: "Give it back" }));

describe("a typed amount", () => {
  it.each([
    ["12.50", "USD", 1250],
    ["12,5", "USD", 1250],
    ["0.1", "USD", 10],
    ["2900", "JPY", 2900],
    ["-3", "EUR", -300],
    ["90071992547.40", "USD", 9007199254740],
  ])("%s %s is %i", (typed, currency, amount) => {
    expect(readAmount(typed, currency)).toBe(amount);
  });

  it.each([["12.505", "USD"], ["1.5", "JPY"], ["1e3", "USD"], ["", "USD"], ["1,000.00", "USD"], ["NaN", "USD"]])("%s %s is none", (typed, currency) => {
    expect(readAmount(typed, currency)).toBeNull();
  });
});

describe("an action with a form", () => {
  it("sends minor units, closes and shows the page as it is after", async () => {
    const fetch = answers(() => Response.json({}, { status: 201 }));
    show(<ActionButton spec={REFUND} variant="danger" />);
    await fill("12.50");
    await submit();
    expect(await screen.findByText("Refund asked for")).toBeInTheDocument();
    expect(fetch.mock.calls[0]?.[0]).toBe("/api/staff/api/v1/admin/payments/p1/refunds");
    expect(JSON.parse(String(fetch.mock.calls[0]?.[1].body))).toEqual({ amount: 1250, reason: "duplicate", note: "Paid twice" });
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
    expect(refresh).toHaveBeenCalledOnce();
  });

  it("leaves out what was left empty", async () => {
    const fetch = answers(() => Response.json({}, { status: 201 }));
    show(<ActionButton spec={REFUND} />);
    await user.click(screen.getByRole("button", { name: "Refund" }));
    await user.type(screen.getByLabelText("Note"), "All of it");
    await submit();
    await screen.findByText("Refund asked for");
    expect(JSON.parse(String(fetch.mock.calls[0]?.[1].body))).toEqual({ reason: "duplicate", note: "All of it" });
  });

  it("asks the server nothing while something is wrong", async () => {
    const fetch = answers();
    show(<ActionButton spec={REFUND} />);
    await user.click(screen.getByRole("button", { name: "Refund" }));
    await user.type(screen.getByLabelText("Amount"), "50.01");
    await submit();
    expect(await screen.findByText("Enter an amount.")).toBeInTheDocument();
    expect(screen.getByLabelText("Note")).toBeInvalid();
    expect(fetch).not.toHaveBeenCalled();
  });

  it("keeps what was typed when nobody answers, and tries the same request again", async () => {
    const fetch = answers(
      () => Promise.reject(new TypeError("network")),
      () => Response.json({}, { status: 201 }),
    );
    show(<ActionButton spec={REFUND} />);
    await fill("1");
    await submit();
    expect(await screen.findByText("Nothing was refunded")).toBeInTheDocument();
    expect(screen.getByLabelText("Note")).toHaveValue("Paid twice");
    await submit();
    await screen.findByText("Refund asked for");
    const [first, second] = keysOf(fetch);
    expect(first).toBeTruthy();
    expect(second).toBe(first);
  });

  it("shows the problem's code, and sends a corrected form as another request", async () => {
    const fetch = answers(
      () => Response.json({ code: "refund_too_large", detail: "Too much", errors: [{ field: "amount", message: "At most 5.00" }] }, { status: 422 }),
      () => Response.json({}, { status: 201 }),
    );
    show(<ActionButton spec={REFUND} />);
    await fill("1");
    await submit();
    expect(await screen.findByText("refund_too_large")).toBeInTheDocument();
    expect(screen.getByLabelText("Amount")).toHaveAccessibleDescription("At most 5.00");
    await submit();
    await screen.findByText("Refund asked for");
    const [first, second] = keysOf(fetch);
    expect(second).not.toBe(first);
  });

  it("sends once however often it is clicked", async () => {
    let finish = () => {};
    const fetch = answers(() => new Promise<Response>((resolve) => (finish = () => resolve(Response.json({})))));
    show(<ActionButton spec={REFUND} />);
    await fill("1");
    await submit();
    await submit();
    await user.keyboard("{Escape}");
    expect(screen.getByRole("dialog")).toBeInTheDocument();
    finish();
    await screen.findByText("Refund asked for");
    expect(fetch).toHaveBeenCalledOnce();
  });

  it("does what would hurt only after its word was typed", async () => {
    const fetch = answers(() => new Response(null, { status: 204 }));
    const spec: ActionSpec = { ...REFUND, method: "DELETE", fields: null, confirm: { word: "DE", label: "Type DE" }, then: "/admin/tax-rates" };
    show(<ActionButton spec={spec} variant="danger" />);
    await user.click(screen.getByRole("button", { name: "Refund" }));
    expect(screen.getByRole("button", { name: "Give it back" })).toBeDisabled();
    await user.type(screen.getByLabelText("Type DE"), "de{Enter}");
    expect(fetch).not.toHaveBeenCalled();
    await user.clear(screen.getByLabelText("Type DE"));
    await user.type(screen.getByLabelText("Type DE"), "DE");
    await submit();
    await waitFor(() => expect(push).toHaveBeenCalledExactlyOnceWith("/admin/tax-rates"));
  });
});

describe("an action without a form", () => {
  it("does it at once and says so beside the button", async () => {
    const fetch = answers(() => Response.json({}));
    show(<ActionButton spec={{ ...REFUND, fields: null }} />);
    await user.click(screen.getByRole("button", { name: "Refund" }));
    expect(await screen.findByRole("status")).toHaveTextContent("Refund asked for");
    expect(fetch.mock.calls[0]?.[1].body).toBeUndefined();
  });
});

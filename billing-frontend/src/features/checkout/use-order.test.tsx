import { act, renderHook, waitFor } from "@testing-library/react";
import createClient from "openapi-fetch";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type * as BrowserApi from "@/lib/browser-api";

import { EMPTY_CONTACT } from "./contact";
import { useOrder } from "./use-order";

const router = { refresh: vi.fn(), push: vi.fn() };
vi.mock("next/navigation", () => ({ useRouter: () => router }));
// Requests of Node need a whole address; everything else is the real client.
vi.mock("@/lib/browser-api", async (original) => ({
  ...(await original<typeof BrowserApi>()),
  browserApi: createClient({ baseUrl: "http://shop.example/api/billing", fetch: (request) => fetch(request) }),
}));
vi.mock("@/features/cart/actions", () => ({ emptyCart: vi.fn(async () => undefined) }));

const WANTED = { items: [{ type: "license" as const, plan: "starter", interval: "year" as const }], currency: "USD", coupon: "SPRING" };
const BUYER = { email: "ada@example.com", verified: true, vatNumber: null };
const CONTACT = { ...EMPTY_CONTACT, first_name: "Ada", last_name: "Lovelace" };
const PLACED = { order: { id: "o1", status: "awaiting_payment", paid_at: null }, payment: { client_secret: "s", publishable_key: "pk_test_1" } };

/** Answers by method and path, and keeps what was asked. */
function api(answers: Record<string, [number, unknown][]>) {
  const asked: Request[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    asked.push(request);
    const name = `${request.method} ${new URL(request.url).pathname.split("/api/v1/")[1]}`;
    const [status, body] = answers[name]?.shift() ?? [500, { code: `unexpected ${name}` }];
    return Response.json(body, { status });
  });
  return asked;
}

const keys = (asked: Request[]) => asked.filter(({ method, url }) => method === "POST" && url.endsWith("/orders")).map(({ headers }) => headers.get("idempotency-key"));

beforeEach(() => localStorage.clear());
afterEach(() => {
  vi.unstubAllGlobals();
  router.push.mockClear();
});

describe("the order of a checkout", () => {
  it("keeps its key through an answer that got lost and a session that ended", async () => {
    const details: [number, unknown][] = [[200, {}], [401, { code: "unauthenticated" }], [200, {}]];
    const asked = api({ "PUT me/billing-details": details, "POST orders": [[503, { code: "service_unavailable" }], [201, PLACED]] });
    const { result } = renderHook(() => useOrder(WANTED, BUYER));
    act(() => result.current.place(CONTACT));
    await waitFor(() => expect(result.current.error).toMatchObject({ problem: { code: "service_unavailable" } }));
    act(() => result.current.place(CONTACT));
    await waitFor(() => expect(result.current.sessionEnded).toBe(true));
    expect(result.current.error).toBeNull();
    act(() => result.current.backIn());
    act(() => result.current.place(CONTACT));
    await waitFor(() => expect(result.current.placed?.order.id).toBe("o1"));
    expect(new Set(keys(asked)).size).toBe(1);
    expect(keys(asked)).toHaveLength(2);
    expect(await asked.at(-1)?.json()).toMatchObject({ coupon: "SPRING", currency: "USD" });
  });

  it("goes on with an order whose tab was closed, and leaves for one that is paid", async () => {
    api({ "PUT me/billing-details": [[200, {}]], "POST orders": [[201, PLACED]] });
    const first = renderHook(() => useOrder(WANTED, BUYER));
    act(() => first.result.current.place(CONTACT));
    await waitFor(() => expect(first.result.current.placed).not.toBeNull());
    first.unmount();

    api({ "GET orders/o1": [[200, PLACED.order]], "POST orders/o1/payment": [[200, PLACED.payment]] });
    const second = renderHook(() => useOrder(WANTED, BUYER));
    await waitFor(() => expect(second.result.current.placed?.payment.client_secret).toBe("s"));
    second.unmount();

    api({ "GET orders/o1": [[200, { ...PLACED.order, paid_at: "2026-11-20T12:00:00Z" }]] });
    renderHook(() => useOrder(WANTED, BUYER));
    await waitFor(() => expect(router.push).toHaveBeenCalledWith("/orders/o1?redirect_status=succeeded"));
    expect(localStorage.getItem("np-order")).toBeNull();
  });
});

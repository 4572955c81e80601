import type { PlaceGroup } from "@nextpanel/ui/app-shell";
import { presentPlace } from "@nextpanel/ui/app-shell";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { show } from "@/testing/render";

import { Palette, type PaletteTexts } from "./palette";

// A browser resolves `/api` against the page; Node's own Request has no page.
vi.hoisted(() => {
  const Native = globalThis.Request;
  globalThis.Request = class extends Native {
    constructor(input: RequestInfo | URL, init?: RequestInit) {
      super(typeof input === "string" ? new URL(input, "http://localhost") : input, { ...init, signal: undefined });
    }
  };
});

const push = vi.fn();
vi.mock("next/navigation", () => ({ useRouter: () => ({ push }) }));

const PLACES: PlaceGroup[] = [
  {
    label: "Billing",
    places: [
      { href: "/admin", label: "Dashboard", icon: null },
      { href: "/admin/invoices", label: "Invoices", icon: null },
      { href: "/admin/payments", label: "Payments", icon: null },
    ],
  },
];
const TEXTS: PaletteTexts = {
  title: "Search everything",
  placeholder: "Name or number",
  results: "Found",
  help: "Arrow keys move",
  nothing: "Nothing found",
  failed: "The search does not answer",
  kinds: { customer: "Customers", order: "Orders", license: "Licenses", domain: "Domains", invoice: "Invoices" },
};
const ADA = { kind: "customer", id: "u1", user_id: "u1", title: "Ada Lovelace", detail: "ada@example.com", status: "active" };

const user = userEvent.setup({ delay: null });
const close = vi.fn();

function open(answer: () => Response) {
  const fetch = vi.fn(async () => answer());
  vi.stubGlobal("fetch", fetch);
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  show(
    <QueryClientProvider client={client}>
      <Palette open onOpenChange={close} places={PLACES} texts={TEXTS} />
    </QueryClientProvider>,
  );
  return fetch;
}

beforeEach(() => {
  push.mockClear();
  close.mockClear();
  vi.stubGlobal("ResizeObserver", class { observe() {} unobserve() {} disconnect() {} });
  Element.prototype.scrollIntoView = vi.fn();
});
afterEach(() => vi.unstubAllGlobals());

describe("the palette", () => {
  it("goes to one of our pages by the keyboard alone", async () => {
    open(() => Response.json({ items: [] }));
    await user.keyboard("{ArrowDown}{ArrowDown}{ArrowUp}{Enter}");
    expect(push).toHaveBeenCalledExactlyOnceWith("/admin/invoices");
    expect(close).toHaveBeenCalledWith(false);
  });

  it("finds customers before pages, and goes to the first with Enter", async () => {
    open(() => Response.json({ items: [ADA] }));
    await user.type(screen.getByRole("combobox"), "ada");
    expect(await screen.findByText("ada@example.com")).toBeInTheDocument();
    await user.keyboard("{Enter}");
    await waitFor(() => expect(push).toHaveBeenCalledExactlyOnceWith("/admin/customers/u1"));
  });

  it("asks nothing for one letter", async () => {
    const fetch = open(() => Response.json({ items: [] }));
    await user.type(screen.getByRole("combobox"), "i");
    expect(screen.getByText("Invoices")).toBeInTheDocument();
    expect(fetch).not.toHaveBeenCalled();
  });

  it("says that nothing was found, and that nobody answered", async () => {
    open(() => Response.json({ items: [] }));
    await user.type(screen.getByRole("combobox"), "zzzz");
    expect(await screen.findByText("Nothing found")).toBeInTheDocument();
  });

  it("still opens pages when the search does not answer", async () => {
    open(() => Response.json({ code: "database_unavailable" }, { status: 503 }));
    await user.type(screen.getByRole("combobox"), "pay");
    expect(await screen.findByText("The search does not answer")).toBeInTheDocument();
    await user.keyboard("{Enter}");
    expect(push).toHaveBeenCalledExactlyOnceWith("/admin/payments");
  });
});

describe("the present place", () => {
  it("is the longest path the address begins with", () => {
    expect(presentPlace(PLACES, "/admin/invoices/1")).toBe("/admin/invoices");
    expect(presentPlace(PLACES, "/admin")).toBe("/admin");
    expect(presentPlace(PLACES, "/admin/invoices-other")).toBe("/admin");
    expect(presentPlace(PLACES, "/dashboard")).toBeNull();
  });
});

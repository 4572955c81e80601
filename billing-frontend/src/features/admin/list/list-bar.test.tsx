import type { Filter } from "@nextpanel/ui/filter-bar";
import { screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { show } from "@/testing/render";

import { type ListAddress, readAddress, writeAddress } from "./address";
import { ListBar } from "./list-bar";

const push = vi.fn();
vi.mock("next/navigation", () => ({ useRouter: () => ({ push }) }));

const FILTERS: Filter[] = [
  { kind: "search", name: "q", label: "Search" },
  { kind: "select", name: "status", label: "Status", any: "Any", options: [{ value: "open", label: "Open" }, { value: "paid", label: "Paid" }] },
];
const LABELS = { filters: "Filters", clear: "Clear", apply: "Apply", columns: "Columns" };
const COLUMNS = [
  { key: "number", title: "Number" },
  { key: "total", title: "Total" },
];

function bar(address: ListAddress) {
  show(<ListBar path="/admin/invoices" address={address} filters={FILTERS} columns={COLUMNS} shown={["number", "total"]} labels={LABELS} />);
}

const user = userEvent.setup({ delay: null });
beforeEach(() => push.mockClear());

describe("the address of a list", () => {
  it("is read back as it was written", () => {
    const address = { cursor: "c/1", columns: ["number", "total"], values: { q: "Ada & Co", status: "open" } };
    const query = Object.fromEntries(new URL(writeAddress("/admin/invoices", address), "http://here").searchParams);
    expect(readAddress(query, ["q", "status"])).toEqual(address);
  });

  it("knows its own filters only, and takes the first of many", () => {
    expect(readAddress({ q: ["a", "b"], evil: "1", status: "  " }, ["q", "status"])).toEqual({ values: { q: "a" }, columns: undefined, cursor: undefined });
  });

  it("is the bare path when nothing is chosen", () => {
    expect(writeAddress("/admin/invoices", { values: {} })).toBe("/admin/invoices");
  });
});

describe("the bar above a list", () => {
  it("goes to the first page of what was chosen, and keeps the rest", async () => {
    bar({ cursor: "deep", columns: ["number"], values: { q: "ada" } });
    await user.selectOptions(screen.getByLabelText("Status"), "open");
    expect(push).toHaveBeenCalledExactlyOnceWith("/admin/invoices?q=ada&status=open&columns=number");
  });

  it("searches with Enter", async () => {
    bar({ values: {} });
    await user.type(screen.getByRole("searchbox"), "  grace  {Enter}");
    expect(push).toHaveBeenCalledExactlyOnceWith("/admin/invoices?q=grace");
  });

  it("clears the filters and keeps the columns and what belongs to the page", async () => {
    bar({ columns: ["total"], values: { status: "paid" }, kept: { currency: "EUR" } });
    await user.click(screen.getByRole("button", { name: "Clear" }));
    expect(push).toHaveBeenCalledExactlyOnceWith("/admin/invoices?currency=EUR&columns=total");
  });

  it("leaves at least one column", async () => {
    show(<ListBar path="/admin/invoices" address={{ values: {} }} filters={[]} columns={COLUMNS} shown={["number"]} labels={LABELS} />);
    await user.click(screen.getByRole("button", { name: "Columns" }));
    await user.click(screen.getByLabelText("Number"));
    expect(push).not.toHaveBeenCalled();
    await user.click(screen.getByLabelText("Total"));
    expect(push).toHaveBeenCalledExactlyOnceWith("/admin/invoices?columns=number%2Ctotal");
  });
});

import { type Column, DataTable } from "@nextpanel/ui/data-table";
import { render, screen, within } from "@testing-library/react";
import type { ComponentProps } from "react";
import { describe, expect, it } from "vitest";

interface Invoice {
  id: string;
  number: string;
  total: string;
}

const ROWS: Invoice[] = [
  { id: "1", number: "A-1", total: "$1.00" },
  { id: "2", number: "<b>A-2</b>", total: "$2.00" },
];
const COLUMNS: Column<Invoice>[] = [
  { key: "number", title: "Number", cell: (row) => row.number },
  { key: "total", title: "Total", align: "end", cell: (row) => row.total },
];
const Link = (props: ComponentProps<"a">) => <a {...props} />;

function table(rows: Invoice[]) {
  render(
    <DataTable
      caption="Invoices"
      columns={COLUMNS}
      rows={rows}
      keyOf={(row) => row.id}
      hrefOf={(row) => (row.id === "1" ? `/admin/invoices/${row.id}` : null)}
      Link={Link}
      actions={(row) => <button type="button">Refund {row.id}</button>}
      actionsLabel="Actions"
      empty={<p>No invoice yet</p>}
    />,
  );
}

describe("a table", () => {
  it("has one link per row that leads somewhere, named by its first cell", () => {
    table(ROWS);
    expect(screen.getAllByRole("link").map((link) => [link.textContent, link.getAttribute("href")])).toEqual([["A-1", "/admin/invoices/1"]]);
    expect(screen.getByRole("table", { name: "Invoices" })).toBeInTheDocument();
  });

  it("shows markup as text and every row's own buttons", () => {
    table(ROWS);
    const row = screen.getByRole("row", { name: /A-2/ });
    expect(within(row).getByText("<b>A-2</b>")).toBeInTheDocument();
    expect(within(row).getByRole("button", { name: "Refund 2" })).toBeEnabled();
  });

  it("says what would be here when there is nothing", () => {
    table([]);
    expect(screen.getByText("No invoice yet")).toBeInTheDocument();
    expect(screen.queryByRole("table")).not.toBeInTheDocument();
  });
});

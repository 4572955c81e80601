import { describe, expect, it } from "vitest";

import { listHref } from "./address";
import { csvLine, csvValue } from "./csv";
import { type Column, chosenColumns } from "./list";

describe("a CSV value", () => {
  it.each([
    ["plain", "plain"],
    ['say "hi", twice', '"say ""hi"", twice"'],
    ["two\nlines", '"two\nlines"'],
    ["=HYPERLINK(1)", "'=HYPERLINK(1)"],
    ["@sum", "'@sum"],
    ["+49 30", "'+49 30"],
    ["-12.50", "-12.50"],
    [7, "7"],
  ])("%s is written %s", (value, written) => {
    expect(csvValue(value)).toBe(written);
  });

  it("stands in a line that ends as the format asks", () => {
    expect(csvLine(["a,b", 2, ""])).toBe('"a,b",2,\r\n');
  });
});

const column = (key: string, more: Partial<Column<null>> = {}): Column<null> => ({ key, title: key, cell: () => key, plain: () => key, ...more });
const ALL = [column("number", { fixed: true }), column("date"), column("tax", { extra: true })];
const keys = (wanted?: string) => chosenColumns(ALL, wanted).map((each) => each.key);

describe("the columns of a list", () => {
  it("are the usual ones until others are chosen, and always the fixed ones", () => {
    expect(keys()).toEqual(["number", "date"]);
    expect(keys("tax")).toEqual(["number", "tax"]);
    expect(keys("tax,date,<script>")).toEqual(["number", "date", "tax"]);
    expect(keys("")).toEqual(["number"]);
  });
});

describe("the address of a list", () => {
  it("keeps filter and columns, and starts at the first page when one of them changes", () => {
    const here = { status: "open", columns: "date,tax", cursor: "c/1" };
    expect(listHref("/invoices", here)).toBe("/invoices?status=open&columns=date,tax&cursor=c%2F1");
    expect(listHref("/invoices", here, { status: "paid", cursor: undefined })).toBe("/invoices?status=paid&columns=date,tax");
    expect(listHref("/invoices", {})).toBe("/invoices");
  });
});

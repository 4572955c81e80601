import type { NextRequest } from "next/server";

import { CREDIT_NOTE_LIST } from "@/features/lists/credit-notes";
import { csvLine } from "@/features/lists/csv";
import { DOMAIN_LIST } from "@/features/lists/domains";
import { INVOICE_LIST } from "@/features/lists/invoices";
import { type Client, type List, type Page, chosenColumns } from "@/features/lists/list";
import { PAYMENT_LIST } from "@/features/lists/payments";
import { api } from "@/server/api";

type Params = { params: Promise<{ name: string }> };

const PAGE_SIZE = 100;
// Spreadsheets take a file for UTF-8 only when it says so.
const BYTE_ORDER_MARK = "\uFEFF";

/** The lines of a list, page after page, as long as somebody reads them. */
async function* lines<Row>(list: List<Row>, client: Client, first: Page<Row>, params: URLSearchParams, status?: string) {
  const columns = chosenColumns(await list.columns(), params.get("columns") ?? undefined);
  yield BYTE_ORDER_MARK + csvLine(columns.map((each) => each.title));
  let page = first;
  for (;;) {
    yield page.items.map((row) => csvLine(columns.map((each) => each.plain(row)))).join("");
    if (!page.next_cursor) return;
    page = await list.load(client, { limit: PAGE_SIZE, cursor: page.next_cursor, status });
  }
}

async function answer<Row>(list: List<Row>, params: URLSearchParams): Promise<Response> {
  const client = await api();
  const status = list.states.find((each) => each === params.get("status"));
  // The first page is read before the answer begins, so that a problem still has its status.
  const first = await list.load(client, { limit: PAGE_SIZE, status });
  const texts = lines(list, client, first, params, status);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await texts.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
  });
  return new Response(body, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${list.name}.csv"`,
      "cache-control": "no-store",
    },
  });
}

/** A whole list as CSV, with the filter and columns of its page. */
export async function GET(request: NextRequest, { params }: Params): Promise<Response> {
  const { name } = await params;
  const query = request.nextUrl.searchParams;
  if (name === INVOICE_LIST.name) return answer(INVOICE_LIST, query);
  if (name === PAYMENT_LIST.name) return answer(PAYMENT_LIST, query);
  if (name === CREDIT_NOTE_LIST.name) return answer(CREDIT_NOTE_LIST, query);
  if (name === DOMAIN_LIST.name) return answer(DOMAIN_LIST, query);
  return Response.json({ code: "not_found", status: 404, detail: "" }, { status: 404 });
}

import { type NextRequest, NextResponse } from "next/server";
import { z } from "zod";

import { api } from "@/server/api";
import { isSameOrigin } from "@/server/same-origin";

const target = z.union([z.object({ license_id: z.uuid() }), z.object({ order_id: z.uuid() })]);

function problem(status: number, code: string): NextResponse {
  return NextResponse.json({ code, status, detail: "" }, { status });
}

async function licenseOf(wanted: z.infer<typeof target>): Promise<string | null> {
  if ("license_id" in wanted) return wanted.license_id;
  const { data } = await (await api()).GET("/api/v1/subscriptions", { params: { query: { limit: 100 } } });
  return data?.items.find((each) => each.order_id === wanted.order_id)?.license_id ?? null;
}

/** Answers with a one-time address that opens the panel of a license, or of what an order bought. */
export async function POST(request: NextRequest): Promise<NextResponse> {
  if (!isSameOrigin(request.headers)) return problem(403, "cross_site");
  const wanted = target.safeParse(await request.json().catch(() => null));
  if (!wanted.success) return problem(422, "validation_failed");
  try {
    const client = await api();
    const license = await licenseOf(wanted.data);
    const { data: accounts } = await client.GET("/api/v1/panel-accounts", { params: { query: { limit: 100 } } });
    const account = accounts?.items.find((each) => each.license_id === license && each.status === "active");
    if (!account) return problem(404, "panel_account_not_found");
    const { data, error, response } = await client.POST("/api/v1/panel-accounts/{account_id}/sso", {
      params: { path: { account_id: account.id } },
    });
    return data ? NextResponse.json(data) : NextResponse.json(error, { status: response.status });
  } catch {
    return problem(503, "service_unavailable");
  }
}

import "server-only";

import { type NextRequest, NextResponse } from "next/server";

import { forwardedFor } from "./api";
import { config } from "./config";
import { isSameOrigin } from "./same-origin";
import { ACCESS_COOKIE } from "./session";

export type PathParams = { params: Promise<{ path: string[] }> };

const MOST_BYTES = 64 * 1024;
const PREFIX = "api/v1/";
const SENT = ["content-type", "accept", "idempotency-key", "last-event-id"];
const RETURNED = ["content-type", "content-disposition", "retry-after", "idempotent-replayed"];

function problem(status: number, code: string): NextResponse {
  return NextResponse.json({ code, status, detail: "" }, { status });
}

function copied(from: Headers, names: string[]): Headers {
  const to = new Headers();
  for (const name of names) {
    const value = from.get(name);
    if (value !== null) to.set(name, value);
  }
  return to;
}

/**
 * Makes a route that passes a page's request on to the API with the visitor's token, and the answer back as it comes,
 * streams too. What `isOpen` does not let through does not exist: 404.
 */
export function passOnThrough(isOpen: (method: string, path: string, token: string | undefined) => boolean) {
  return async (request: NextRequest, { params }: PathParams): Promise<Response> => {
    const { method } = request;
    if (method !== "GET" && !isSameOrigin(request.headers)) return problem(403, "cross_site");
    const path = (await params).path.map(encodeURIComponent).join("/");
    const token = request.cookies.get(ACCESS_COOKIE)?.value;
    if (!path.startsWith(PREFIX) || !isOpen(method, path.slice(PREFIX.length), token)) return problem(404, "not_found");
    const body = method === "GET" ? undefined : await request.arrayBuffer();
    if (body && body.byteLength > MOST_BYTES) return problem(413, "payload_too_large");
    const headers = copied(request.headers, SENT);
    for (const [name, value] of Object.entries(forwardedFor(request.headers))) headers.set(name, value);
    if (token) headers.set("authorization", `Bearer ${token}`);
    try {
      const answer = await fetch(`${config().billingUrl}/${path}${request.nextUrl.search}`, {
        method,
        headers,
        body: body?.byteLength ? body : undefined,
        cache: "no-store",
        redirect: "manual",
        signal: request.signal,
      });
      const returned = copied(answer.headers, RETURNED);
      returned.set("cache-control", "no-store, no-transform");
      return new Response(answer.body, { status: answer.status, headers: returned });
    } catch {
      return problem(503, "service_unavailable");
    }
  };
}

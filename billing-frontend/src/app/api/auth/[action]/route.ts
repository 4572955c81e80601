import { type NextRequest, NextResponse } from "next/server";
import { z } from "zod";

import { LOCALE_COOKIE, keepLocale } from "@/i18n/cookie";
import { toLocale } from "@/i18n/locales";
import { forwardedFor } from "@/server/api";
import { config } from "@/server/config";
import { isSameOrigin } from "@/server/same-origin";
import { ACCESS_COOKIE, type TokenPair, forgetTokens, keepTokens } from "@/server/session";

type Params = { params: Promise<{ action: string }> };

const password = z.string().min(1).max(1000);
const logIn = z.object({ email: z.string().max(320), password });
const reveal = z.object({ license_id: z.uuid(), password });
/** Actions that are passed on as they are: nothing of their answers has to stay on the server. */
const PASSED_ON: Record<string, string> = {
  register: "register",
  "verify-email": "verify-email",
  "resend-verification": "resend-verification",
  "forgot-password": "password/forgot",
  "reset-password": "password/reset",
};

function problem(status: number, code: string): NextResponse {
  return NextResponse.json({ code, status, detail: "" }, { status });
}

async function send(request: NextRequest, path: string, init: RequestInit = {}): Promise<Response> {
  const token = request.cookies.get(ACCESS_COOKIE)?.value;
  return fetch(`${config().billingUrl}/api/v1/${path}`, {
    method: "POST",
    cache: "no-store",
    signal: AbortSignal.timeout(15_000),
    ...init,
    headers: {
      ...forwardedFor(request.headers),
      "user-agent": request.headers.get("user-agent") ?? "",
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(init.headers as Record<string, string> | undefined),
    },
  });
}

async function passOn(answer: Response): Promise<NextResponse> {
  if (answer.status === 204) return new NextResponse(null, { status: 204 });
  return NextResponse.json(await answer.json(), { status: answer.status });
}

function tokenForm(email: string, word: string): RequestInit {
  return { body: new URLSearchParams({ grant_type: "password", username: email, password: word }) };
}

/** Goes on in the account's language where the browser has chosen none. */
async function adoptLocale(request: NextRequest, response: NextResponse, { access_token }: TokenPair): Promise<void> {
  const me = await send(request, "me", { method: "GET", headers: { authorization: `Bearer ${access_token}` } }).catch(() => null);
  const locale = me?.ok ? toLocale(((await me.json()) as { locale: string }).locale) : null;
  if (locale) keepLocale(response.cookies, locale);
}

async function logInAction(request: NextRequest, body: unknown): Promise<NextResponse> {
  const input = logIn.safeParse(body);
  if (!input.success) return problem(422, "validation_failed");
  const answer = await send(request, "auth/token", tokenForm(input.data.email, input.data.password));
  if (!answer.ok) return passOn(answer);
  const response = NextResponse.json({});
  const pair = (await answer.json()) as TokenPair;
  keepTokens(response.cookies, pair);
  if (!request.cookies.has(LOCALE_COOKIE)) await adoptLocale(request, response, pair);
  return response;
}

async function logOutAction(request: NextRequest, everywhere: boolean): Promise<NextResponse> {
  const answer = await send(request, everywhere ? "auth/logout-all" : "auth/logout");
  // An ended session is what was wanted; when the API is down the cookies go all the same.
  const response = everywhere && answer.status >= 500 ? problem(503, "service_unavailable") : NextResponse.json({});
  if (response.ok) forgetTokens(response.cookies);
  return response;
}

/** Shows a license key to whoever knows the password once more. */
async function revealAction(request: NextRequest, body: unknown): Promise<NextResponse> {
  const input = reveal.safeParse(body);
  if (!input.success) return problem(422, "validation_failed");
  const { license_id: id, password: current_password } = input.data;
  const init = { body: JSON.stringify({ current_password }), headers: { "content-type": "application/json" } };
  return passOn(await send(request, `licenses/${id}/reveal`, init));
}

async function act(request: NextRequest, action: string): Promise<NextResponse> {
  if (action === "logout" || action === "logout-all") return logOutAction(request, action === "logout-all");
  const body: unknown = await request.json().catch(() => null);
  if (action === "login") return logInAction(request, body);
  if (action === "reveal") return revealAction(request, body);
  const path = Object.hasOwn(PASSED_ON, action) ? PASSED_ON[action] : undefined;
  if (!path) return problem(404, "not_found");
  const init = { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  return passOn(await send(request, `auth/${path}`, init));
}

/** Log-in and what belongs to it. Tokens go into cookies that script cannot read, and nowhere else. */
export async function POST(request: NextRequest, { params }: Params): Promise<NextResponse> {
  if (!isSameOrigin(request.headers)) return problem(403, "cross_site");
  try {
    return await act(request, (await params).action);
  } catch {
    return problem(503, "service_unavailable");
  }
}

import { type NextRequest, NextResponse } from "next/server";

import { config as settings } from "@/server/config";
import { SECURITY_HEADERS, contentSecurityPolicy } from "@/server/policy";
import { isStaffToken } from "@/server/role";
import { ACCESS_COOKIE, REFRESH_COOKIE, Refresher, type Refreshed, exchangeWith, forgetTokens, keepTokens } from "@/server/session";

const PORTAL = /^\/(dashboard|licenses|subscriptions|invoices|payments|credit|upcoming|domains|payment-methods|profile|notifications|orders)(\/|$)/;
const STAFF = /^\/admin(\/|$)/;

// Everything that renews tokens passes here, and only here, so one map per process is enough.
let refresher: Refresher | undefined;

async function renewed(request: NextRequest): Promise<Refreshed | null> {
  const refreshToken = request.cookies.get(REFRESH_COOKIE)?.value;
  if (!refreshToken || request.cookies.has(ACCESS_COOKIE)) return null;
  refresher ??= new Refresher(exchangeWith(settings().billingUrl, null));
  return refresher.refresh(refreshToken);
}

/** Runs before every page and route: renews the log-in when due, guards the portal, sets the security headers. */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const result = await renewed(request);
  if (result?.kind === "renewed") {
    request.cookies.set(ACCESS_COOKIE, result.pair.access_token);
    request.cookies.set(REFRESH_COOKIE, result.pair.refresh_token);
  }
  const nonce = Buffer.from(crypto.randomUUID()).toString("base64");
  const policy = contentSecurityPolicy(nonce, settings().stripe);
  const path = request.nextUrl.pathname;
  const isIn = request.cookies.has(ACCESS_COOKIE) || result?.kind === "unreachable";
  let response: NextResponse;
  const token = request.cookies.get(ACCESS_COOKIE)?.value;
  if ((PORTAL.test(path) || STAFF.test(path)) && !isIn) {
    const login = new URL("/login", request.nextUrl);
    login.searchParams.set("next", path + request.nextUrl.search);
    response = NextResponse.redirect(login);
  } else if (path === "/dashboard" && isStaffToken(token)) {
    response = NextResponse.redirect(new URL("/admin", request.nextUrl));
  } else {
    const headers = new Headers(request.headers);
    headers.set("content-security-policy", policy);
    headers.set("x-nonce", nonce);
    headers.set("x-path", path);
    // For a customer the staff's pages do not exist; none of their code runs, and the answer is that of any wrong address.
    const isHidden = STAFF.test(path) && token !== undefined && !isStaffToken(token);
    const init = { request: { headers } };
    response = isHidden ? NextResponse.rewrite(new URL("/no-such-page", request.nextUrl), init) : NextResponse.next(init);
  }
  response.headers.set("Content-Security-Policy", policy);
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.headers.set(name, value);
  if (result?.kind === "renewed") keepTokens(response.cookies, result.pair);
  if (result?.kind === "ended") forgetTokens(response.cookies);
  return response;
}

export const config = { matcher: ["/((?!_next/static|_next/image|icon.svg|favicon.ico).*)"] };

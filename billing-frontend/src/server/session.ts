import { createHash } from "node:crypto";

/** The tokens of a log-in; lifetimes in seconds. */
export interface TokenPair {
  access_token: string;
  refresh_token: string;
  expires_in: number;
  refresh_expires_in: number;
}

// `__Host-` binds a cookie to this host, to https (or loopback) and to the path /; script never sees it.
export const ACCESS_COOKIE = "__Host-np_access";
export const REFRESH_COOKIE = "__Host-np_refresh";

const OPTIONS = { httpOnly: true, secure: true, sameSite: "lax", path: "/" } as const;
/** Seconds before its end at which an access token is given up, so that it does not run out on its way. */
const EARLY = 30;

interface CookieJar {
  set(name: string, value: string, options: typeof OPTIONS & { maxAge: number }): unknown;
}

export function keepTokens(jar: CookieJar, pair: TokenPair): void {
  jar.set(ACCESS_COOKIE, pair.access_token, { ...OPTIONS, maxAge: Math.max(1, pair.expires_in - EARLY) });
  jar.set(REFRESH_COOKIE, pair.refresh_token, { ...OPTIONS, maxAge: pair.refresh_expires_in });
}

export function forgetTokens(jar: CookieJar): void {
  jar.set(ACCESS_COOKIE, "", { ...OPTIONS, maxAge: 0 });
  jar.set(REFRESH_COOKIE, "", { ...OPTIONS, maxAge: 0 });
}

/** `ended`: the API knows the token no more. `unreachable`: nobody answered, so nothing is known. */
export type Refreshed = { kind: "renewed"; pair: TokenPair } | { kind: "ended" } | { kind: "unreachable" };

type Exchange = (refreshToken: string) => Promise<Refreshed>;

/**
 * Trades each refresh token once, however many requests bring it at the same time.
 *
 * The API ends a session whose token comes twice. A browser sends several requests with the same cookie before the
 * first answer replaces it, so what a token was traded for is remembered a little longer than such requests take.
 */
export class Refresher {
  private readonly traded = new Map<string, Promise<Refreshed>>();

  constructor(
    private readonly exchange: Exchange,
    private readonly keepMilliseconds = 60_000,
  ) {}

  refresh(refreshToken: string): Promise<Refreshed> {
    const key = createHash("sha256").update(refreshToken).digest("base64url");
    const known = this.traded.get(key);
    if (known) return known;
    const answer = this.exchange(refreshToken);
    this.traded.set(key, answer);
    const forget = () => this.traded.delete(key);
    answer.then((result) => {
      if (result.kind === "unreachable") forget();
      else setTimeout(forget, this.keepMilliseconds).unref();
    }, forget);
    return answer;
  }
}

/** Asks the API for a new pair. */
export function exchangeWith(billingUrl: string, clientIp: string | null): Exchange {
  return async (refreshToken) => {
    try {
      const answer = await fetch(`${billingUrl}/api/v1/auth/refresh`, {
        method: "POST",
        headers: { "content-type": "application/json", ...(clientIp ? { "x-forwarded-for": clientIp } : {}) },
        body: JSON.stringify({ refresh_token: refreshToken }),
        signal: AbortSignal.timeout(10_000),
        cache: "no-store",
      });
      if (answer.ok) return { kind: "renewed", pair: (await answer.json()) as TokenPair };
      return answer.status === 401 || answer.status === 422 ? { kind: "ended" } : { kind: "unreachable" };
    } catch {
      return { kind: "unreachable" };
    }
  };
}

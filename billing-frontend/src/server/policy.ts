import type { Config } from "./config";

/**
 * The Content-Security-Policy of one answer. Scripts run only with this answer's nonce; Stripe's hosts are named in
 * live mode only and the sandbox's in sandbox mode only, so a script from the wrong side cannot load.
 * Style attributes are allowed (bars have widths), style sheets only from us.
 */
export function contentSecurityPolicy(nonce: string, stripe: Config["stripe"]): string {
  const payment =
    stripe.mode === "live"
      ? {
          script: ["https://js.stripe.com", "https://*.js.stripe.com"],
          connect: ["https://api.stripe.com"],
          frame: ["https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"],
        }
      : { script: [new URL(stripe.scriptUrl).origin], connect: [new URL(stripe.scriptUrl).origin], frame: [] };
  const directives: Record<string, string[]> = {
    "default-src": ["'none'"],
    "script-src": ["'self'", `'nonce-${nonce}'`, ...payment.script],
    "style-src": ["'self'", `'nonce-${nonce}'`],
    "style-src-attr": ["'unsafe-inline'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'", ...payment.connect],
    "frame-src": payment.frame.length ? payment.frame : ["'none'"],
    "manifest-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
    "object-src": ["'none'"],
  };
  return Object.entries(directives)
    .map(([name, values]) => `${name} ${values.join(" ")}`)
    .join("; ");
}

export const SECURITY_HEADERS: Record<string, string> = {
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
  "Cross-Origin-Opener-Policy": "same-origin",
};

import "server-only";

import { z } from "zod";

const url = z.url().transform((text) => text.replace(/\/$/, ""));

const schema = z
  .object({
    WEB_BILLING_URL: url,
    /** `sandbox` loads Stripe.js from WEB_STRIPE_JS_URL and takes test keys only; `live` loads it from Stripe. */
    WEB_STRIPE_MODE: z.enum(["sandbox", "live"]),
    WEB_STRIPE_JS_URL: url.optional(),
  })
  .refine((values) => (values.WEB_STRIPE_MODE === "sandbox") === (values.WEB_STRIPE_JS_URL !== undefined), {
    message: "WEB_STRIPE_JS_URL is for WEB_STRIPE_MODE=sandbox, and only there",
  });

export interface Config {
  billingUrl: string;
  stripe: { mode: "live" } | { mode: "sandbox"; scriptUrl: string };
}

/** Reads the settings from the environment; throws an error that names what is missing or wrong. */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const values = schema.parse(environment);
  return {
    billingUrl: values.WEB_BILLING_URL,
    stripe: values.WEB_STRIPE_JS_URL ? { mode: "sandbox", scriptUrl: values.WEB_STRIPE_JS_URL } : { mode: "live" },
  };
}

let known: Config | undefined;

/** The settings of this process, read when first needed so that a build needs none. */
export function config(): Config {
  known ??= readConfig(process.env);
  return known;
}

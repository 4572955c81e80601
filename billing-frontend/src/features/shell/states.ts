import type { Tone } from "@nextpanel/ui/badge";

/** How good a state is, for its badge; the word itself comes from the texts. */
export const LICENSE_TONES: Record<string, Tone> = { active: "good", suspended: "bad", expired: "warn", cancelled: "neutral" };
export const INVOICE_TONES: Record<string, Tone> = { draft: "neutral", open: "warn", paid: "good", void: "neutral", uncollectible: "bad" };
export const DOMAIN_TONES: Record<string, Tone> = {
  pending: "accent",
  active: "good",
  expired: "warn",
  redemption: "bad",
  suspended: "bad",
  transferred: "neutral",
  deleted: "neutral",
};
export const SUBSCRIPTION_TONES: Record<string, Tone> = {
  incomplete: "warn",
  trialing: "accent",
  active: "good",
  past_due: "bad",
  unpaid: "bad",
  paused: "neutral",
  cancelled: "neutral",
};
export const PAYMENT_TONES: Record<string, Tone> = { pending: "accent", succeeded: "good", failed: "bad", refunded: "neutral" };

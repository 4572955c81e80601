import { z } from "zod";

import type { components } from "@/lib/billing-api";

type Registrant = components["schemas"]["RegistrantIn"];
type BillingDetails = components["schemas"]["BillingDetailsIn"];

const needed = z.string().trim().min(1).max(100);

const base = {
  first_name: needed,
  last_name: needed,
  company_name: z.string().trim().max(200),
  address_line1: z.string().trim().min(1).max(200),
  city: needed,
  region: z.string().trim().max(100),
  postal_code: z.string().trim().min(1).max(20),
  country: z.string().regex(/^[A-Z]{2}$/),
};

/** A phone as people type it, `+1 602 555 0100`, with its country code. */
const PHONE = /^\+\d[\d\s().-]{6,20}$/;

export const contactSchema = z.object({ ...base, phone: z.string().trim().max(30) });
/** With a domain on the order, the registry asks for a region and a phone too. */
export const registrantSchema = z.object({ ...base, region: needed, phone: z.string().trim().regex(PHONE) });

export type Contact = z.infer<typeof contactSchema>;

export const EMPTY_CONTACT: Contact = {
  first_name: "",
  last_name: "",
  company_name: "",
  address_line1: "",
  city: "",
  region: "",
  postal_code: "",
  country: "",
  phone: "",
};

// The country codes with one digit and with two; all others have three.
const ONE_DIGIT = /^[17]/;
const TWO_DIGITS = /^(2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;

/** `+1 (602) 555-0100` as registries write it: `+1.6025550100`. */
export function toRegistryPhone(phone: string): string {
  const digits = phone.replace(/\D/g, "");
  const length = ONE_DIGIT.test(digits) ? 1 : TWO_DIGITS.test(digits) ? 2 : 3;
  return `+${digits.slice(0, length)}.${digits.slice(length)}`;
}

export function toBillingDetails(contact: Contact, vatNumber: string | null): BillingDetails {
  return {
    address_line1: contact.address_line1,
    city: contact.city,
    region: contact.region || null,
    postal_code: contact.postal_code,
    country: contact.country,
    company_name: contact.company_name || null,
    vat_number: vatNumber,
  };
}

export function toRegistrant(contact: Contact, email: string): Registrant {
  return {
    first_name: contact.first_name,
    last_name: contact.last_name,
    organization: contact.company_name || null,
    address1: contact.address_line1,
    city: contact.city,
    state_province: contact.region,
    postal_code: contact.postal_code,
    country: contact.country,
    phone: toRegistryPhone(contact.phone),
    email,
  };
}

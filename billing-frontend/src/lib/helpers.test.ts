import { describe, expect, it } from "vitest";

import { registrantSchema, toRegistryPhone } from "@/features/checkout/contact";
import { chooseLocale, toLocale } from "@/i18n/locales";

import { formatDay, formatMoney, formatStorage } from "./format";
import { toProblem } from "./problem";

describe("money", () => {
  it.each([
    [2900, "USD", "en", "$29.00"],
    [2900, "JPY", "en", "¥2,900"],
    [-150, "EUR", "en", "-€1.50"],
    [123456789, "USD", "en", "$1,234,567.89"],
  ])("%i %s is %s", (amount, currency, locale, text) => {
    expect(formatMoney(amount, currency, locale)).toBe(text);
  });

  it("drops the zeros of whole amounts where asked, and only of those", () => {
    expect(formatMoney(2900, "USD", "en", { short: true })).toBe("$29");
    expect(formatMoney(2950, "USD", "en", { short: true })).toBe("$29.50");
  });
});

describe("days and sizes", () => {
  it("are those of UTC, wherever the reader is", () => {
    expect(formatDay("2026-03-01T23:59:59Z", "en")).toBe("Mar 1, 2026");
    expect(formatDay("2026-03-01", "en")).toBe("Mar 1, 2026");
  });

  it("reads storage as people do", () => {
    expect([512, 10240, 1048576].map((size) => formatStorage(size, "en"))).toEqual(["512 MB", "10 GB", "1 TB"]);
  });
});

describe("problems", () => {
  it("keep their code, sentence and fields", () => {
    const body = { code: "validation_failed", detail: "No", errors: [{ field: "body.email", message: "Wrong" }] };
    expect(toProblem(422, body)).toEqual({ code: "validation_failed", status: 422, detail: "No", fields: { email: "Wrong" }, domain: null });
  });

  it("name the domain they are about", () => {
    expect(toProblem(409, { code: "domain_not_available", domain: "ada.com" }).domain).toBe("ada.com");
  });

  it("have a code even when the answer has none", () => {
    expect(toProblem(502, "<html>").code).toBe("http_502");
    expect(toProblem(0, null).code).toBe("offline");
  });
});

describe("the registry's phone numbers", () => {
  it.each([
    ["+1 (602) 555-0100", "+1.6025550100"],
    ["+49 30 1234567", "+49.301234567"],
    ["+420 601 123 456", "+420.601123456"],
    ["+351.912345678", "+351.912345678"],
  ])("%s becomes %s", (typed, written) => {
    expect(registrantSchema.shape.phone.safeParse(typed).success).toBe(true);
    expect(toRegistryPhone(typed)).toBe(written);
  });

  it("need their country code", () => {
    expect(registrantSchema.shape.phone.safeParse("602 555 0100").success).toBe(false);
  });
});

describe("the language", () => {
  it.each([
    [null, "en"],
    ["fr-FR,fr;q=0.9", "en"],
    ["*;q=0", "en"],
    [";;,", "en"],
    ["en-GB;q=0.1, de-CH;q=0.9", "de"],
    ["fr, es-MX;q=0.5", "es"],
    ["de;q=0, es;q=0.1", "es"],
  ])("of %s is the best complete one: %s", (header, locale) => {
    expect(chooseLocale(header)).toBe(locale);
  });

  it.each([
    ["de-AT", "de"],
    ["ES", "es"],
    ["constructor", null],
    ["", null],
    [undefined, null],
  ])("that %s stands for is %s", (tag, locale) => {
    expect(toLocale(tag)).toBe(locale);
  });
});

import { z } from "zod";

import type { ActionTexts, FieldSpec } from "./spec";

function digitsOf(currency: string): number {
  return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** Minor units as they are typed: 2900 USD is `29.00`. */
export function toTyped(amount: number, currency: string): string {
  const digits = digitsOf(currency);
  return (amount / 10 ** digits).toFixed(digits);
}

/**
 * Reads a typed amount, `29`, `29.5` or `29,50`, as minor units; null when it is none, has more digits than the currency
 * or anything else in it. No floating point takes part.
 */
export function readAmount(typed: string, currency: string): number | null {
  const digits = digitsOf(currency);
  const found = /^(-?)(\d{1,12})(?:[.,](\d+))?$/.exec(typed.trim());
  if (!found) return null;
  const [, sign = "", whole = "", fraction = ""] = found;
  if (fraction.length > digits) return null;
  const amount = Number(whole + fraction.padEnd(digits, "0"));
  return sign && amount !== 0 ? -amount : amount;
}

function amountField(field: FieldSpec & { kind: "money" }, texts: ActionTexts) {
  const isRight = (amount: number) =>
    (field.isSigned ? amount !== 0 : amount >= 0) && (field.most === undefined || Math.abs(amount) <= field.most);
  return z.string().transform((typed, context) => {
    if (typed.trim() === "") {
      if (field.isRequired) context.addIssue({ code: "custom", message: texts.required });
      return null;
    }
    const amount = readAmount(typed, field.currency);
    if (amount === null || !isRight(amount)) {
      context.addIssue({ code: "custom", message: texts.amountWrong });
      return z.NEVER;
    }
    return amount;
  });
}

function numberField(field: FieldSpec & { kind: "number" }, texts: ActionTexts) {
  return z.string().transform((typed, context) => {
    if (typed.trim() === "") {
      if (field.isRequired) context.addIssue({ code: "custom", message: texts.required });
      return null;
    }
    const value = Number(typed);
    if (!Number.isInteger(value) || value < (field.least ?? -Infinity) || value > (field.most ?? Infinity)) {
      context.addIssue({ code: "custom", message: texts.numberWrong });
      return z.NEVER;
    }
    return value;
  });
}

function fieldSchema(field: FieldSpec, texts: ActionTexts): z.ZodType<unknown, string | boolean> {
  switch (field.kind) {
    case "money":
      return amountField(field, texts);
    case "number":
      return numberField(field, texts);
    case "checkbox":
      return z.boolean();
    default: {
      const typed = z.string().trim();
      return (field.isRequired ? typed.min(1, texts.required) : typed).transform((value) => (value === "" ? null : value));
    }
  }
}

/** The check of an action's form; what comes out is what the API takes. */
export function actionSchema(fields: FieldSpec[], texts: ActionTexts) {
  return z.object(Object.fromEntries(fields.map((field) => [field.name, fieldSchema(field, texts)])));
}

/** What stands in the form at first. */
export function initialValues(fields: FieldSpec[]): Record<string, string | boolean> {
  const value = (field: FieldSpec): string | boolean => {
    switch (field.kind) {
      case "checkbox":
        return field.value ?? false;
      case "money":
        return field.value === undefined ? "" : toTyped(field.value, field.currency);
      case "number":
        return field.value === undefined ? "" : String(field.value);
      case "select":
        return field.value ?? field.options[0]?.value ?? "";
      default:
        return field.value ?? "";
    }
  };
  return Object.fromEntries(fields.map((field) => [field.name, value(field)]));
}

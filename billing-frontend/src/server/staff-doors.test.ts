import { describe, expect, it } from "vitest";

import { isOpen } from "./doors";
import { isStaffToken } from "./role";
import { isOpenToStaff } from "./staff-doors";

function token(claims: unknown): string {
  return `h.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.s`;
}

describe("who is staff", () => {
  it.each(["support", "billing_admin", "owner"])("%s is", (role) => {
    expect(isStaffToken(token({ role }))).toBe(true);
  });

  it.each([undefined, "", "no token", "a.b.c", token({ role: "customer" }), token({}), token({ role: 1 }), token(null)])("%s is not", (text) => {
    expect(isStaffToken(text)).toBe(false);
  });
});

describe("the staff's doors", () => {
  it.each([
    ["POST", "admin/payments/1/refunds"],
    ["POST", "admin/steps/1/resolve"],
    ["GET", "admin/search"],
    ["GET", "admin/invoices.csv"],
    ["GET", "admin/invoices/1/pdf"],
    ["DELETE", "admin/tax-rates/1"],
  ])("%s %s is open to staff, and to no customer", (method, path) => {
    expect(isOpenToStaff(method, path)).toBe(true);
    expect(isOpen(method, path)).toBe(false);
  });

  it.each([
    ["GET", "me"],
    ["POST", "webhooks/stripe"],
    ["GET", "admin/customers"],
    ["POST", "admin/payments/1/refunds/2"],
    ["DELETE", "admin/payments/1"],
    ["POST", "admin/..%2Fprovision"],
    ["GET", "admin/../orders.csv"],
  ])("%s %s is not", (method, path) => {
    expect(isOpenToStaff(method, path)).toBe(false);
  });
});

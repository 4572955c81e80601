import { expect, it } from "vitest";

import { notificationValues } from "./values";

it("says amounts, days and names as the reader does, and a dash for what is missing", () => {
  const data = { amount: { amount: 1799, currency: "USD" }, domain: "<b>ada.com</b>", expires_on: "2028-11-20", order_number: 10002, secret: "x" };
  const values = notificationValues(data, "en");
  expect(values).toMatchObject({ amount: "$17.99", domain: "<b>ada.com</b>", expires_on: "Nov 20, 2028", order_number: "10002", plan: "–" });
  expect(values).not.toHaveProperty("secret");
});

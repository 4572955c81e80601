import { render } from "@testing-library/react";
import { getNonce } from "get-nonce";
import { expect, test } from "vitest";

import { NonceProvider } from "./nonce-provider";

test("the nonce is that of the document, whatever a later answer brings", () => {
  const { rerender } = render(<NonceProvider nonce="first">text</NonceProvider>);
  rerender(<NonceProvider nonce="second">text</NonceProvider>);
  expect(getNonce()).toBe("first");
});

import { join } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: {
      "@": join(import.meta.dirname, "src"),
      "@messages": join(import.meta.dirname, "messages"),
      // The package only exists to make a browser bundle fail.
      "server-only": join(import.meta.dirname, "src/testing/nothing.ts"),
    },
  },
  test: {
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/testing/setup.ts"],
    environment: "jsdom",
    maxWorkers: 2,
    testTimeout: 30_000,
    // Inlined, so that a test can load it anew.
    server: { deps: { inline: ["@stripe/stripe-js"] } },
  },
});

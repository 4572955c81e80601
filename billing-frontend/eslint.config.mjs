import coreWebVitals from "eslint-config-next/core-web-vitals";
import typescript from "eslint-config-next/typescript";

const config = [
  ...coreWebVitals,
  ...typescript,
  {
    rules: {
      "max-lines": ["error", 400],
      "no-warning-comments": "error",
      "no-console": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/no-explicit-any": "error",
      // The default Stripe entry loads Stripe's script on import; only ours decides when and from where.
      "no-restricted-imports": ["error", { paths: [{ name: "@stripe/stripe-js", allowTypeImports: true, message: "Use @stripe/stripe-js/pure." }] }],
    },
  },
  { ignores: [".next/**", "next-env.d.ts", "src/lib/billing-api.ts"] },
];

export default config;

import { join } from "node:path";
import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  transpilePackages: ["@nextpanel/ui"],
  turbopack: { root: join(import.meta.dirname, "..") },
  // Types are checked by `npm run types`; checking them again would double the time of the first start.
  typescript: { ignoreBuildErrors: true },
  experimental: { optimizePackageImports: ["@nextpanel/ui", "lucide-react", "radix-ui"] },
};

export default config;

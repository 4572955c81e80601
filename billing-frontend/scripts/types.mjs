// The check of types: the API's client is fresh first, then everything has to fit it.

import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";

await import("./client.mjs");
const require = createRequire(import.meta.url);
const directory = new URL("..", import.meta.url).pathname;
for (const [program, ...words] of [
  [require.resolve("next/dist/bin/next"), "typegen"],
  [require.resolve("typescript/bin/tsc"), "--noEmit"],
]) {
  const done = spawnSync(process.execPath, [program, ...words], { cwd: directory, stdio: "inherit" });
  if (done.status !== 0) process.exit(done.status ?? 1);
}

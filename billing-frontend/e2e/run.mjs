// `npm run e2e`: the stories with their results also as JUnit, where RESULTS says.

import { spawnSync } from "node:child_process";

const results = process.env.RESULTS;
const reporters = ["--test-reporter=spec", "--test-reporter-destination=stdout"];
if (results) reporters.push("--test-reporter=junit", `--test-reporter-destination=${results}`);
const stories = new URL("stories.test.mjs", import.meta.url).pathname;
const done = spawnSync(process.execPath, ["--test", ...reporters, stories], { stdio: "inherit" });
process.exit(done.status ?? 1);

// All stories, one after the other, in one browser.

import { after } from "node:test";

import { closeBrowser } from "./world.mjs";

await import("./purchase.stories.mjs");
await import("./portal.stories.mjs");
await import("./faults.stories.mjs");
await import("./admin.stories.mjs");

after(closeBrowser);

// Writes src/lib/billing-api.ts, the types of the billing API, from its contract; does nothing when they are fresh.

import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const contract = new URL("../../contracts/billing-openapi.json", import.meta.url);
const target = new URL("../src/lib/billing-api.ts", import.meta.url);

const hash = createHash("sha256").update(readFileSync(contract)).digest("hex");
const stamp = `// From contracts/billing-openapi.json, sha256 ${hash}\n`;
if (!existsSync(target) || !readFileSync(target, "utf8").startsWith(stamp)) {
  writeFileSync(target, stamp + astToString(await openapiTS(contract, { defaultNonNullable: false })));
}

/**
 * Completes package-lock.json: some registries lack chDB's libraries for other platforms, npm then
 * leaves them out, and `npm ci` on those platforms would install no engine. Entries without an
 * integrity hash are enough for npm and survive `npm install`.
 *
 * Run after dependencies change: `npm run lock`. With `--check` it only says whether they are there.
 */
import { readFileSync, writeFileSync } from "node:fs";

interface LockEntry {
  version: string;
  optionalDependencies?: Record<string, string>;
  cpu?: string[];
  os?: string[];
  libc?: string[];
  optional?: boolean;
}

const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8")) as { packages: Record<string, LockEntry> };

const missing: string[] = [];
for (const [name, version] of Object.entries(
  lock.packages["node_modules/chdb"]?.optionalDependencies ?? {},
)) {
  const [os, cpu] = name.replace("@chdb/lib-", "").split("-");
  if (lock.packages[`node_modules/${name}`] !== undefined || !os || !cpu) continue;
  missing.push(name);
  lock.packages[`node_modules/${name}`] = { version, cpu: [cpu], os: [os], optional: true };
}

if (missing.length === 0) {
  console.log("package-lock.json names chDB's library for every platform");
} else if (process.argv.includes("--check")) {
  console.error(`package-lock.json lacks ${missing.join(", ")}: run npm run lock`);
  process.exitCode = 1;
} else {
  lock.packages = Object.fromEntries(
    Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en")),
  );
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`added ${missing.join(", ")}`);
}

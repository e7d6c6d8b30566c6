import { createHash } from "node:crypto";
import { Kind } from "./attributes.ts";
import { BASE_SCHEMA } from "./base.ts";

/** The base fields that together may tell one install from all others. */
export interface Combination {
  readonly app_version?: unknown;
  readonly platform?: unknown;
  readonly os_version?: unknown;
  readonly locale?: unknown;
  readonly timezone?: unknown;
}

const FIELDS = ["app_version", "platform", "os_version", "locale", "timezone"] as const;

const decisions = FIELDS.map((name) => {
  const field = BASE_SCHEMA.find((each) => each.name === name);
  if (field === undefined) throw new Error(`the base schema has no ${name}`);
  return [name, field.decide] as const;
});

/**
 * SHA-256 over the app's name and a combination, joined by NUL, in 64 hexadecimal digits. The values
 * are brought into their canonical form first, so that all installs word them the same; one that is
 * absent or would be dropped counts as empty.
 *
 * @example
 * combinationHash("timetracker", { platform: "linux", os_version: "6.1.0-18-amd64", locale: "en-US" });
 * // the same as of { platform: "Linux", os_version: "6.1.0-18", locale: "en_US" }
 */
export function combinationHash(app: string, report: Combination): string {
  const values = decisions.map(([name, decide]) => {
    const value = report[name];
    const kept = typeof value === "string" ? decide(Kind.String, value) : "";
    return typeof kept === "string" ? kept : "";
  });
  return createHash("sha256")
    .update([app, ...values].join("\0"))
    .digest("hex");
}

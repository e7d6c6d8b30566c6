import type { Catalogue, Property } from "../../schemas/src/index.ts";
import { logNormal, slotsOf, weightedSlots } from "./dice.ts";
import type { Span } from "./scripts.ts";

/** Slots of one distribution of texts, and of one of numbers. */
export const TEXT_SLOTS = 256;
export const NUMBER_SLOTS = 1024;

const HOUR = 3600;
const DAY = 24 * HOUR;

/** Seconds that a step takes. Timers run for up to ten hours, invoices wait for weeks. */
export const SPANS: Record<Span, (share: number) => number> = {
  timer: (share) => Math.round(Math.min(10 * HOUR, logNormal(38 * 60, 1.05)(share))),
  until_sent: (share) => Math.round(Math.min(30 * DAY, logNormal(3 * HOUR, 1.8)(share))),
  until_paid: (share) => Math.round(Math.min(120 * DAY, logNormal(13 * DAY, 0.8)(share))),
};

/** How many of a thing an install with one user has; larger installs have more. */
const IDS: Record<string, number> = {
  ...{ project_id: 12, client_id: 8, task_id: 90, invoice_id: 60, payment_id: 50, quote_id: 20 },
  ...{ entry_id: 4000, time_entry_id: 4000, original_timer_id: 4000, comment_id: 60 },
};
const OTHER_IDS = 30;

/** Shares of values, where the catalogue's order is not the order of how frequent they are. */
const WORDS: Record<string, Record<string, number>> = {
  auth_method: { local: 68, oidc: 17, ldap: 7, password: 4, api_key: 2, client_portal: 2 },
  severity: { error: 58, warning: 27, critical: 8, info: 5, debug: 2 },
  error_type: { validation: 30, status_code: 24, database: 14, network: 12, error: 20 },
  priority: { medium: 52, high: 26, low: 16, urgent: 6 },
  method: { GET: 46, POST: 40, PUT: 7, DELETE: 4, PATCH: 3 },
};
/** Browser, kind of device and system go together, so they are drawn together. */
const BROWSERS: [browser: string, device: string, os: string, share: number][] = [
  ["chrome", "desktop", "windows", 36],
  ["edge", "desktop", "windows", 10],
  ["firefox", "desktop", "windows", 8],
  ["firefox", "desktop", "linux", 10],
  ["chrome", "desktop", "macos", 9],
  ["safari", "desktop", "macos", 8],
  ["chrome", "desktop", "linux", 5],
  ["chrome", "mobile", "android", 7],
  ["safari", "mobile", "iphone", 5],
  ["safari", "tablet", "ipad", 2],
];
const TRUE_SHARES: Record<string, number> = {
  ...{
    success: 0.97,
    is_admin: 0.9,
    billable: 0.71,
    threshold_exceeded: 0.06,
    has_description: 0.4,
  },
  ...{ self_registered: 0.2, enabled: 0.6, is_shared: 0.15 },
};
const NUMBERS: Record<string, (share: number) => number> = {
  duration_seconds: (share) => Math.round(logNormal(9, 1.3)(share) * 10) / 10,
  num_rows: (share) => Math.round(logNormal(140, 1.5)(share)),
  date_range_days: (share) => pick(share, [7, 7, 30, 30, 30, 31, 31, 90, 365]),
  status_code: (share) => pick(share, [500, 500, 500, 404, 404, 403, 422, 502, 503]),
  per_page: (share) => pick(share, [25, 25, 25, 50, 100]),
  page: (share) => 1 + Math.floor(logNormal(0.8, 1)(share)),
  duration_ms: (share) => Math.round(logNormal(180, 1.1)(share)),
  threshold_ms: (share) => pick(share, [500, 1000, 2000]),
  distance_km: (share) => Math.round(logNormal(34, 1)(share) * 10) / 10,
  target_hours: (share) => pick(share, [20, 30, 32, 35, 38, 40, 40, 40]),
  new_target: (share) => pick(share, [20, 30, 32, 35, 38, 40, 40, 40]),
  days: (share) => 1 + Math.floor(logNormal(1, 0.8)(share)),
};
const count = (share: number) => 1 + Math.floor(logNormal(3, 1)(share));

/** How one property's value is found from the hash of a session. */
export type Source =
  /** A whole number from 1 to so many times the install's size. */
  | { kind: "id"; range: number; joint: string }
  /** `joint`: properties of one name are drawn with the same slot. */
  | { kind: "text"; slots: string[]; joint?: string }
  | { kind: "number"; slots: number[]; joint?: string };

/** @param fixed the value that the story gives it, or undefined */
export function sourceOf(name: string, property: Property, fixed: string | undefined): Source {
  if (fixed !== undefined) return text([[fixed, 1]]);
  const browser = ["browser", "device_type", "os"].indexOf(name);
  if (browser >= 0) {
    const shares = BROWSERS.map((row) => [row[browser] as string, row[3]] as const);
    return { ...text(shares), joint: "browser" };
  }
  switch (property.type) {
    case "id":
      return { kind: "id", range: IDS[name] ?? OTHER_IDS, joint: name };
    case "boolean": {
      const share = TRUE_SHARES[name] ?? 0.55;
      return text([
        ["true", share],
        ["false", 1 - share],
      ]);
    }
    case "enum":
      return text(shared(property.values, WORDS[name]));
    case "route":
      return text(shared(property.templates));
    case "version":
      return text([["1.0.0", 1]]);
    default:
      return { kind: "number", slots: slotsOf(NUMBER_SLOTS, NUMBERS[name] ?? count) };
  }
}

/** The properties that an event may have, the catalogue's common ones included. */
export function propertiesOf(catalogue: Catalogue, event: string): Record<string, Property> {
  const own = catalogue.events.find(({ name }) => name === event)?.properties ?? {};
  return { ...catalogue.common, ...own };
}

function text(weights: readonly (readonly [string, number])[]): Source & { kind: "text" } {
  return { kind: "text", slots: weightedSlots(TEXT_SLOTS, weights) };
}

/** By the shares given, else the first the most frequent, as Zipf has it. */
function shared(values: readonly string[], shares?: Record<string, number>): [string, number][] {
  const told = values.filter((value) => shares?.[value] !== undefined);
  if (told.length > 0) return told.map((value) => [value, shares![value]!]);
  return values.map((value, at) => [value, 1 / (at + 1)]);
}

const pick = (share: number, list: readonly number[]) => list[Math.floor(share * list.length)]!;

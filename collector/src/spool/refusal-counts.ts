import { refusals } from "../store/tables.ts";
import { appendInt64, appendString, appendUInt16 } from "./column.ts";
import { columnOf, createNativeBlock, type NativeBlock, resetBlock } from "./native.ts";
import type { RefusalCount } from "./types.ts";

const DAY_MS = 86_400_000;
/** A flood of made-up names is counted under one name beyond this many in a batch. */
const MAX_KEYS = 10_000;
const OTHER = "(other)";
/** Generous estimate of one counted key, for the limit on a batch's memory. */
const BYTES_PER_KEY = 300;

/** Adds refusals up by name before they are encoded: a frame carries each name once. */
export function createRefusalCounts() {
  const counts = new Map<string, RefusalCount>();
  const block = createNativeBlock(refusals);
  const texts = (["app", "outcome", "reason", "event", "field"] as const).map((name) => ({
    name,
    column: columnOf(block, name),
  }));
  const appVersion = columnOf(block, "app_version");
  const day = columnOf(block, "day");
  const count = columnOf(block, "count");

  function add(refusal: RefusalCount): void {
    const key = keyOf(refusal);
    const known = counts.get(key);
    if (known) known.count += refusal.count;
    else if (counts.size < MAX_KEYS || refusal.event === OTHER) counts.set(key, { ...refusal });
    else add({ ...refusal, event: OTHER, field: OTHER, appVersion: "" });
  }

  function encode(): NativeBlock {
    resetBlock(block);
    for (const refusal of counts.values()) {
      for (const { name, column } of texts) appendString(column, refusal[name]);
      appendString(appVersion, refusal.appVersion);
      appendUInt16(day, dayOf(refusal.receivedMs));
      appendInt64(count, refusal.count);
      block.rows++;
    }
    return block;
  }

  return {
    add,
    encode,
    size: () => counts.size,
    bytes: () => counts.size * BYTES_PER_KEY,
    reset: () => counts.clear(),
  };
}

function keyOf(refusal: RefusalCount): string {
  const { app, outcome, reason, event, field, appVersion, receivedMs } = refusal;
  return [app, outcome, reason, event, field, appVersion, dayOf(receivedMs)].join("\0");
}

function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

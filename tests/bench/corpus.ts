import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

/**
 * The request bodies of the benchmark, committed so that every run and every machine sends the same
 * bytes. `make-corpus.ts` wrote them.
 */
const file = (name: string) => fileURLToPath(new URL(`./corpus/${name}`, import.meta.url));

/** One event as the time tracker sends it, fields that are dropped included: JSON, not compressed. */
export const SINGLE = file("event.json");
/** 1,000 detailed events of many installs: protobuf, gzip. */
export const BATCH = file("batch-1000.pb.gz");
export const BATCH_RECORDS = 1_000;

export function batchBytes(): Uint8Array {
  return gunzipSync(readFileSync(BATCH));
}

import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEnforcedRecord, type EnforcedRecord } from "@rollcall/schemas";
import type { SpoolLog } from "./spool.ts";
import type { Stamp } from "./types.ts";

/** Records and places for the tests of the spool and the loader. */
export const DAY_MS = 86_400_000;
/** Far ahead, so that no table's retention takes the rows away. */
export const NOON = Date.UTC(2100, 10, 2, 12);

export const silent: SpoolLog = { info() {}, warn() {}, error() {} };

export interface TestRecord {
  event?: string;
  installId?: string;
  appVersion?: string;
  uid?: string;
  properties?: Record<string, string>;
  numbers?: Record<string, number>;
  base?: Partial<EnforcedRecord["base"]>;
  traceId?: string;
}

export function record(from: TestRecord = {}): EnforcedRecord {
  const properties = Object.entries(from.properties ?? {});
  const numbers = Object.entries(from.numbers ?? {});
  const made = createEnforcedRecord();
  return {
    ...made,
    event: from.event ?? "timer.started",
    installId: from.installId ?? randomUUID(),
    appVersion: from.appVersion ?? "1.2.3",
    uid: from.uid ?? "",
    traceId: from.traceId ?? "",
    base: { ...made.base, ...from.base },
    propertyKeys: properties.map(([key]) => key),
    propertyValues: properties.map(([, value]) => value),
    properties: properties.length,
    numberKeys: numbers.map(([key]) => key),
    numberValues: numbers.map(([, value]) => value),
    numbers: numbers.length,
  };
}

/** A stamp whose times are all `timeMs` unless said otherwise. */
export function stamp(app: string, timeMs: number = NOON, more: Partial<Stamp> = {}): Stamp {
  return {
    app,
    token: "t1",
    timeMs,
    receivedMs: timeMs,
    timeClamped: false,
    senderMs: timeMs,
    admissionMs: timeMs,
    user: 0n,
    ...more,
  };
}

export async function temporaryDirectory(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "rollcall-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

import { randomBytes, randomInt } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { loaded } from "../support/api.ts";
import { type Collector, startCollector } from "../support/collector.ts";
import { DAY, dayAt } from "./calendar.ts";
import { catalogueOf } from "./catalogue.ts";
import { type Life, livesOf } from "./lives.ts";
import { randomRecords, type TruthRecord } from "./records.ts";
import { type RefusedRecord, randomRefused, sendRefused } from "./refused.ts";
import { releasesOf, type TruthRelease } from "./releases.ts";
import { type AppTokens, sendRecords } from "./send.ts";
import { type Use, usesOf } from "./uses.ts";

/** How many admitted installs make a version one that exists, where nothing is set. */
const K = 10;
/** As far from UTC as a zone can be: no answer may know where the collector stands. */
const ZONE = "Pacific/Kiritimati";

/** A fleet made by chance, and what is to be known of it. */
export interface TruthFleet {
  seed: number;
  app: string;
  tokens: AppTokens;
  /** As they are sent: some of them twice. */
  records: TruthRecord[];
  refused: RefusedRecord[];
  /** UTC day on which all of it arrives. */
  received: number;
  lives: Life[];
  releases: TruthRelease[];
  uses: Use[];
}

/** The seed that ROLLCALL_TRUTH_SEED names, else 1 and one by chance. */
export function seeds(): number[] {
  const given = process.env.ROLLCALL_TRUTH_SEED;
  return given === undefined ? [1, randomInt(2, 2 ** 31)] : [Number(given)];
}

export function fleetOf(seed: number, now: number): TruthFleet {
  const records = randomRecords(seed, now);
  const lives = livesOf(records, dayAt(now));
  return {
    ...{ seed, app: `fleet-${seed}`, records, refused: randomRefused(seed), lives },
    received: dayAt(now),
    tokens: { ingest: randomBytes(16).toString("hex"), backfill: randomBytes(16).toString("hex") },
    ...{ releases: releasesOf(lives, K), uses: usesOf(records, lives) },
  };
}

/** A real collector that all of these fleets have sent to. */
export async function startTruth(fleets: readonly TruthFleet[], now: number): Promise<Collector> {
  // Installs are admitted by days of receipt: all have to arrive on one.
  if (now % DAY > DAY - 60_000) await sleep(60_000);
  const catalogues = mkdtempSync(join(tmpdir(), "rollcall-catalogues-"));
  for (const { app } of fleets) {
    writeFileSync(join(catalogues, `${app}.json`), JSON.stringify(catalogueOf(app)));
  }
  const pairs = fleets.flatMap(({ app, tokens }) => [
    `${app}:${tokens.ingest}`,
    `${app}:${tokens.backfill}:backfill`,
  ]);
  const collector = await startCollector({
    env: {
      ...{ CLICKHOUSE_URL: undefined, TZ: ZONE, ROLLCALL_CATALOGUE_DIR: catalogues },
      ROLLCALL_INGEST_TOKENS: pairs.join(","),
    },
  });
  rmSync(catalogues, { recursive: true });
  for (const { tokens, records, refused } of fleets) {
    await sendRecords(collector, tokens, records);
    await sendRefused(collector, tokens.ingest, refused);
  }
  await loaded(collector, 120_000);
  return collector;
}

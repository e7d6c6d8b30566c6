import type { Arrivals, HealthAlerts, HealthSystem, Refusals, Unlisted } from "../../api/health.ts";
import { formatDuration } from "../../format/durations.ts";
import { formatCount, formatPercent } from "../../format/numbers.ts";
import { healthText } from "../../text/health.ts";
import { formatBytes } from "./bytes.ts";

/** Something that is not as it should be, and what to do about it. */
export interface Finding {
  level: "error" | "warn";
  /** Names it for tests and keys. */
  id: string;
  what: string;
  todo: string;
}

/** What is known so far; null while a question is under way. */
export interface Known {
  system: HealthSystem | null;
  refusals: Refusals | null;
  unlisted: Unlisted | null;
  arrivals: Arrivals | null;
  alerts: HealthAlerts | null;
}

/** Rows of a million installs are made anew every minute or two. */
const LATE_SECONDS = 300;
const VERY_LATE_SECONDS = 1800;
const GIB = 1024 ** 3;
const REFUSED_SHARE = 0.02;
const LEAST_RECORDS = 100;

const words = healthText.finding;

/** What needs the maintainer, the worst first. */
export function findingsOf(known: Known): Finding[] {
  const found = [
    ...(known.system?.machine ? ofMachine(known.system.machine) : []),
    ...ofAlerts(known),
    ...ofRecords(known),
  ];
  return found.sort((a, b) => rank(a) - rank(b));
}

const rank = ({ level }: Finding) => (level === "error" ? 0 : 1);

function ofMachine(machine: NonNullable<HealthSystem["machine"]>): Finding[] {
  const { spool, loader, engine, disk } = machine;
  const found: Finding[] = [];
  const add = (level: Finding["level"], id: string, what: string, todo: string) =>
    found.push({ level, id, what, todo });
  if (!spool.accepting) {
    add("error", "not-accepting", words.notAccepting(spool.reason), words.notAcceptingDo);
  }
  if (engine && engine.state !== "ready") {
    add("error", "engine-away", words.engineAway(engine.state), words.engineAwayDo);
  }
  if (loader.failures > 0) {
    add("error", "loader", words.loaderFails(times(loader.failures)), words.loaderFailsDo);
  }
  if (loader.lagSeconds >= LATE_SECONDS) {
    const level = loader.lagSeconds >= VERY_LATE_SECONDS ? "error" : "warn";
    add(level, "late", words.late(formatDuration(loader.lagSeconds)), words.lateDo);
  }
  if (loader.quarantined > 0) {
    const { quarantined: count } = loader;
    add(
      "warn",
      "quarantined",
      words.quarantined(formatCount(count), count === 1),
      words.quarantinedDo,
    );
  }
  if (engine && engine.restarts > 0) {
    const { restarts } = engine;
    add(
      "warn",
      "restarts",
      words.engineRestarts(formatCount(restarts), restarts === 1),
      words.engineRestartsDo,
    );
  }
  const used = engine?.memoryBytes ? engine.memoryBytes / engine.limitBytes : 0;
  if (used >= 0.95) add("warn", "memory", words.memory(formatPercent(used)), words.memoryDo);
  if (disk.freeBytes < GIB || disk.freeBytes < disk.totalBytes * 0.05) {
    const level = disk.freeBytes < GIB / 4 ? "error" : "warn";
    add(level, "disk", words.disk(formatBytes(disk.freeBytes)), words.diskDo);
  }
  return found;
}

const times = (count: number) => `${formatCount(count)} ${count === 1 ? "time" : "times"}`;

function ofAlerts({ alerts, arrivals }: Known): Finding[] {
  const firing = alerts?.rows.filter(({ state }) => state === "firing") ?? [];
  const found = firing.map(({ rule, title, since, text }): Finding => {
    const what = words.alert(title, (since ?? "").slice(0, 16).replace("T", " "));
    return { level: "error", id: `alert-${rule}`, what, todo: text };
  });
  const flood = arrivals?.flood;
  if (flood?.flooding && !firing.some(({ rule }) => rule === "install_flood")) {
    const over = flood.tokens.find((token) => token.over);
    const what = over
      ? words.overBudget(over.name, formatCount(over.last24h), formatCount(over.budget ?? 0))
      : words.flood(formatCount(flood.last24h), formatCount(flood.median));
    found.push({ level: "warn", id: "flood", what, todo: words.floodDo });
  }
  return found;
}

function ofRecords({ refusals, unlisted }: Known): Finding[] {
  const found: Finding[] = [];
  const total = refusals?.total;
  if (
    total &&
    total.refusedShare >= REFUSED_SHARE &&
    total.accepted + total.refused >= LEAST_RECORDS
  ) {
    const what = words.refused(formatPercent(total.refusedShare));
    found.push({ level: "warn", id: "refused", what, todo: words.refusedDo });
  }
  if (unlisted && unlisted.groups > 0) {
    const what = words.unlisted(formatCount(unlisted.groups), unlisted.groups === 1);
    found.push({ level: "warn", id: "unlisted", what, todo: words.unlistedDo });
  }
  return found;
}

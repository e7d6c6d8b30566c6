import type { Catalogue } from "@rollcall/schemas";
import type { Identity, MeterState, RollcallState, SentryState, WouldSend } from "./api.ts";
import { type Meter, mustCoarsen } from "./base/meter.ts";
import { acceptanceOf, gained } from "./consent/acceptance.ts";
import type { Consent } from "./consent/consent.ts";
import type { BaseReport } from "./delivery/encode.ts";
import type { Outlet } from "./delivery/outlet.ts";
import type { Destination } from "./delivery/types.ts";
import { fingerprintOf } from "./installation/fingerprint.ts";
import { historyOf } from "./installation/history.ts";
import { type InstallationState, identityOf } from "./installation/installation-file.ts";
import type { Journal } from "./journal/types.ts";

/** What the parts of a client know, for the page. */
export interface View {
  app: string;
  version: string;
  destinations: readonly Destination[];
  outlets: readonly Outlet[];
  catalogue: Catalogue | null;
  consent: () => Consent;
  state: () => Readonly<InstallationState> | null;
  meter: Meter;
  journal: Journal;
  problems: readonly string[];
  sentry: () => SentryState | null;
  /** The base report as it would be sent now; null without an identity. */
  report: (now: Date) => BaseReport | null;
}

const MOST_QUEUED = 200;

export function describeState(view: View): RollcallState {
  const kept = view.state();
  const trouble = view.journal.problem();
  return {
    app: view.app,
    appVersion: view.version,
    consent: view.consent(),
    setup: {
      complete: kept?.setup_complete ?? false,
      completedAt: kept?.setup_completed_at ?? null,
    },
    identity: kept === null ? null : describeIdentity(kept),
    sinks: view.outlets.map((outlet) => outlet.state()),
    catalogue: view.catalogue === null ? null : describeCatalogue(view.catalogue, kept),
    sentry: view.sentry(),
    meter: describeMeter(view),
    history: kept === null ? [] : historyOf(kept),
    problems: trouble === null ? [...view.problems] : [...view.problems, trouble],
  };
}

function describeIdentity(kept: Readonly<InstallationState>): Identity | null {
  const own = identityOf(kept);
  if (own === null) return null;
  return {
    installId: own.installId,
    fingerprint: fingerprintOf(own),
    saltMasked: `${own.salt.slice(0, 4)}${"•".repeat(12)}`,
    // As it stands in the report.
    installKey: Buffer.from(own.installKey, "base64").toString("base64url"),
    firstSeenAt: kept.first_seen_at,
  };
}

function describeCatalogue(catalogue: Catalogue, kept: Readonly<InstallationState> | null) {
  const accepted = kept === null ? null : acceptanceOf(kept);
  return {
    version: catalogue.version,
    acceptedVersion: accepted?.version ?? null,
    events: catalogue.events,
    common: catalogue.common ?? {},
    gained: accepted === null ? [] : gained(catalogue, accepted),
  };
}

function describeMeter({ destinations, meter }: View): MeterState | null {
  for (const { name } of destinations) {
    const answer = meter.last(name);
    if (answer?.kind !== "class") continue;
    return { sharedBy: answer.sharedBy, asOf: answer.asOf, coarsened: mustCoarsen(answer) };
  }
  return null;
}

export async function whatWouldBeSent(view: View): Promise<WouldSend> {
  const now = new Date();
  const { base, baseDecidedBy } = view.consent();
  const report = view.report(now);
  const [outlet] = view.outlets;
  // Without an identity there is no next report, and asking for one would count as a refusal.
  const next = report === null ? null : (outlet?.nextReport(now) ?? null);
  const waiting = (await outlet?.waiting(MOST_QUEUED)) ?? [];
  return {
    base: base && outlet && next ? outlet.item(next) : null,
    baseHeldBy: base ? "" : baseDecidedBy,
    queued: outlet ? waiting.map((record) => outlet.item(record)) : [],
    queuedTotal: outlet?.state().queue.records ?? 0,
    report,
  };
}

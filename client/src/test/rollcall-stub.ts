import type { Rollcall, RollcallState, WouldSend } from "../api.ts";
import type { SinkState } from "../delivery/types.ts";
import { type Internals, registerInternals } from "../internals.ts";
import type { SentEntry, UnsentEntry } from "../journal/types.ts";
import { catalogue } from "./catalogue.ts";

/** A client that is nothing but what it shows, for looking at pages in states that are hard to reach. */
export interface Stub {
  state: RollcallState;
  would: WouldSend;
  sent: SentEntry[];
  unsent: UnsentEntry[];
}

const at = (hour: number) => new Date(Date.UTC(2026, 10, 20, hour, 12)).toISOString();

export function stubSink(change: Partial<SinkState> = {}): SinkState {
  return {
    name: "maintainer",
    destination: "https://telemetry.example.org",
    source: "embedded",
    variable: null,
    queue: { records: 0, bytes: 0, dropped: 0 },
    sent: 31,
    rejected: 0,
    givenUp: 0,
    last: { at: at(4), kind: "success", reason: "", records: 1, bytes: 612 },
    base: {
      firstSeenSentAt: at(2),
      lastHeartbeatSentAt: at(4),
      lastHeartbeatBytes: 612,
      nextHeartbeatAt: "2026-11-21T03:40:00.000Z",
    },
    ...change,
  };
}

const report = {
  install_id: "5e0c2a52-3f0f-4b6e-9d5e-0d9c6f5a7b11",
  app_version: "5.10.0",
  platform: "linux",
  os_version: "6.1.0",
  architecture: "x86_64",
  locale: "de-DE",
  timezone: "Europe/Berlin",
  first_seen_at: at(2),
  last_seen_at: at(8),
  heartbeat_at: at(8),
  release_channel: "default",
  deployment_type: "docker",
  telemetry_fingerprint: "8f2b5a1c9d3e4f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8",
  install_key: "gJ3q0S8G7t1Wm0bFJd2sQk9x4yYb6eC3oVqH5nA1zuE=",
};

/** An install in its first days that nobody has decided anything for. */
export function stubOf(): Stub {
  return {
    state: {
      app: "timetracker",
      appVersion: "5.10.0",
      consent: {
        base: true,
        detailed: false,
        recording: "none",
        decidedBy: "default",
        baseDecidedBy: "default",
        locked: false,
        choice: null,
      },
      setup: { complete: true, completedAt: at(1) },
      identity: {
        installId: report.install_id,
        fingerprint: report.telemetry_fingerprint,
        saltMasked: `3fa9${"•".repeat(12)}`,
        installKey: report.install_key,
        firstSeenAt: at(1),
      },
      sinks: [stubSink()],
      catalogue: {
        version: catalogue.version,
        acceptedVersion: null,
        events: catalogue.events,
        common: {},
        gained: [],
      },
      sentry: null,
      meter: null,
      history: [],
      problems: [],
    },
    would: {
      base: { signal: "base", name: "base_telemetry.heartbeat", time: 0, content: report },
      baseHeldBy: "",
      queued: [],
      queuedTotal: 0,
      report,
    },
    sent: [],
    unsent: [],
  };
}

/** The stub behind the public face; what a page does not call throws. */
export function stubRollcall(stub: Stub): Rollcall {
  const rollcall = {
    state: () => stub.state,
    consent: () => stub.state.consent,
    wouldSend: async () => stub.would,
    sent: async ({ limit = 200 } = {}) => stub.sent.slice(0, limit),
    unsent: async ({ limit = 200 } = {}) => stub.unsent.slice(0, limit),
  } as unknown as Rollcall;
  const key = Buffer.alloc(32);
  registerInternals(rollcall, {
    deriveKey: () => key,
    refresh: () => {},
    log: { info: () => {}, warn: () => {}, error: () => {} },
  } as unknown as Internals);
  return rollcall;
}

import { createHash } from "node:crypto";
import { onTestFinished } from "vitest";
import type { SentryState } from "../api.ts";
import type { Consent } from "../consent/consent.ts";
import type { SendResult } from "../delivery/transport.ts";
import type { Destination } from "../delivery/types.ts";
import { type Internals, registerInternals } from "../internals.ts";
import type { Journal, JournalItem } from "../journal/types.ts";
import { type Answer, listen, ok, type TestServer } from "./server.ts";
import { createLog } from "./support.ts";

export const INSTALL = "0b9c7a1e-1111-4222-8333-abcdefabcdef";

export interface JournalLine {
  what: "sending" | "held";
  sink: string;
  item: JournalItem;
}

export interface SmallClient {
  rollcall: object;
  internals: Internals;
  log: ReturnType<typeof createLog>;
  /** What stands in the journal, oldest first. */
  lines: JournalLine[];
  outcomes: SendResult[];
  /** Makes the journal unwritable, or writable again. */
  breakJournal(broken: boolean): void;
  /** A person's choice: everything listening is told. */
  choose(recording: Consent["recording"]): void;
  /** Another process' choice: noticed at the next `refresh`. */
  chooseElsewhere(recording: Consent["recording"]): void;
  /** Another process withdrew and opted in again; consent looks the same as before. */
  withdrawAndReturnElsewhere(): void;
  sentry(): SentryState | null;
  close(deadline: number): Promise<void>;
}

/** The least that is a client for the package's other entries, with a journal in memory. */
export function createSmallClient(
  parts: Partial<Internals> & { endpoints?: string[]; recording?: Consent["recording"] } = {},
): SmallClient {
  const log = createLog();
  const lines: JournalLine[] = [];
  const outcomes: SendResult[] = [];
  const listeners = new Set<(consent: Consent) => void>();
  const closing: ((deadline: number) => Promise<void>)[] = [];
  let consent = consentOf(parts.recording ?? "send");
  let elsewhere: Consent | null = null;
  let broken = false;
  let epoch = 0;
  let epochElsewhere = 0;
  let sentry: (() => SentryState) | null = null;

  const journal = {
    sending: async (sink, _batch, items) => {
      if (broken) return false;
      for (const item of items) lines.push({ what: "sending", sink, item: structuredClone(item) });
      return true;
    },
    outcome: (_sink, _batch, result) => void outcomes.push(result),
    held: (item) => void lines.push({ what: "held", sink: "", item: structuredClone(item) }),
    withheld: () => {},
    refused: () => {},
    event: () => {},
    readSent: async () => [],
    readUnsent: async () => [],
    purge: async () => {},
    flush: async () => {},
    close: async () => {},
    problem: () => (broken ? "it cannot be written" : null),
  } satisfies Journal;

  function apply(next: Consent): void {
    if (consent.detailed && !next.detailed) epoch = epochElsewhere += 1;
    consent = next;
    for (const listener of listeners) listener(next);
  }

  const internals: Internals = {
    app: "timetracker",
    version: "5.10.0",
    environment: "production",
    env: {},
    log,
    journal,
    destinations: (parts.endpoints ?? []).map(
      (endpoint, at): Destination => ({
        name: at === 0 ? "maintainer" : "own",
        base: new URL(endpoint),
        token: "secret",
        source: "options",
      }),
    ),
    sentryDsn: null,
    installId: () => INSTALL,
    consent: () => consent,
    epoch: () => epoch,
    refresh() {
      epoch = epochElsewhere;
      const next = elsewhere;
      elsewhere = null;
      if (next !== null) apply(next);
    },
    onConsent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onClose: (listener) => void closing.push(listener),
    showSentry: (state) => {
      sentry = state;
    },
    deriveKey: (purpose) => createHash("sha256").update(purpose).digest(),
    beforeSending: () => {},
    ...parts,
  };
  const rollcall = {};
  registerInternals(rollcall, internals);
  return {
    rollcall,
    internals,
    log,
    lines,
    outcomes,
    breakJournal: (now) => {
      broken = now;
    },
    choose: (recording) => apply(consentOf(recording)),
    chooseElsewhere: (recording) => {
      elsewhere = consentOf(recording);
    },
    withdrawAndReturnElsewhere: () => {
      epochElsewhere += 1;
    },
    sentry: () => sentry?.() ?? null,
    close: async (deadline) =>
      void (await Promise.all(closing.map((listener) => listener(deadline)))),
  };
}

function consentOf(recording: Consent["recording"]): Consent {
  return {
    base: recording === "send",
    detailed: recording === "send",
    recording,
    decidedBy: "choice",
    baseDecidedBy: "choice",
    locked: false,
    choice: recording === "send" ? "on" : recording === "local" ? "local-only" : "base",
  };
}

/** A server that is closed after the test. */
export async function serve(answer: Answer = ok): Promise<TestServer> {
  const server = await listen(answer);
  onTestFinished(() => server.close());
  return server;
}

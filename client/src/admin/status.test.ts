import { expect, test } from "vitest";
import type { Consent } from "../consent/consent.ts";
import { type Stub, stubOf, stubSink } from "../test/rollcall-stub.ts";
import { decidedSentence, statusSentence } from "./status.ts";

const now = Date.UTC(2026, 10, 20, 9);

function sentences(consent: Partial<Consent>, change: Partial<Stub["state"]> = {}): string {
  const { state } = stubOf();
  const shown = { ...state, ...change, consent: { ...state.consent, ...consent } };
  return `${statusSentence(shown, now)} | ${decidedSentence(shown, now)}`;
}

const none = { base: false, recording: "none" as const };

test("untouched: base is on with its last and next report, detailed is off", () => {
  expect(sentences({})).toBe(
    "Detailed telemetry is off. The daily base report is on: last sent 04:12 UTC, 612 B, accepted; next about 03:40 UTC. | Nobody has chosen yet: the base report is on, detailed telemetry is not.",
  );
});

test("a report that was never sent, and a request that failed, are said", () => {
  const base = {
    firstSeenSentAt: null,
    lastHeartbeatSentAt: null,
    lastHeartbeatBytes: null,
    nextHeartbeatAt: null,
  };
  const last = {
    at: "2026-11-20T08:00:00Z",
    kind: "retryable" as const,
    reason: "timeout",
    records: 1,
    bytes: 9,
  };
  expect(sentences({}, { sinks: [stubSink({ base, last })] })).toContain(
    "The daily base report is on: not sent yet. The last request, 08:00 UTC, was not accepted (timeout).",
  );
});

test("two collectors are told apart", () => {
  const own = stubSink({ name: "own" });
  expect(sentences({}, { sinks: [stubSink(), own] })).toMatch(
    /on: to the maintainer, last sent .*; to your own collector, last sent /,
  );
});

test.each([
  [
    { ...none, decidedBy: "DO_NOT_TRACK", baseDecidedBy: "DO_NOT_TRACK", locked: true },
    "Nothing is sent. | DO_NOT_TRACK is set",
  ],
  [
    { ...none, decidedBy: "ROLLCALL", baseDecidedBy: "ROLLCALL", locked: true },
    "Nothing is sent. | ROLLCALL=off is set",
  ],
  [{ decidedBy: "ENABLE_TELEMETRY", locked: true }, "| ENABLE_TELEMETRY is set to a no"],
  [
    { detailed: true, recording: "send", decidedBy: "ENABLE_TELEMETRY" },
    "| ENABLE_TELEMETRY is set to a yes",
  ],
  [
    { ...none, decidedBy: "choice", baseDecidedBy: "choice", choice: "off" },
    "Nothing is sent and nothing is recorded. | Chosen on this page or in setup.",
  ],
  [
    {
      ...none,
      recording: "local",
      decidedBy: "choice",
      baseDecidedBy: "choice",
      choice: "local-only",
    },
    "Nothing is sent: what would be sent is only written to the log",
  ],
  [
    {
      ...none,
      decidedBy: "ENABLE_TELEMETRY",
      baseDecidedBy: "choice",
      choice: "local-only",
      locked: true,
    },
    "Nothing is sent: what would be sent is only written to the log",
  ],
  [
    { ...none, decidedBy: "damaged_file", baseDecidedBy: "damaged_file", choice: "off" },
    "installation.json was damaged",
  ],
  [
    { ...none, decidedBy: "storage", baseDecidedBy: "storage", locked: true },
    "installation.json cannot be kept",
  ],
  [
    { ...none, decidedBy: "default", baseDecidedBy: "setup" },
    "The base report waits until setup is complete.",
  ],
  [
    {
      ...none,
      detailed: true,
      recording: "send",
      decidedBy: "choice",
      baseDecidedBy: "configuration",
      choice: "on",
    },
    "Detailed telemetry is on. The daily base report is off.",
  ],
] as [Partial<Consent>, string][])("%j says %j", (consent, said) => {
  expect(sentences(consent)).toContain(said);
});

test("without a collector the sentence says so", () => {
  const consent = { ...none, decidedBy: "configuration", baseDecidedBy: "configuration" } as const;
  expect(sentences(consent, { sinks: [] })).toContain(
    "no collector is configured. | Neither the build",
  );
});

test("who chose is named, and when", () => {
  const history = [
    {
      at: "2026-11-19T10:00:00Z",
      who: "7",
      what: "catalogue_accepted" as const,
      mode: "on" as const,
    },
    { at: "2026-11-18T10:00:00Z", who: "4", what: "mode" as const, mode: "on" as const },
  ];
  const consent = { detailed: true, recording: "send", decidedBy: "choice", choice: "on" } as const;
  expect(sentences(consent, { history })).toContain("| Chosen by 4, 18 Nov, 10:00 UTC.");
});

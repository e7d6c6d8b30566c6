import { isSpanContextValid, trace } from "@opentelemetry/api";
import type { Catalogue, EventsOf } from "@rollcall/schemas";
import type { Recording } from "../consent/consent.ts";
import { type DetailedInput, detailedRecord, type OutgoingRecord } from "../delivery/encode.ts";
import { currentRequestId } from "../journal/request-context.ts";
import type { Journal, JournalItem } from "../journal/types.ts";
import { createOnce, type Logger } from "../log.ts";
import type { Guard } from "./guard.ts";

/** Whom an event is about. */
export interface TrackOptions {
  /** The app's internal user id. The collector keeps only a keyed hash of it. */
  user?: string | number;
}

/** `track`, typed by a catalogue that was written `as const satisfies Catalogue`. */
export type Track<C extends Catalogue> = <E extends keyof EventsOf<C> & string>(
  event: E,
  properties?: EventsOf<C>[E],
  options?: TrackOptions,
) => void;

export interface RecorderInput {
  appVersion: string;
  /** "" where there is no identity: nothing is recorded then. */
  installId: () => string;
  fingerprint: () => string;
  /** What becomes of detailed records now. */
  recording: () => Recording;
  /** Made of the accepted part of the catalogue. Null when the configuration has a fault: nothing is recorded then. */
  guard: () => Guard | null;
  /** Where records go that may be sent. */
  accept: (record: OutgoingRecord) => void;
  /** Where they are kept that may not. */
  journal: Pick<Journal, "held">;
  log: Logger;
}

/** Whose event it is: a user's, or nobody's but the install's. */
export type Subject = { user: TrackOptions["user"] | undefined } | "install";

export interface Recorder {
  /** An event of the app's. What the catalogue does not have is reported. */
  track(event: string, properties?: object, options?: TrackOptions): void;
  /** An event that the client makes itself: no word where the app's catalogue does not have it. */
  own(event: string, properties: Readonly<Record<string, string>>, subject: Subject): void;
}

/**
 * The way of one event through the app's call: consent gate → enforcement → queue. Synchronous and
 * a few microseconds; encoding and the network come later. Nothing here throws.
 */
export function createRecorder(input: RecorderInput): Recorder {
  const { appVersion, installId, fingerprint, recording, accept, journal, log } = input;
  const firstTime = createOnce();

  function take(event: string, properties: object, subject: Subject, ownEvent: boolean): void {
    const destiny = recording();
    if (destiny === "none") return;
    const guard = input.guard();
    const install = installId();
    if (guard === null || install === "" || (ownEvent && !guard.lists(event))) return;
    const user = subject === "install" ? "" : String(subject.user ?? "");
    const envelope = { installId: install, appVersion, user };
    const guarded = guard.check(event, properties as Record<string, unknown>, envelope);
    if (guarded === null) return;
    const record = detailedRecord({
      eventName: event,
      installId: install,
      appVersion,
      identity: guarded.identity,
      fingerprint: subject === "install" ? fingerprint() : undefined,
      properties: guarded.kept,
      requestId: currentRequestId(),
      ...activeSpan(),
    });
    if (destiny === "send") accept(record);
    else journal.held(itemOf(record));
  }

  function attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      // A getter that throws, say. The message is not logged: it could hold a value.
      const kind = error instanceof Error ? error.name : typeof error;
      if (firstTime(kind)) log.error({ kind }, "an event could not be recorded");
    }
  }

  return {
    track: (event, properties, options) =>
      attempt(() => take(event, properties ?? {}, { user: options?.user }, false)),
    own: (event, properties, subject) => attempt(() => take(event, properties, subject, true)),
  };
}

/** The record as it would have gone out. */
function itemOf({ eventName, time, attributes, traceId, spanId }: OutgoingRecord): JournalItem {
  const span = traceId && spanId ? { trace_id: traceId, span_id: spanId } : {};
  return { signal: "event", name: eventName, time, content: { ...attributes, ...span } };
}

/** The span that the app is in, whether or not its own sampler keeps it. */
function activeSpan(): Pick<DetailedInput, "traceId" | "spanId"> {
  const context = trace.getActiveSpan()?.spanContext();
  if (context === undefined || !isSpanContextValid(context)) return {};
  return { traceId: context.traceId, spanId: context.spanId };
}

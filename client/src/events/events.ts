import type { Catalogue, EventsOf } from "@rollcall/schemas";
import { detailedRecord, type OutgoingRecord } from "../delivery/encode.ts";
import { createOnce, type Logger } from "../log.ts";
import type { Guard } from "./guard.ts";

export interface TrackOptions {
  /** The app's internal user id. The collector keeps only a keyed hash of it. */
  user?: string | number;
}

/** What an event may carry; any plain values where the app has no catalogue that the compiler knows. */
type PropertiesOf<
  C extends Catalogue,
  E extends keyof EventsOf<C>,
> = string extends keyof EventsOf<C>
  ? Readonly<Record<string, string | number | bigint | boolean>>
  : EventsOf<C>[E];

/** `track`, typed by a catalogue that was written `as const satisfies Catalogue`. */
export type Track<C extends Catalogue> = <E extends keyof EventsOf<C> & string>(
  event: E,
  properties?: PropertiesOf<C, E>,
  options?: TrackOptions,
) => void;

export interface EventsInput {
  appVersion: string;
  installId: () => string;
  /** Whether detailed events may be recorded now. */
  detailed: () => boolean;
  /** Null when the configuration has a fault: nothing is recorded then. */
  guard: Guard | null;
  accept: (record: OutgoingRecord) => void;
  log: Logger;
}

/**
 * The way of one event through the app's call: consent gate → enforcement → queue. Synchronous and
 * a few microseconds; encoding and the network come later. It never throws.
 */
export function createTrack(
  input: EventsInput,
): (event: string, properties?: object, options?: TrackOptions) => void {
  const { appVersion, installId, detailed, guard, accept, log } = input;
  const firstTime = createOnce();

  function take(event: string, properties: object, options: TrackOptions): void {
    if (guard === null || !detailed()) return;
    const envelope = {
      installId: installId(),
      appVersion,
      user: options.user === undefined ? "" : String(options.user),
    };
    const guarded = guard.check(event, properties as Record<string, unknown>, envelope);
    if (guarded === null) return;
    accept(
      detailedRecord({
        eventName: event,
        installId: envelope.installId,
        appVersion,
        identity: guarded.identity,
        properties: guarded.kept,
      }),
    );
  }

  return (event, properties, options) => {
    try {
      take(event, properties ?? {}, options ?? {});
    } catch (error) {
      // A getter that throws, say. The message is not logged: it could hold a value.
      const kind = error instanceof Error ? error.name : typeof error;
      if (firstTime(kind)) log.error({ kind }, "an event could not be recorded");
    }
  };
}

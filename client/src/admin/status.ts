import type { RollcallState } from "../api.ts";
import { baseRecording, type Consent, type DecidedBy } from "../consent/consent.ts";
import type { SinkState } from "../delivery/types.ts";
import { bytes, soon, when } from "./format.ts";
import { text } from "./text.ts";

/**
 * The page's first sentence: what is on, when it was last sent and will be next. For a status line
 * of the host app too.
 *
 * @example
 * statusSentence(rollcall.state());
 * // "Detailed telemetry is off. The daily base report is on: last sent 04:12 UTC, 612 B, accepted; next about 03:40 UTC."
 */
export function statusSentence(state: RollcallState, now: number = Date.now()): string {
  const { consent, sinks } = state;
  const { status } = text;
  if (recordsLocally(consent)) return status.localOnly;
  if (!consent.base && !consent.detailed) {
    if (sinks.length === 0) return status.noDestination;
    return consent.choice === "off" ? status.off : status.nothing;
  }
  const detailed = consent.detailed ? status.detailedOn : status.detailedOff;
  return [detailed, baseSentence(consent.base, sinks, now), ...failures(sinks, now)].join(" ");
}

/** Whether anything is written to the log that would otherwise be sent. */
export function recordsLocally(consent: Consent): boolean {
  return consent.recording === "local" || baseRecording(consent) === "local";
}

function baseSentence(on: boolean, sinks: readonly SinkState[], now: number): string {
  if (!on) return text.status.baseOff;
  const parts = sinks.map((sink) => {
    const to = sinks.length > 1 ? `${text.status.to[sink.name]}, ` : "";
    return to + baseOf(sink, now);
  });
  return text.status.baseOn(parts.join("; "));
}

function baseOf({ base }: SinkState, now: number): string {
  const last = base.lastHeartbeatSentAt ?? base.firstSeenSentAt;
  const size = base.lastHeartbeatBytes === null ? "" : `, ${bytes(base.lastHeartbeatBytes)}`;
  const sent = last === null ? text.status.neverSent : text.status.lastSent(when(last, now), size);
  const next = base.nextHeartbeatAt;
  return next === null ? sent : `${sent}; ${text.status.next(soon(next, now))}`;
}

function failures(sinks: readonly SinkState[], now: number): string[] {
  return sinks.flatMap(({ name, last }) =>
    last === null || last.kind === "success"
      ? []
      : [
          text.status.failed(
            sinks.length > 1 ? ` ${text.status.to[name]}` : "",
            when(last.at, now),
            last.reason,
          ),
        ],
  );
}

/** Which layer had the last word, and where it was a person, who and when. */
export function decidedSentence(state: RollcallState, now: number = Date.now()): string {
  const { base, decidedBy, baseDecidedBy } = state.consent;
  const detailed = decidedBySentence(state, decidedBy, now);
  if (base || decidedBy === baseDecidedBy) return detailed;
  return `${detailed} ${decidedBySentence(state, baseDecidedBy, now)}`;
}

function decidedBySentence(state: RollcallState, layer: DecidedBy, now: number): string {
  const { consent, history, sinks } = state;
  const { decided } = text;
  switch (layer) {
    case "DO_NOT_TRACK":
    case "ROLLCALL":
    case "setup":
    case "storage":
    case "default":
      return decided[layer];
    case "ENABLE_TELEMETRY":
      return consent.detailed ? decided.enabledTrue : decided.enabledFalse;
    case "configuration":
      return sinks.length === 0 ? decided.noDestination : decided.configuration;
    case "damaged_file":
      return decided.damaged;
    case "choice": {
      const entry = history.find(({ what }) => what === "mode");
      const by = entry?.who ? decided.by(entry.who) : decided.here;
      return decided.choice(by, entry ? decided.on(when(entry.at, now)) : "");
    }
  }
}

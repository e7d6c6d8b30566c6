export type { Catalogue, EventsOf } from "@rollcall/schemas";
export type { ConsentChange } from "./consent/choice.ts";
export { type Consent, type DecidedBy, decideConsent } from "./consent/consent.ts";
export type { LastResult } from "./delivery/delivery.ts";
export {
  type BaseReport,
  baseRecord,
  createResource,
  type DetailedInput,
  detailedRecord,
  encodeLogs,
  type LogResource,
  type OutgoingRecord,
  type WireValue,
} from "./delivery/encode.ts";
export type { OutletState } from "./delivery/outlet.ts";
export type { RetryOptions } from "./delivery/retry.ts";
export type { Track, TrackOptions } from "./events/events.ts";
export { fingerprint } from "./installation/fingerprint.ts";
export type { Mode } from "./installation/installation-file.ts";
export type { Logger } from "./log.ts";
export type { DeliveryOptions, RollcallOptions } from "./options.ts";
export { createRollcall, type Rollcall, type RollcallState } from "./rollcall.ts";

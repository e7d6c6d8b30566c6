export type { Catalogue, EventsOf } from "@rollcall/schemas";
export type { ConsentChange } from "./choice.ts";
export { type Consent, type DecidedBy, decideConsent } from "./consent.ts";
export type { LastResult } from "./delivery.ts";
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
} from "./encode.ts";
export type { Track, TrackOptions } from "./events.ts";
export { fingerprint } from "./fingerprint.ts";
export type { Mode } from "./installation-file.ts";
export type { Logger } from "./log.ts";
export type { DeliveryOptions, RollcallOptions } from "./options.ts";
export type { OutletState } from "./outlet.ts";
export type { RetryOptions } from "./retry.ts";
export { createRollcall, type Rollcall, type RollcallState } from "./rollcall.ts";

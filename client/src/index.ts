export type { Catalogue, EventsOf } from "@rollcall/schemas";
export type {
  CatalogueState,
  ConsentChange,
  ErasureReceipt,
  ErasureResult,
  Gained,
  Identity,
  MeterState,
  MyData,
  MyDataExport,
  Rollcall,
  RollcallState,
  SentryState,
  SinkTest,
  WouldSend,
} from "./api.ts";
export { type Consent, type DecidedBy, decideConsent } from "./consent/consent.ts";
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
export type { RetryOptions } from "./delivery/retry.ts";
export type { Destination, LastResult, SinkName, SinkState } from "./delivery/types.ts";
export type { Track, TrackOptions } from "./events/events.ts";
export { fingerprint } from "./installation/fingerprint.ts";
export type { ConsentEntry } from "./installation/history.ts";
export type { Mode } from "./installation/mode.ts";
export { currentRequestId, runWithRequestId } from "./journal/request-context.ts";
export type {
  JournalItem,
  ReadOptions,
  SentEntry,
  Signal,
  UnsentEntry,
  WithheldReason,
} from "./journal/types.ts";
export type { Logger } from "./log.ts";
export type { DeliveryOptions, RollcallOptions } from "./options.ts";
export { createRollcall } from "./rollcall.ts";

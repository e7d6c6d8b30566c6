export {
  assertNothingLeft,
  assertOnlyBase,
  assertOnlyCatalogue,
  type Except,
} from "./assertions.ts";
export {
  type FakeAnswer,
  type FakeCollector,
  type SeenRequest,
  startFakeCollector,
} from "./collector.ts";
export type { SeenRecord, SeenValue } from "./records.ts";
export {
  checkConsentStates,
  type StartedApp,
  type StartInput,
  type StateName,
  type StateReport,
  type StatesInput,
} from "./states.ts";
export { type EgressWatch, type Outgoing, watchEgress } from "./watch.ts";

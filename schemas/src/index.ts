export {
  type AttributeList,
  type AttributeValue,
  createAttributeList,
  Kind,
  pushAttribute,
} from "./attributes.ts";
export {
  BASE_EVENTS,
  BASE_FIRST_SEEN,
  BASE_HEARTBEAT,
  BASE_SCHEMA,
  type BaseField,
} from "./base.ts";
export type { BaseFields, BaseText, BaseTime } from "./base-fields.ts";
export type {
  Catalogue,
  CatalogueEvent,
  Properties,
  Property,
} from "./catalogue.ts";
export { type Combination, combinationHash } from "./combination.ts";
export { draftCatalogue, type SeenField, type Shape, shapeOf } from "./draft.ts";
export { enforce, PLAIN_LOG, type PlainLog, refusedVersion } from "./enforce.ts";
export type { EventsOf } from "./events-of.ts";
export { countableName } from "./names.ts";
export { type ParsedCatalogue, parseCatalogue } from "./parse-catalogue.ts";
export { piiInKey } from "./pii-keys.ts";
export { piiInValue } from "./pii-values.ts";
export {
  DROP_REASONS,
  type Dropped,
  type DropReason,
  REFUSAL_REASONS,
  type RefusalReason,
} from "./reasons.ts";
export {
  createEnforcedRecord,
  createIncomingRecord,
  type EnforcedRecord,
  type IncomingRecord,
  type Refusal,
} from "./record.ts";
export type { FieldRule } from "./rules.ts";
export {
  type AttributeRule,
  type Counts,
  clearPoint,
  createDrops,
  createEnforcedLog,
  createEnforcedMetric,
  createEnforcedResource,
  createEnforcedScope,
  createEnforcedSpan,
  createIncomingPoint,
  createKeptAttributes,
  createSpanContent,
  type Doubles,
  type Drops,
  drop,
  type EnforcedExemplar,
  type EnforcedLog,
  type EnforcedMetric,
  type EnforcedResource,
  type EnforcedScope,
  type EnforcedSpan,
  type EnforcedSpanEvent,
  enforceAttributes,
  enforceLog,
  enforceMetric,
  enforceResource,
  enforceScope,
  enforceSpan,
  functionInStack,
  type IncomingExemplar,
  type IncomingPlainLog,
  type IncomingPoint,
  isClassName,
  isProgramName,
  type KeptAttribute,
  type KeptAttributes,
  type KeptMetric,
  keepAttribute,
  keepAttributes,
  keepMetric,
  keepSchemaUrl,
  keepScope,
  keptValue,
  MAX_BUCKETS,
  MAX_EXEMPLARS,
  MAX_SPAN_PARTS,
  METRIC_EVENT,
  MetricKind,
  nextExemplar,
  PLAIN_LOG_EVENT,
  type PointNumbers,
  pushCount,
  pushDouble,
  reduceStack,
  SEMANTIC_ATTRIBUTES,
  type SemanticSignal,
  type SemanticValue,
  type SignalRule,
  type SignalRules,
  SPAN_EVENT,
  type SpanContent,
  type SpanEventContent,
  type SpanLinkContent,
  severityByName,
  sourcePath,
  spanEventName,
  spanName,
  templateRoute,
} from "./semantic/index.ts";
export { compileTable, type DecisionTable, type EventRules, type Learned } from "./table.ts";
export { compareVersions, parseVersion, type Version } from "./versions.ts";

export {
  type Counts,
  clearPoint,
  createIncomingPoint,
  type Doubles,
  type IncomingExemplar,
  type IncomingPoint,
  MAX_BUCKETS,
  MAX_EXEMPLARS,
  MetricKind,
  nextExemplar,
  type PointNumbers,
  pushCount,
  pushDouble,
} from "./data-point.ts";
export {
  createDrops,
  createKeptAttributes,
  type Drops,
  drop,
  enforceAttributes,
  type KeptAttributes,
  keptValue,
} from "./enforce-attributes.ts";
export {
  createEnforcedLog,
  type EnforcedLog,
  enforceLog,
  type IncomingPlainLog,
  PLAIN_LOG_EVENT,
} from "./enforce-log.ts";
export {
  createEnforcedMetric,
  type EnforcedExemplar,
  type EnforcedMetric,
  enforceMetric,
  METRIC_EVENT,
} from "./enforce-metric.ts";
export {
  createEnforcedResource,
  type EnforcedResource,
  enforceResource,
} from "./enforce-resource.ts";
export { createEnforcedScope, type EnforcedScope, enforceScope } from "./enforce-scope.ts";
export { enforceSpan, SPAN_EVENT } from "./enforce-span.ts";
export { type KeptAttribute, keepAttribute, keepAttributes } from "./keep-attribute.ts";
export { type KeptMetric, keepMetric } from "./metric.ts";
export { keepSchemaUrl, keepScope, spanEventName } from "./names.ts";
export { templateRoute } from "./route.ts";
export { severityByName } from "./severity.ts";
export { isClassName, isProgramName } from "./shapes.ts";
export type { SignalRule, SignalRules } from "./signal-rules.ts";
export {
  createEnforcedSpan,
  createSpanContent,
  type EnforcedSpan,
  type EnforcedSpanEvent,
  MAX_SPAN_PARTS,
  type SpanContent,
  type SpanEventContent,
  type SpanLinkContent,
} from "./span.ts";
export { spanName } from "./span-name.ts";
export { functionInStack, reduceStack, sourcePath } from "./stack.ts";
export { type AttributeRule, SEMANTIC_ATTRIBUTES, type SemanticSignal } from "./table.ts";
export type { SemanticValue } from "./values.ts";

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
  createEnforcedResource,
  type EnforcedResource,
  enforceResource,
} from "./enforce-resource.ts";
export { type KeptAttribute, keepAttribute, keepAttributes } from "./keep-attribute.ts";
export { type KeptMetric, keepMetric } from "./metric.ts";
export { keepScope, spanEventName } from "./names.ts";
export { templateRoute } from "./route.ts";
export { isClassName, isProgramName } from "./shapes.ts";
export type { SignalRule, SignalRules } from "./signal-rules.ts";
export { spanName } from "./span-name.ts";
export { functionInStack, reduceStack, sourcePath } from "./stack.ts";
export { type AttributeRule, SEMANTIC_ATTRIBUTES, type SemanticSignal } from "./table.ts";
export type { SemanticValue } from "./values.ts";

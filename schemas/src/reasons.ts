/** Why a whole record is refused. The sender reads these in OTLP's partial success. */
export const REFUSAL_REASONS = {
  install_id_missing: "the record and its resource carry no install_id",
  install_id_malformed: "install_id is not a UUID",
  event_name_malformed: "the event name is not lower-case words such as timer.started",
  event_name_reserved: "base_telemetry. is reserved for the two base events",
  event_unlisted: "the event is not in the app's catalogue",
  trace_id_malformed: "the span has no trace id of 16 bytes that are not all zero",
  span_id_malformed: "the span has no span id of 8 bytes that are not all zero",
  metric_name_malformed: "the metric's name is not words of a program such as http.server.duration",
  point_too_large: "a data point has more than 2,048 buckets, bounds or quantiles",
} as const;
export type RefusalReason = keyof typeof REFUSAL_REASONS;

/** Why one field of an accepted record was left out. Its value is never kept. */
export const DROP_REASONS = {
  field_unknown: "the field is not in the schema of this event",
  field_name_malformed: "the field's name is not lower-case words such as project_id",
  field_name_pii: "the field's name says that it holds a person, a place or a secret",
  type_mismatch: "the value is not of the field's type",
  value_not_listed: "the value is not one of the field's closed set",
  value_pii: "the value looks like a person, a place or a secret",
  value_malformed: "the value is of the right kind but out of its bounds",
  field_limit: "too many fields on one record, or too many field names in one app",
} as const;
export type DropReason = keyof typeof DROP_REASONS;

/** A decision not to keep a value. */
export interface Dropped {
  readonly drop: DropReason;
}

/** One frozen object a reason, so that dropping allocates nothing. */
export const DROP: { readonly [R in DropReason]: Dropped & { readonly drop: R } } = {
  field_unknown: Object.freeze({ drop: "field_unknown" }),
  field_name_malformed: Object.freeze({ drop: "field_name_malformed" }),
  field_name_pii: Object.freeze({ drop: "field_name_pii" }),
  type_mismatch: Object.freeze({ drop: "type_mismatch" }),
  value_not_listed: Object.freeze({ drop: "value_not_listed" }),
  value_pii: Object.freeze({ drop: "value_pii" }),
  value_malformed: Object.freeze({ drop: "value_malformed" }),
  field_limit: Object.freeze({ drop: "field_limit" }),
};

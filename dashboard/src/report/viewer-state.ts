import type { Field } from "./types.ts";

/** What a viewer looks at; the address bar holds it. */
export interface ViewerState {
  app: string;
  /** Length of the range that ends with the last published day. */
  days: number;
  filters: Partial<Record<Field, string>>;
}

const DEFAULT_DAYS = 91;
const RANGES = [28, 91, 365, 3650];
const FIELDS: readonly Field[] = [
  "app_version",
  "platform",
  "os_version",
  "architecture",
  "locale",
  "timezone",
  "deployment_type",
  "release_channel",
];

/** @example parseViewerState("?app=timetracker&platform=linux").filters // { platform: "linux" } */
export function parseViewerState(search: string): ViewerState {
  const query = new URLSearchParams(search);
  const days = Number(query.get("days"));
  const filters = FIELDS.flatMap((field): [Field, string][] => {
    const value = query.get(field);
    return value ? [[field, value]] : [];
  });
  return {
    app: query.get("app") ?? "",
    days: RANGES.includes(days) ? days : DEFAULT_DAYS,
    filters: Object.fromEntries(filters.slice(0, 2)),
  };
}

/** The same as a query string; defaults are left out. */
export function printViewerState({ app, days, filters }: ViewerState): string {
  const query = new URLSearchParams({
    ...(app && { app }),
    ...(days !== DEFAULT_DAYS && { days: String(days) }),
    ...filters,
  }).toString();
  return query && `?${query}`;
}

/** With another value of a field's filter; "" takes it away. */
export function withFilter(state: ViewerState, field: Field, value: string): ViewerState {
  const { [field]: _, ...others } = state.filters;
  return { ...state, filters: value === "" ? others : { ...state.filters, [field]: value } };
}

interface Described {
  readonly description: string;
  /** Which question it answers, where the event's own reason does not say it. */
  readonly reason?: string;
}

/** One property. There is no type for free text. */
export type Property = Described &
  (
    | { readonly type: "id" | "integer" | "number" | "boolean" | "version" | "duration_seconds" }
    | { readonly type: "enum"; readonly values: readonly string[] }
    | { readonly type: "route"; readonly templates: readonly string[] }
  );
export type Properties = Readonly<Record<string, Property>>;

export interface CatalogueEvent {
  readonly name: string;
  readonly description: string;
  /** Which question does this event answer? */
  readonly reason: string;
  readonly owner: string;
  /** The app version, or the day, since which it is sent. */
  readonly since: string;
  /** The day (YYYY-MM-DD) by which its owner looks again whether it is still needed; null = never. */
  readonly expires?: string | null;
  readonly properties: Properties;
}

/** What an app may send in the detailed layer. */
export interface Catalogue {
  readonly app: string;
  /** Revision: a whole number that grows with every change. */
  readonly version: number;
  readonly events: readonly CatalogueEvent[];
  /** Properties allowed on every event. */
  readonly common?: Properties;
  /** Attributes allowed on resources, spans, metrics and logs beside those of the semantic conventions. */
  readonly attributes?: Properties;
  /** Plain logs: of their bodies these alone are kept. */
  readonly logs?: { readonly templates: readonly string[] };
  /** Exceptions: of their messages these alone are kept, written like the templates of logs. */
  readonly exceptions?: { readonly messages: readonly string[] };
}

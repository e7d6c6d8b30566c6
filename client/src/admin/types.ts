/** One request of the host app's server, as an adapter hands it over. */
export interface PageRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  /** Lower-case names. */
  headers: Readonly<Record<string, string | undefined>>;
  /** The decoded form of a POST; empty for a GET. */
  form: URLSearchParams;
  /** The host's own request, for `authorize`. */
  raw: unknown;
}

/** An answer, whatever the host's framework. */
export interface PageReply {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: string;
}

/** Says which administrator sends a request, in the host's own form; null for everybody else. */
export type Authorize<Raw = unknown> = (
  raw: Raw,
) => Promise<{ id: string } | null> | { id: string } | null;

/** What `createAdminHandler` takes. Without `authorize` it throws. */
export interface AdminOptions<Raw = unknown> {
  authorize: Authorize<Raw>;
  /** Default `/admin/telemetry`. */
  path?: string;
  links?: {
    privacyPolicy?: string;
    licence?: string;
    /** Where "Back to the app" leads; default `/`. */
    back?: string;
  };
  /** Where somebody who is not an administrator is sent; without it they are answered 403. */
  loginPath?: string;
}

/** Answers a request, or null where the path is not its own. */
export type PageHandler = (request: PageRequest) => Promise<PageReply | null>;

/** One request that the app has served. */
export interface ServedRequest {
  method: string;
  /** The route's template such as `/projects/:id`, never a path as sent; "" where no route matched. */
  endpoint: string;
  /** HTTP status; 499 where the client went away before the answer. */
  status: number;
  seconds: number;
}

/** What an adapter needs of metrics. Apart, so that an app without prom-client needs none of its types. */
export interface RequestMetrics {
  /** Counts a request. Never throws. */
  observe(request: ServedRequest): void;
  /** What `/metrics` answers. */
  handler(): Promise<{ contentType: string; body: string }>;
}

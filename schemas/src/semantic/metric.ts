import { closedWords } from "../closed-set.ts";
import { holdsData, holdsMore } from "./shapes.ts";

/** How a metric is kept. */
export interface KeptMetric {
  name: string;
  /** In UCUM; "" where what was there is not a known unit. */
  unit: string;
  /** What each value, sum and bound is multiplied by. */
  scale: number;
}

/** Old name → the current one. Durations were in milliseconds and are in seconds. */
const RENAMED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "http.server.duration": "http.server.request.duration",
    "http.client.duration": "http.client.request.duration",
    "http.server.request.size": "http.server.request.body.size",
    "http.server.response.size": "http.server.response.body.size",
    "http.client.request.size": "http.client.request.body.size",
    "http.client.response.size": "http.client.response.body.size",
    "db.client.connections.usage": "db.client.connection.count",
    "db.client.connections.idle.max": "db.client.connection.idle.max",
    "db.client.connections.idle.min": "db.client.connection.idle.min",
    "db.client.connections.max": "db.client.connection.max",
    "db.client.connections.pending_requests": "db.client.connection.pending_requests",
    "db.client.connections.timeouts": "db.client.connection.timeouts",
    "db.client.connections.create_time": "db.client.connection.create_time",
    "db.client.connections.wait_time": "db.client.connection.wait_time",
    "db.client.connections.use_time": "db.client.connection.use_time",
  }),
);
const DURATIONS = /(?:\.duration|_time)$/;

const NAME = /^[A-Za-z][A-Za-z0-9_-]*(?:[./][A-Za-z][A-Za-z0-9_-]*){0,7}$/;
/** The namespaces of the conventions, in which a name such as `system.disk.io` is no host. */
const CONVENTIONS =
  /^(?:http|db|rpc|messaging|process|system|container|k8s|hw|jvm|nodejs|v8js|cpython|dotnet|go|otel|aspnetcore|kestrel|signalr|gen_ai|faas|dns|tls|nfs)\./;
const UNITS = closedWords(
  "s ms us ns min h d By KiBy MiBy GiBy kBy MBy bit 1 % Cel Hz kHz MHz V A W J kWh m By/s bit/s 1/s",
);
/** `{request}`, `{connection}/s`: counts of things, by their kind. */
const COUNTED = /^\{[a-z][a-z_]{0,29}\}(?:\/(?:s|min|h))?$/;

/**
 * A metric's name and unit, the current ones of the semantic conventions for old ones. A metric with
 * another name than words of a program is refused. Descriptions are not kept: they are prose.
 *
 * @param unit as the instrument has it; UCUM is case-sensitive
 * @example
 * keepMetric("http.server.duration", "ms"); // { name: "http.server.request.duration", unit: "s", scale: 0.001 }
 * keepMetric("time of ann@example.org", "s"); // null
 */
export function keepMetric(name: string, unit: string): KeptMetric | null {
  const renamed = RENAMED.get(name);
  if (renamed !== undefined) {
    const toSeconds = DURATIONS.test(renamed) && unit !== "s";
    return toSeconds
      ? { name: renamed, unit: "s", scale: 0.001 }
      : { name: renamed, unit: safeUnit(unit), scale: 1 };
  }
  if (name.length > 100 || !NAME.test(name)) return null;
  if (CONVENTIONS.test(name) ? holdsData(name) : holdsMore(name)) return null;
  return { name, unit: safeUnit(unit), scale: 1 };
}

/**
 * A metric that `keepMetric` keeps, under the name and in the unit that it came with. Its exponential
 * histograms are: their bounds are powers of one base, and no shift of those makes seconds of
 * milliseconds.
 */
export const keepUnscaled = (name: string, unit: string): KeptMetric => ({
  ...{ name, unit: safeUnit(unit), scale: 1 },
});

function safeUnit(unit: string): string {
  return UNITS.members.includes(unit) || COUNTED.test(unit) ? unit : "";
}

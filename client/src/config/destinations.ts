import { resolveEndpoint } from "../delivery/endpoint.ts";
import type { Destination, SinkName } from "../delivery/types.ts";
import { type EmbeddedKeys, parseEmbeddedKeys } from "./embedded.ts";
import { sentryHost } from "./sentry-dsn.ts";

export interface DestinationsInput {
  /** The `keys` option: what a build put in. */
  keys?: string | undefined;
  /** The `endpoint` and `token` options. */
  endpoint?: string | undefined;
  token?: string | undefined;
  env: Readonly<Record<string, string | undefined>>;
}

export interface Destinations {
  /** The maintainer's first; none where nothing is configured to send to. */
  destinations: Destination[];
  sentryDsn: { dsn: string; source: "embedded" | "environment" } | null;
  /** One line each: what is wrong and where, never a value. */
  problems: string[];
}

/** An address and the token that belongs to it, as one source names them. */
interface Candidate {
  name: SinkName;
  source: Destination["source"];
  endpoint: string;
  token: string;
  /** How a problem names the two. */
  endpointName: string;
  tokenName: string;
}

/** In this order: an address of the first goes with the token of the first. */
const ENVIRONMENT = [
  ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TOKEN"],
  ["GRAFANA_OTLP_ENDPOINT", "GRAFANA_OTLP_TOKEN"],
] as const;

/**
 * Where records go. For the maintainer's collector what is embedded wins over the options, and those
 * over the environment; what is embedded and wrong is not replaced by either, so that nobody who
 * merely starts a build can point it elsewhere. Address and token always come from the same source.
 * `ROLLCALL_OWN_ENDPOINT` adds the self-hoster's own collector in either case.
 *
 * @example
 * resolveDestinations({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: "https://telemetry.example.org" } });
 */
export function resolveDestinations(input: DestinationsInput): Destinations {
  const problems: string[] = [];
  const embedded = parseEmbeddedKeys(input.keys);
  if (!embedded.ok) problems.push(embedded.problem);
  const keys = embedded.ok ? embedded.keys : null;

  const destinations: Destination[] = [];
  const candidate = keys === null ? null : maintainers(keys, input, problems);
  const maintainer = candidate && check(candidate, problems);
  if (maintainer) destinations.push(maintainer);

  const ownCandidate = own(input.env, problems);
  const added = ownCandidate && check(ownCandidate, problems);
  if (added && maintainer && added.base.href === maintainer.base.href) {
    problems.push("ROLLCALL_OWN_ENDPOINT: records go to that address already; it is used once");
  } else if (added) {
    destinations.push(added);
  }
  return { destinations, sentryDsn: keys && sentry(keys, input.env, problems), problems };
}

function maintainers(
  keys: EmbeddedKeys,
  { endpoint, token, env }: DestinationsInput,
  problems: string[],
): Candidate | null {
  if (keys.endpoint !== "") {
    const names = { endpointName: "keys: endpoint", tokenName: "keys: token" };
    return { name: "maintainer", source: "embedded", ...names, ...keys };
  }
  if (keys.token !== "") problems.push("keys: token is there without an endpoint, and not used");
  if (isGiven(endpoint)) {
    const names = { endpointName: "endpoint", tokenName: "token" };
    return { name: "maintainer", source: "options", ...names, endpoint, token: token ?? "" };
  }
  if (isGiven(token)) problems.push("token is there without endpoint, and not used");
  for (const [endpointName, tokenName] of ENVIRONMENT) {
    const found = fromEnvironment("maintainer", env, endpointName, tokenName);
    if (found !== null) return found;
  }
  return null;
}

function own(env: DestinationsInput["env"], problems: string[]): Candidate | null {
  const found = fromEnvironment("own", env, "ROLLCALL_OWN_ENDPOINT", "ROLLCALL_OWN_TOKEN");
  if (found === null && isGiven(env.ROLLCALL_OWN_TOKEN)) {
    problems.push("ROLLCALL_OWN_TOKEN is there without ROLLCALL_OWN_ENDPOINT, and not used");
  }
  return found;
}

function fromEnvironment(
  name: SinkName,
  env: DestinationsInput["env"],
  endpointName: string,
  tokenName: string,
): Candidate | null {
  const endpoint = env[endpointName]?.trim();
  if (!isGiven(endpoint)) return null;
  const token = env[tokenName]?.trim() ?? "";
  return { name, source: "environment", endpoint, token, endpointName, tokenName };
}

function check(candidate: Candidate, problems: string[]): Destination | null {
  const { name, source, token, endpointName, tokenName } = candidate;
  const resolved = resolveEndpoint(candidate.endpoint);
  if (!resolved.ok) {
    // The problem begins with what the address is called; here it is a variable or a key.
    problems.push(`${endpointName}: ${resolved.problem.replace(/^endpoint /, "it ")}`);
    return null;
  }
  if (!isHeaderValue(token)) {
    problems.push(`${tokenName}: it holds characters that no HTTP header may`);
    return null;
  }
  const destination: Destination = { name, base: resolved.url, token, source };
  return source === "environment" ? { ...destination, variable: endpointName } : destination;
}

function sentry(
  keys: EmbeddedKeys,
  env: DestinationsInput["env"],
  problems: string[],
): Destinations["sentryDsn"] {
  const isEmbedded = keys.sentryDsn !== "";
  const dsn = isEmbedded ? keys.sentryDsn : (env.SENTRY_DSN?.trim() ?? "");
  if (dsn === "") return null;
  if (sentryHost(dsn) !== null) return { dsn, source: isEmbedded ? "embedded" : "environment" };
  const variable = isEmbedded ? "keys: sentry_dsn" : "SENTRY_DSN";
  problems.push(`${variable}: it must be a DSN such as https://key@host/1`);
  return null;
}

function isGiven(value: string | undefined): value is string {
  return value !== undefined && value.trim() !== "";
}

function isHeaderValue(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text);
}

/** Scheme and host that a sink sends to, for the transparency log; "" where it is not configured. */
export function addressOf(
  { destinations, sentryDsn }: Destinations,
  sink: SinkName | "sentry",
): string {
  if (sink === "sentry") return sentryDsn === null ? "" : new URL(sentryDsn.dsn).origin;
  return destinations.find(({ name }) => name === sink)?.base.origin ?? "";
}

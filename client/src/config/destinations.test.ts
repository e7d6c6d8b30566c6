import { expect, test } from "vitest";
import { type DestinationsInput, resolveDestinations } from "./destinations.ts";

const KEYS =
  "rollcall-keys/1 endpoint=https://in.example.org token=in-token sentry_dsn=https://in@sentry.example.org/1";
const UNFILLED =
  "rollcall-keys/1 endpoint=%%ROLLCALL_ENDPOINT%% token=%%ROLLCALL_TOKEN%% sentry_dsn=%%ROLLCALL_SENTRY_DSN%%";
const ENV = {
  OTEL_EXPORTER_OTLP_ENDPOINT: "https://otel.example.org/v1/logs",
  OTEL_EXPORTER_OTLP_TOKEN: "otel-token",
  GRAFANA_OTLP_ENDPOINT: "https://grafana.example.org/otlp",
  GRAFANA_OTLP_TOKEN: "grafana-token",
  SENTRY_DSN: "https://env@sentry.example.org/2",
};

function resolve(input: Partial<DestinationsInput>) {
  const { destinations, ...rest } = resolveDestinations({ env: {}, ...input });
  return { ...rest, destinations: destinations.map((one) => ({ ...one, base: one.base.href })) };
}

test("without anything there is nowhere to send to, and that is no fault", () => {
  const nothing = { destinations: [], sentryDsn: null, problems: [] };
  expect(resolve({})).toEqual(nothing);
  const empty = Object.fromEntries(Object.keys(ENV).map((name) => [name, " "]));
  expect(resolve({ keys: UNFILLED, endpoint: "", token: "", env: empty })).toEqual(nothing);
});

test("what is embedded cannot be overridden by options or environment", () => {
  const env = { ...ENV, ROLLCALL_ENDPOINT: "https://x.example.org", ROLLCALL_TOKEN: "x" };
  expect(resolve({ keys: KEYS, endpoint: "https://option.example.org", token: "o", env })).toEqual({
    destinations: [
      {
        name: "maintainer",
        source: "embedded",
        base: "https://in.example.org/",
        token: "in-token",
      },
    ],
    sentryDsn: { dsn: "https://in@sentry.example.org/1", source: "embedded" },
    problems: [],
  });
});

test("what is embedded and wrong is not replaced by options or environment either", () => {
  for (const keys of [
    "rollcall-keys/1 endpoint=in.example.org token=secret-1 sentry_dsn=nothing",
    "rollcall-keys/1 endpoint=https://in.example.org token=secret-1",
  ]) {
    const found = resolve({ keys, endpoint: "https://option.example.org", env: ENV });
    expect(found.destinations).toEqual([]);
    expect(found.sentryDsn).toBeNull();
    expect(found.problems.length).toBeGreaterThan(0);
    expect(found.problems.join()).not.toMatch(/secret-1|in\.example|nothing$/);
  }
});

test("an address and a token of different sources never meet", () => {
  const onlyAddress = "rollcall-keys/1 endpoint=https://in.example.org token= sentry_dsn=";
  expect(resolve({ keys: onlyAddress, token: "option", env: ENV }).destinations).toMatchObject([
    { base: "https://in.example.org/", token: "" },
  ]);
  const onlyToken = "rollcall-keys/1 endpoint= token=in-token sentry_dsn=";
  const found = resolve({ keys: onlyToken, env: ENV });
  expect(found.destinations).toMatchObject([{ source: "environment", token: "otel-token" }]);
  expect(found.problems).toEqual(["keys: token is there without an endpoint, and not used"]);

  expect(resolve({ endpoint: "https://option.example.org", env: ENV }).destinations).toMatchObject([
    { source: "options", base: "https://option.example.org/", token: "" },
  ]);
  const env = { ...ENV, OTEL_EXPORTER_OTLP_TOKEN: undefined };
  expect(resolve({ token: "option", env })).toMatchObject({
    destinations: [{ base: "https://otel.example.org/", token: "" }],
    problems: ["token is there without endpoint, and not used"],
  });
  const { OTEL_EXPORTER_OTLP_ENDPOINT: _, ...grafana } = ENV;
  expect(resolve({ env: grafana }).destinations).toEqual([
    {
      name: "maintainer",
      source: "environment",
      variable: "GRAFANA_OTLP_ENDPOINT",
      base: "https://grafana.example.org/otlp",
      token: "grafana-token",
    },
  ]);
});

test("the environment configures what nothing else does", () => {
  expect(resolve({ keys: UNFILLED, env: ENV })).toEqual({
    destinations: [
      {
        name: "maintainer",
        source: "environment",
        variable: "OTEL_EXPORTER_OTLP_ENDPOINT",
        base: "https://otel.example.org/",
        token: "otel-token",
      },
    ],
    sentryDsn: { dsn: ENV.SENTRY_DSN, source: "environment" },
    problems: [],
  });
});

test("the self-hoster's own collector is added beside any other, or stands alone", () => {
  const env = { ROLLCALL_OWN_ENDPOINT: "http://10.0.0.5:4318/", ROLLCALL_OWN_TOKEN: "mine" };
  const own = {
    name: "own",
    source: "environment",
    variable: "ROLLCALL_OWN_ENDPOINT",
    base: "http://10.0.0.5:4318/",
    token: "mine",
  };
  expect(resolve({ env }).destinations).toEqual([own]);
  expect(resolve({ keys: KEYS, env }).destinations).toMatchObject([{ name: "maintainer" }, own]);
});

test("the same address is used once, as the maintainer's", () => {
  const env = { ROLLCALL_OWN_ENDPOINT: "https://in.example.org/v1/logs/", ROLLCALL_OWN_TOKEN: "m" };
  const found = resolve({ keys: KEYS, env });
  expect(found.destinations).toMatchObject([{ name: "maintainer", token: "in-token" }]);
  expect(found.problems).toEqual([
    "ROLLCALL_OWN_ENDPOINT: records go to that address already; it is used once",
  ]);
});

test("a problem names the variable and never the value", () => {
  const found = resolve({
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: "https://ann:hunter2@otel.example.org",
      ROLLCALL_OWN_ENDPOINT: "http://own.example.org",
      ROLLCALL_OWN_TOKEN: "hunter2\nX-Other: 1",
      SENTRY_DSN: "hunter2",
    },
  });
  expect(found.destinations).toEqual([]);
  expect(found.problems).toEqual([
    "OTEL_EXPORTER_OTLP_ENDPOINT: it must not hold a user name or password",
    "ROLLCALL_OWN_TOKEN: it holds characters that no HTTP header may",
    "SENTRY_DSN: it must be a DSN such as https://key@host/1",
  ]);
  expect(resolve({ endpoint: "hunter2" }).problems).toEqual([
    "endpoint: it must be an http:// or https:// address",
  ]);
  expect(resolve({ env: { ROLLCALL_OWN_TOKEN: "hunter2" } }).problems).toEqual([
    "ROLLCALL_OWN_TOKEN is there without ROLLCALL_OWN_ENDPOINT, and not used",
  ]);
});

import { expect, test } from "vitest";
import { parseEmbeddedKeys } from "./embedded.ts";

const NONE = { endpoint: "", token: "", sentryDsn: "" };

test("what a build put in is read, and a placeholder that is left counts as absent", () => {
  expect(
    parseEmbeddedKeys(
      "rollcall-keys/1 endpoint=https://t.example.org token=%%ROLLCALL_TOKEN%% sentry_dsn=",
    ),
  ).toEqual({ ok: true, keys: { ...NONE, endpoint: "https://t.example.org" } });
  expect(
    parseEmbeddedKeys(
      "rollcall-keys/1 endpoint=%%ROLLCALL_ENDPOINT%% token=%%A_B_1%% sentry_dsn=%%X%%",
    ),
  ).toEqual({ ok: true, keys: NONE });
});

test("no text at all is an app that embeds nothing", () => {
  expect(parseEmbeddedKeys(undefined)).toEqual({ ok: true, keys: NONE });
  expect(parseEmbeddedKeys("")).toEqual({ ok: true, keys: NONE });
});

test.each([
  ["another version", "rollcall-keys/2 endpoint=a token=b sentry_dsn=c"],
  ["a missing field", "rollcall-keys/1 endpoint=a token=b"],
  ["another order", "rollcall-keys/1 token=b endpoint=a sentry_dsn=c"],
  ["a space in a value", "rollcall-keys/1 endpoint=a token=Basic b sentry_dsn=c"],
  ["a quote in a value", 'rollcall-keys/1 endpoint=a token=b" sentry_dsn=c'],
  ["something behind it", "rollcall-keys/1 endpoint=a token=b sentry_dsn=c more"],
  ["something before it", "x rollcall-keys/1 endpoint=a token=b sentry_dsn=c"],
  ["a line break", "rollcall-keys/1 endpoint=a token=b sentry_dsn=c\n"],
])("%s is not the shape, and no value is repeated in the problem", (_, text) => {
  const parsed = parseEmbeddedKeys(text);
  expect(parsed).toEqual({
    ok: false,
    problem: 'keys: allowed is "rollcall-keys/1 endpoint=… token=… sentry_dsn=…" and nothing else',
  });
});

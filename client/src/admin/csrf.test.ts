import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { csrfHolds, csrfToken } from "./csrf.ts";

const key = randomBytes(32);
const noon = Date.UTC(2026, 10, 20, 12);
const DAY = 86_400_000;

function holds(csrf: string, headers: Record<string, string> = {}, now = noon, subject = "anna") {
  const form = new URLSearchParams({ csrf });
  const request = { method: "POST", path: "/", query: form, headers, form, raw: null };
  return csrfHolds(request, key, subject, now);
}

test("a token holds on its day and the next, and for its administrator only", () => {
  const token = csrfToken(key, "anna", noon);
  expect(holds(token)).toBe(true);
  expect(holds(token, {}, noon + DAY)).toBe(true);
  expect(holds(token, {}, noon + 2 * DAY)).toBe(false);
  expect(holds(token, {}, noon, "bert")).toBe(false);
  expect(
    csrfHolds(
      {
        method: "POST",
        path: "/",
        query: new URLSearchParams(),
        headers: {},
        form: new URLSearchParams({ csrf: token }),
        raw: null,
      },
      randomBytes(32),
      "anna",
      noon,
    ),
  ).toBe(false);
});

test.each(["", "x", "x".repeat(43), "…"])("%j is no token", (token) => {
  expect(holds(token)).toBe(false);
});

test.each([
  [{ "sec-fetch-site": "same-origin" }, true],
  [{ "sec-fetch-site": "same-site" }, false],
  [{ "sec-fetch-site": "cross-site" }, false],
  [{ "sec-fetch-site": "none" }, false],
  [{ origin: "https://app.test", host: "app.test" }, true],
  [{ origin: "https://app.test:8443", host: "app.test:8443" }, true],
  [{ origin: "https://app.test", host: "10.0.0.2:3000", "x-forwarded-host": "app.test" }, true],
  [{ origin: "https://evil.test", host: "app.test" }, false],
  [{ origin: "https://app.test.evil.test", host: "app.test" }, false],
  // A page with no-referrer says null; over plain HTTP nothing else is said.
  [{ origin: "null", host: "app.test" }, true],
  [{}, true],
] as [Record<string, string>, boolean][])("a right token with %j: %j", (headers, expected) => {
  expect(holds(csrfToken(key, "anna", noon), headers)).toBe(expected);
});

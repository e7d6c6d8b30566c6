import { expect, it } from "vitest";
import { piiInKey } from "./pii-keys.ts";

it.each([
  ["email", "email"],
  ["customerEmail", "email"],
  ["e-mail", "email"],
  ["USER_NAME", "name"],
  ["username", "name"],
  ["name", "name"],
  ["first_name", "name"],
  ["template_name", "name"],
  ["filename", "name"],
  ["ip", "network"],
  ["client.ip.address", "network"],
  ["current_url", "network"],
  ["host", "network"],
  ["userAgent", "network"],
  ["phone_number", "phone"],
  ["mobile_number", "phone"],
  ["street", "address"],
  ["lat", "address"],
  ["ssn", "person"],
  ["iban", "bank"],
  ["card_number", "bank"],
  ["password", "secret"],
  ["api_key", "secret"],
  ["session_id", "secret"],
  ["login", "name"],
])("%s breaks the rule %s", (key, rule) => expect(piiInKey(key)).toBe(rule));

it.each([
  "shipping_fee",
  "project_id",
  "description_length",
  "email_count",
  "password_changed",
  "session_count",
  "browser_name",
  "page_name",
  "auth_method",
  "discarded",
  "pathname",
  "clip_id",
  "constructor",
  "",
])("%s breaks none", (key) => expect(piiInKey(key)).toBeNull());

it("looks at a bounded part of an endless name", () => {
  const started = performance.now();
  piiInKey("aB".repeat(5_000_000));
  expect(performance.now() - started).toBeLessThan(200);
});

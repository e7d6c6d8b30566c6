import { expect, it } from "vitest";
import { requestIdOf } from "./request-id.ts";

const given = (id?: string) =>
  requestIdOf({ headers: id === undefined ? {} : { "x-request-id": id } });
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

it.each([
  "req-0001",
  "6f1c0f3e-5d5e-4a53-9a7e-0b1f5c2f7d11",
  "edge_7.shard-2",
  "a-".repeat(32),
  "7f1c0f3e5d5e4a539a7e0b1f5c2f7d11",
])("keeps %s, which a proxy gave", (id) => expect(given(id)).toBe(id));

it.each([
  "short",
  "a".repeat(65),
  "ann@example.org",
  "two words",
  "line\nbreak",
  "192.168.10.20",
  "555-123-4567",
  "4111111111111111",
  "ghp_0123456789abcdefABCDEF0123456789abcd",
  "",
])("gives another id instead of %j", (id) => expect(given(id)).toMatch(UUID));

it("gives one request one id, and two requests two", () => {
  const request = { headers: {} };
  expect(requestIdOf(request)).toBe(requestIdOf(request));
  expect(given()).not.toBe(given());
});

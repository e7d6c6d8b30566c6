import { expect, it } from "vitest";
import { pathOf } from "./path.ts";

it.each([
  ["/v1/logs", "/v1/logs"],
  ["/otlp/v1/logs", "/otlp/v1/logs"],
  ["/v1/logs?a=/v1/%zz", "/v1/logs"],
  ["/v1/logs#a", "/v1/logs"],
  ["/v1/%6Cogs", "/v1/logs"],
  ["http://collector.example/v1/logs", "/v1/logs"],
  ["/v1", "unknown"],
  ["/v1/", "unknown"],
  ["/v1/logs/", "unknown"],
  ["/v1/logs%2F", "unknown"],
  ["/V1/logs", null],
  ["/otlp/v1/traces", "/otlp/v1/traces"],
  ["/v1/metrics", "/v1/metrics"],
  ["/v1/profiles", "unknown"],
  ["/v1/%zz", "malformed"],
  ["/otlp/v1/%", "malformed"],
  ["/%zz", null],
  ["/v1development/profiles", null],
  ["/api/v1/logs", null],
  ["/?/v1/logs", null],
  ["*", null],
  ["", null],
])("the path of %s is %s", (url, path) => {
  const found = pathOf(url);
  expect(typeof found === "object" && found ? found.route : found).toBe(path);
});

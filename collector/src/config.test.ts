import { describe, expect, it } from "vitest";
import { ConfigError, loadConfig } from "./config.ts";

describe("configuration", () => {
  it("has a default for every setting", () => {
    const config = loadConfig({});
    expect(config).toMatchObject({ host: "127.0.0.1", port: 4318, dashboardPort: null });
    expect(config.dataDir.endsWith("/data")).toBe(true);
    expect(config.maxBodyBytes).toBe(20 * 1024 * 1024);
  });

  it.each([
    ["ROLLCALL_PORT", "http"],
    ["ROLLCALL_PORT", "65536"],
    ["ROLLCALL_DASHBOARD_PORT", "-1"],
    ["ROLLCALL_LOG_LEVEL", "loud"],
    ["ROLLCALL_MAX_BODY_BYTES", "1e9"],
    ["ROLLCALL_CORS_ORIGINS", "https://app.example/path"],
    ["ROLLCALL_HOST", "a b"],
  ])("stops at %s=%s with one line that names both", (name, value) => {
    const read = () => loadConfig({ [name]: value });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(
      new RegExp(`^${name}: found ".*${value.split(",")[0]}.*", allowed is [^\n]+$`),
    );
  });

  it("never repeats a store address, which may hold a password", () => {
    const read = () => loadConfig({ CLICKHOUSE_URL: "tcp://default:hunter2@db:9000" });
    expect(read).toThrow(/^CLICKHOUSE_URL: /);
    expect(read).not.toThrow(/hunter2/);
  });

  it("refuses one port for two listeners", () => {
    expect(() => loadConfig({ ROLLCALL_PORT: "4318", ROLLCALL_DASHBOARD_PORT: "4318" })).toThrow(
      /ROLLCALL_DASHBOARD_PORT/,
    );
  });
});

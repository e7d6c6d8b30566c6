import { expect, it } from "vitest";
import { Kind } from "./attributes.ts";
import { BASE_SCHEMA } from "./base.ts";

function decide(name: string, value: string): string | number {
  const field = BASE_SCHEMA.find((candidate) => candidate.name === name);
  if (field === undefined) throw new Error(`no field ${name}`);
  const kept = field.decide(Kind.String, value);
  return typeof kept === "object" ? kept.drop : kept;
}

it("has the twelve fields and the two optional ones, each with its reason", () => {
  expect(BASE_SCHEMA.map(({ name }) => name)).toEqual([
    "install_id",
    "app_version",
    "platform",
    "os_version",
    "architecture",
    "locale",
    "timezone",
    "first_seen_at",
    "last_seen_at",
    "heartbeat_at",
    "release_channel",
    "deployment_type",
    "telemetry_fingerprint",
    "install_key",
  ]);
  for (const { description, reason, since } of BASE_SCHEMA) {
    expect(description).toMatch(/^[A-Z].*\.$/);
    expect(reason).toMatch(/\?$/);
    expect(since).not.toBe("");
  }
});

const KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
it.each([
  ["install_id", "0B9C7A1E-1111-4222-8333-ABCDEFABCDEF", "0b9c7a1e-1111-4222-8333-abcdefabcdef"],
  ["install_id", "00000000-0000-0000-0000-000000000000", "value_malformed"],
  ["install_id", "0b9c7a1e111142228333abcdefabcdef", "value_malformed"],
  ["install_id", "0b9c7a1e-1111-4222-8333-abcdefabcdeg", "value_malformed"],
  ["install_id", "0b9c7a1e-1111-4222-83-3-abcdefabcdef", "value_malformed"],
  ["platform", "linux", "Linux"],
  ["platform", "win32", "Windows"],
  ["platform", "macos", "Darwin"],
  ["platform", "Linux-6.1-on-anns-laptop", "value_not_listed"],
  ["platform", "__proto__", "value_not_listed"],
  ["architecture", "AMD64", "x86_64"],
  ["architecture", "arm64", "aarch64"],
  ["os_version", "6.1.0-johns-laptop", "6.1.0"],
  ["locale", "en-US", "en_US"],
  ["locale", "en_US.UTF-8", "en_US"],
  ["locale", "C.UTF", "C"],
  ["locale", "POSIX", "C"],
  ["locale", "de", "de"],
  ["locale", "zh_Hant_TW", "zh_Hant_TW"],
  ["locale", "es_419", "es_419"],
  ["locale", "xq_ZZ9", "value_malformed"],
  ["locale", "qqq_US", "value_malformed"],
  ["locale", "None", "value_malformed"],
  ["timezone", "Europe/Berlin", "Europe/Berlin"],
  ["timezone", "europe/berlin", "Europe/Berlin"],
  ["timezone", "UTC", "UTC"],
  ["timezone", "+02:00", "+02:00"],
  ["timezone", "UTC+2", "+02:00"],
  ["timezone", "+00:00", "UTC"],
  ["timezone", "Europe/Anns_House", "value_malformed"],
  ["timezone", "../../etc/passwd", "value_malformed"],
  ["release_channel", "default", "default"],
  ["release_channel", "anns-branch", "value_not_listed"],
  ["deployment_type", "Docker", "docker"],
  ["deployment_type", "k8s", "kubernetes"],
  ["first_seen_at", "2026-07-12T03:04:05.123456+00:00", Date.UTC(2026, 6, 12, 3, 4, 5, 123)],
  ["first_seen_at", "2026-07-12T05:04:05+02:00", Date.UTC(2026, 6, 12, 3, 4, 5)],
  ["first_seen_at", "2026-07-12 03:04", Date.UTC(2026, 6, 12, 3, 4)],
  ["heartbeat_at", "2026-02-30T00:00:00Z", "value_malformed"],
  ["heartbeat_at", "1999-12-31T23:59:59Z", "value_malformed"],
  ["heartbeat_at", "2100-01-01T00:00:00Z", "value_malformed"],
  ["heartbeat_at", "12 July 2026", "value_malformed"],
  ["telemetry_fingerprint", "A".repeat(64), "a".repeat(64)],
  ["telemetry_fingerprint", "a".repeat(63), "value_malformed"],
  ["install_key", `${KEY}=`, KEY],
  ["install_key", KEY.replace("C", "+").replace("D", "/"), KEY.replace("C", "-").replace("D", "_")],
  ["install_key", KEY.slice(1), "value_malformed"],
])("%s: %j → %j", (name, value, expected) => expect(decide(name, value)).toBe(expected));

it("keeps no text of another kind", () => {
  for (const field of BASE_SCHEMA) {
    expect(field.decide(Kind.Integer, 1)).toEqual({ drop: "type_mismatch" });
    expect(field.decide(Kind.Map, null)).toEqual({ drop: "type_mismatch" });
  }
});

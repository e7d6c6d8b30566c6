import { describe, expect, it } from "vitest";
import { type AttributeValue, Kind } from "./attributes.ts";
import { compileType } from "./types.ts";

type Sample = [Kind, AttributeValue, string | number];
const S = Kind.String;
const UUID = "0b9c7a1e-1111-4222-8333-abcdefabcdef";

function holds(type: Parameters<typeof compileType>[0], samples: readonly Sample[]): void {
  const decide = compileType(type);
  it.each(samples)(`${type.type}: kind %s, %s → %s`, (kind, value, expected) => {
    const kept = decide(kind, value);
    expect(typeof kept === "object" ? kept.drop : kept).toBe(expected);
  });
}

describe("a property's type decides", () => {
  holds({ type: "id" }, [
    [Kind.Integer, 42, "42"],
    [Kind.Integer, 9007199254740993n, "9007199254740993"],
    [Kind.Double, 42, "42"],
    [Kind.Double, 1.5, "type_mismatch"],
    [Kind.Double, Number.NaN, "type_mismatch"],
    [S, "42", "42"],
    [S, UUID.toUpperCase(), UUID],
    [S, "042", "value_malformed"],
    [S, "+42", "value_malformed"],
    [S, "None", "value_malformed"],
    [S, "12345678901234567890", "value_malformed"],
    [S, "", "value_malformed"],
    [Kind.Boolean, true, "type_mismatch"],
    [Kind.Map, null, "type_mismatch"],
  ]);
  holds({ type: "integer" }, [
    [Kind.Integer, -3, -3],
    [Kind.Double, 3, 3],
    [Kind.Double, 3.5, "value_malformed"],
    [Kind.Integer, 9007199254740993n, "value_malformed"],
    [S, "3", "type_mismatch"],
    [Kind.Double, Number.POSITIVE_INFINITY, "value_malformed"],
  ]);
  holds({ type: "number" }, [
    [Kind.Double, 3.5, 3.5],
    [Kind.Double, Number.NaN, "value_malformed"],
    [Kind.Double, Number.NEGATIVE_INFINITY, "value_malformed"],
    [Kind.Integer, 2n ** 63n - 1n, "value_malformed"],
    [Kind.Empty, null, "type_mismatch"],
  ]);
  holds({ type: "duration_seconds" }, [
    [Kind.Double, 0, 0],
    [Kind.Integer, 3600, 3600],
    [Kind.Double, -0.1, "value_malformed"],
    [Kind.Double, Number.NaN, "value_malformed"],
  ]);
  holds({ type: "boolean" }, [
    [Kind.Boolean, true, "true"],
    [Kind.Boolean, false, "false"],
    [S, "true", "type_mismatch"],
    [Kind.Integer, 1, "type_mismatch"],
  ]);
  holds({ type: "enum", values: ["low", "high", "constructor"] }, [
    [S, "low", "low"],
    [S, "constructor", "constructor"],
    [S, "Low", "value_not_listed"],
    [S, "__proto__", "value_not_listed"],
    [S, "ann@example.org", "value_not_listed"],
    [Kind.Integer, 1, "type_mismatch"],
  ]);
  holds({ type: "version" }, [
    [S, "1.2.3.4", "1.2.3.4"],
    [S, "1.2.3 of Ann", "value_malformed"],
    [Kind.Double, 1.2, "type_mismatch"],
  ]);
  holds(
    { type: "route", templates: ["/", "/projects", "/projects/:id", "/projects/new", "/a/:b/c"] },
    [
      [S, "/", "/"],
      [S, "/projects/", "/projects"],
      [S, "/projects/42?tab=notes#ann", "/projects/:id"],
      [S, "/projects/ann@example.org", "/projects/:id"],
      [S, "/projects/new", "/projects/new"],
      [S, "/projects/42/edit", "(other)"],
      [S, "/a//c", "(other)"],
      [S, "/a/x/c", "/a/:b/c"],
      [S, "//evil.example.org/projects", "(other)"],
      [S, "https://example.org/projects", "(other)"],
      [S, "", "(other)"],
      [S, "/x".repeat(2000), "(other)"],
      [Kind.Integer, 1, "type_mismatch"],
    ],
  );
});

import { describe, expect, it } from "vitest";
import { conditionSql, parseCondition, parseConditions } from "./conditions.ts";

describe("a condition", () => {
  it.each([
    ["auth_method:oidc", { key: "auth_method", operator: ":", values: ["oidc"] }],
    ["priority:high|urgent|high", { key: "priority", operator: ":", values: ["high", "urgent"] }],
    ["pathname:/projects/:id", { key: "pathname", operator: ":", values: ["/projects/:id"] }],
    ["http.status>=500", { key: "http.status", operator: ">=", bound: 500 }],
    ["duration_seconds>60", { key: "duration_seconds", operator: ">", bound: 60 }],
    ["rows<=-1.5", { key: "rows", operator: "<=", bound: -1.5 }],
    ["rows<3", { key: "rows", operator: "<", bound: 3 }],
    // Only the first operator counts.
    ["note:a>b", { key: "note", operator: ":", values: ["a>b"] }],
  ])("%s is read", (text, condition) => {
    expect(parseCondition(text)).toEqual(condition);
  });

  it.each([
    "",
    "auth_method",
    "auth_method:",
    "auth_method:|",
    ":oidc",
    "Key:value",
    "1key:value",
    "rows>many",
    "rows>",
    "rows>0x10",
    "rows>1e400",
    `key:${"x".repeat(201)}`,
    `${"k".repeat(65)}:x`,
  ])("%s is none", (text) => {
    expect(parseCondition(text)).toBeNull();
  });

  it("comes with at most four others", () => {
    const five = ["a:1", "b:1", "c:1", "d:1", "e:1"];
    expect(parseConditions(five)).toHaveLength(5);
    expect(parseConditions([...five, "f:1"])).toBeNull();
    expect(parseConditions(["a:1", "nonsense"])).toBeNull();
  });

  it("leaves no trace of what was asked in the SQL text", () => {
    const conditions = parseConditions(["hostile:' OR 1=1 --", "rows>7"]) ?? [];
    const { text, params } = conditionSql(conditions, "c");
    expect(text).not.toMatch(/hostile|OR 1=1|7/);
    expect(params).toEqual({
      c0_key: "hostile",
      c0_values: ["' OR 1=1 --"],
      c0_numbers: [],
      c1_key: "rows",
      c1_bound: 7,
    });
  });
});

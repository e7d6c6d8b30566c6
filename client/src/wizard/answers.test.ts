import { expect, test } from "vitest";
import { goodAnswers, wizardOptions } from "../test/wizard-options.ts";
import { firstValues, readAnswers } from "./answers.ts";
import type { WizardField } from "./types.ts";

const { steps } = wizardOptions();

function errorOf(field: Partial<WizardField> & Pick<WizardField, "type">, value: string) {
  const fields = [{ name: "it", label: "It", ...field }];
  return readAnswers([{ id: "s", title: "S", fields }], new URLSearchParams({ it: value })).errors
    .it;
}

test("good answers come out as text and, for a checkbox, as yes or no", () => {
  const { values, errors } = readAnswers(
    steps,
    new URLSearchParams({ ...goodAnswers, self_register: "yes" }),
  );
  expect(errors).toEqual({});
  expect(values).toMatchObject({ ...goodAnswers, self_register: true, company_phone: "" });
});

test("only the listed fields are read", () => {
  const { values } = readAnswers(steps, new URLSearchParams({ ...goodAnswers, is_admin: "true" }));
  expect(values).not.toHaveProperty("is_admin");
});

test.each([
  ["email", "office@example.org", true],
  ["email", "office", false],
  ["email", "a b@c.d", false],
  ["url", "https://example.org/x?y=1", true],
  ["url", "javascript:alert(1)", false],
  ["url", "https://", false],
  ["tel", "+32 (0)2 123-45.67", true],
  ["tel", "call me", false],
  ["number", "12", true],
  ["number", "-0.5", true],
  ["number", "1e9", false],
  ["number", "Infinity", false],
  ["number", "0x10", false],
  ["text", "Bread & Butter", true],
  ["text", "two\nlines", false],
  ["text", "nul\u0000", false],
  ["textarea", "two\r\nlines", true],
  ["textarea", "bell\u0007", false],
  ["text", "x".repeat(500), true],
  ["text", "x".repeat(501), false],
  ["select", "b", true],
  ["select", "c", false],
] as [WizardField["type"], string, boolean][])("a %s takes %j: %j", (type, value, good) => {
  const options = [
    { value: "a", label: "A" },
    { value: "b", label: "B" },
  ];
  const field = type === "select" ? { type, options } : { type };
  expect(errorOf(field, value) === undefined).toBe(good);
});

test("bounds, what is needed, and the step's own rule are said in words", () => {
  expect(errorOf({ type: "number", min: 1, max: 60 }, "0")).toBe("At least 1.");
  expect(errorOf({ type: "number", min: 1, max: 60 }, "61")).toBe("At most 60.");
  expect(errorOf({ type: "text", required: true }, "  ")).toBe("This is needed.");
  expect(errorOf({ type: "text", validate: () => "Not that one." }, "x")).toBe("Not that one.");
  expect(errorOf({ type: "text", validate: () => "Not that one." }, "")).toBeUndefined();
});

test("the form begins with what the app knows, else the defaults, and never with a stored secret", () => {
  const known = { currency: "USD", google_client_secret: "s3cret" };
  expect(firstValues(steps, known)).toMatchObject({
    currency: "USD",
    timezone: "UTC",
    self_register: false,
    google_client_secret: "",
  });
});

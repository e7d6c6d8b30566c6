import { text } from "./text.ts";
import type { WizardField, WizardStep, WizardValues } from "./types.ts";

const MAX_LENGTH = 500;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const TEL = /^\+?[\d ().\-/]{3,40}$/;
const NUMBER = /^-?\d{1,15}(\.\d{1,10})?$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: line ends and tabs are fine in a text area
const CONTROL_IN_LINES = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

export interface Answers {
  values: WizardValues;
  /** What is wrong, by field name. */
  errors: Record<string, string>;
}

/** Reads and checks a posted form. Only the listed fields are read, whatever else it holds. */
export function readAnswers(steps: readonly WizardStep[], form: URLSearchParams): Answers {
  const answers: Answers = { values: {}, errors: {} };
  for (const field of steps.flatMap(({ fields }) => fields)) {
    if (field.type === "checkbox") {
      const ticked = form.has(field.name);
      answers.values[field.name] = ticked;
      if (field.required && !ticked) answers.errors[field.name] = text.errors.tick;
      continue;
    }
    const given = form.get(field.name) ?? "";
    const value = field.type === "password" ? given : given.trim();
    answers.values[field.name] = value;
    const wrong = problemOf(field, value);
    if (wrong !== null) answers.errors[field.name] = wrong;
  }
  return answers;
}

/** What the form shows before anything was answered: what the app knows, else the defaults. */
export function firstValues(steps: readonly WizardStep[], known: WizardValues): WizardValues {
  const values: WizardValues = {};
  for (const { name, type, default: first } of steps.flatMap(({ fields }) => fields)) {
    // A stored secret does not come back into a page that may be open to everybody.
    const value = type === "password" || !Object.hasOwn(known, name) ? undefined : known[name];
    values[name] = value ?? first ?? (type === "checkbox" ? false : "");
  }
  return values;
}

function problemOf(field: WizardField, value: string): string | null {
  const { errors } = text;
  if (value === "") return field.required ? errors.required : null;
  if (value.length > MAX_LENGTH) return errors.long(MAX_LENGTH);
  const forbidden = field.type === "textarea" ? CONTROL_IN_LINES : CONTROL;
  if (forbidden.test(value)) return errors.characters;
  return shapeProblem(field, value) ?? field.validate?.(value) ?? null;
}

function shapeProblem(field: WizardField, value: string): string | null {
  const { errors } = text;
  switch (field.type) {
    case "email":
      return EMAIL.test(value) ? null : errors.email;
    case "url":
      return isWebAddress(value) ? null : errors.url;
    case "tel":
      return TEL.test(value) ? null : errors.tel;
    case "number":
      return numberProblem(field, value);
    case "select":
      return field.options?.some((option) => option.value === value) ? null : errors.option;
    default:
      return null;
  }
}

function numberProblem({ min, max }: WizardField, value: string): string | null {
  if (!NUMBER.test(value)) return text.errors.number;
  if (min !== undefined && Number(value) < min) return text.errors.min(min);
  if (max !== undefined && Number(value) > max) return text.errors.max(max);
  return null;
}

function isWebAddress(value: string): boolean {
  return /^https?:\/\//i.test(value) && URL.canParse(value);
}

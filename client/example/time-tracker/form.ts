/** A submitted form; each question answers with a clean value or null. */
export type Form = URLSearchParams;

/** Trimmed text of 1 to `max` characters. */
export function text(form: Form, name: string, max = 200): string | null {
  const value = (form.get(name) ?? "").trim();
  return value === "" || value.length > max ? null : value;
}

/** The id of a row. */
export function id(form: Form, name: string): number | null {
  const value = form.get(name) ?? "";
  return /^[1-9]\d{0,14}$/.test(value) ? Number(value) : null;
}

/** One of a closed set. */
export function choice<T extends string>(form: Form, name: string, all: readonly T[]): T | null {
  return all.find((each) => each === form.get(name)) ?? null;
}

export function checked(form: Form, name: string): boolean {
  return form.get(name) === "on";
}

/** An amount such as `80` or `79.50`, in cents. */
export function cents(form: Form, name: string): number | null {
  const value = (form.get(name) ?? "").trim();
  return /^\d{1,7}([.,]\d{1,2})?$/.test(value)
    ? Math.round(Number(value.replace(",", ".")) * 100)
    : null;
}

/** A day, `YYYY-MM-DD`, that the calendar has. */
export function day(form: Form, name: string): string | null {
  const value = form.get(name) ?? "";
  const time = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
  return new Date(time || 0).toISOString().startsWith(value) && value !== "" ? value : null;
}

/** Text that is HTML already. Everything else is escaped when it is put into a template. */
export interface Html {
  readonly html: string;
}

export type Value = Html | string | number | null | undefined | false | readonly Value[];

/**
 * HTML from a template: what is put in is escaped unless it comes from `html` itself; lists are
 * joined; null, undefined and false are nothing.
 *
 * @example html`<td>${"Tom & Co"}</td>`.html // <td>Tom &amp; Co</td>
 */
export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
  return { html: parts.map((part, at) => part + write(values[at])).join("") };
}

const ESCAPES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function write(value: Value): string {
  if (value === null || value === undefined || value === false) return "";
  if (Array.isArray(value)) return value.map(write).join("");
  if (typeof value === "object") return (value as Html).html;
  return String(value).replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}

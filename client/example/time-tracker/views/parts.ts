import { type Html, html, type Value } from "./html.ts";

/** One labelled control; `attributes` go onto the input as they are. */
export function field(label: string, name: string, attributes: Html = html``): Html {
  return html`<label class="field"><span>${label}</span><input name="${name}" ${attributes}></label>`;
}

export function checkbox(label: string, name: string, isChecked: boolean): Html {
  return html`<label class="check">
    <input type="checkbox" name="${name}" ${isChecked && html`checked`}> ${label}
  </label>`;
}

export interface Option {
  value: string | number;
  label: string;
}

export function select(
  label: string,
  name: string,
  options: Option[],
  chosen: string | number | null = null,
): Html {
  return html`<label class="field"><span>${label}</span><select name="${name}">
    ${options.map(
      ({ value, label }) =>
        html`<option value="${value}" ${value === chosen && html`selected`}>${label}</option>`,
    )}
  </select></label>`;
}

/** The rows of a list of things as options. */
export function optionsOf(rows: { id: number; name: string }[], none?: string): Option[] {
  const options = rows.map(({ id, name }): Option => ({ value: id, label: name }));
  return none === undefined ? options : [{ value: "", label: none }, ...options];
}

export interface Column {
  title: string;
  /** Right-aligned, in digits of one width. */
  number?: boolean;
}

/** A table, or `empty` in words when it has no rows. */
export function table(caption: string, columns: Column[], rows: Value[][], empty: string): Html {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`;
  const kind = (column: Column | undefined) => column?.number && html`class="number"`;
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table>
    <caption>${caption}</caption>
    <thead><tr>
      ${columns.map((column) => html`<th scope="col" ${kind(column)}>${column.title}</th>`)}
    </tr></thead>
    <tbody>${rows.map(
      (cells) =>
        html`<tr>${cells.map((cell, at) => html`<td ${kind(columns[at])}>${cell}</td>`)}</tr>`,
    )}</tbody>
  </table></div>`;
}

/** What went wrong with a form; read out at once. */
export function problem(text: string | undefined): Html {
  return html`${text && html`<p class="problem" role="alert">${text}</p>`}`;
}

/** A state in words, such as `in_progress`. */
export function badge(word: string): Html {
  return html`<span class="badge ${word}">${word.replaceAll("_", " ")}</span>`;
}

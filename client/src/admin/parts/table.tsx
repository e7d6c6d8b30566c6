import type { ComponentChildren } from "preact";

interface TableProps {
  /** What the table is, for a screen reader. */
  label: string;
  head: readonly string[];
  rows: readonly (readonly ComponentChildren[])[];
  kind?: string;
}

/**
 * A table that a narrow screen shows as blocks, each cell under its column's name. The roles keep it
 * a table for a screen reader also then.
 */
export function Table({ label, head, rows, kind = "" }: TableProps) {
  return (
    // biome-ignore-start lint/a11y/noRedundantRoles: a table shown as blocks loses its own role
    <table role="table" aria-label={label} class={kind}>
      <thead role="rowgroup">
        <tr role="row">
          {head.map((name) => (
            <th role="columnheader" scope="col" key={name}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((cells, row) => (
          <tr role="row" key={row}>
            {cells.map((cell, column) => (
              <td role="cell" data-of={head[column]} key={head[column]}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
    // biome-ignore-end lint/a11y/noRedundantRoles: as above
  );
}

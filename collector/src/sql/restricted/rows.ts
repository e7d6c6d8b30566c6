import { FIELDS, PAIRS, type PublishedDocument } from "../../published/document.ts";

type Row = Record<string, unknown>;

/** A table of restricted readers: its columns, and its rows of one document. */
interface PublishedTable {
  name: string;
  columns: string;
  order: string;
  rows(document: PublishedDocument): Row[];
}

const OF = "app LowCardinality(String), day Date";

/** Everything that a document holds, and nothing else; `views` shape it for questions of one kind. */
export const PUBLISHED_TABLES: readonly PublishedTable[] = [
  {
    name: "totals",
    columns: `${OF}, k UInt16, rounding UInt16, active_day UInt32, active_week UInt32, active_month UInt32, new_installs UInt32, churned UInt32, sharing UInt32`,
    order: "app, day",
    rows: ({ k, rounding, totals }) => [
      {
        ...{ k, rounding, sharing: totals.sharing, churned: totals.churned },
        ...{ active_day: totals.day, active_week: totals.week, active_month: totals.month },
        new_installs: totals.new,
      },
    ],
  },
  {
    name: "breakdown",
    columns: `${OF}, field LowCardinality(String), value String, installs Nullable(UInt32), status LowCardinality(String)`,
    order: "app, field, day",
    rows: ({ fields }) =>
      FIELDS.flatMap((field): Row[] => {
        const table = fields?.[field];
        if (table === undefined) {
          return [{ field, value: "", installs: null, status: "withheld" }];
        }
        const rows = table.rows.map(
          ([value, installs]): Row => ({ field, value, installs, status: "shown" }),
        );
        if (table.other > 0) {
          rows.push({ field, value: "", installs: table.other, status: "other" });
        }
        return rows;
      }),
  },
  {
    name: "breakdown_by_two",
    columns: `${OF}, field LowCardinality(String), value String, is_other Bool, by_field LowCardinality(String), by_value String, by_is_other Bool, installs UInt32`,
    order: "app, field, by_field, day",
    rows: ({ pairs }) =>
      PAIRS.flatMap(([field, by_field]) => {
        const table = pairs[`${field},${by_field}`];
        return (table?.cells ?? []).map(([first, second, installs]) => {
          const value = table?.values[0][first];
          const by_value = table?.values[1][second];
          return {
            ...{ field, value: value ?? "", is_other: value === undefined },
            ...{ by_field, by_value: by_value ?? "", by_is_other: by_value === undefined },
            installs,
          };
        });
      }),
  },
  {
    name: "events",
    columns: `${OF}, event LowCardinality(String), installs UInt32`,
    order: "app, event, day",
    rows: ({ events }) => events.map(([event, installs]) => ({ event, installs })),
  },
];

/** Views over these tables: name and SELECT. */
export const PUBLISHED_VIEWS: readonly [name: string, select: string][] = [
  [
    "active_installs",
    `SELECT app, day, w.1 AS \`window\`, w.2 AS installs FROM totals
     ARRAY JOIN [('day', active_day), ('week', active_week), ('month', active_month)] AS w`,
  ],
  [
    "versions",
    "SELECT app, day, value AS app_version, installs, status FROM breakdown WHERE field = 'app_version'",
  ],
];

/** Rows of some documents as lines of JSON. */
export function linesOf(table: PublishedTable, documents: readonly PublishedDocument[]): string {
  return documents
    .flatMap((document) =>
      table
        .rows(document)
        .map((row) => JSON.stringify({ app: document.app, day: document.day, ...row })),
    )
    .join("\n");
}

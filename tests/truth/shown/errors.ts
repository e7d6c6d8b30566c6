import { dayOfText } from "../calendar.ts";
import { errorsOf, errorVersionsOf } from "../failures.ts";
import {
  digits,
  pointsOf,
  type ShownCards,
  type ShownRow,
  type ShownView,
  timeCard,
} from "./cards.ts";
import { type Cell, names } from "./cells.ts";

const ERRORS = { events: ["system.error", "error_occurred"], property: "error_type" };

export function errorsCards(view: ShownView): ShownCards {
  const { uses, span, choices } = view;
  const errors = errorsOf(uses, ERRORS, span, view.interval);
  const { sharingDetailed: sharing, errorFree } = errors;
  const shown = choices.shown ?? "all";
  const typeName = (type: string | null) => type ?? "no type said";
  const trend =
    shown === "share"
      ? pointsOf(
          errors,
          [
            {
              name: "Installs with an error",
              values: errors.affected.map((count, at) =>
                errors.sharing[at] === 0 ? null : count / errors.sharing[at]!,
              ),
            },
          ],
          "share",
        )
      : pointsOf(
          errors,
          shown === "types" && errors.series.length > 0
            ? errors.series.map(({ type, installs }) => ({
                name: typeName(type),
                values: installs,
              }))
            : [{ name: "Installs with an error", values: errors.affected }],
        );
  const { rows: versions } = errorVersionsOf(uses, ERRORS, undefined, span);
  const part = (one: number, whole: number) => ({ part: one, whole });
  const dayCells = (row: { firstDay: string; lastDay: string }) => [
    names.short(dayOfText(row.firstDay)),
    names.short(dayOfText(row.lastDay)),
  ];
  const [newest] = versions;
  if (sharing === 0) return {};
  const free = errors.affected.map((hit, at) => {
    const whole = errors.sharing[at]!;
    return whole === 0 ? null : (whole - hit) / whole;
  });
  const cards: ShownCards = {
    "error-free": timeCard(
      pointsOf(errors, [{ name: "Installs without an error", values: free }], "share"),
      view,
    ),
    "errors-trend": timeCard(trend, view),
    errors:
      errors.rows.length === 0
        ? { foot: [sharing] }
        : {
            rows: errors.rows.map((row): ShownRow => {
              const [first, last] = dayCells(row);
              return {
                ...{ Type: typeName(row.type), Installs: row.installs, Events: row.count },
                ...{ Share: part(row.installs, sharing), "First version ever": row.firstVersion },
                ...{
                  "Last version ever": row.lastVersion,
                  "First day in range": first!,
                  "Last day in range": last!,
                },
              };
            }),
            summary: [part(errorFree, sharing), sharing, errors.rows.length],
            foot: [sharing],
          },
  };
  if (newest === undefined) return cards;
  return {
    ...cards,
    "error-versions": {
      rows: versions.map((row) => ({
        ...{ Version: row.version ?? "not said", Installs: row.installs, Events: row.count },
        ...{
          Share: part(row.installs, row.of),
          "First day in range": row.firstDay,
          "Last day in range": row.lastDay,
        },
      })),
      drawn: versions.map((row): Cell[] => [
        ...[row.version ?? "not said", part(row.installs, row.of), row.installs, row.count],
        ...dayCells(row),
      ]),
      summary: [...digits(newest.version ?? ""), part(newest.installs, newest.of)],
    },
  };
}

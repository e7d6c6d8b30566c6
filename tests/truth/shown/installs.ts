import { agesOf, survivalOf } from "../at-now.ts";
import { activeOf, lifecycleOf, rollingOf } from "../over-time.ts";
import { breakdownCard, FIELD_NAMES, type Field } from "./breakdown.ts";
import {
  countOpen,
  digits,
  lastPoint,
  manySentence,
  type Points,
  type ShownCard,
  type ShownCards,
  type ShownView,
  sum,
  timeCard,
} from "./cards.ts";
import { latestCard, versionsCard } from "./versions.ts";

/* What the pages about installs must show, worked out from what was sent. */

function activeCard(view: ShownView): ShownCard {
  const { interval, rows } = activeOf(view.all, view.asked, view.span, view.interval);
  const pending = view.filter.admitted !== "admitted";
  const values = rows.map((row) => (pending ? row.installs : row.admitted));
  const series = [{ name: "Active installs", values }];
  const starts = rows.map(({ start }) => start);
  return timeCard({ interval, starts, series, incomplete: countOpen(rows), unit: "count" }, view);
}

function changeCard(view: ShownView, name: string, part: "new" | "dormant"): ShownCard {
  const { interval, rows } = lifecycleOf(view.asked, view.span, view.interval);
  const series = [{ name, values: rows.map((row) => row[part]) }];
  const starts = rows.map(({ start }) => start);
  return timeCard({ interval, starts, series, incomplete: countOpen(rows), unit: "count" }, view);
}

/** Buckets in which the data begins, when nearly everybody is new, are not drawn among changes. */
function countBeginning(rows: ReturnType<typeof lifecycleOf>["rows"]): number {
  const first = rows.findIndex((row) => row.new + row.returning + row.resurrected > 0);
  const dwarfs = (at: number) => {
    const later = rows.slice(at + 1).map((row) => row.new);
    const row = rows[at];
    const most = Math.max(1, ...later);
    return (
      row && later.length > 1 && row.new > row.returning + row.resurrected && row.new > 10 * most
    );
  };
  return 1 + ([first + 1, first].find((at) => at >= 0 && dwarfs(at)) ?? -1);
}

function lifecycleCard(view: ShownView): ShownCard {
  const { interval, rows } = lifecycleOf(view.asked, view.span, view.interval);
  const whole = view.choices.lifecycle === "all";
  const left = whole ? 0 : countBeginning(rows);
  const points: Points = {
    ...{ interval, starts: rows.map(({ start }) => start), unit: "count" },
    incomplete: countOpen(rows),
    series: [
      ...(whole ? [{ name: "Returning", values: rows.map(({ returning }) => returning) }] : []),
      { name: "New", values: rows.map((row, at) => (at < left ? null : row.new)) },
      { name: "Resurrected", values: rows.map(({ resurrected }) => resurrected) },
      // Below the axis.
      {
        name: "Dormant",
        values: rows.map(({ dormant }) => (dormant === null ? null : 0 - dormant)),
      },
    ],
  };
  const card = timeCard(points, view);
  const at = lastPoint(points);
  const told = points.series.flatMap(({ values }) => values[at] ?? []).map(Math.abs);
  const start = points.starts[at];
  const leftOut = sum(rows.slice(0, left).map((row) => row.new));
  return {
    ...card,
    ...(start !== undefined && { summary: [...manySentence(points).slice(0, 1), ...told] }),
    foot: leftOut > 0 ? [leftOut] : [],
  };
}

export function overviewCards(view: ShownView): ShownCards {
  const chart = view.choices.chart ?? "active";
  const main: ShownCards = {
    active: { active: activeCard(view) },
    new: { new: changeCard(view, "New installs", "new") },
    churned: { dormant: { ...changeCard(view, "Installs gone dormant", "dormant"), foot: [28] } },
    latest: { latest: latestCard(view) },
  }[chart] as ShownCards;
  const field = (view.choices.platforms ?? "platform") as Field;
  return {
    ...main,
    versions: versionsCard(view),
    "version-table": breakdownCard(view, "app_version"),
    lifecycle: lifecycleCard(view),
    platforms: breakdownCard(view, field),
  };
}

const BINS = [
  ...["under a day", "1–7 days", "1–4 weeks", "1–3 months", "3–6 months", "6–12 months"],
  ...["1–2 years", "over 2 years"],
];

export function installsCards(view: ShownView): ShownCards {
  const { asked, span, now } = view;
  const rolling = rollingOf(asked, span).rows;
  const ages = agesOf(asked, now);
  const most = ages.rows.reduce((best, row) => (row.installs > best.installs ? row : best));
  const shareOf = (part: number) => ({ part, whole: ages.active });
  const survival = survivalOf(asked, now).rows;
  const told = survival.filter(({ few }) => !few);
  const tells = told.findLast(({ days }) => days <= 28) ?? survival.at(-1);
  const series = (
    [
      ["28 days", "month"],
      ["7 days", "week"],
      ["1 day", "day"],
    ] as const
  ).map(([name, key]) => ({ name, values: rolling.map((row) => row[key]) }));
  const starts = rolling.map(({ start }) => start);
  const alive = ({ alive, installs }: (typeof survival)[number]) => ({
    ...{ part: alive, whole: installs },
  });
  return {
    rolling: {
      ...timeCard(
        { interval: "day", starts, series, incomplete: countOpen(rolling), unit: "count" },
        view,
      ),
      foot: [7, 28],
    },
    lifecycle: lifecycleCard(view),
    age: {
      rows: ages.rows.map(({ installs }, at) => ({
        ...{ Age: BINS[at]!, Installs: installs, Share: shareOf(installs) },
      })),
      drawn: ages.rows.map(({ installs }, at) => [installs, BINS[at]!]),
      summary: [...digits(BINS[ages.rows.indexOf(most)]!), shareOf(most.installs)],
      foot: [ages.active, 28],
    },
    survival: {
      rows: survival.map((row) => ({
        ...{ "Days since first seen": row.days, "Still reporting": row.alive },
        ...{ Installs: row.installs, Share: alive(row) },
      })),
      summary: tells === undefined ? [] : [alive(tells), tells.days],
      foot: [30],
    },
  };
}

export const environmentsCards = (view: ShownView): ShownCards =>
  Object.fromEntries(
    (Object.keys(FIELD_NAMES) as Field[]).map((field) => [
      field.replace("_", "-"),
      breakdownCard(view, field),
    ]),
  );

import { agesOf, breakdownOf, droppableOf, stuckOf, summaryOf, survivalOf } from "./at-now.ts";
import { bucketOf, dayOfText } from "./calendar.ts";
import {
  digits,
  lastPoint,
  lineSentence,
  manySentence,
  named,
  type Points,
  type ShownCard,
  type ShownCards,
  type ShownView,
  timeRows,
} from "./cards.ts";
import { type Cell, names } from "./cells.ts";
import { newestFirst } from "./order.ts";
import {
  activeOf,
  lifecycleOf,
  type retentionOf,
  rollingOf,
  versionSeriesOf,
} from "./over-time.ts";
import { adoptionOf, lagOf, upgradesOf } from "./releases.ts";

/* What the pages about installs must show, worked out from what was sent. */

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
const countOpen = (rows: readonly { complete: boolean }[]) =>
  rows.filter(({ complete }) => !complete).length;

export const summaryIn = ({ all, asked, fleet, now }: ShownView) =>
  summaryOf(all, asked, fleet.releases, now);

/** The line under the heading: what every number on the page is a number of. */
export function denominatorOf(view: ShownView): Cell[] {
  const { active, pending, sharingDetailed, underADay } = summaryIn(view);
  const isTime = (text: string) => /^\d\d:\d\d$/.test(text);
  return [
    ...[active.month, pending],
    ...(active.month > 0 ? [{ part: sharingDetailed, whole: active.month }] : []),
    ...[isTime, ...(underADay > 0 ? [underADay] : [])],
  ];
}

/** Each tile: its figure, then the numbers of what stands under it. */
export function tilesOf(view: ShownView): Record<string, Cell[]> {
  const { active, previous, churned, latest, sharingDetailed, withoutError, ...more } =
    summaryIn(view);
  const delta = (now: number, before: number): Cell[] => {
    const change = now - before;
    const percent = before >= 30 && change !== 0;
    const sign = change > 0 ? "+" : "−";
    const share = (text: string) =>
      text.startsWith(sign) &&
      Math.abs(Number.parseFloat(text.slice(1)) - (Math.abs(change) / before) * 100) <= 0.5;
    return [...(change === 0 ? [] : [{ signed: change }]), ...(percent ? [share] : []), 28];
  };
  const oldest = latest.releases.at(-1);
  return {
    active: [active.month, 28, ...delta(active.month, previous.month)],
    new: [more.new, 28, ...delta(more.new, previous.new)],
    churned: [churned, 28, 56, ...delta(churned, previous.churned)],
    latest:
      oldest === undefined
        ? [null]
        : [{ part: latest.installs, whole: active.month }, ...digits(oldest)],
    errors:
      sharingDetailed === 0
        ? [null]
        : [
            { part: withoutError, whole: sharingDetailed },
            ...[sharingDetailed, { part: sharingDetailed, whole: active.month }],
          ],
  };
}

function timeCard(points: Points, view: ShownView): ShownCard {
  const rows = timeRows(points, view);
  const isEmpty = points.series.every(({ values }) => values.every((value) => !value));
  if (isEmpty) return {};
  const summary = points.series.length === 1 ? lineSentence(points) : manySentence(points);
  return { rows, summary };
}

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

/** Days so long that only every second or third is shown do not come with these ranges. */
function versionsCard(view: ShownView): ShownCard {
  const { starts, versions } = versionSeriesOf(view.asked, view.span);
  const totals = starts.map((_, at) => sum(versions.map(({ installs }) => installs[at]!)));
  const place = (version: string) => (version === "Other" ? 1 : 0);
  const lines = [...versions].sort(
    (one, other) =>
      place(one.version) - place(other.version) || newestFirst(one.version, other.version),
  );
  const most = [...versions]
    .filter(({ version }) => version !== "Other")
    .sort((one, other) => sum(other.installs) - sum(one.installs))
    .slice(0, 6);
  const shown =
    view.choices.versions === "lines" ? lines.filter((line) => most.includes(line)) : lines;
  const series = shown.map(({ version, installs }) => ({
    name: version,
    values: installs.map((count, at) => (totals[at] === 0 ? null : count / totals[at]!)),
  }));
  return timeCard(
    { interval: "day", starts, series, incomplete: openDays(starts, view), unit: "share" },
    view,
  );
}

const openDays = (starts: readonly string[], { span }: ShownView) =>
  starts.filter((start) => (dayOfText(start) + 1) * 86_400_000 > span.asOf).length;

function latestCard(view: ShownView): ShownCard {
  const { starts, versions } = versionSeriesOf(view.asked, view.span);
  const { releases } = summaryIn(view).latest;
  const own = versions.filter(({ version }) => releases.includes(version));
  const values = starts.map((_, at) => {
    const whole = sum(versions.map(({ installs }) => installs[at]!));
    return whole === 0 ? null : sum(own.map(({ installs }) => installs[at]!)) / whole;
  });
  const series = [{ name: "Share on the latest two releases", values }];
  const points = { starts, series, incomplete: openDays(starts, view), unit: "share" } as const;
  const card = timeCard({ interval: "day", ...points }, view);
  return { ...card, summary: [...releases, ...(card.summary ?? [])], foot: releases };
}

/** Whether the range has each of the latest releases by itself, so that their share can be drawn. */
export const hasLatest = (view: ShownView): boolean => {
  const { versions } = versionSeriesOf(view.asked, view.span);
  return summaryIn(view).latest.releases.every((each) =>
    versions.some(({ version }) => version === each),
  );
};

const FIELD_NAMES = {
  ...{ platform: "Platform", os_version: "OS version", architecture: "Architecture" },
  ...{ locale: "Locale", timezone: "Timezone", deployment_type: "Deployment" },
  ...{ release_channel: "Channel", app_version: "Version" },
} as const;
type Field = keyof typeof FIELD_NAMES;

function breakdownCard(view: ShownView, field: Field): ShownCard {
  const { from, to } = view.span;
  const found = breakdownOf(view.asked, field, from, to);
  const whole = sum(found.map(({ installs }) => installs));
  const rows = found.map(({ value, installs }) => ({
    ...{ [FIELD_NAMES[field]]: named(value), Installs: installs },
    Share: { part: installs, whole },
  }));
  return { rows, foot: [whole] };
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

type Line = ReturnType<typeof adoptionOf>["series"][number];
const sharesOf = ({ installs, reporting }: Pick<Line, "installs" | "reporting">) =>
  installs.map((count, at) => {
    const whole = reporting[at] ?? 0;
    return count === null || whole === 0 ? null : count / whole;
  });
const ratio = (value: number | null): Cell => (value === null ? null : { ratio: value });
const lastSaid = (values: readonly (number | null)[], incomplete: number) =>
  values.findLastIndex((value) => value !== null) - incomplete;

function adoptionCard({ asked, fleet, now, span }: ShownView): ShownCard {
  const { days, series } = adoptionOf(asked, fleet.releases, now, span.asOf);
  const lines = series.map((line) => ({ version: line.version, shares: sharesOf(line) }));
  if (lines.every(({ shares }) => shares.every((share) => !share))) return {};
  const at = Math.max(0, Math.min(7, lastSaid(lines[0]!.shares, series[0]!.incomplete)));
  return {
    rows: days.map((day, place) => ({
      Days: `day ${day}`,
      ...Object.fromEntries(lines.map(({ version, shares }) => [version, ratio(shares[place]!)])),
    })),
    summary: [
      days[at]!,
      ...lines
        .flatMap(({ version, shares }) =>
          shares[at] === null ? [] : [[...digits(version), ratio(shares[at]!)]],
        )
        .slice(0, 3)
        .flat(),
    ],
  };
}

function lagCard({ asked, fleet, now, span }: ShownView): ShownCard {
  const { days, latest, median, releases } = lagOf(asked, fleet.releases, now, span.asOf);
  const shares = latest === null ? [] : sharesOf(latest);
  if (latest === null || shares.every((share) => !share)) return {};
  const at = Math.max(0, lastSaid(shares, latest.incomplete));
  const most = Math.max(...releases);
  const usual = most === 1 ? "One release" : `Median of ${most} releases`;
  const others = releases[at]!;
  const share = shares[at] ?? null;
  return {
    rows: days.map((day, place) => ({
      Days: `day ${day}`,
      [`${latest.version} or later`]: ratio(shares[place]!),
      [usual]: ratio(median[place] ?? null),
    })),
    summary:
      share === null
        ? []
        : [
            ...[ratio(share), ...digits(latest.version), days[at]!],
            ...(median[at] == null ? [] : [...(others === 1 ? [] : [others]), ratio(median[at]!)]),
          ],
  };
}

function droppableCard({ asked, choices, now }: ShownView): ShownCard {
  const field = (choices.drop ?? "app_version") as Parameters<typeof droppableOf>[1];
  const { rows, active, unordered } = droppableOf(asked, field, now);
  if (rows.length === 0) return {};
  const ordered = field === "app_version" || field === "os_version";
  const share = (part: number) => ({ part, whole: active });
  const safe = rows.find((row) => row.behind / active <= 0.01);
  const sentence = !safe
    ? [{ ratio: 0.01 }]
    : [...digits(safe.value), ...(safe.behind === 0 ? [] : [share(safe.behind), { ratio: 0.01 }])];
  return {
    rows: rows.map(({ value, platform, behind }) => ({
      Dropping: ordered ? `below ${value}` : value,
      ...(field === "os_version" && { Platform: named(platform ?? "") }),
      ...{ "Leaves behind": behind, Share: share(behind) },
    })),
    summary: field === "app_version" ? sentence : [],
    foot: [active, 28, ...(ordered ? [unordered] : [])],
  };
}

function stuckCard({ asked, choices, fleet, now }: ShownView): ShownCard {
  const days = Number(choices.stuck ?? 90);
  const { rows, total, active } = stuckOf(asked, fleet.releases, days, now);
  const newest = rows[0]?.newest;
  return {
    ...(rows.length > 0 && {
      rows: rows.map(({ version, installs, medianDays }) => ({
        ...{ Version: version, Installs: installs, Share: { part: installs, whole: active } },
        "Median days on it": medianDays,
      })),
      summary: [{ part: total, whole: active }, days],
    }),
    foot: [28, days, ...(newest === undefined ? [] : digits(newest))],
  };
}

function upgradesCard({ asked, span }: ShownView): ShownCard {
  const { rows, total, downgrades } = upgradesOf(asked, span.from, span.to);
  if (rows.length === 0) return {};
  return {
    rows: rows.map(({ from, to, kind, installs, medianDays }) => ({
      ...{ From: named(from), To: named(to), Installs: installs },
      Direction: kind === "unordered" ? "no order" : kind,
      "Median days before": medianDays,
    })),
    summary: [total, downgrades],
  };
}

export const versionsCards = (view: ShownView): ShownCards => ({
  versions: versionsCard(view),
  "version-table": breakdownCard(view, "app_version"),
  adoption: adoptionCard(view),
  lag: lagCard(view),
  droppable: droppableCard(view),
  stuck: stuckCard(view),
  upgrades: upgradesCard(view),
});

export const environmentsCards = (view: ShownView): ShownCards =>
  Object.fromEntries(
    (Object.keys(FIELD_NAMES) as Field[]).map((field) => [
      field.replace("_", "-"),
      breakdownCard(view, field),
    ]),
  );

/** Cohorts as they are shown: of so many weeks, whatever the range. */
export function cohortSpan({ span, choices }: ShownView) {
  const weeks = Number(choices.weeks ?? 12);
  return { ...span, from: bucketOf(span.to, "week") - 7 * (weeks - 1) };
}

/** @param retention the truth of the cohorts */
export function retentionCards(retention: ReturnType<typeof retentionOf>): ShownCards {
  const { weeks, rows } = retention;
  if (rows.every(({ size }) => size === 0)) return { retention: {} };
  const shares = [1, 4, 8].flatMap((week): Cell[] => {
    const told = rows.filter(({ complete, counts }) => complete && (counts[week] ?? null) !== null);
    const whole = sum(told.map(({ size }) => size));
    const part = sum(told.map(({ counts }) => counts[week]!));
    return whole === 0 ? [] : [{ part, whole }, week];
  });
  const each = Array.from({ length: weeks }, (_, week) => week);
  return {
    retention: {
      rows: rows.toReversed().map(({ start, size, counts }) => ({
        ...{ "Week of": names.year(dayOfText(start)), Installs: size },
        ...Object.fromEntries(each.map((week) => [`Week ${week}`, counts[week]!])),
      })),
      drawn: rows
        .filter(({ size }) => size > 0)
        .toReversed()
        .map(({ start, size, counts }) => [
          names.short(dayOfText(start)),
          size,
          ...each.map((week): Cell => {
            const part = counts[week] ?? null;
            return part === null ? "not yet" : { part, whole: size };
          }),
        ]),
      summary: shares,
    },
  };
}

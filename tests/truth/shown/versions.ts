import { droppableOf, stuckOf } from "../at-now.ts";
import { dayOfText } from "../calendar.ts";
import { newestFirst } from "../order.ts";
import { versionSeriesOf } from "../over-time.ts";
import { adoptionOf, lagOf, upgradesOf } from "../releases.ts";
import { breakdownCard } from "./breakdown.ts";
import {
  digits,
  named,
  type ShownCard,
  type ShownCards,
  type ShownView,
  sum,
  timeCard,
} from "./cards.ts";
import type { Cell } from "./cells.ts";
import { summaryIn } from "./frame.ts";

/* What must be shown of versions, worked out from what was sent. */

/** Days so long that only every second or third is shown do not come with these ranges. */
export function versionsCard(view: ShownView): ShownCard {
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

export function latestCard(view: ShownView): ShownCard {
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

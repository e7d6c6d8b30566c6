import { SINCE } from "../catalogue.ts";
import {
  eventsOf,
  exploreOf,
  pagesOf,
  propertiesOf,
  trendOf,
  usersOfFeatures,
} from "../features.ts";
import { pathsOf } from "../journeys.ts";
import { newestFirst } from "../order.ts";
import type { Use } from "../uses.ts";
import {
  digits,
  pointsOf,
  type ShownCard,
  type ShownCards,
  type ShownRow,
  type ShownView,
  timeCard,
  timeRows,
} from "./cards.ts";

/* What the page about features must show, worked out from what was sent. */

const VIEW = "$pageview";
const NOISE = [VIEW, "performance_metric"];

/** The four events that most installs sent. */
const mostUsed = ({ uses, span }: ShownView) =>
  eventsOf(uses, span)
    .rows.sort((one, other) => other.installs - one.installs || other.count - one.count)
    .slice(0, 4)
    .map(({ event }) => event);

function trendCard(view: ShownView): ShownCard {
  const metric = (view.choices.metric ?? "counts") as "counts" | "installs" | "users";
  const events = mostUsed(view);
  const trend = trendOf(view.uses, events, view.span, view.interval);
  const series = trend.series.map((each) => ({ name: each.event, values: each[metric] }));
  return timeCard(pointsOf(trend, series), view);
}

function eventsCard({ fleet, uses, span }: ShownView): ShownCard {
  const { rows, sharingDetailed } = eventsOf(uses, span);
  const adoption = usersOfFeatures(fleet.uses, uses, fleet.releases, SINCE, span);
  const of = new Map(adoption.rows.map((row) => [row.event, row]));
  const share = (row: (typeof rows)[number]) => ({
    part: row.installs,
    whole: of.get(row.event)!.of,
  });
  const most = rows.reduce((best, row) => (row.installs > best.installs ? row : best), rows[0]!);
  const sorted = rows.toSorted(
    (one, other) => other.installs - one.installs || one.event.localeCompare(other.event, "en"),
  );
  return {
    rows: sorted.map((row) => ({
      ...{ Event: row.event, Adoption: share(row), Installs: row.installs, Events: row.count },
      ...{ Users: row.users, "Since version": of.get(row.event)!.since },
    })),
    summary: [share(most), rows.length],
    foot: [sharingDetailed],
  };
}

const nameOf = ({ kind, value }: { kind: string; value: string }, folded: number) =>
  kind === "none" ? "not said" : kind === "other" ? `Other (${folded})` : value;

function exploreCard(view: ShownView): ShownCard {
  const { uses, span, choices } = view;
  const byInstalls = eventsOf(uses, span)
    .rows.filter(({ event }) => event !== VIEW)
    .sort((one, other) => other.installs - one.installs);
  const event = byInstalls[0]?.event ?? VIEW;
  const key = propertiesOf(uses, event, span).rows.find(
    ({ kind, different }) => kind === "text" && different <= 20,
  )?.key;
  const measure = (choices["explore-measure"] ?? "count") as "count" | "installs" | "users";
  const overTime = choices["explore-over"] === "time";
  const slices = exploreOf(
    uses,
    {
      ...{ event, measure, fits: () => true },
      said: key === undefined ? null : ({ properties }: Use) => properties[key] ?? "",
      top: overTime ? 5 : 20,
      interval: overTime ? view.interval : null,
    },
    span,
  );
  const { rows, total, folded } = slices;
  const amounts = (row: (typeof rows)[number] | typeof total): ShownRow => ({
    ...{ Events: row.count, Installs: row.installs, Users: row.users },
  });
  const [first] = rows;
  const share = (row: typeof total) => ({ part: row[measure], whole: total[measure] });
  const shown = rows.length > 0 ? rows.slice(0, 6) : null;
  const series = shown?.map((row) => ({ name: nameOf(row, folded), values: row.points! })) ?? [
    { name: "All", values: total.points! },
  ];
  return {
    rows: overTime
      ? timeRows(pointsOf({ ...slices, interval: slices.interval! }, series), view)
      : [
          ...rows.map((row) => ({ Value: nameOf(row, folded), ...amounts(row) })),
          { Value: "All", ...amounts(total) },
        ],
    ...(!overTime && {
      drawn: (rows.length > 0 ? rows : [null]).map((row) => {
        const own = row ?? total;
        return [
          row === null ? "All" : nameOf(row, folded),
          ...Object.values(amounts(own)),
          share(own),
        ];
      }),
    }),
    summary: [
      ...[total.count, total.installs, total.users],
      ...(first?.kind === "value" ? [share(first)] : []),
    ],
    foot: [slices.sharingDetailed],
  };
}

/** @param event the one that most installs sent */
function byVersionCard(view: ShownView, event: string): ShownCard {
  const slicing = { event, measure: "installs", fits: () => true, top: 6 } as const;
  const said = ({ version }: Use) => version;
  const slices = exploreOf(view.uses, { ...slicing, said, interval: view.interval }, view.span);
  const named = slices.rows.filter(({ kind }) => kind === "value");
  const lines = [
    ...named.toSorted((one, other) => newestFirst(one.value, other.value)),
    ...slices.rows.filter(({ kind }) => kind !== "value"),
  ];
  const series = lines.map((row) => ({ name: nameOf(row, slices.folded), values: row.points! }));
  const [most] = named;
  return {
    rows: timeRows(pointsOf({ ...slices, interval: slices.interval! }, series), view),
    summary: [
      slices.total.installs,
      ...(most === undefined ? [] : [...digits(most.value), most.installs]),
    ],
  };
}

function pathsCard({ fleet, uses, span, choices }: ShownView): ShownCard {
  const event = eventsOf(uses, span).rows.find((row) => row.event !== VIEW)?.event ?? VIEW;
  const direction = choices["path-side"] === "before" ? "before" : "after";
  const steps = Number(choices["path-steps"] ?? 2);
  const { rows, total } = pathsOf(
    fleet.uses,
    uses,
    { event, direction, steps, top: 4, hide: NOISE, hideAbove: 1 },
    span,
  );
  if (total === 0) return {};
  const end = direction === "after" ? "session ends" : "session begins";
  const nameOf = ({ kind, path }: (typeof rows)[number]) =>
    kind === "end" ? end : kind === "other" ? "other events" : path.at(-1)!;
  return {
    rows: rows.map((row) => {
      const path = row.kind === "event" ? row.path : [...row.path, nameOf(row)];
      return {
        ...Object.fromEntries(
          Array.from({ length: steps }, (_, at) => [`Step ${at + 1}`, path[at] ?? null]),
        ),
        ...{ Times: row.count, Share: { part: row.count, whole: total } },
      };
    }),
    drawn: rows.map((row) => [nameOf(row), { part: row.count, whole: total }]),
    summary: [{ part: rows[0]!.count, whole: total }],
    foot: [30],
  };
}

function pagesCard({ uses, span }: ShownView): ShownCard {
  const { rows, total } = pagesOf(uses, span);
  if (rows.length === 0) return {};
  return {
    rows: rows.map(({ route, count, installs, users }) => ({
      ...{ Route: route ?? "without a route", Views: count, Installs: installs, Users: users },
    })),
    summary: [total.count, rows.filter(({ route }) => route !== null).length],
  };
}

export function featuresCards(view: ShownView): ShownCards {
  const [first] = mostUsed(view);
  if (first === undefined) return {};
  return {
    ...{ trend: trendCard(view), events: eventsCard(view), explore: exploreCard(view) },
    ...{ "by-version": byVersionCard(view, first), paths: pathsCard(view), pages: pagesCard(view) },
  };
}

import { dayOfText, textOf } from "../calendar.ts";
import {
  arrivalsOf,
  floodOf,
  hoursOf,
  lostOf,
  refusalsOf,
  unlistedOf,
  volumeOf,
} from "../health.ts";
import type { TruthFleet } from "../stage.ts";
import {
  lineSentence,
  manySentence,
  type Points,
  type ShownCards,
  type ShownView,
  timeRows,
} from "./cards.ts";
import { type Cell, names } from "./cells.ts";

/* What Data health must show, worked out from what was sent. */

/** What changes by itself: sizes on disk, memory, ages. */
const gauge = (text: string) => text !== "";

const REASONS: Record<string, string> = {
  install_id_missing: "no install id",
  install_id_malformed: "install id is no UUID",
  event_name_malformed: "event name malformed",
  event_name_reserved: "event name reserved",
  event_unlisted: "not in the catalogue",
  field_unknown: "field not in the schema",
  field_name_pii: "name says personal data",
  type_mismatch: "wrong type",
  value_not_listed: "value not in the set",
  value_malformed: "value out of bounds",
};
const OUTCOMES = { refused: "Record refused", dropped: "Field left out" };

const senders = (versions: readonly { version: string }[]) =>
  versions.map(({ version }) => version || "version not said").join(", ");

/** Each line that says what is worth a look; what the machine is short of is left to it. */
export function findingsOf({ fleet, span }: ShownView): Cell[][] {
  const { total } = refusalsOf(fleet, span);
  const { groups } = unlistedOf(fleet, span);
  const flood = floodOf(fleet);
  return [
    ...(flood.flooding ? [[flood.last24h, flood.median]] : []),
    ...(total.refusedShare >= 0.02 && total.accepted + total.refused >= 100
      ? [[{ ratio: total.refusedShare }]]
      : []),
    ...(groups > 0 ? [[groups]] : []),
  ];
}

/** @param fleets all that sent to the collector: storage and minutes are of all of them together */
export function healthCards(view: ShownView, fleets: readonly TruthFleet[]): ShownCards {
  const { fleet, span, now } = view;
  const of = (count: (each: TruthFleet) => number) =>
    fleets.reduce((all, each) => all + count(each), 0);
  const lost = (outcome: string) =>
    of((each) => lostOf(each).filter((one) => one.outcome === outcome).length);
  const accepted = of(({ records }) => records.length);
  const { interval, starts, incomplete, ...volume } = volumeOf(fleet, span);
  const frame = { interval, starts, incomplete };
  const records: Points = {
    ...{ ...frame, unit: "count" },
    series: [
      { name: "Base", values: volume.base },
      { name: "Detailed", values: volume.events },
      { name: "Refused", values: volume.refused },
    ],
  };
  const refusals = refusalsOf(fleet, span);
  const share: Points = {
    ...{ ...frame, unit: "share" },
    series: [{ name: "Share refused", values: refusals.series.refusedShare }],
  };
  const unlisted = unlistedOf(fleet, span);
  const arrivals = arrivalsOf(fleet.lives, span);
  const fresh: Points = {
    ...{ ...frame, unit: "count" },
    series: [
      { name: "Admitted by now", values: arrivals.rows.map((row) => row.new - row.pending) },
      { name: "Pending", values: arrivals.rows.map(({ pending }) => pending) },
    ],
  };
  const hours = hoursOf(fleet.lives, now);
  const hourName = (start: string) =>
    `${names.short(dayOfText(start.slice(0, 10)))} ${start.slice(11, 16)}`;
  const flood = floodOf(fleet);
  const some = ({ series }: Points) => series.some(({ values }) => values.some(Boolean));
  const anyRecent = hours.new.some(Boolean);
  const days = fleets.flatMap(({ uses }) => uses.map(({ day }) => day));
  const last = (day: string) => names.short(dayOfText(day));
  return {
    minutes: {
      sums: { Accepted: accepted, Refused: lost("refused"), "Fields left out": lost("dropped") },
      summary: [accepted, lost("refused")],
      foot: [60],
    },
    volume: { rows: timeRows(records, view), summary: manySentence(records) },
    "refused-share": some(share)
      ? { rows: timeRows(share, view), summary: lineSentence(share) }
      : {},
    unlisted:
      unlisted.rows.length === 0
        ? {}
        : {
            rows: unlisted.rows.map((row) => ({
              ...{ Event: row.event, Records: row.count, "Sent by": senders(row.versions) },
              "Last day": last(row.lastDay),
            })),
            summary: [unlisted.groups, unlisted.rows.reduce((all, { count }) => all + count, 0)],
          },
    refusals: {
      rows: refusals.rows.map((row) => ({
        ...{ Why: REASONS[row.reason]!, What: OUTCOMES[row.outcome], Event: row.event },
        ...{ Field: row.field, Count: row.count, "Sent by": senders(row.versions) },
        "Last day": last(row.lastDay),
      })),
      summary: [refusals.total.refused, refusals.total.dropped],
      foot: [refusals.rows.length, refusals.groups],
    },
    arrivals: some(fresh) ? { rows: timeRows(fresh, view), summary: manySentence(fresh) } : {},
    "arrival-hours": {
      ...(anyRecent && {
        rows: hours.starts
          .map((start, at) => ({
            ...{ "Hour (UTC)": hourName(start), New: hours.new[at]!, Pending: hours.pending[at]! },
          }))
          .reverse(),
        drawn: hours.starts.map((start, at) => [
          `${hourName(start)}: Admitted by now ${hours.new[at]! - hours.pending[at]!}, Pending ${hours.pending[at]}`,
        ]),
        summary: [flood.last24h, 24, flood.median, arrivals.pending],
      }),
      foot: [48, flood.threshold, 24],
    },
    "arrival-tokens":
      flood.tokens.length === 0
        ? { foot: [24] }
        : {
            rows: flood.tokens
              // Of as many, those whose token nobody knows.
              .toSorted(
                (one, other) =>
                  other.last24h - one.last24h ||
                  Number(other.name === "not known") - Number(one.name === "not known"),
              )
              .map(({ name, last24h }) => ({
                ...{ Token: name, "24 hours": last24h, Budget: null, State: "no budget" },
              })),
            foot: [24],
          },
    alerts: { unread: true },
    machine: {
      some: [
        { Figure: "Failed tries", Value: 0 },
        { Figure: "Segments set aside", Value: 0 },
        { Figure: "Engine restarts", Value: 0 },
        { Figure: "Spool", Value: "0 B in 0 segments" },
      ],
      foot: [gauge],
    },
    storage: {
      some: [
        {
          ...{ Table: "events", Rows: of(({ uses }) => uses.length), "On disk": gauge },
          ...{ Oldest: textOf(Math.min(...days)), Newest: textOf(Math.max(...days)) },
        },
        { Table: "record_uids", Rows: of(({ uses }) => uses.length), "On disk": gauge },
        { Table: "installs_flat", Rows: of(({ lives }) => lives.length), "On disk": gauge },
        { Table: "install_numbers", Rows: of(({ lives }) => lives.length), "On disk": gauge },
      ],
      summary: [gauge, gauge],
    },
    raw: {},
  };
}

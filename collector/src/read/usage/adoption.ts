import { type Catalogue, compareVersions, parseVersion } from "@rollcall/schemas";
import { z } from "zod";
import { common } from "../parameters.ts";
import { population } from "../population.ts";
import { type Context, question } from "../question.ts";
import { type ReleaseSource, releaseSettings, releasesOf } from "../releases.ts";
import { asOf, count } from "../reply.ts";
import { DAYS_IN_RANGE, SHARING, sharingDetailed } from "./shared.ts";
import { numbered } from "./versions.ts";

const MOST_ROWS = 1000;
const MOST_PAIRS = 100_000;

/** What the maintainer says of an app. */
export interface AdoptionSource {
  settings: ReleaseSource;
  /** The catalogue in force, or null. */
  catalogueOf(app: string): Catalogue | null;
}

const reply = z
  .object({
    rows: z.array(
      z.object({
        event: z.string(),
        installs: count.meta({ description: "Installs that sent it in the range." }),
        of: count.meta({
          description: "Installs that share detailed in the range and have the feature.",
        }),
        since: z.string().nullable().meta({
          description:
            "The lowest version that has it; null where no record named a version, which every install then has.",
        }),
      }),
    ),
    sharingDetailed,
    asOf,
  })
  .meta({
    id: "Adoption",
    description: "How many of the installs that could use something do, largest share first.",
    example: {
      rows: [
        { event: "timer.started", installs: 431, of: 457, since: "5.7.0" },
        { event: "export.pdf", installs: 88, of: 301, since: "5.9.0" },
      ],
      sharingDetailed: 457,
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

export const adoption = (source: AdoptionSource) =>
  question({
    name: "events_adoption",
    path: "/v1/events/adoption",
    tag: "Events",
    summary: "Adoption of each event",
    description:
      "Installs that sent an event in the range, of those that share detailed in it and have the feature. An install has it when its latest version is the lowest one that ever sent the event, or what the catalogue says in `since`, whichever is lower, or anything above; whoever sent it has it in any case. Of the versions that sent it only releases count, unless none is one: otherwise a single forged or home-made version would give the feature to everybody.",
    parameters: z.object(common),
    reply,
    async answer(parameters, context) {
      const { ask, app, range, asOf } = context;
      const { members, params, where } = population(app, parameters);
      const bound = { ...params, ...range };
      const [since, sharing] = await Promise.all([
        lowestVersions(source, context),
        ask<{ version: string; installs: number }>(
          `WITH ${SHARING} AS sharing
         SELECT app_version AS version, count() AS installs
         FROM installs_flat
         WHERE ${where} AND bitmapContains(sharing, number)
         GROUP BY version`,
          bound,
        ),
      ]);
      const order = [
        ...new Set([...since.values(), ...sharing.map(({ version }) => version)]),
      ].sort((one, other) => compareVersions(other, one));
      const used = await ask<{ event: string; installs: number; older: number }>(
        // `older`: installs that sent it, though their latest version is below its first.
        `WITH ${members} AS population
       SELECT
         event,
         bitmapAndCardinality(sent, population) AS installs,
         bitmapAndCardinality(bitmapAnd(sent, population), below.members) AS older
       FROM (
         SELECT
           event, groupBitmapMergeState(installs) AS sent,
           indexOf({order:Array(String)}, {since:Map(String, String)}[event]) AS since
         FROM event_days
         WHERE ${DAYS_IN_RANGE}
         GROUP BY event
       ) AS uses
       LEFT JOIN (
         SELECT since, groupBitmapMergeState(members) AS members
         FROM (
           SELECT indexOf({order:Array(String)}, app_version) AS place, groupBitmapState(number) AS members
           FROM installs_flat WHERE ${where} GROUP BY place
         ) AS versions
         CROSS JOIN (SELECT arrayJoin(range(1, length({order:Array(String)}) + 1)) AS since) AS firsts
         WHERE place < since
         GROUP BY since
       ) AS below USING (since)`,
        { ...bound, order, since: Object.fromEntries(since) },
      );
      const sent = new Map(used.map((row) => [row.event, row]));
      const place = new Map(order.map((version, index) => [version, index]));
      const having = (version: string) =>
        sharing
          .filter((row) => (place.get(row.version) ?? -1) >= (place.get(version) ?? 0))
          .reduce((sum, { installs }) => sum + installs, 0);
      const names = new Set([...since.keys(), ...sent.keys()]);
      const rows = [...names].map((event) => {
        const first = since.get(event) ?? "";
        const { installs, older } = sent.get(event) ?? { installs: 0, older: 0 };
        return { event, installs, of: having(first) + older, since: first === "" ? null : first };
      });
      return {
        rows: rows.sort(byShare).slice(0, MOST_ROWS),
        sharingDetailed: sharing.reduce((sum, { installs }) => sum + installs, 0),
        asOf,
      };
    },
  });

interface Part {
  event: string;
  installs: number;
  of: number;
}

function byShare(one: Part, other: Part): number {
  const share = ({ installs, of }: Part) => (of === 0 ? 0 : installs / of);
  return (
    share(other) - share(one) || other.installs - one.installs || (one.event < other.event ? -1 : 1)
  );
}

/** The lowest version that has each event; "" where nothing says which. */
async function lowestVersions(
  { settings, catalogueOf }: AdoptionSource,
  { ask, app }: Pick<Context, "ask" | "app">,
): Promise<Map<string, string>> {
  const [pairs, releases] = await Promise.all([
    ask<{ event: string; version: string }>(
      // Of these columns there is a projection, so that no record is read.
      `SELECT event, app_version AS version, count() AS records
       FROM events WHERE app = {app:String}
       GROUP BY event, app_version
       ORDER BY event, version
       LIMIT {most:UInt32}`,
      { app, most: MOST_PAIRS },
    ),
    releasesOf(ask, app, releaseSettings(settings, app)),
  ]);
  const real = new Set(releases.map(({ version }) => version));
  const versions = new Map<string, string[]>();
  for (const { event, version } of pairs) {
    versions.set(event, [...(versions.get(event) ?? []), version]);
  }
  const promised = new Map(
    (catalogueOf(app)?.events ?? [])
      .filter(({ since }) => parseVersion(since) !== null)
      .map(({ name, since }) => [name, since]),
  );
  const names = new Set([...versions.keys(), ...promised.keys()]);
  return new Map(
    [...names].map((event) => {
      const named = numbered(versions.get(event) ?? []);
      const releases = named.filter((version) => real.has(version));
      const sent = [...(releases.length > 0 ? releases : named)].sort(compareVersions).at(-1);
      const said = [sent ?? [], promised.get(event) ?? []].flat().sort(compareVersions);
      return [event, said.at(-1) ?? ""];
    }),
  );
}

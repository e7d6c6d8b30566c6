import { dayAt } from "./calendar.ts";
import type { Life } from "./lives.ts";
import type { TruthRecord } from "./records.ts";

/** One accepted record of the detailed layer, with the install that sent it. */
export interface Use {
  life: Life;
  install: string;
  /** Of this install alone; "" where nobody is named. */
  user: string;
  time: number;
  /** The same as ISO text. */
  at: string;
  day: number;
  event: string;
  version: string;
  /** Words, and what is true or false. */
  properties: Record<string, string>;
  numbers: Record<string, number>;
}

/** Every detailed record once, however often it was sent. */
export function usesOf(records: readonly TruthRecord[], lives: readonly Life[]): Use[] {
  const byInstall = new Map(lives.map((life) => [life.install, life]));
  const once = new Map(
    records.filter(({ layer }) => layer === "detailed").map((record) => [record.uid, record]),
  );
  return [...once.values()].map(({ install, user, time, event, version, properties }) => {
    const said = Object.entries(properties);
    return {
      ...{ life: byInstall.get(install)!, install, event, version, time },
      user: user === "" ? "" : `${install} ${user}`,
      at: new Date(time).toISOString(),
      day: dayAt(time),
      properties: Object.fromEntries(
        said.flatMap(([key, value]) => (typeof value === "number" ? [] : [[key, String(value)]])),
      ),
      numbers: Object.fromEntries(said.filter(([, value]) => typeof value === "number")) as Record<
        string,
        number
      >,
    };
  });
}

export const within = (uses: readonly Use[], from: number, to: number): Use[] =>
  uses.filter(({ day }) => day >= from && day <= to);

export const installsOf = (uses: readonly Use[]): number =>
  new Set(uses.map(({ install }) => install)).size;
export const usersOf = (uses: readonly Use[]): number =>
  new Set(uses.flatMap(({ user }) => user || [])).size;
export const amountsOf = (uses: readonly Use[]) => ({
  count: uses.length,
  installs: installsOf(uses),
  users: usersOf(uses),
});

/** Largest first by a number, then by a name. */
export const byMost =
  <T>(number: (row: T) => number, name: (row: T) => string) =>
  (one: T, other: T): number =>
    number(other) - number(one) || (name(one) < name(other) ? -1 : 1);

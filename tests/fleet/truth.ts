import type { Fleet } from "./fleet.ts";
import type { Install } from "./install.ts";
import { DAY } from "./options.ts";

/** What the read API must say of a fleet's base layer. */
export interface Truth {
  /** Rows: an install on a day. */
  heartbeats: number;
  /** Installs heard of until now, and how many of them on two days. */
  installs: number;
  admitted: number;
  /** Installs heard of by day, counted from the fleet's first. */
  active: number[];
  /** The same for each version that they said. */
  versions: Map<string, number[]>;
  /** Installs that ever share detailed records. */
  sharing: number;
}

interface Beat {
  day: number;
  receivedDay: number;
  version: string;
}

/**
 * Counts by walking through every day of every install, for fleets of up to some thousands. It shares
 * the model with the statements of `sql-heartbeats.ts` and none of their SQL.
 */
export function createTruth(fleet: Fleet): Truth {
  const truth: Truth = {
    ...{ heartbeats: 0, installs: 0, admitted: 0, sharing: 0 },
    active: new Array<number>(fleet.days).fill(0),
    versions: new Map(),
  };
  for (let number = 0; number < fleet.installs; number += 1) {
    const install = fleet.install(number);
    const beats = beatsOf(fleet, install);
    truth.heartbeats += beats.length;
    truth.installs += Math.min(1, beats.length);
    truth.sharing += Number(install.sharing[0] < fleet.days);
    const days = new Set(beats.map(({ receivedDay }) => receivedDay));
    if (days.size > 1 && !install.onlyFirstSeen) truth.admitted += 1;
    for (const { day, version } of beats) {
      truth.active[day]! += 1;
      const said = truth.versions.get(version) ?? new Array<number>(fleet.days).fill(0);
      said[day]! += 1;
      truth.versions.set(version, said);
    }
  }
  return truth;
}

function beatsOf(fleet: Fleet, install: Install): Beat[] {
  const { number, lives, adopted } = install;
  const beats: Beat[] = [];
  for (const [from, until] of lives) {
    for (let day = from; day < until; day += 1) {
      const first = day === lives[0]![0];
      if (!first && (day + number) % install.offEvery === 0) continue;
      const jitter = (number * 13 + day * 7919) % 240_000;
      const at = first
        ? install.firstSeen + 1500
        : fleet.start + day * DAY + ((install.beat + jitter) % DAY);
      if (at > fleet.cut) continue;
      const late = (day * 31 + number) % 67 === 0;
      const lag = late ? 5 * 3_600_000 + (number % 7_200_000) : 400 + ((number + day * 17) % 4000);
      const received = Math.min(at + lag, fleet.cut);
      const running = adopted.findLastIndex((since) => since <= day);
      beats.push({
        day,
        receivedDay: Math.floor(received / DAY),
        version: fleet.history.releases[running]!.version,
      });
    }
  }
  return beats;
}

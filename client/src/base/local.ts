import { BASE_HEARTBEAT } from "@rollcall/schemas";
import type { BaseReport } from "../delivery/encode.ts";
import type { Installation } from "../installation/installation.ts";
import type { Journal } from "../journal/types.ts";

/** Local only: what the base layer would have sent is written down once a day, and stays here. */
export interface LocalBase {
  open(local: boolean): void;
}

export interface LocalBaseInput {
  installation: Installation;
  journal: Journal;
  /** The report as it would be sent; null when the schema refuses it. */
  report: (now: Date) => BaseReport | null;
}

const KEY = "last_local_heartbeat_at";
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export function createLocalBase(input: LocalBaseInput): LocalBase {
  const { installation, journal, report } = input;
  let timer: NodeJS.Timeout | undefined;

  function look(): void {
    const now = new Date();
    // Under the file's lock: of several processes one writes it down.
    const claimed = installation.update((disk) => {
      const age = now.getTime() - Date.parse(String(disk[KEY] ?? ""));
      return age >= 0 && age < DAY_MS ? null : { [KEY]: now.toISOString() };
    });
    if (!claimed.ok || !claimed.changed) return;
    const content = report(now);
    if (content === null) return;
    journal.held({ signal: "base", name: BASE_HEARTBEAT, time: now.getTime(), content });
  }

  return {
    open(local) {
      if (local === (timer !== undefined)) return;
      clearInterval(timer);
      timer = undefined;
      if (!local) return;
      timer = setInterval(look, HOUR_MS).unref();
      look();
    },
  };
}

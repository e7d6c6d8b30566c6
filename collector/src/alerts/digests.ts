import { randomUUID } from "node:crypto";
import { dueAt } from "../published/due.ts";
import { addDays, startOf } from "../read/days.ts";
import type { Ask } from "../read/question.ts";
import type { Settings } from "../settings/types.ts";
import { digestOf, digestText, type Every, isEmpty, lastDayOf } from "./digest.ts";
import type { Outbox } from "./outbox.ts";
import type { Told } from "./told.ts";

const TITLES: Record<Every, string> = { daily: "Daily digest", weekly: "Weekly digest" };

interface DigestsParts {
  ask: Ask;
  settings: Pick<Settings, "get" | "list">;
  told: Told;
  outbox: Pick<Outbox, "add">;
  save(): Promise<void>;
  now(): Date;
}

/** Tells each app's digest to the webhooks that want one, once a day or week. */
export function createDigests({ ask, settings, told, outbox, save, now }: DigestsParts) {
  /** The last digest of each name that is known to be told. */
  const done = new Map<string, string>();

  /** A webhook that was set after a digest was due has its first one the next time. */
  const wants =
    (every: Every) =>
    ({ digest }: { digest: string }, changedAt: Date): boolean =>
      digest === every && changedAt < dueAt(lastDayOf(every, now()));

  return {
    /** Those that somebody waits for and whose days are all loaded. */
    due: (freshness: Date): Every[] =>
      (["daily", "weekly"] as const).filter(
        (every) =>
          freshness >= startOf(addDays(lastDayOf(every, now()), 1)) &&
          settings
            .list("webhook")
            .some(
              ({ value, changedAt }) => value.disabledAt === null && wants(every)(value, changedAt),
            ),
      ),
    /** Throws what the store throws. */
    async tell(app: string, every: Every): Promise<void> {
      const name = `${app}/digest/${every}`;
      const to = lastDayOf(every, now());
      const isTold = ({ state }: { state: string }) => state >= to;
      if ((done.get(name) ?? "") >= to) return;
      const last = await told.last(name);
      if (last === null || !isTold(last)) {
        const digest = await digestOf({ ask, settings, app, every, to });
        await told.once(name, to, isTold, async () => {
          if (isEmpty(digest)) return;
          outbox.add(
            {
              ...{ id: randomUUID(), type: "digest", at: now().toISOString(), app, rule: null },
              ...{ title: TITLES[every], text: digestText(digest), since: null },
              ...{ value: null, threshold: null, unit: null, details: {}, digest },
            },
            wants(every),
          );
          await save();
        });
      }
      done.set(name, to);
    },
  };
}

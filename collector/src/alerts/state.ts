import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { replaceFile } from "../spool/files.ts";
import { digestFigures } from "./digest-figures.ts";
import { RULE_NAMES } from "./rules.ts";

/*
 * What alerts must remember across a restart: which rules fire, and which messages are still to be
 * delivered. It is a file and not a table, so that a store that is away does not make it forget.
 */

const moment = z.iso.datetime();

export const MESSAGE_TYPES = ["alert.firing", "alert.resolved", "digest", "test"] as const;

const message = z.object({
  /** The same in every try, so that a receiver can leave out what it has. */
  id: z.string(),
  type: z.enum(MESSAGE_TYPES),
  at: moment,
  app: z.string().nullable(),
  rule: z.enum(RULE_NAMES).nullable(),
  title: z.string(),
  text: z.string(),
  since: moment.nullable(),
  value: z.number().nullable(),
  threshold: z.number().nullable(),
  unit: z.enum(["percent", "times"]).nullable(),
  details: z.record(z.string(), z.union([z.string(), z.number()])),
  /** Of messages of type `digest`. */
  digest: digestFigures.optional(),
});
/** The body of a delivery. */
export type Message = z.output<typeof message>;

const alert = z.object({
  /** Since when it fires. */
  since: moment,
  /** Since when its condition has not held; null while it does. */
  clearSince: moment.nullable(),
});

const pending = z.object({
  webhook: z.string(),
  message,
  /** Tries so far. */
  attempts: z.int(),
  nextAt: moment,
});
export type Pending = z.output<typeof pending>;

const delivery = z.object({
  id: z.string(),
  at: moment,
  type: message.shape.type,
  app: z.string().nullable(),
  rule: message.shape.rule,
  attempt: z.int(),
  ok: z.boolean(),
  /** HTTP status; null where no answer came. */
  status: z.int().nullable(),
  message: z.string(),
  /** When it is tried again; null where it is not. */
  nextAttemptAt: moment.nullable(),
});
export type Delivery = z.output<typeof delivery>;

const file = z.object({
  /** Firing alerts by `app/rule`. */
  firing: z.record(z.string(), alert),
  outbox: z.array(pending),
  /** The last results by webhook, newest first. */
  deliveries: z.record(z.string(), z.array(delivery)),
});
export type AlertState = z.output<typeof file>;

const NAME = "alerts.json";

/** Reads the state; an empty one where there is none or it cannot be read, which `problem` then says. */
export async function readState(
  directory: string,
): Promise<{ state: AlertState; problem: string | null }> {
  const empty = { firing: {}, outbox: [], deliveries: {} };
  let text: string;
  try {
    text = await readFile(join(directory, NAME), "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { state: empty, problem: code === "ENOENT" ? null : String(code) };
  }
  try {
    return { state: file.parse(JSON.parse(text)), problem: null };
  } catch {
    return { state: empty, problem: "it is not as the collector wrote it" };
  }
}

export async function writeState(directory: string, state: AlertState): Promise<void> {
  await replaceFile(directory, NAME, `${JSON.stringify(state)}\n`);
}

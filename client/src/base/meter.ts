import { createHmac, randomUUID } from "node:crypto";
import { type Combination, combinationHash } from "@rollcall/schemas";
import type { MeterState } from "../api.ts";
import { authorization, type SendResult } from "../delivery/transport.ts";
import type { Destination, SinkName } from "../delivery/types.ts";
import type { Journal } from "../journal/types.ts";
import { type Exchanged, exchange } from "../my-data/exchange.ts";

export type MeterAnswer =
  | { kind: "class"; sharedBy: MeterState["sharedBy"]; asOf: string }
  /** The destination has no meter. */
  | { kind: "none" }
  | { kind: "failed"; reason: string };

/** Asks how many installs share version, platform, OS, locale and time zone with this one. */
export interface Meter {
  /**
   * Asks once a UTC day, destination and combination, and else answers from memory; a failure is not
   * remembered. The question is two hashes: see `combinationHash`. Never rejects.
   */
  ask(destination: Destination, report: Combination, signal?: AbortSignal): Promise<MeterAnswer>;
  /** Today's last answer of a destination, without asking. */
  last(sink: SinkName): MeterAnswer | null;
}

export interface MeterInput {
  app: string;
  /** `telemetry_salt` */
  salt: () => string;
  journal: Pick<Journal, "sending" | "outcome">;
  /** Called before a connection is made. */
  beforeSending?: ((sink: SinkName) => void) | undefined;
  /** Default 10,000 ms. */
  timeoutMs?: number | undefined;
  now?: () => number;
}

const TIMEOUT_MS = 10_000;
const MAX_REPLY_BYTES = 64 * 1024;
const NO_METER = new Set([404, 405]);

/** Whether the report has to say less: it would stand out, or nobody could say that it does not. */
export function mustCoarsen(answer: MeterAnswer): boolean {
  if (answer.kind === "class") return answer.sharedBy === "fewer_than_10";
  return answer.kind === "failed";
}

/**
 * @example
 * const meter = createMeter({ app, salt: () => installation.current().telemetry_salt, journal });
 * const answer = await meter.ask(destination, report);
 * const sent = mustCoarsen(answer) ? coarsen(report, new Date()) : report;
 */
export function createMeter(input: MeterInput): Meter {
  const { app, salt, journal } = input;
  const now = input.now ?? Date.now;
  const answers = new Map<SinkName, { key: string; answer: MeterAnswer }>();
  const asking = new Map<string, Promise<MeterAnswer>>();
  const today = () => new Date(now()).toISOString().slice(0, 10);

  async function send(
    { name, base, token }: Destination,
    question: { combination: string; asker: string },
    signal: AbortSignal | undefined,
  ): Promise<MeterAnswer> {
    const batch = randomUUID();
    const item = {
      signal: "meter" as const,
      name: "meter.question",
      time: now(),
      content: question,
    };
    const logged = await journal.sending(name, batch, [item]).catch(() => false);
    if (!logged) return { kind: "failed", reason: "the transparency log cannot be written" };
    // Somebody may have refused while the log was written: then not even the notice is due.
    if (signal?.aborted) {
      journal.outcome(name, batch, { kind: "failure", reason: "cancelled" });
      return { kind: "failed", reason: "cancelled" };
    }
    input.beforeSending?.(name);
    const url = new URL(base);
    url.pathname = `${url.pathname.replace(/\/+$/, "")}/v1/meter`;
    const result = await exchange({
      method: "POST",
      url,
      headers: token === "" ? {} : { authorization: authorization(token) },
      body: JSON.stringify(question),
      maxReplyBytes: MAX_REPLY_BYTES,
      timeoutMs: input.timeoutMs ?? TIMEOUT_MS,
      unref: true,
      signal,
    });
    const answer = read(result);
    journal.outcome(name, batch, outcomeOf(answer));
    return answer;
  }

  return {
    async ask(destination, report, signal) {
      const day = today();
      const combination = combinationHash(app, report);
      const key = `${destination.name} ${day} ${combination}`;
      const known = answers.get(destination.name);
      if (known?.key === key && known.answer.kind !== "failed") return known.answer;
      const same = asking.get(key);
      if (same !== undefined) return same;
      const asked = send(destination, { combination, asker: askerOf(salt(), day) }, signal)
        .catch((): MeterAnswer => ({ kind: "failed", reason: "the question could not be asked" }))
        .finally(() => asking.delete(key));
      asking.set(key, asked);
      const answer = await asked;
      answers.set(destination.name, { key, answer });
      return answer;
    },
    last(sink) {
      const known = answers.get(sink);
      return known?.key.startsWith(`${sink} ${today()} `) ? known.answer : null;
    },
  };
}

/** Another one each day, so that no two days' questions can be told to come from one install. */
function askerOf(salt: string, day: string): string {
  return createHmac("sha256", salt).update(day).digest("hex").slice(0, 32);
}

function read(result: Exchanged): MeterAnswer {
  if (result.kind === "fault") return { kind: "failed", reason: result.reason };
  if (NO_METER.has(result.status)) return { kind: "none" };
  if (result.status !== 200) return { kind: "failed", reason: `status ${result.status}` };
  try {
    const { shared_by, as_of } = JSON.parse(result.text) as Record<string, unknown>;
    if (isClass(shared_by) && typeof as_of === "string" && /^\d{4}-\d\d-\d\d$/.test(as_of)) {
      return { kind: "class", sharedBy: shared_by, asOf: as_of };
    }
  } catch {
    // Falls through: a proxy's page, perhaps.
  }
  return { kind: "failed", reason: "the answer is none of a meter" };
}

const isClass = (found: unknown): found is MeterState["sharedBy"] =>
  found === "fewer_than_10" || found === "fewer_than_100" || found === "at_least_100";

function outcomeOf(answer: MeterAnswer): SendResult {
  if (answer.kind === "class") return { kind: "success", rejected: 0, message: answer.sharedBy };
  return { kind: "failure", reason: answer.kind === "none" ? "no meter there" : answer.reason };
}

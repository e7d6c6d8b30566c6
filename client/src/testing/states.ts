import type { Catalogue } from "@rollcall/schemas";
import type { Rollcall } from "../api.ts";
import type { Mode } from "../installation/mode.ts";
import { type Except, fail, inWords, outgoing } from "./assertions.ts";
import { detailedSince, type FakeCollector, startFakeCollector } from "./collector.ts";
import { baseJudge, catalogueJudge, type Judge } from "./judge.ts";
import { prepareInstall } from "./prepare.ts";
import { watchEgress } from "./watch.ts";
import { requestLeaks } from "./wire.ts";

/** What the kit gives to `start`. The same variables are also set in `process.env` meanwhile. */
export interface StartInput {
  state: StateName;
  /** A new directory for `installation.json`; it holds the choice of a person, where there is one. */
  dataDir: string;
  endpoint: string;
  token: string;
  env: Record<string, string | undefined>;
}

/** The running app, as far as the kit needs it. */
export interface StartedApp {
  rollcall: Pick<Rollcall, "optIn" | "optOut">;
  /** Ends the app the way it ends in earnest, with `rollcall.close()`. */
  stop(): Promise<unknown>;
}

/** What `checkConsentStates` takes. */
export interface StatesInput<A extends StartedApp> {
  catalogue: Catalogue;
  /** Starts the app in this process, from nothing. Its client must not have embedded keys. */
  start(given: StartInput): Promise<A> | A;
  /** Does what users do, so that events are recorded: as many different ones as possible. */
  exercise(app: A): Promise<void> | void;
  /** What is the app's own business, such as its database. A look-up asks with port 0. */
  except?: Except;
  /** Which states, default all. */
  states?: readonly StateName[];
  /** How often `exercise` is called while the collector does not answer, to fill the queue; default 25. */
  fill?: number;
  /** How long to wait for an event to arrive where one must; default 15,000 ms. */
  patienceMs?: number;
  /** How long to give something to leave where nothing may; default 200 ms, and `stop` comes after it. */
  settleMs?: number;
}

/** What left the process in one consent state. */
export interface StateReport {
  state: StateName;
  /** Connections that are not the app's own business. */
  connections: number;
  requests: number;
  /** Records that arrived. */
  base: number;
  detailed: number;
  spans: number;
  metrics: number;
  /** Envelopes of Sentry. */
  errors: number;
  /** What left and should not have, in words: names, never values. */
  leaks: string[];
}

interface State {
  env?: Record<string, string>;
  /** What a person chose before the app starts. */
  choice?: Mode;
  /** What may leave: nothing at all, base reports, or everything that is catalogued. */
  allowed: "nothing" | "base" | "catalogue";
  play: <A extends StartedApp>(stage: Stage<A>) => Promise<void>;
}

interface Stage<A extends StartedApp> {
  app: A;
  collector: FakeCollector;
  input: StatesInput<A>;
  settle(): Promise<void>;
  /** Waits for a detailed record of that time or later. */
  arrival(since?: number): Promise<void>;
  leak(line: string): void;
}

async function use<A extends StartedApp>({ app, input, settle }: Stage<A>): Promise<void> {
  await input.exercise(app);
  await settle();
}

/** Somebody clicks the toggle although a variable forbids it. */
async function insist<A extends StartedApp>(stage: Stage<A>): Promise<void> {
  await use(stage);
  stage.app.rollcall.optIn("egress-kit");
  await use(stage);
}

async function on<A extends StartedApp>(stage: Stage<A>): Promise<void> {
  stage.app.rollcall.optIn("egress-kit");
  await stage.input.exercise(stage.app);
  await stage.arrival();
}

/** Opts out with a full queue and a request in flight, goes on using the app, and opts in again. */
async function withdraw<A extends StartedApp>(stage: Stage<A>): Promise<void> {
  const { app, collector, input, settle, arrival, leak } = stage;
  collector.answer({ delayMs: Number.POSITIVE_INFINITY });
  await on(stage);
  for (let at = 0; at < (input.fill ?? 25); at += 1) await input.exercise(app);
  await settle();

  // No await between these two: what arrives from here on was sent after the opt-out.
  const before = collector.requests.length;
  app.rollcall.optOut("egress-kit");
  collector.answer({});
  await use(stage);
  for (const line of detailedSince(collector, before)) leak(`${line}: sent after the opt-out`);

  // Times are whole milliseconds: the next event must not share one with the last.
  await new Promise((resolve) => setTimeout(resolve, 5));
  const again = collector.requests.length;
  const since = Date.now();
  app.rollcall.optIn("egress-kit");
  await input.exercise(app);
  await arrival(since);
  const old = detailedSince(collector, again, (time) => time < since);
  for (const line of old) leak(`${line}: recorded before the opt-in`);
}

const STATES = {
  "DO_NOT_TRACK=1": { env: { DO_NOT_TRACK: "1" }, choice: "on", allowed: "nothing", play: insist },
  "ROLLCALL=off": { env: { ROLLCALL: "off" }, choice: "on", allowed: "nothing", play: insist },
  off: { choice: "off", allowed: "nothing", play: use },
  "local-only": { choice: "local-only", allowed: "nothing", play: use },
  base: { allowed: "base", play: use },
  "ENABLE_TELEMETRY=false": {
    env: { ENABLE_TELEMETRY: "false" },
    choice: "on",
    allowed: "base",
    play: insist,
  },
  on: { allowed: "catalogue", play: on },
  "opt-out": { allowed: "catalogue", play: withdraw },
} as const satisfies Record<string, State>;

/** `opt-out`: with a full queue and a request in flight, and then in again. */
export type StateName = keyof typeof STATES;

/**
 * Runs the app once in each state of consent against a real collector on this machine, and looks at
 * every connection, look-up, request, header, record and field that leaves the process.
 *
 * @throws AssertionError that lists what leaked in which state; names only, never values
 * @example
 * const report = await checkConsentStates({
 *   catalogue,
 *   start: async ({ dataDir, env }) => {
 *     const app = await buildApp({ dataDir, env });
 *     return { rollcall: app.rollcall, stop: () => app.close() };
 *   },
 *   exercise: async (app) => void (await app.inject({ method: "POST", url: "/timer" })),
 *   except: (host, port) => host === "127.0.0.1" && port === 5432,
 * });
 * console.table(report);
 */
export async function checkConsentStates<A extends StartedApp>(
  input: StatesInput<A>,
): Promise<StateReport[]> {
  const report: StateReport[] = [];
  const names = input.states ?? (Object.keys(STATES) as StateName[]);
  for (const name of names) report.push(await runState(name, input));
  const lines = report.flatMap(({ state, leaks }) => leaks.map((leak) => `[${state}] ${leak}`));
  if (lines.length > 0) fail("telemetry does not keep to the consent", lines);
  return report;
}

async function runState<A extends StartedApp>(
  name: StateName,
  input: StatesInput<A>,
): Promise<StateReport> {
  const state: State = STATES[name];
  const leaks: string[] = [];
  const collector = await startFakeCollector();
  const install = prepareInstall(collector, state);
  const watch = watchEgress();
  let counts: Omit<StateReport, "state" | "leaks">;
  try {
    const { dataDir, token, env } = install;
    const { endpoint } = collector;
    const app = await input.start({ state: name, dataDir, endpoint, token, env });
    try {
      await state.play(stageOf(app, collector, input, (line) => leaks.push(line)));
    } finally {
      // An answer that is still held would keep the app from ending.
      collector.answer({});
      await app.stop();
    }
    const except = exceptFor(state, collector, input.except);
    const left = outgoing(watch, except);
    leaks.push(...left, ...leaksAt(collector, state, input.catalogue));
    counts = { connections: left.length, ...countsOf(collector) };
  } finally {
    watch.stop();
    install.remove();
    await collector.close();
  }
  return { state: name, ...counts, leaks: [...new Set(leaks)] };
}

function stageOf<A extends StartedApp>(
  app: A,
  collector: FakeCollector,
  input: StatesInput<A>,
  leak: (line: string) => void,
): Stage<A> {
  const { settleMs = 200, patienceMs = 15_000 } = input;
  return {
    app,
    collector,
    input,
    leak,
    settle: () => new Promise((resolve) => setTimeout(resolve, settleMs)),
    async arrival(since = 0) {
      const arrived = () =>
        collector.records().some(({ layer, time }) => layer === "detailed" && time >= since);
      await collector
        .waitFor(arrived, patienceMs)
        .catch(() =>
          leak(
            "no event arrived while telemetry was on: exercise() records none that the catalogue " +
              "lists, so that the other states prove nothing",
          ),
        );
    },
  };
}

function exceptFor(state: State, collector: FakeCollector, own: Except = () => false): Except {
  if (state.allowed === "nothing") return own;
  return (host, port) => (host === "127.0.0.1" && port === collector.port) || own(host, port);
}

function leaksAt(collector: FakeCollector, state: State, catalogue: Catalogue): string[] {
  const judge: Judge = state.allowed === "catalogue" ? catalogueJudge(catalogue) : baseJudge();
  const leaks = [
    ...requestLeaks(collector.requests),
    ...inWords(collector.records().flatMap(judge)),
  ];
  if (state.allowed === "catalogue") return leaks;
  const { spans, metrics, errors } = countsOf(collector);
  if (spans > 0) leaks.push("spans");
  if (metrics > 0) leaks.push("metrics");
  if (errors > 0) leaks.push("errors to Sentry");
  return leaks;
}

function countsOf(collector: FakeCollector) {
  const records = collector.records();
  const base = records.filter(({ layer }) => layer === "base").length;
  return {
    requests: collector.requests.length,
    base,
    detailed: records.length - base,
    spans: collector.spans(),
    metrics: collector.metrics(),
    errors: collector.requests.filter(({ signal }) => signal === "sentry").length,
  };
}

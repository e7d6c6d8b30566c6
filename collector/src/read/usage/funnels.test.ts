import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestStore, type TestStore } from "../../store/testing.ts";
import { type SentEvent, send, startApi, type TestApi } from "../testing.ts";
import { funnelOracle, medianOf, type OracleStep } from "./oracle.fixture.ts";
import { parseStep } from "./steps.ts";

interface Answer {
  funnels: {
    version: string | null;
    steps: {
      step: string;
      event: string;
      entities: number;
      ofPrevious: number | null;
      ofFirst: number | null;
      medianSeconds: number | null;
    }[];
  }[];
}

let stored: TestStore;
let api: TestApi;

/** One user's records on 2026-11-10, by the minute of the day; a text of names and times. */
const day = (user: number, records: string, more: Partial<SentEvent> = {}): SentEvent[] =>
  records.split(" ").map((record) => {
    const [event = "", clock = ""] = record.split("@");
    return { install: 1, user, event: `f.${event}`, at: `2026-11-10T${clock}:00.000Z`, ...more };
  });

beforeAll(async () => {
  stored = await openTestStore();
  await send(stored.store, [
    // 1 goes all the way, with other things in between.
    ...day(1, "a@08:00 x@08:01 b@08:10 a@08:20 c@08:30"),
    // 2 began again: the run that continues counts from its last beginning.
    ...day(2, "a@08:00 a@09:00 b@09:04"),
    // 3 is too slow at first, in time later.
    ...day(3, "a@08:00 b@10:00 a@11:00 b@11:02"),
    // 4 does it in the wrong order, 5 does only the second.
    ...day(4, "b@08:00 a@08:01"),
    ...day(5, "b@08:00"),
    // 6: exactly the window, and then a millisecond more.
    ...day(6, "a@08:00 b@09:00"),
    ...day(7, "a@08:00"),
    { install: 2, user: 7, event: "f.b", at: "2026-11-10T09:00:00.001Z" },
    // 8: the same millisecond, given in the wrong order.
    ...day(8, "b@08:00 a@08:00"),
    // Nobody: two records of an install that name no user.
    ...day(0, "a@08:00 b@08:01", { install: 3 }),
    // 9: two users of one install, half of it each.
    ...day(91, "a@08:00", { install: 9 }),
    ...day(92, "b@08:10", { install: 9 }),
    // 10: by version, with a property.
    ...day(10, "a@08:00 b@08:30", { app_version: "2.0.0", properties: { how: "key" } }),
    ...day(11, "a@08:00 b@08:10", { app_version: "2.0.0", properties: { how: "mouse" } }),
    ...day(12, "a@08:00 b@08:10", { app_version: "1.9.0", numbers: { rows: 5 } }),
    // 13 begins on the range's last day and goes on after it.
    { install: 13, user: 13, event: "g.a", at: "2026-11-12T23:59:59.999Z" },
    { install: 13, user: 13, event: "g.b", at: "2026-11-13T00:30:00.000Z" },
    // 14 begins after it.
    { install: 14, user: 14, event: "g.a", at: "2026-11-13T00:00:00.000Z" },
    { install: 14, user: 14, event: "g.b", at: "2026-11-13T00:01:00.000Z" },
  ]);
  api = await startApi(stored.store);
});
afterAll(async () => {
  await api?.close();
  await stored?.close();
});

const ask = async (
  step: string[],
  parameters: Record<string, string | string[]> = {},
): Promise<Answer["funnels"]> => {
  const reply = await api.get("/v1/funnels", {
    ...{ app: "timetracker", from: "2026-11-10", to: "2026-11-12", window: "60", step },
    ...parameters,
  });
  if (reply.statusCode !== 200) throw new Error(reply.body);
  return reply.json<Answer>().funnels;
};
const levels = (funnels: Answer["funnels"]) =>
  funnels.map(({ steps }) => steps.map(({ entities }) => entities));

describe("funnels", () => {
  it("count users by the steps they got to, in order and within the window", async () => {
    // a: all but 5 and nobody and 92; b: 1, 2, 3, 6, 8, 10, 11, 12; c: 1.
    expect(await ask(["f.a", "f.b", "f.c"])).toEqual([
      {
        version: null,
        steps: [
          {
            ...{ step: "f.a", event: "f.a", entities: 11 },
            ...{ ofPrevious: null, ofFirst: 1, medianSeconds: null },
          },
          {
            ...{ step: "f.b", event: "f.b", entities: 8, ofPrevious: 8 / 11, ofFirst: 8 / 11 },
            // 0, 2, 4, 10, 10, 10, 30 and 60 minutes.
            medianSeconds: 600,
          },
          {
            ...{ step: "f.c", event: "f.c", entities: 1, ofPrevious: 1 / 8, ofFirst: 1 / 11 },
            medianSeconds: 1200,
          },
        ],
      },
    ]);
  });

  it("count installs, whoever of their users took a step", async () => {
    // Installs 1 (all of those users), 3 and 9; 2 has only the second step.
    expect(levels(await ask(["f.a", "f.b", "f.c"], { join: "install" }))).toEqual([[3, 3, 1]]);
  });

  it("never take one record for two steps, but two records for the same step twice", async () => {
    // a twice: 1, 2 within the window; 3 not.
    expect(levels(await ask(["f.a", "f.a"]))).toEqual([[11, 2]]);
    expect(levels(await ask(["f.a", "f.a", "f.a"]))).toEqual([[11, 2, 0]]);
  });

  it("take conditions at each step", async () => {
    expect(levels(await ask(["f.a;how:key", "f.b"]))).toEqual([[1, 1]]);
    expect(levels(await ask(["f.a", "f.b;how:key|mouse"]))).toEqual([[11, 2]]);
    expect(levels(await ask(["f.a;rows>4", "f.b;rows>=5;rows<6"]))).toEqual([[1, 1]]);
    expect(levels(await ask(["f.a", "f.b;rows>5"]))).toEqual([[11, 0]]);
  });

  it("compare two versions by the records that they sent", async () => {
    const [older, newer] = await ask(["f.a", "f.b"], { compare: "1.9.0,2.0.0" });
    expect(older).toMatchObject({
      version: "1.9.0",
      steps: [{ entities: 1 }, { entities: 1, medianSeconds: 600 }],
    });
    expect(newer).toMatchObject({
      version: "2.0.0",
      steps: [{ entities: 2 }, { entities: 2, medianSeconds: 1200 }],
    });
  });

  it("begin within the range, and may end after it", async () => {
    expect(levels(await ask(["g.a", "g.b"]))).toEqual([[1, 1]]);
    expect(levels(await ask(["g.a", "g.b"], { to: "2026-11-13" }))).toEqual([[2, 2]]);
    expect(levels(await ask(["g.a", "g.b"], { window: "30" }))).toEqual([[1, 0]]);
  });

  it("have no shares and no times of nobody", async () => {
    const [none] = await ask(["no.such", "f.b"]);
    expect(none?.steps).toEqual([
      {
        ...{ step: "no.such", event: "no.such", entities: 0 },
        ...{ ofPrevious: null, ofFirst: null, medianSeconds: null },
      },
      {
        ...{ step: "f.b", event: "f.b", entities: 0 },
        ...{ ofPrevious: null, ofFirst: null, medianSeconds: null },
      },
    ]);
  });

  it("have up to eight steps", async () => {
    expect(levels(await ask(["f.a", "f.b", "f.c", "x", "x", "x", "x", "x"]))).toEqual([
      [11, 8, 1, 0, 0, 0, 0, 0],
    ]);
  });

  it.each([
    [{ step: "f.a" }, /^step: found f.a, allowed is 2 to 8 steps/],
    [{ step: Array.from({ length: 9 }, () => "f.a") }, /^step: found f.a,.* allowed is 2 to 8/],
    [{ step: ["f.a", "f.b;nonsense"] }, /^step: found f.a,f.b;nonsense, allowed is/],
    [{ step: ["f.a", "A B"] }, /^step: /],
    [{ step: ["f.a", "f.b"], window: "43201" }, /^window: .* allowed is a whole number from 1 to/],
    [{ step: ["f.a", "f.b"], window: "0" }, /^window: /],
    [{ step: ["f.a", "f.b"], window: "1.5" }, /^window: /],
    [{ step: ["f.a", "f.b"], join: "device" }, /^join: found device, allowed is install or user/],
    [{ step: ["f.a", "f.b"], compare: "1.0.0" }, /^compare: found 1.0.0, allowed is two versions/],
  ])("refuse %j in words", async (parameters, message) => {
    const reply = await api.get("/v1/funnels", { app: "timetracker", ...parameters });
    expect(reply.statusCode).toBe(400);
    expect(reply.json().message).toMatch(message);
  });
});

it("a step is an event with conditions after semicolons", () => {
  expect(parseStep("auth.login; auth_method:oidc|ldap ;tries>1;")).toEqual({
    event: "auth.login",
    conditions: [
      { key: "auth_method", operator: ":", values: ["oidc", "ldap"] },
      { key: "tries", operator: ">", bound: 1 },
    ],
    text: "auth.login; auth_method:oidc|ldap ;tries>1;",
  });
  expect(parseStep("auth.login;tries")).toBeNull();
  expect(parseStep("")).toBeNull();
});

describe("funnels/listed", () => {
  it("names the funnels of the catalogue with their steps in its order", async () => {
    const { rows } = await api.read<{ rows: { name: string; steps: string[] }[] }>(
      "/v1/funnels/listed",
    );
    expect(rows.map(({ name }) => name)).toEqual([
      ...["onboarding", "project_setup", "invoice_generation"],
      ...["time_tracking_flow", "export_workflow", "report_generation"],
    ]);
    expect(rows[4]?.steps).toEqual([
      "funnel.export_workflow.started",
      "funnel.export_workflow.format_selected",
      "funnel.export_workflow.filters_applied",
      "funnel.export_workflow.downloaded",
    ]);
  });

  it("names none of an app without a catalogue", async () => {
    expect(await api.read("/v1/funnels/listed", { app: "empty" })).toMatchObject({ rows: [] });
  });
});

describe("funnels of random histories", () => {
  /** A small generator with a seed, so that a failure can be looked at again. */
  const dice = (seed: number) => {
    let state = seed;
    return (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
  };
  const NAMES = ["r.a", "r.b", "r.c"];

  it("are what trying every run gives", async () => {
    const roll = dice(20_261_120);
    const rounds = Array.from({ length: 12 }, (_, round) => `round${round}`);
    const rows = rounds.flatMap((app) =>
      Array.from({ length: 160 }, (): SentEvent => {
        // Few different minutes, around midnight, so that there are ties and day edges.
        const minute = 1380 + roll(120);
        const at = new Date(Date.UTC(2026, 10, 10, 0, minute, 0, roll(2))).toISOString();
        const user = roll(14);
        return {
          ...{ app, at, user, install: 1 + (user % 5), event: NAMES[roll(3)] as string },
          properties: { how: roll(2) === 0 ? "key" : "mouse" },
        };
      }),
    );
    await send(stored.store, rows);
    for (const app of rounds) {
      const own = rows.filter((row) => row.app === app);
      for (let turn = 0; turn < 8; turn++) {
        const steps = Array.from({ length: 2 + roll(3) }, (): OracleStep => {
          const event = NAMES[roll(3)] as string;
          return roll(3) === 0 ? { event, property: ["how", "key"] } : { event };
        });
        const window = 1 + roll(45);
        const join = roll(2) === 0 ? "user" : "install";
        const to = roll(2) === 0 ? "2026-11-10" : "2026-11-11";
        const expected = funnelOracle(own, {
          ...{ steps, join, windowMs: window * 60_000 },
          from: Date.UTC(2026, 10, 10),
          until: Date.UTC(2026, 10, to === "2026-11-10" ? 11 : 12),
        });
        const texts = steps.map(({ event, property }) =>
          property === undefined ? event : `${event};${property.join(":")}`,
        );
        const [found] = await ask(texts, { app, to, join, window: String(window) });
        const told = { app, texts, window, join, to };
        expect({ ...told, entities: found?.steps.map(({ entities }) => entities) }).toEqual({
          ...told,
          entities: expected.entities,
        });
        expect({ ...told, medians: found?.steps.map((step) => step.medianSeconds) }).toEqual({
          ...told,
          medians: expected.gaps.map((gaps) => {
            const median = medianOf(gaps);
            return median === null ? null : median / 1000;
          }),
        });
      }
    }
  });
});

import { encodeBlock } from "../../collector/src/spool/native.ts";
import { createRefusalCounts } from "../../collector/src/spool/refusal-counts.ts";
import type { RefusalCount } from "../../collector/src/spool/types.ts";
import type { Store } from "../../collector/src/store/client.ts";
import { createStage, fillStage, insertRefusals } from "../../collector/src/store/load-sql.ts";
import { refusals } from "../../collector/src/store/tables.ts";
import type { Catalogue } from "../../schemas/src/index.ts";
import { spoolOf } from "./chunks.ts";
import { createDice } from "./dice.ts";
import type { Fleet } from "./fleet.ts";
import { DAY } from "./options.ts";

const STAGE = "fleet_refusals";
const PER_INSTALL = 1 / 400;

type What = Pick<RefusalCount, "outcome" | "reason" | "event" | "field"> & { share: number };

/** What a fleet's senders get wrong: a plug-in's own event, a field that holds a person's name. */
const WRONG: What[] = [
  { outcome: "refused", reason: "event_unlisted", event: "plugin.loaded", field: "", share: 9 },
  { outcome: "refused", reason: "event_unlisted", event: "board.moved", field: "", share: 3 },
  { outcome: "refused", reason: "event_name_malformed", event: "(malformed)", field: "", share: 1 },
  {
    outcome: "refused",
    reason: "install_id_missing",
    event: "timer.started",
    field: "install_id",
    share: 1,
  },
  {
    outcome: "dropped",
    reason: "field_unknown",
    event: "task.created",
    field: "board_id",
    share: 7,
  },
  {
    outcome: "dropped",
    reason: "field_name_pii",
    event: "client.created",
    field: "email",
    share: 4,
  },
  {
    outcome: "dropped",
    reason: "value_not_listed",
    event: "report.viewed",
    field: "report_type",
    share: 3,
  },
  {
    outcome: "dropped",
    reason: "type_mismatch",
    event: "timer.stopped",
    field: "billable",
    share: 2,
  },
];

/** Stores a few counts a day, by the loader's own statements. */
export async function storeRefusals(
  store: Store,
  fleet: Fleet,
  catalogue: Catalogue,
): Promise<void> {
  const listed = new Set(catalogue.events.map(({ name }) => name));
  await store.command(`DROP TABLE IF EXISTS ${STAGE} SYNC`);
  await store.command(createStage(refusals, STAGE));
  const counts = createRefusalCounts();
  for (let day = 0; day < fleet.days; day += 1) {
    for (const refusal of refusalsOf(fleet, day, listed)) counts.add(refusal);
  }
  const block = counts.encode();
  const outcome = await store.insertNative(
    fillStage(refusals, STAGE),
    Buffer.concat(encodeBlock(block)),
  );
  if (!outcome.ok) throw new Error(outcome.message);
  await store.command(insertRefusals(refusals, STAGE, { replay: false }), {
    params: { spool: spoolOf(fleet), seg: 0, rows: block.rows },
  });
  await store.command(`DROP TABLE ${STAGE} SYNC`);
}

function* refusalsOf(fleet: Fleet, day: number, listed: Set<string>): Generator<RefusalCount> {
  const dice = createDice(fleet.seed, -100_000 - day);
  const { releases } = fleet.history;
  const newest = releases.findLastIndex((release) => release.day <= day && !release.beta);
  for (const { share, ...what } of WRONG) {
    if (what.outcome === "dropped" && !listed.has(what.event)) continue;
    const mean = ((fleet.installs * day) / fleet.days) * PER_INSTALL * share;
    const count = Math.floor(mean * Math.exp(0.5 * dice.normal()) + dice.next());
    if (count < 1) continue;
    const release = releases[Math.max(0, newest - dice.integer(0, 2))]!;
    yield {
      ...{ ...what, count, app: fleet.app, receivedMs: fleet.start + day * DAY },
      // Of a record that is refused the version is not looked at.
      appVersion: what.outcome === "dropped" ? release.version : "",
    };
  }
}

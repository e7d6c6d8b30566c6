import { randomInt, randomUUID } from "node:crypto";
import type { Fleet, FleetRecord } from "./fleet.ts";
import { isAlive } from "./install.ts";
import type { Sender } from "./send.ts";

const RECORDS_A_SECOND = 4;

/**
 * Goes on sending in real time, a few records a second, until `signal` aborts. Each is a copy of
 * something that install did on the fleet's last days, at the present time.
 */
export async function goLive(
  fleet: Fleet,
  days: number,
  sender: Sender,
  signal: AbortSignal,
): Promise<void> {
  const recent = [days - 3, days - 2, days - 1]
    .filter((day) => day >= 0)
    .flatMap((day) => fleet.day(day).map((record) => ({ record, day })))
    .filter(({ record, day }) => isAlive(record.install, day))
    .map(({ record }) => record);
  if (recent.length === 0) return;
  while (!signal.aborted) {
    for (let left = randomInt(0, 2 * RECORDS_A_SECOND + 1); left > 0; left -= 1) {
      await sender.send(now(recent[randomInt(recent.length)]!));
    }
    await sender.flush();
    await pause(1_000, signal);
  }
}

function now(record: FleetRecord): FleetRecord {
  const time = Date.now();
  const iso = new Date(time).toISOString();
  const stamps =
    record.layer === "base" && record.event.endsWith(".heartbeat")
      ? { last_seen_at: iso, heartbeat_at: iso }
      : {};
  return { ...record, time, uid: randomUUID(), properties: { ...record.properties, ...stamps } };
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}

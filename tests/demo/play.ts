import type { Fleet } from "./fleet.ts";
import type { Sender } from "./send.ts";
import type { Truth } from "./truth.ts";

/**
 * Sends every record of the fleet, day by day, and tells the truth about each.
 *
 * @param onDay called after each day with the number of days done
 */
export async function playHistory(
  fleet: Fleet,
  days: number,
  sender: Sender,
  truth?: Truth,
  onDay?: (done: number, records: number) => void,
): Promise<void> {
  let records = 0;
  for (let day = 0; day < days; day += 1) {
    for (const record of fleet.day(day)) {
      truth?.add(record);
      records += 1;
      const room = sender.send(record);
      if (room !== undefined) await room;
    }
    // A pause for the answers: generating a day is one long stretch of work.
    await new Promise((resolve) => setImmediate(resolve));
    onDay?.(day + 1, records);
  }
  await sender.flush();
}

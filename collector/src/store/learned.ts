import type { Learned } from "@rollcall/schemas";
import type { Store } from "./client.ts";

/** As many as learning mode learns; more names than that were never stored. */
const MOST_NAMES = 1000;

/**
 * Names that an app in learning mode has taught so far, so that its limits outlive a restart.
 * @throws what the store throws
 */
export async function learnedNames(store: Store, app: string): Promise<Learned> {
  const names = async (source: string) => {
    const rows = await store.query<{ name: string }>(
      `SELECT DISTINCT name FROM (${source}) ORDER BY name LIMIT ${MOST_NAMES}`,
      { app },
    );
    return rows.map(({ name }) => name);
  };
  const from = "FROM events WHERE app = {app:String}";
  return {
    events: await names(`SELECT event AS name ${from} GROUP BY event`),
    fields: await names(
      `SELECT arrayJoin(arrayConcat(mapKeys(properties), mapKeys(numbers))) AS name ${from}`,
    ),
  };
}

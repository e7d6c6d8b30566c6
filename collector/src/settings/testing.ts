import { silent, temporaryDirectory } from "../spool/testing.ts";
import type { Store } from "../store/client.ts";
import { createSettings, type SettingsKeeper } from "./settings.ts";

/** Settings in a store that has its tables, with a directory of their own. */
export async function openTestSettings(
  store: Store,
): Promise<{ settings: SettingsKeeper; directory: string; close(): Promise<void> }> {
  const directory = await temporaryDirectory();
  const settings = await createSettings({ store, directory: directory.path, log: silent });
  await settings.load();
  return {
    settings,
    directory: directory.path,
    async close() {
      await settings.stop();
      await directory.remove();
    },
  };
}

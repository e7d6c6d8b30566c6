import type { Catalogues } from "../../catalogues.ts";
import type { Passwords } from "../../settings/passwords.ts";
import type { FixedTokens } from "../../settings/token-budgets.ts";
import type { Settings } from "../../settings/types.ts";
import type { TokenUses } from "../../settings/uses.ts";
import type { Store } from "../../store/client.ts";
import type { Retention } from "../../store/retention.ts";
import type { AppInfo } from "../operations/apps.ts";

/** What the routes under `/api/v1/settings` work on. */
export interface SettingsDeps {
  store: Store;
  settings: Settings;
  uses: Pick<TokenUses, "last">;
  retention: Pick<Retention, "preview">;
  catalogues: Pick<Catalogues, "inForce">;
  /** Ingest tokens that are no settings. */
  fixedTokens: FixedTokens;
  apps(): AppInfo[];
  passwords: Passwords;
  now(): Date;
}

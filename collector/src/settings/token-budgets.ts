import { idOfFixedToken } from "../ingest/authenticate.ts";
import type { IngestToken } from "../secrets.ts";
import { appSettings } from "./app-settings.ts";
import type { Settings } from "./types.ts";

/** An ingest token as people know it, and the most new installs a day that it may bring. */
interface TokenBudget {
  /** Never the token. */
  name: string;
  /** Its own, or else the app's, which is none for imports; null: none. */
  budget: number | null;
  /** It may send the past: what it brings is an import, and new only in this store. */
  imports: boolean;
}

/** The budgets of one app's ingest tokens. */
export interface Budgets {
  /** Of each token that has none of its own; null: none. */
  app: number | null;
  /** @param id as base records keep it; "" where they do not say */
  of(id: string): TokenBudget;
}

export type BudgetsOf = (app: string) => Budgets;

/** Ingest tokens that are no settings, and where they come from. */
export interface FixedTokens {
  tokens: readonly IngestToken[];
  source: "environment" | "file";
}

const SOURCE = { environment: "from the environment", file: "from secrets.json" } as const;

/**
 * How many new installs a day each ingest token may bring, as it is set now.
 *
 * @example
 * const budgetsOf = createBudgets(settings, { tokens, source: "environment" });
 * budgetsOf("timetracker").of("fixed-…"); // { name: "from the environment", budget: null, imports: false }
 */
export function createBudgets(settings: Pick<Settings, "get">, fixed: FixedTokens): BudgetsOf {
  const fixedNames = namesOf(fixed);
  const importers = new Set(fixed.tokens.filter(({ backfill }) => backfill).map(idOf));
  return (app) => {
    const budget = appSettings(settings, app).budget.newInstallsPerDay;
    return {
      app: budget,
      of(id) {
        const set = settings.get("ingest_token", id);
        const imports = set?.backfill ?? importers.has(id);
        const common = imports ? null : budget;
        if (set) {
          const { name, newInstallsPerDay } = set;
          return { name: name || "(no name)", budget: newInstallsPerDay ?? common, imports };
        }
        // One that was taken out of the environment is in the records of then.
        const otherwise = id === "" ? "not known" : "no longer known";
        return { name: fixedNames.get(id) ?? otherwise, budget: common, imports };
      },
    };
  };
}

/** By id; where an app has several, they are counted in the order in which they were given. */
function namesOf({ tokens, source }: FixedTokens): Map<string, string> {
  const names = new Map<string, string>();
  for (const { app, token } of tokens) {
    const ids = [...new Set(tokens.filter((one) => one.app === app).map(idOf))];
    const place = ids.length > 1 ? ` (${ids.indexOf(idOf({ token })) + 1})` : "";
    names.set(idOf({ token }), `${SOURCE[source]}${place}`);
  }
  return names;
}

const idOf = ({ token }: Pick<IngestToken, "token">) => idOfFixedToken(token);

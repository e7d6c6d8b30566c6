import type { Database } from "./database.ts";

/** What the setup wizard asks for, as the app uses it. */
export interface Settings {
  timezone: string;
  date_format: string;
  time_format: string;
  currency: string;
  company_name: string;
  company_address: string;
  company_email: string;
  company_phone: string;
  company_website: string;
  self_registration: boolean;
  rounding_minutes: number;
  single_active_timer: boolean;
  idle_timeout_minutes: number;
  google_client_id: string;
  google_client_secret: string;
  /** A copy of what Rollcall decided: `telemetry.ts` keeps it in step. */
  allow_analytics: boolean;
}

export interface SettingsStore {
  read(): Settings;
  write(changes: Partial<Settings>): void;
}

const SWITCHES = ["self_registration", "single_active_timer", "allow_analytics"] as const;

export function createSettings(database: Database): SettingsStore {
  return {
    read() {
      const row = database.one<Settings>("SELECT * FROM settings WHERE id = 1")!;
      // SQLite has no booleans.
      for (const name of SWITCHES) row[name] = Boolean(row[name]);
      return row;
    },
    write(changes) {
      const entries = Object.entries(changes);
      if (entries.length === 0) return;
      // The names are those of the interface above, never somebody's input.
      const assignments = entries.map(([name]) => `${name} = ?`).join(", ");
      const values = entries.map(([, value]) => (typeof value === "boolean" ? +value : value));
      database.run(`UPDATE settings SET ${assignments} WHERE id = 1`, ...values);
    },
  };
}

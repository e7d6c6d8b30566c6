import { createRollcall, type Rollcall } from "@rollcall/client";
import { catalogue } from "./catalogue.ts";
import { keys } from "./keys.ts";
import type { SettingsStore } from "./store/settings.ts";

/** Rollcall, typed by this app's events: a wrong name or property does not compile. */
export type Telemetry = Rollcall<typeof catalogue>;

/**
 * Starts telemetry. Nothing is sent but what the install's administrator allows: the daily base
 * report until somebody stops it, and the catalogue's events after an opt-in.
 *
 * Where to is in `keys.ts`, or else in `OTEL_EXPORTER_OTLP_ENDPOINT` and `OTEL_EXPORTER_OTLP_TOKEN`.
 */
export function startTelemetry(
  dataDir: string,
  version: string,
  settings: SettingsStore,
  env: NodeJS.ProcessEnv,
): Telemetry {
  const keepInStep = (detailed: boolean) => {
    if (settings.read().allow_analytics !== detailed) settings.write({ allow_analytics: detailed });
  };
  const telemetry = createRollcall({
    app: "timetracker",
    version,
    dataDir,
    catalogue,
    keys,
    env,
    // Nothing leaves before the administrator has seen the wizard's privacy step.
    baseTelemetry: "after-setup",
    // The app's own setting follows, also when a choice was made in another process.
    onConsentChange: ({ detailed }) => keepInStep(detailed),
  });
  keepInStep(telemetry.consent().detailed);
  return telemetry;
}

import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Mode } from "../installation/mode.ts";

/** All that decides about telemetry; what the developer's own shell or CI says must not count. */
const VARIABLES = [
  "DO_NOT_TRACK",
  "ROLLCALL",
  "ENABLE_TELEMETRY",
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "OTEL_EXPORTER_OTLP_TOKEN",
  "GRAFANA_OTLP_ENDPOINT",
  "GRAFANA_OTLP_TOKEN",
  "ROLLCALL_OWN_ENDPOINT",
  "ROLLCALL_OWN_TOKEN",
  "SENTRY_DSN",
  "SENTRY_TRACES_RATE",
];

export interface PreparedInstall {
  dataDir: string;
  token: string;
  env: Record<string, string | undefined>;
  /** Puts `process.env` back and removes the directory. */
  remove(): void;
}

/** An install in its own directory, with the environment and the recorded choice of one state. */
export function prepareInstall(
  collector: { endpoint: string; port: number },
  state: { env?: Record<string, string>; choice?: Mode },
): PreparedInstall {
  const token = randomBytes(12).toString("hex");
  const variables: Record<string, string> = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    OTEL_EXPORTER_OTLP_TOKEN: token,
    // An app that uses Sentry sends here too, so that its silence can be checked.
    SENTRY_DSN: `http://${randomBytes(16).toString("hex")}@127.0.0.1:${collector.port}/1`,
    SENTRY_TRACES_RATE: "1",
    ...state.env,
  };
  const before = VARIABLES.map((name) => [name, process.env[name]] as const);
  for (const name of VARIABLES) put(name, variables[name]);

  const dataDir = mkdtempSync(join(tmpdir(), "rollcall-egress-"));
  writeFileSync(join(dataDir, "installation.json"), installationOf(state.choice), { mode: 0o600 });
  return {
    dataDir,
    token,
    env: { ...process.env },
    remove() {
      for (const [name, value] of before) put(name, value);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function put(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

/** Setup is complete, so that an app whose base layer waits for it has nothing to wait for. */
function installationOf(choice: Mode | undefined): string {
  const now = new Date().toISOString();
  const chosen = {
    telemetry_mode: choice,
    telemetry_enabled: choice === "on",
    telemetry_decided_by: "egress-kit",
    telemetry_decided_at: now,
  };
  return JSON.stringify({
    install_id: randomUUID(),
    telemetry_salt: randomBytes(32).toString("hex"),
    first_seen_at: now,
    setup_complete: true,
    setup_completed_at: now,
    ...(choice === undefined ? {} : chosen),
  });
}

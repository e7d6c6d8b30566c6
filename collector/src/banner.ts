import type { Secrets } from "./secrets.ts";

const forUrl = (host: string) =>
  host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;

interface Listening {
  host: string;
  ingestPort: number;
  dashboardPort: number;
}

/**
 * What a person at the shell needs: where it runs, and generated tokens the one time they are new.
 * The token stands behind `#`, so following the link puts it into no server's log.
 */
export function banner(secrets: Secrets, listening: Listening, dataDir: string): string {
  const dashboard = `http://${forUrl(listening.host)}:${listening.dashboardPort}/`;
  const ingest = `http://${forUrl(listening.host)}:${listening.ingestPort}`;
  const lines = ["", "Rollcall is running.", ""];
  if (secrets.generated.admin) {
    lines.push(`  Dashboard  ${dashboard}#token=${secrets.adminToken}`);
    lines.push("             (sign-in link, shown once: it holds the administrator's token)");
  } else {
    lines.push(`  Dashboard  ${dashboard}`);
  }
  lines.push(`  Ingest     ${ingest}  (OTLP/HTTP: POST /v1/logs, /v1/traces, /v1/metrics)`);
  if (secrets.generated.ingest) {
    for (const { app, token } of secrets.ingest)
      lines.push(`  Token      ${token}  (app "${app}", shown once)`);
  }
  if (secrets.generated.admin || secrets.generated.ingest) {
    lines.push(`  Generated tokens are kept in ${dataDir}/secrets.json, readable by you alone.`);
  }
  return `${lines.join("\n")}\n\n`;
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigError, loadConfig } from "./config.ts";

const HELP = `Prints a catalogue draft from what an app in learning mode has sent.

  npm run --silent draft -- APP > data/catalogues/APP.json

Asks the running collector, with the environment that started it (ROLLCALL_HOST, ROLLCALL_PORT,
ROLLCALL_DASHBOARD_PORT, ROLLCALL_DATA_DIR, ROLLCALL_ADMIN_TOKEN). Fill in description, reason and
owner, narrow the types, and restart the collector: from then on the catalogue is enforced.
`;

function adminToken(dataDir: string, fromEnvironment: string | undefined): string {
  if (fromEnvironment !== undefined) return fromEnvironment;
  const file = join(dataDir, "secrets.json");
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { adminToken: string }).adminToken;
  } catch {
    throw new ConfigError(
      `${file} holds no administrator's token: set ROLLCALL_ADMIN_TOKEN, or ROLLCALL_DATA_DIR to the collector's`,
    );
  }
}

async function main(): Promise<void> {
  const [app] = process.argv.slice(2);
  if (app === undefined || app.startsWith("-")) {
    process.stdout.write(HELP);
    return;
  }
  const config = loadConfig(process.env);
  const url = `http://${config.host}:${config.dashboardPort ?? config.port}/api/v1/catalogue/draft?app=${encodeURIComponent(app)}`;
  const authorization = `Bearer ${adminToken(config.dataDir, config.adminToken)}`;
  const reply = await fetch(url, { headers: { authorization } }).catch(() => {
    throw new ConfigError(`no collector answers at ${new URL(url).origin}: start it first`);
  });
  if (!reply.ok) {
    const { message } = (await reply.json()) as { message: string };
    throw new ConfigError(`the collector answered ${reply.status}: ${message}`);
  }
  process.stdout.write(`${JSON.stringify(await reply.json(), null, 2)}\n`);
}

main().catch((error: Error) => {
  process.stderr.write(`rollcall: ${error instanceof ConfigError ? error.message : error.stack}\n`);
  process.exitCode = 1;
});

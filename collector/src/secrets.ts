import { randomBytes } from "node:crypto";
import { chmod, link, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError } from "./config.ts";

/** One token that may send for one app. */
export interface IngestToken {
  app: string;
  token: string;
  /** May send records older than 21 days. */
  backfill: boolean;
  /** May send traces, metrics and logs that say no install, as stock SDKs do. */
  unattributed: boolean;
}

export interface Secrets {
  ingest: IngestToken[];
  /** Where the ingest tokens come from. */
  ingestSource: "environment" | "file";
  adminToken: string;
  /** Signs session cookies; 32 bytes. */
  sessionKey: Buffer;
  /** Keys the hash of user identities; 32 bytes. A new one makes every user a new user. */
  userHashKey: Buffer;
  /** Which tokens this very start made, because neither the environment nor the file had one. */
  generated: { admin: boolean; ingest: boolean };
}

export interface SecretSources {
  dataDir: string;
  /** ROLLCALL_INGEST_TOKENS: "app:token[:right[+right]],…" */
  ingestTokensEnv: string | undefined;
  /** ROLLCALL_ADMIN_TOKEN */
  adminTokenEnv: string | undefined;
}

/** Tokens are made when first needed, so that each is shown once, at the start that made it. */
interface SecretsFile {
  adminToken?: string;
  ingestToken?: string;
  sessionKey: string;
  userHashKey: string;
}

const APP_NAME = /^[a-z][a-z0-9-]{0,39}$/;
const TOKEN = /^[A-Za-z0-9._~+/=-]{8,256}$/;
/** It opens everything, and nothing stops somebody who guesses at it but its length. */
const ADMIN_TOKEN = /^[A-Za-z0-9._~+/=-]{16,256}$/;
const RIGHTS: ReadonlySet<string> = new Set(["backfill", "unattributed"]);
const KEY_BYTES = 32;
const INGEST_ALLOWED =
  "allowed is a comma list of app:token or app:token:rights (backfill, unattributed or backfill+unattributed), app as [a-z][a-z0-9-]{0,39}, token as 8 to 256 of [A-Za-z0-9._~+/=-]";

/** What is wrong with one "app:token[:rights]" entry, or null. Never repeats any of it: a token may stand in any place. */
function entryProblem(parts: string[]): string | null {
  const [app = "", token = "", rights] = parts;
  if (parts.length < 2 || parts.length > 3) return `${parts.length} parts between colons`;
  if (!APP_NAME.test(app)) return `an app name of ${app.length} characters that is not allowed`;
  if (!TOKEN.test(token)) return `a token of ${token.length} characters that is not allowed`;
  if (rights !== undefined && !rights.split("+").every((right) => RIGHTS.has(right))) {
    return "a third part that is no right";
  }
  return null;
}

/**
 * Reads ROLLCALL_INGEST_TOKENS.
 *
 * @throws ConfigError with one line that names the entry by its place, never by its content.
 * @example parseIngestTokens("timetracker:rci_8f3a61:backfill") // [{ app: "timetracker", token: "rci_8f3a61", backfill: true, … }]
 */
export function parseIngestTokens(text: string): IngestToken[] {
  const entries = text.split(",").map((entry) => entry.trim());
  const fail = (place: number, found: string): never => {
    throw new ConfigError(
      `ROLLCALL_INGEST_TOKENS: found ${found} in entry ${place} of ${entries.length}, ${INGEST_ALLOWED}`,
    );
  };
  const seen = new Map<string, number>();
  return entries.map((entry, index) => {
    const place = index + 1;
    if (entry === "") return fail(place, "nothing");
    const parts = entry.split(":");
    const problem = entryProblem(parts);
    if (problem !== null) return fail(place, problem);
    const [app = "", token = "", rights = ""] = parts;
    const has = new Set(rights.split("+"));
    const earlier = seen.get(token);
    if (earlier !== undefined) return fail(place, `the same token as in entry ${earlier}`);
    seen.set(token, place);
    return { app, token, backfill: has.has("backfill"), unattributed: has.has("unattributed") };
  });
}

function checkAdminToken(token: string): string {
  if (ADMIN_TOKEN.test(token)) return token;
  throw new ConfigError(
    `ROLLCALL_ADMIN_TOKEN: found ${token.length} characters that are no such token, allowed are 16 to 256 of [A-Za-z0-9._~+/=-]; leave it unset to have one made`,
  );
}

function parseSecretsFile(path: string, text: string): SecretsFile {
  const refuse = (found: string): never => {
    throw new ConfigError(
      `${path}: found ${found}, allowed is the file as the collector wrote it; restore it from a backup, or remove it to get new tokens and keys (users are then counted anew)`,
    );
  };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refuse("text that is not JSON");
  }
  const file = (typeof json === "object" && json !== null ? json : {}) as Record<string, unknown>;
  for (const [name, allowed] of [
    ["adminToken", ADMIN_TOKEN],
    ["ingestToken", TOKEN],
  ] as const) {
    const value = file[name];
    if (value !== undefined && (typeof value !== "string" || !allowed.test(value))) {
      return refuse(`no valid "${name}"`);
    }
  }
  for (const name of ["sessionKey", "userHashKey"]) {
    const value = file[name];
    if (typeof value !== "string" || Buffer.from(value, "base64url").length !== KEY_BYTES) {
      return refuse(`no valid "${name}"`);
    }
  }
  return file as unknown as SecretsFile; // every field was just checked
}

async function readSecretsFile(path: string): Promise<SecretsFile | null> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new ConfigError(
      `${path}: cannot be read (${(error as NodeJS.ErrnoException).code}); it must be a file of the user that runs the collector`,
    );
  }
  // Somebody may have copied it with a wider mode: the owner can mend that, anybody else must be told.
  const mode = (await stat(path)).mode & 0o777;
  if ((mode & 0o077) !== 0) {
    await chmod(path, 0o600).catch(() => {
      throw new ConfigError(
        `${path}: found mode ${mode.toString(8)}, allowed is 600 (others can read the tokens)`,
      );
    });
  }
  return parseSecretsFile(path, text);
}

/**
 * Whole or not at all, also through a power cut: a half-written key would orphan every user hash.
 *
 * @param replace false for the first file: then one that another start made meanwhile stays
 * @returns false where that happened
 */
async function writeSecretsFile(
  directory: string,
  path: string,
  file: SecretsFile,
  replace: boolean,
): Promise<boolean> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    const handle = await open(temporary, "wx", 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(file, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (replace) await rename(temporary, path);
    else await link(temporary, path);
    const parent = await open(directory, "r");
    await parent.sync().finally(() => parent.close());
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && !replace) return false;
    throw new ConfigError(
      `ROLLCALL_DATA_DIR: found ${directory}, where secrets.json cannot be written (${code}); allowed is a directory that the collector may write`,
    );
  } finally {
    await rm(temporary, { force: true });
  }
}

const random = () => randomBytes(KEY_BYTES).toString("base64url");

/**
 * The tokens and keys of this collector: tokens from the environment where it names them, else from
 * `secrets.json` (mode 0600) in the data directory, which the first start makes. Two first starts at
 * once end up with the same file.
 *
 * @throws ConfigError with one line that names the variable or file, what was found and what is allowed.
 * @example (await loadSecrets({ dataDir: "./data", ingestTokensEnv: undefined, adminTokenEnv: undefined })).ingest
 * // [{ app: "default", token: "rci_…", backfill: false, unattributed: false }]
 */
export async function loadSecrets(sources: SecretSources): Promise<Secrets> {
  const { dataDir, ingestTokensEnv, adminTokenEnv } = sources;
  const ingest = ingestTokensEnv ? parseIngestTokens(ingestTokensEnv) : null;
  const admin = adminTokenEnv ? checkAdminToken(adminTokenEnv) : null;
  if (admin !== null && ingest?.some((entry) => entry.token === admin)) {
    throw new ConfigError(
      "ROLLCALL_ADMIN_TOKEN: found a token that ROLLCALL_INGEST_TOKENS also has, allowed is one of its own (ingest tokens ship in builds)",
    );
  }
  const path = join(dataDir, "secrets.json");
  await mkdir(dataDir, { recursive: true, mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(
      `ROLLCALL_DATA_DIR: found ${dataDir}, which cannot be made (${error.code}); allowed is a directory that the collector may write`,
    );
  });
  const found = await readSecretsFile(path);
  const file: SecretsFile = found ?? { sessionKey: random(), userHashKey: random() };
  const generated = {
    admin: admin === null && file.adminToken === undefined,
    ingest: ingest === null && file.ingestToken === undefined,
  };
  if (generated.admin) file.adminToken = `rca_${random()}`;
  if (generated.ingest) file.ingestToken = `rci_${random()}`;
  if (found === null || generated.admin || generated.ingest) {
    const written = await writeSecretsFile(dataDir, path, file, found !== null);
    if (!written) return loadSecrets(sources);
  }
  return {
    ingest: ingest ?? [
      {
        ...{ app: "default", token: file.ingestToken ?? "" },
        ...{ backfill: false, unattributed: false },
      },
    ],
    ingestSource: ingest === null ? "file" : "environment",
    adminToken: admin ?? file.adminToken ?? "",
    sessionKey: Buffer.from(file.sessionKey, "base64url"),
    userHashKey: Buffer.from(file.userHashKey, "base64url"),
    generated,
  };
}

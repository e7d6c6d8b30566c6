import { renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { isPlaceholder, keysPattern } from "../config/embedded.ts";
import { sentryHost } from "../config/sentry-dsn.ts";
import { resolveEndpoint } from "../delivery/endpoint.ts";
import { findFiles } from "./find-files.ts";
import type { Outcome } from "./outcome.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const VARIABLES = ["ROLLCALL_ENDPOINT", "ROLLCALL_TOKEN", "ROLLCALL_SENTRY_DSN"] as const;
type Values = Record<(typeof VARIABLES)[number], string>;

/** Replaces the placeholders in every keys text. What is embedded already stays as it is. */
export function writeKeys(paths: readonly string[], env: Environment): Outcome {
  const values = readValues(env);
  const problems = problemsOf(values);
  if (problems.length > 0) return { code: 2, lines: problems };
  const lines: string[] = [];
  for (const { path, text } of findFiles(paths)) {
    let filled = 0;
    let there = 0;
    const next = text.replace(keysPattern(), (keys) => {
      there += 1;
      return keys.replace(/%%[A-Z0-9_]+%%/g, (placeholder) => {
        if (!isKnown(placeholder)) return placeholder;
        filled += 1;
        return values[placeholder.slice(2, -2) as keyof Values];
      });
    });
    if (there === 0) continue;
    if (filled > 0) replaceBytes(path, next);
    lines.push(`${path}: ${filled === 0 ? "no placeholder left" : `${filled} values written`}`);
  }
  if (lines.length === 0) return { code: 1, lines: ["no rollcall-keys/1 text was found"] };
  return { code: 0, lines };
}

function isKnown(placeholder: string): boolean {
  return isPlaceholder(placeholder) && VARIABLES.some((name) => placeholder === `%%${name}%%`);
}

function readValues(env: Environment): Values {
  return Object.fromEntries(VARIABLES.map((name) => [name, env[name] ?? ""])) as Values;
}

/** A problem names the variable and never shows its value: it stands in a build's log. */
function problemsOf(values: Values): string[] {
  const { ROLLCALL_ENDPOINT: endpoint, ROLLCALL_TOKEN: token, ROLLCALL_SENTRY_DSN: dsn } = values;
  const problems = VARIABLES.filter((name) => /[^\x21-\x7e]|["'`\\]|%%/.test(values[name])).map(
    (name) => `${name}: it holds a space, a quote, a backslash, %% or a character beyond ASCII`,
  );
  if (problems.length > 0) return problems;
  const resolved = endpoint === "" ? null : resolveEndpoint(endpoint);
  if (resolved?.ok === false) {
    problems.push(`ROLLCALL_ENDPOINT: ${resolved.problem.replace(/^endpoint /, "it ")}`);
  }
  if (endpoint === "" && token !== "") {
    problems.push("ROLLCALL_TOKEN is set and ROLLCALL_ENDPOINT is not");
  }
  if (dsn !== "" && sentryHost(dsn) === null) {
    problems.push("ROLLCALL_SENTRY_DSN: it must be a DSN such as https://key@host/1");
  }
  return problems;
}

/** A build that is stopped here leaves the old file or the new one. */
function replaceBytes(path: string, latin1: string): void {
  const temporary = `${path}.rollcall-${process.pid}`;
  try {
    writeFileSync(temporary, latin1, { encoding: "latin1", mode: statSync(path).mode });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

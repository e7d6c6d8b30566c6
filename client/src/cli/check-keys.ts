import { isPlaceholder, keysPattern } from "../config/embedded.ts";
import { sentryHost } from "../config/sentry-dsn.ts";
import { resolveEndpoint } from "../delivery/endpoint.ts";
import { findFiles } from "./find-files.ts";
import type { Outcome } from "./outcome.ts";

/** What one value is, in words, and whether a build may ship with it. */
interface Verdict {
  words: string;
  good: boolean;
}

/**
 * Says for each file that holds keys what is embedded in it, without showing a token. Wrong are: no
 * keys anywhere, a placeholder that is left, a value that the client would not accept.
 */
export function checkKeys(paths: readonly string[]): Outcome {
  const lines: string[] = [];
  let found = 0;
  let wrong = 0;
  for (const { path, text } of findFiles(paths)) {
    for (const { groups = {} } of text.matchAll(keysPattern())) {
      const verdicts = {
        endpoint: judge(groups.endpoint ?? "", endpointWords),
        token: judge(groups.token ?? "", tokenWords),
        sentry_dsn: judge(groups.sentryDsn ?? "", dsnWords),
      };
      lines.push(`${path}:`);
      for (const [name, { words }] of Object.entries(verdicts)) lines.push(`  ${name}: ${words}`);
      found += 1;
      wrong += Object.values(verdicts).filter(({ good }) => !good).length;
    }
  }
  if (found === 0) return { code: 1, lines: ["no rollcall-keys/1 text was found"] };
  return { code: wrong === 0 ? 0 : 1, lines };
}

function judge(value: string, wordsOf: (value: string) => string | null): Verdict {
  if (isPlaceholder(value)) return { words: `${value} is still a placeholder`, good: false };
  if (value.includes("%%")) return { words: "a placeholder was replaced in part", good: false };
  if (value === "") return { words: "empty", good: true };
  const words = wordsOf(value);
  return words === null ? { words: "not acceptable", good: false } : { words, good: true };
}

function endpointWords(value: string): string | null {
  const resolved = resolveEndpoint(value);
  return resolved.ok ? `${resolved.url.origin}${resolved.url.pathname}` : null;
}

/** Enough to tell two tokens apart, and too little to use one. */
const SHOWN_CHARACTERS = 4;
const SHOWN_FROM_LENGTH = 24;

function tokenWords(value: string): string {
  const end = value.length >= SHOWN_FROM_LENGTH ? `, ends …${value.slice(-SHOWN_CHARACTERS)}` : "";
  return `set, ${value.length} characters${end}`;
}

function dsnWords(value: string): string | null {
  const host = sentryHost(value);
  return host === null ? null : `set, host ${host}`;
}

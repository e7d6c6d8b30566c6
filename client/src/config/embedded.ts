/** What a build put in. "" = absent. */
export interface EmbeddedKeys {
  endpoint: string;
  token: string;
  sentryDsn: string;
}

export type ParsedKeys = { ok: true; keys: EmbeddedKeys } | { ok: false; problem: string };

const HEAD = "rollcall-keys/1";
const FIELDS = { endpoint: "endpoint", token: "token", sentryDsn: "sentry_dsn" } as const;
const VALUE = "[^\\s\"'`\\\\]*";

/**
 * The shape of the keys' text, as it stands in a source file or a bundle. A value ends at a space, a
 * quote or a backslash, none of which may be in one: so the text is the same in every kind of string
 * literal, and finding it needs no parser. It is put together here, as a bundle of an app holds this
 * module too and must not be found to hold keys because of it.
 *
 * @returns a pattern that finds all of them, with the groups `endpoint`, `token` and `sentryDsn`
 */
export function keysPattern(): RegExp {
  const fields = Object.entries(FIELDS).map(([group, name]) => `${name}=(?<${group}>${VALUE})`);
  return new RegExp([HEAD, ...fields].join(" "), "g");
}

/** A placeholder that a build did not replace, such as `%%ROLLCALL_TOKEN%%`. */
export function isPlaceholder(value: string): boolean {
  return /^%%[A-Z0-9_]+%%$/.test(value);
}

/**
 * Reads the `keys` option. A placeholder that is still there counts as absent, so that the same
 * source runs from a checkout and from a build.
 *
 * @param text undefined or "" for an app that embeds nothing
 *
 * @example
 * parseEmbeddedKeys(KEYS); // { ok: true, keys: { endpoint: "https://t.example.org", token: "", … } }
 */
export function parseEmbeddedKeys(text: string | undefined): ParsedKeys {
  if (text === undefined || text === "") {
    return { ok: true, keys: { endpoint: "", token: "", sentryDsn: "" } };
  }
  const [match] = text.matchAll(keysPattern());
  if (match?.[0] !== text) {
    const shape = [HEAD, ...Object.values(FIELDS).map((name) => `${name}=…`)].join(" ");
    return { ok: false, problem: `keys: allowed is "${shape}" and nothing else` };
  }
  return { ok: true, keys: keysOf(match) };
}

/** The values of one match of `keysPattern`, placeholders as "". */
export function keysOf(match: RegExpMatchArray): EmbeddedKeys {
  const value = (name: keyof EmbeddedKeys) => {
    const found = match.groups?.[name] ?? "";
    return isPlaceholder(found) ? "" : found;
  };
  return { endpoint: value("endpoint"), token: value("token"), sentryDsn: value("sentryDsn") };
}

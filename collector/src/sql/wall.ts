import { isWord, type Token, tokenize, unquote } from "../engine/lexer.ts";
import { whyReaderMayNot } from "../engine/statement.ts";

/**
 * System tables that describe the store. The others show what somebody else asked (`processes`,
 * `query_log`, `query_cache`, `errors`), what was erased (`mutations`), secrets of a server
 * (`named_collections`, `dictionaries`) or the machine.
 */
const SYSTEM_TABLES = new Set(
  `aggregate_function_combinators collations columns contributors data_skipping_indices
  data_type_families databases events formats functions keywords merges metrics numbers numbers_mt one
  parts parts_columns primary_indexes projections settings table_engines table_functions tables time_zones
  zeros zeros_mt`.split(/\s+/),
);

/** Of these, those that hold nothing about the tables of others. */
const SYSTEM_TABLES_FOR_RESTRICTED = new Set(
  `aggregate_function_combinators collations data_type_families formats functions keywords numbers numbers_mt
  one settings table_functions time_zones zeros zeros_mt`.split(/\s+/),
);

const SHOWN = new Set(
  `TABLES DATABASES COLUMNS FIELDS FULL EXTENDED CREATE INDEX INDEXES INDICES KEYS FUNCTIONS SETTINGS
  CHANGED ENGINES`.split(/\s+/),
);
const SHOWN_TO_RESTRICTED = new Set(["TABLES", "COLUMNS", "FIELDS", "FULL", "FUNCTIONS"]);

/** Functions that tell about the machine and not about the data. */
const ABOUT_THE_MACHINE = new Set(
  `buildid displayname filesystemavailable filesystemcapacity filesystemunreserved fqdn
  getmacro getoskernelversion getserverport getserversetting hostname serveruuid tcpport uptime
  zookeepersessionuptime`.split(/\s+/),
);

/** Formats whose writer reads or makes a schema file, and functions that take a format's name as text. */
const FORMATS_WITH_FILES = /^(CapnProto|Protobuf\w*|Template\w*)$/i;
const FORMATTING = new Set(["formatrow", "formatrownonewline"]);

/** Names of databases of published counts. */
export const PUBLISHED_DATABASE = /published_[0-9a-f]{32}/g;

/**
 * Why whoever may read every table may not run a statement, or null. Stands before the engine's own
 * wall and the read-only connection.
 *
 * @param canonical as `formatQuerySingleLine` wrote it
 */
export function whySqlMayNot(canonical: string): string | null {
  return whyNot(canonical, SYSTEM_TABLES, SHOWN);
}

/**
 * Why a restricted reader may not run a statement, or null: nothing about the store, nothing about the
 * machine, and no name of a database but the caller's own, wherever it stands.
 */
export function whyRestrictedMayNot(canonical: string, ownDatabase: string): string | null {
  const why = whyNot(canonical, SYSTEM_TABLES_FOR_RESTRICTED, SHOWN_TO_RESTRICTED);
  if (why !== null) return why;
  const tokens = tokenize(canonical);
  if (tokens.some((token) => nameOf(token) === "information_schema")) {
    return "information_schema is not allowed";
  }
  const others = [...tokens.map(unquote).join("\n").matchAll(PUBLISHED_DATABASE)];
  if (others.some(([name]) => name !== ownDatabase)) return "another database is not allowed";
  const call = calls(tokens).find((name) => ABOUT_THE_MACHINE.has(name));
  return call === undefined ? null : `function ${call} is not allowed`;
}

function whyNot(
  canonical: string,
  systemTables: ReadonlySet<string>,
  shown: ReadonlySet<string>,
): string | null {
  const why = whyReaderMayNot(canonical);
  if (why !== null) return why;
  const tokens = tokenize(canonical);
  for (const [at, token] of tokens.entries()) {
    // `system.x`, however it is quoted, and a name that has the dot in it.
    if (token.kind === "quoted" && /^(system|information_schema)\./i.test(unquote(token))) {
      return "a name that begins like a system table's is not allowed";
    }
    if (nameOf(token) !== "system" || tokens[at + 1]?.text !== ".") continue;
    const table = tokens[at + 2];
    const name = table === undefined ? "" : unquote(table);
    if (!systemTables.has(name)) return `table system.${name} is not allowed`;
  }
  const [first, second] = tokens;
  if (isWord(first, "SHOW") && !shown.has(second?.text.toUpperCase() ?? "")) {
    return `SHOW ${second?.text ?? ""} is not allowed`;
  }
  const writes = calls(tokens).find((name) => FORMATTING.has(name));
  if (writes !== undefined) return `function ${writes} is not allowed`;
  const format = formatOf(tokens);
  if (format !== null && FORMATS_WITH_FILES.test(format)) return `FORMAT ${format} is not allowed`;
  return null;
}

/** The format that a statement asks for in its own text, or null. */
export function formatNamed(canonical: string): string | null {
  return formatOf(tokenize(canonical));
}

/** True for a format whose name may not come by the URL either. */
export const isRefusedFormat = (name: string): boolean => FORMATS_WITH_FILES.test(name);

function formatOf(tokens: Token[]): string | null {
  const [before, name] = tokens.slice(-2);
  return isWord(before, "FORMAT") && name?.kind === "word" ? name.text : null;
}

/** Names of the functions that are called. */
const calls = (tokens: Token[]): string[] =>
  tokens.filter((_, at) => tokens[at + 1]?.text === "(").map(nameOf);

const nameOf = (token: Token): string => unquote(token).toLowerCase();

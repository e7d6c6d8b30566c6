import { isWord, type Token, tokenize, unquote } from "./lexer.ts";

/** True where a text holds more than one statement. */
export function hasSeveralStatements(sql: string): boolean {
  const tokens = tokenize(sql);
  const end = tokens.findIndex((t) => t.text === ";");
  return end >= 0 && tokens.slice(end).some((t) => t.text !== ";");
}

/** The query id of `KILL QUERY WHERE query_id = '…' [SYNC|ASYNC]`; null where it is another statement. */
export function killTarget(sql: string): string | null {
  const tokens = tokenize(sql).filter((t) => t.text !== ";");
  const [kill, query, where, column, equals, id, mode] = tokens;
  const matches =
    isWord(kill, "KILL") &&
    isWord(query, "QUERY") &&
    isWord(where, "WHERE") &&
    column?.text === "query_id" &&
    equals?.text === "=" &&
    id?.kind === "string" &&
    (mode === undefined || isWord(mode, "SYNC") || isWord(mode, "ASYNC")) &&
    tokens.length <= 7;
  return matches ? unquote(id) : null;
}

/** True for statements that would change the connection they run on and nothing else. */
export function isSessionStatement(sql: string): boolean {
  const [first] = tokenize(sql.slice(0, 1000));
  return isWord(first, "SET") || isWord(first, "USE");
}

const READING = new Set(["SELECT", "WITH", "SHOW", "DESCRIBE", "EXPLAIN", "EXISTS"]);
const EXPLAINED = new Set(["AST", "SYNTAX", "QUERY", "TREE", "PLAN", "PIPELINE", "ESTIMATE"]);

/**
 * Table functions that make rows up, or read a table that stands in the text by its name. Any other
 * may open a file, a socket or a process.
 */
export const HARMLESS_TABLE_FUNCTIONS: ReadonlySet<string> = new Set(
  `fuzzJSON fuzzQuery generateRandom generateSeries generate_series null numbers numbers_mt primes
  SQLStandardValues values view viewIfPermitted zeros zeros_mt format`
    .split(/\s+/)
    .map((name) => name.toLowerCase()),
);

/**
 * Table functions and functions that reach outside the database, or (`loop`, `mergeTreeIndex`) read a
 * table by a name that is put together; a test holds them to the engine.
 */
export const REFUSED_FUNCTIONS: ReadonlySet<string> = new Set(
  `arrowstream azureBlobStorage azureBlobStorageCluster cluster clusterAllReplicas cosn deltaLake
  deltaLakeAzure deltaLakeAzureCluster deltaLakeCluster deltaLakeLocal deltaLakeS3
  deltaLakeS3Cluster eval executable file fileCluster filesystem gcs hdfs hdfsCluster
  hudi hudiCluster iceberg icebergAzure icebergAzureCluster icebergCluster icebergHDFS
  icebergHDFSCluster icebergLocal icebergLocalCluster icebergS3 icebergS3Cluster input jdbc loop merge mongodb
  mysql odbc oss paimon paimonAzure paimonAzureCluster paimonCluster paimonHDFS paimonHDFSCluster
  paimonLocal paimonS3 paimonS3Cluster postgresql prometheusQuery prometheusQueryRange python redis
  remote remoteSecure s3 s3Cluster sqlite url urlCluster viewExplain ytsaurus
  dictionary mergeTreeAnalyzeIndexes mergeTreeAnalyzeIndexesUUID mergeTreeIndex mergeTreeProjection
  mergeTreeTextIndex timeSeriesData timeSeriesMetrics timeSeriesSamples timeSeriesSelector timeSeriesTags
  aiClassify aiEmbed aiExtract aiGenerate aiTranslate catboostEvaluate getClientHTTPHeader
  generateSerialID hasColumnInTable joinGet joinGetOrNull logTrace reverseDNSQuery showCertificate`
    .split(/\s+/)
    .map((name) => name.toLowerCase()),
);

/** Hashes of passwords and tokens stand in them. */
const HIDDEN_TABLES = ["settings_log", "token_uses", "store_secrets"];

/**
 * Why a reader may not run a statement, or null where it may. A second wall: the reader's
 * connection is `readonly = 1`, which lets through `INTO OUTFILE`, `file()` as a scalar function,
 * `DESCRIBE` of a file or an address, `SETTINGS` of a subquery, `USE` and `KILL QUERY`.
 * @param canonical the text as `formatQuerySingleLine` wrote it: one statement, no comments, and
 *   no quoting that only ClickHouse's own lexer knows.
 */
export function whyReaderMayNot(canonical: string): string | null {
  const tokens = tokenize(canonical);
  const first = tokens.find((t) => t.text !== "(");
  const verb = first?.kind === "word" ? first.text.toUpperCase() : "";
  if (!READING.has(verb)) {
    return "only one SELECT, WITH, SHOW, DESCRIBE, EXPLAIN or EXISTS statement is allowed";
  }
  const isSecond = (t: Token, i: number) => isWord(t, "PARALLEL") && isWord(tokens[i + 1], "WITH");
  if (tokens.some((t, i) => t.text === ";" || isSecond(t, i)))
    return "only one statement is allowed";
  if (tokens.some((t) => isWord(t, "OUTFILE"))) return "INTO OUTFILE is not allowed";
  if (tokens.some((_, i) => isSettingsClause(tokens, i))) return "a SETTINGS clause is not allowed";
  const call = tokens.find((t, i) => tokens[i + 1]?.text === "(" && isRefusedName(t));
  if (call !== undefined) return `function ${unquote(call)} is not allowed`;
  const hidden = tokens.find((t) => HIDDEN_TABLES.some((name) => unquote(t).includes(name)));
  if (hidden !== undefined) return "the settings are not to be read by SQL";
  if (tokens.some((t, i) => t.text === ":" && named(tokens[i + 1], "identifier"))) {
    return "a parameter cannot be a name";
  }
  // Reading it starts another process; `merge` could read it by a pattern.
  if (tokens.some((t, i) => named(t, "models") && named(tokens[i - 2], "system"))) {
    return "table system.models is not allowed";
  }
  if (verb === "EXPLAIN" && !explainsRead(tokens)) return "only a SELECT can be explained";
  if (verb === "DESCRIBE" || verb === "EXISTS" || verb === "SHOW") {
    const path = tokens.find((t) => t.kind === "quoted" && /[./\\]/.test(unquote(t)));
    if (path !== undefined) return `${path.text} is not allowed in ${verb}`;
  }
  return null;
}

/**
 * ClickHouse does not check the SETTINGS of a subquery: `readonly = 0` there switches `readonly`
 * off for it (seen in 26.7), so that this is the wall and not a courtesy.
 */
function isSettingsClause(tokens: Token[], i: number): boolean {
  if (!isWord(tokens[i], "SETTINGS") || tokens[i - 1]?.text === ".") return false;
  const [name, sign] = [tokens[i + 1], tokens[i + 2]];
  const assigns = sign?.text === "=" || sign?.text === ".";
  // In canonical text a keyword is in capitals; a column or table of this name seldom is.
  return tokens[i]?.text === "SETTINGS" || (assigns && name?.kind !== "symbol");
}

function named(token: Token | undefined, name: string): boolean {
  return token !== undefined && unquote(token).toLowerCase() === name;
}

function isRefusedName(token: Token): boolean {
  if (token.kind !== "word" && token.kind !== "quoted") return false;
  return REFUSED_FUNCTIONS.has(unquote(token).toLowerCase());
}

/** `EXPLAIN [kind] [setting = value, …] SELECT|WITH …` */
function explainsRead(tokens: Token[]): boolean {
  for (let i = 1; i < tokens.length; i++) {
    const token = tokens[i];
    if (isWord(token, "SELECT") || isWord(token, "WITH")) return true;
    if (token?.text === "(" || token?.text === ",") continue;
    if (token?.kind === "word" && EXPLAINED.has(token.text.toUpperCase())) continue;
    if (token?.kind === "word" && tokens[i + 1]?.text === "=") i += 2;
    else return false;
  }
  return false;
}

/** The first `{name:Type}` placeholder of a text that has no value, or null. */
export function missingParameter(sql: string, params: Record<string, string>): string | null {
  const tokens = tokenize(sql);
  for (const [i, token] of tokens.entries()) {
    const name = tokens[i + 1];
    if (token.text !== "{" || name?.kind !== "word" || tokens[i + 2]?.text !== ":") continue;
    if (!(name.text in params)) return name.text;
  }
  return null;
}

import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "./database.ts";
import { type EngineException, exception, fromThrown, unsupported } from "./exception.ts";
import type { Gate } from "./gate.ts";
import type { Identity } from "./identity.ts";
import type { Incoming, IncomingFile } from "./incoming.ts";
import { type Column, type DataInsert, insertFromFile, parseDataInsert } from "./insert.ts";
import { readerSettings } from "./reader.ts";
import type { QueryRequest } from "./request.ts";
import type { RunningStatement, RunningStatements } from "./running.ts";
import {
  hasSeveralStatements,
  isSessionStatement,
  killTarget,
  missingParameter,
  whyReaderMayNot,
} from "./statement.ts";

export type Outcome = { ok: true; output: Uint8Array } | { ok: false; exception: EngineException };

export interface ExecuteParts {
  database: Database;
  incoming: Incoming;
  running: RunningStatements;
  gates: Record<Identity, Gate>;
  readerLimits: Record<string, string>;
}

export interface Arrival {
  identity: Identity;
  request: QueryRequest;
  /** Decompressed. */
  body: Readable;
  /** Aborts when the client is gone. Only a reader's statement is stopped by it. */
  gone: AbortSignal;
}

const DONE: Outcome = { ok: true, output: new Uint8Array(0) };
const MAX_TEXT_BYTES = 64 * 1024 * 1024;
const refuse = (refused: EngineException): Outcome => ({ ok: false, exception: refused });

/** Runs one request to its end, and counts and names it while it runs. */
export async function execute(parts: ExecuteParts, arrival: Arrival): Promise<Outcome> {
  const { queryId } = arrival.request;
  const statement = parts.running.add(queryId);
  if (statement === null) {
    const message = `Query with id = ${queryId} is already running`;
    return refuse(exception(216, "QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING", message));
  }
  try {
    return arrival.identity === "owner"
      ? await executeForOwner(parts, arrival, statement)
      : await executeForReader(parts, arrival, statement);
  } catch (error) {
    return refuse(fromThrown(error));
  } finally {
    statement.finish();
  }
}

async function executeForOwner(
  parts: ExecuteParts,
  { request, body }: Arrival,
  statement: RunningStatement,
): Promise<Outcome> {
  const insertInUrl = request.query === null ? null : parseDataInsert(request.query);
  const sql = insertInUrl ? (request.query ?? "") : await wholeText(request.query, body);
  const insert = insertInUrl ?? parseDataInsert(sql);
  if (insert !== null) return insertData(parts, request, sql, insert, body, statement);

  const target = killTarget(sql);
  if (target !== null) return kill(parts, target);
  if (hasSeveralStatements(sql)) {
    return refuse(exception(62, "SYNTAX_ERROR", "Multi-statements are not allowed"));
  }
  if (isSessionStatement(sql)) {
    return refuse(unsupported("SET and USE have no session to change, use URL parameters"));
  }
  return inTurn(parts, "owner", statement, () => run(parts, request, sql, statement));
}

async function executeForReader(
  parts: ExecuteParts,
  { request, body, gone }: Arrival,
  statement: RunningStatement,
): Promise<Outcome> {
  const sql = await wholeText(request.query, body);
  const asked = readerSettings(request.settings, parts.readerLimits);
  if ("refused" in asked) return refuse(asked.refused);
  const stop = (): void => void cancel(parts, statement);
  gone.addEventListener("abort", stop);
  if (gone.aborted) stop();
  return inTurn(parts, "reader", statement, async () => {
    const canonical = await parts.database.canonical(sql);
    const why = whyReaderMayNot(canonical);
    if (why !== null) return refuse(exception(164, "READONLY", `Cannot execute query: ${why}`));
    const limited = { ...request, settings: asked.settings };
    // The canonical text runs, so that what was looked at is what is executed.
    return run(parts, limited, canonical, statement);
  });
}

/** Waits for a place among the identity's running statements. */
async function inTurn(
  { gates }: ExecuteParts,
  identity: Identity,
  statement: RunningStatement,
  task: () => Promise<Outcome>,
): Promise<Outcome> {
  const entered = gates[identity].enter();
  if (entered === null) {
    const message = "Too many simultaneous queries are waiting";
    return refuse(exception(202, "TOO_MANY_SIMULTANEOUS_QUERIES", message));
  }
  const leave = await entered;
  try {
    if (!statement.cancelled) return await task();
    return refuse(exception(394, "QUERY_WAS_CANCELLED", "Query was cancelled"));
  } finally {
    leave();
  }
}

async function run(
  { database }: ExecuteParts,
  request: QueryRequest,
  sql: string,
  { mark }: RunningStatement,
): Promise<Outcome> {
  const missing = missingParameter(sql, request.params);
  if (missing !== null) {
    const message = `Substitution \`${missing}\` is not set`;
    return refuse(exception(456, "UNKNOWN_QUERY_PARAMETER", message));
  }
  const { defaultFormat: format, settings, params, database: name } = request;
  const output = await database.run({ sql, format, database: name, settings, params, mark });
  return { ok: true, output };
}

async function insertData(
  parts: ExecuteParts,
  request: QueryRequest,
  sql: string,
  insert: DataInsert,
  body: Readable,
  statement: RunningStatement,
): Promise<Outcome> {
  if (insert.format !== "Native" && insert.format !== "JSONEachRow") {
    return refuse(unsupported(`INSERT … FORMAT ${insert.format}: only Native and JSONEachRow are`));
  }
  if (insert.inlineData !== "" && insert.format === "Native") {
    return refuse(unsupported("Native data after the text: send the statement as ?query="));
  }
  const statementText = sql.slice(0, sql.length - insert.inlineData.length);
  if (hasSeveralStatements(statementText)) {
    return refuse(exception(62, "SYNTAX_ERROR", "Multi-statements are not allowed"));
  }
  const file = await parts.incoming.save(insert.inlineData, body);
  try {
    if (file.bytes === 0) return DONE;
    return await inTurn(parts, "owner", statement, async () => {
      const columns = insert.input === null ? await columnsOf(parts, request, insert, file) : [];
      if ("code" in columns) return refuse(columns);
      const fromFile = insertFromFile(insert, file.path, columns);
      return run(parts, request, fromFile, statement);
    });
  } finally {
    await file.remove();
  }
}

/** The columns that the data holds, by name, so that the table's own defaults fill the others. */
async function columnsOf(
  { database }: ExecuteParts,
  request: QueryRequest,
  insert: DataInsert,
  file: IncomingFile,
): Promise<Column[] | EngineException> {
  const describe = async (what: string, mark: string): Promise<Column[]> => {
    const output = await database.run({
      ...{ sql: `DESCRIBE TABLE ${what}`, format: "JSONEachRow", mark },
      ...{ database: request.database, settings: {}, params: {} },
    });
    const lines = Buffer.from(output).toString().trimEnd().split("\n");
    return lines.map((line) => JSON.parse(line) as Column);
  };
  const found = await describe(`file('${file.path}', '${insert.format}')`, `${file.path}-data`);
  const stranger = found.find((c) => insert.columns !== null && !insert.columns.includes(c.name));
  if (stranger !== undefined) {
    return exception(117, "INCORRECT_DATA", `Column ${stranger.name} is not in the list to insert`);
  }
  if (insert.format === "Native") return found;
  // Other formats carry no types: the table's own, not what could be guessed from the values.
  const types = new Map(
    (await describe(insert.target, `${file.path}-table`)).map((c) => [c.name, c.type]),
  );
  const unknown = found.find((c) => !types.has(c.name));
  if (unknown !== undefined) {
    return exception(117, "INCORRECT_DATA", `Unknown field found while parsing: ${unknown.name}`);
  }
  return found.map(({ name }) => ({ name, type: types.get(name) ?? "String" }));
}

/** Answers once no statement of this id runs. */
async function kill(parts: ExecuteParts, queryId: string): Promise<Outcome> {
  const target = parts.running.byId(queryId);
  if (target !== undefined) await cancel(parts, target);
  return DONE;
}

async function cancel({ database }: ExecuteParts, statement: RunningStatement): Promise<void> {
  statement.cancelled = true;
  let done = false;
  const finished = statement.done.then(() => {
    done = true;
  });
  // Again and again: it may be about to start, or between two steps.
  while (!done) {
    await database.cancel(statement.mark).catch(() => {});
    await Promise.race([finished, sleep(200, undefined, { ref: false })]);
  }
}

async function wholeText(query: string | null, body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_TEXT_BYTES) {
      const { text } = exception(307, "TOO_MANY_BYTES", "The statement is too long");
      throw new Error(text);
    }
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString();
  return query === null ? text : text === "" ? query : `${query}\n${text}`;
}

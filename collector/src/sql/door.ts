import type { IncomingMessage } from "node:http";
import { type EngineException, exception } from "../engine/exception.ts";
import { createGate } from "../engine/gate.ts";
import { readerSettings } from "../engine/reader.ts";
import type { QueryRequest } from "../engine/request.ts";
import { TOO_LONG } from "./body.ts";
import { HELLO, helloAnswer } from "./hello.ts";
import { closed, NoAnswer, post, textOf, type Upstream } from "./upstream.ts";
import { formatNamed, isRefusedFormat } from "./wall.ts";

/** A store as statements of strangers reach it. */
export interface Target {
  /** Writes a text down as ClickHouse reads it: needs no rights to any table. */
  owner: Upstream;
  /** Runs what passed the walls. */
  reader: Upstream;
  /** "" for the user's own. */
  database: string;
  /** Limits to send along; null where the store sets its reader's limits itself. */
  limits: Record<string, string> | null;
}

/** One statement as it arrived. */
export interface Asked {
  request: QueryRequest;
  sql: string;
  /** What the client says it can read; "" where it says nothing. */
  protocolVersion: string;
  gone: AbortSignal;
}

export type DoorAnswer =
  | { ok: true; answer: IncomingMessage | Buffer; gzip: boolean; format: string }
  | { ok: false; refused: EngineException };

/** What the door adds to its store. */
export interface DoorRules {
  /** Why a statement may not run, or null. */
  whyNot(canonical: string): string | null;
  /** Another statement in the place of one; the walls look at that. */
  insteadOf?(canonical: string): string;
  /** What the caller may read of an error. */
  scrub?(text: string): string;
}

const RUNNING = 3;
const WAITING = 40;
/** Written down anew a text may be longer; the engine's own wall takes no more. */
const MOST_WRITTEN_BYTES = 120 * 1024;
const MOST_ERROR_BYTES = 16 * 1024;
/** The engine stops a statement after 30 seconds; one that does not stop is left to itself. */
const LONGEST_MS = 90_000;

const READONLY = (why: string): EngineException =>
  exception(164, "READONLY", `Cannot execute query: ${why}`);
const AWAY = exception(210, "NETWORK_ERROR", "The store does not answer at the moment");

/** Runs statements of one kind of caller, a few at a time. */
export function createDoor(): (
  target: Target,
  rules: DoorRules,
  asked: Asked,
) => Promise<DoorAnswer> {
  const gate = createGate(RUNNING, WAITING);
  return async (target, rules, asked) => {
    const entered = gate.enter(asked.gone);
    if (entered === null) {
      return refuse(
        exception(202, "TOO_MANY_SIMULTANEOUS_QUERIES", "Too many queries are waiting: try later"),
      );
    }
    let leave: () => void;
    try {
      leave = await entered;
    } catch {
      return refuse(exception(394, "QUERY_WAS_CANCELLED", "Query was cancelled"));
    }
    const late = AbortSignal.timeout(LONGEST_MS);
    try {
      const done = await run(target, rules, asked, AbortSignal.any([asked.gone, late]));
      // A place is taken until the last byte has left the store.
      if (done.ok && !Buffer.isBuffer(done.answer)) void closed(done.answer).then(leave);
      else leave();
      return done;
    } catch (error) {
      leave();
      if (error instanceof NoAnswer) return refuse(AWAY);
      throw error;
    }
  };
}

async function run(
  target: Target,
  rules: DoorRules,
  { request, sql, protocolVersion }: Asked,
  gone: AbortSignal,
): Promise<DoorAnswer> {
  const written = await canonical(target, sql, gone);
  if ("refused" in written) return scrubbed(written.refused, rules);
  if (Buffer.byteLength(written.text) > MOST_WRITTEN_BYTES) return refuse(TOO_LONG);
  const greets = written.text === HELLO && protocolVersion !== "" && target.limits === null;
  if (greets && request.defaultFormat === "Native") {
    const version = await ownText(target, "SELECT version()", gone);
    return { ok: true, answer: helloAnswer(version.trim()), gzip: false, format: "Native" };
  }
  const text = rules.insteadOf?.(written.text) ?? written.text;
  const why = rules.whyNot(text);
  if (why !== null) return refuse(READONLY(why));
  if (isRefusedFormat(request.defaultFormat)) {
    return refuse(READONLY(`FORMAT ${request.defaultFormat} is not allowed`));
  }
  const search = searchOf(target, request, protocolVersion);
  if ("refused" in search) return refuse(search.refused);
  const gzip = request.compressResponse;
  const answer = await post(target.reader, text, { search: search.parameters, gzip, gone });
  if (answer.statusCode === 200) {
    const format = formatNamed(text) ?? request.defaultFormat;
    return { ok: true, answer, gzip: answer.headers["content-encoding"] === "gzip", format };
  }
  const code = Number(answer.headers["x-clickhouse-exception-code"] ?? 1001);
  const error = (await textOf(answer, MOST_ERROR_BYTES)).trim();
  // 516: the password that it does not know any more is ours.
  return code === 516 ? refuse(AWAY) : scrubbed({ code, text: error }, rules);
}

/** The text as ClickHouse itself writes it down, so that what is looked at is what is run. */
async function canonical(
  target: Target,
  sql: string,
  gone: AbortSignal,
): Promise<{ text: string } | { refused: EngineException }> {
  // As hexadecimal digits it cannot be anything but data.
  const hex = Buffer.from(sql).toString("hex");
  const asking = `SELECT formatQuerySingleLine(unhex('${hex}')) FORMAT RawBLOB`;
  const answer = await post(target.owner, asking, { gone });
  const text = await textOf(answer, 16 * asking.length + MOST_ERROR_BYTES);
  if (answer.statusCode === 200) return { text };
  const code = Number(answer.headers["x-clickhouse-exception-code"] ?? 1001);
  if (code === 516) throw new NoAnswer("the store does not know us");
  // Behind the error stands what we asked for, which says nothing to the caller.
  const [about = ""] = text.split(/:? ?(?:While executing|In scope SELECT formatQuery)/i);
  const name = /\(([A-Z_]+)\)\s*$/.exec(text)?.[1] ?? "SYNTAX_ERROR";
  const words = about.replace(/^Code: \d+\. DB::Exception: /, "").slice(0, 2000);
  return { refused: exception(code, name, words.replace(/[.\s]+$/, "")) };
}

async function ownText(target: Target, sql: string, gone: AbortSignal): Promise<string> {
  const answer = await post(target.owner, sql, { gone });
  const text = await textOf(answer, MOST_ERROR_BYTES);
  if (answer.statusCode !== 200) throw new NoAnswer(text);
  return text;
}

/** The parameters that go on: nothing that the caller sent goes on unseen. */
function searchOf(
  target: Target,
  request: QueryRequest,
  protocolVersion: string,
): { parameters: URLSearchParams } | { refused: EngineException } {
  const parameters = new URLSearchParams();
  const own = request.database === "" || request.database === target.database;
  if (!own && /^(system|information_schema)$/i.test(request.database)) {
    return { refused: READONLY(`database ${request.database} is not allowed`) };
  }
  parameters.set("database", own ? target.database : request.database);
  parameters.set("default_format", request.defaultFormat);
  // Not the caller's, so that nobody meets or guesses the statements of another.
  parameters.set("query_id", request.queryId);
  if (request.compressResponse) parameters.set("enable_http_compression", "1");
  for (const [name, value] of Object.entries(request.params)) {
    parameters.set(`param_${name}`, value);
  }
  if (target.limits === null) {
    for (const [name, value] of Object.entries(request.settings)) parameters.set(name, value);
    return { parameters };
  }
  const limited = readerSettings(request.settings, target.limits);
  if ("refused" in limited) return limited;
  for (const [name, value] of Object.entries(limited.settings)) parameters.set(name, value);
  parameters.set("cancel_http_readonly_queries_on_client_close", "1");
  if (protocolVersion !== "") parameters.set("client_protocol_version", protocolVersion);
  return { parameters };
}

function scrubbed({ code, text }: EngineException, rules: DoorRules): DoorAnswer {
  return refuse({ code, text: rules.scrub?.(text) ?? text });
}

const refuse = (refused: EngineException): DoorAnswer => ({ ok: false, refused });

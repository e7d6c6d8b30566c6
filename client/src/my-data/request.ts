import { randomUUID } from "node:crypto";
import type { ErasureReceipt, MyData } from "../api.ts";
import { authorization, type SendResult } from "../delivery/transport.ts";
import type { Destination, SinkName } from "../delivery/types.ts";
import type { Journal } from "../journal/types.ts";
import { parsed, readMyData, readReceipt, readRefusal } from "./answer.ts";
import { type Exchanged, exchange } from "./exchange.ts";
import { signedHeaders } from "./sign.ts";

export interface MyDataInput {
  destination: Destination;
  installId: string;
  /** Ed25519 with the install's key over UTF-8, in base64. */
  sign: (message: string) => string;
  journal: Pick<Journal, "sending" | "outcome">;
  /** Called before a connection is made. */
  beforeSending?: ((sink: SinkName) => void) | undefined;
  /** For the whole exchange, default 60,000 ms. */
  deadlineMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

export type ExportAnswer =
  | { ok: true; data: Omit<MyData, "sink"> }
  /** `problem` is in words for a person. */
  | { ok: false; problem: string };

export type ErasureAnswer =
  | { ok: true; receipt: ErasureReceipt }
  /** `problem` is in words for a person. */
  | { ok: false; problem: string; retryable: boolean };

const DEADLINE_MS = 60_000;
/** Parsed, it is some times as large: more than this a page should not load. */
const MAX_EXPORT_BYTES = 128 * 1024 * 1024;
const MAX_RECEIPT_BYTES = 1024 * 1024;
const NOT_LOGGED = "Nothing was sent, because the transparency log cannot be written.";
const STRANGE = "The collector's answer is none that this client understands.";

/**
 * Asks a collector for everything that it has about this install.
 *
 * @example
 * const result = await fetchMyData({ destination, installId, sign: (text) => sign(key, text), journal });
 * if (result.ok) result.data.tables.heartbeats;
 */
export async function fetchMyData(input: MyDataInput): Promise<ExportAnswer> {
  const asked = await ask(input, "GET", "export", MAX_EXPORT_BYTES);
  if (asked.kind === "fault") return { ok: false, problem: asked.reason };
  if (asked.status !== 200) {
    return { ok: false, problem: readRefusal(asked.status, asked.text).problem };
  }
  const data = readMyData(asked.text, input.installId);
  return data === null ? { ok: false, problem: STRANGE } : { ok: true, data };
}

/**
 * Has a collector erase this install. A collector that did so before, or that has nothing about the
 * install, has done what was asked.
 */
export async function requestErasure(input: MyDataInput): Promise<ErasureAnswer> {
  const { installId, destination } = input;
  const asked = await ask(input, "DELETE", "erasure", MAX_RECEIPT_BYTES);
  if (asked.kind === "fault") return { ok: false, problem: asked.reason, retryable: true };
  const refusal = asked.status === 200 ? null : readRefusal(asked.status, asked.text);
  if (refusal?.reason === "INSTALL_UNKNOWN") {
    return { ok: true, receipt: nothingThere(destination.name, installId) };
  }
  const found = refusal === null ? parsed(asked.text) : refusal.receipt;
  const receipt = readReceipt(found, destination.name, installId);
  if (receipt !== null) return { ok: true, receipt };
  if (refusal === null) return { ok: false, problem: STRANGE, retryable: true };
  return { ok: false, problem: refusal.problem, retryable: refusal.retryable };
}

async function ask(
  input: MyDataInput,
  method: "GET" | "DELETE",
  name: string,
  maxReplyBytes: number,
): Promise<Exchanged> {
  const { destination, installId, journal } = input;
  const url = new URL(destination.base);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/v1/installs/${installId}`;
  const now = Date.now();
  const path = url.pathname;
  const headers = signedHeaders({ method, path, sign: input.sign, now });
  const content = {
    method,
    path,
    "rollcall-time": headers["rollcall-time"],
    "rollcall-nonce": headers["rollcall-nonce"],
    // Like the token: until the request has arrived it would open the same door to a reader.
    "rollcall-signature": "(not shown)",
  };
  const batch = randomUUID();
  const item = { signal: "my-data" as const, name, time: now, content };
  const logged = await journal.sending(destination.name, batch, [item]).catch(() => false);
  if (!logged) return { kind: "fault", reason: NOT_LOGGED };
  input.beforeSending?.(destination.name);
  const { token } = destination;
  const result = await exchange({
    method,
    url,
    headers: token === "" ? headers : { ...headers, authorization: authorization(token) },
    maxReplyBytes,
    timeoutMs: input.deadlineMs ?? DEADLINE_MS,
    // A person waits for it.
    unref: false,
    signal: input.signal,
  });
  journal.outcome(destination.name, batch, outcomeOf(result));
  return result.kind === "fault" ? { kind: "fault", reason: inWords(result.reason) } : result;
}

function outcomeOf(result: Exchanged): SendResult {
  if (result.kind === "fault") return { kind: "failure", reason: result.reason };
  if (result.status === 200) return { kind: "success", rejected: 0, message: "" };
  const { reason } = readRefusal(result.status, result.text);
  return { kind: "failure", reason: `status ${result.status} ${reason}`.trim() };
}

function inWords(reason: string): string {
  if (reason === "the reply is too long") {
    return `The collector has more than ${MAX_EXPORT_BYTES / 1024 / 1024} MiB about this install. Ask its administrator for it.`;
  }
  return `The collector did not answer (${reason}). Try again in a minute.`;
}

function nothingThere(sink: SinkName, installId: string): ErasureReceipt {
  return {
    sink,
    app: "",
    install_id: installId.toLowerCase(),
    erased_at: new Date().toISOString(),
    rows: {},
    remains: ["The collector has nothing about this install, so nothing was erased."],
  };
}

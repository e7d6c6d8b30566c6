import type { ErasureReceipt, MyData } from "../api.ts";
import type { SinkName } from "../delivery/types.ts";

/** Why a collector did not do what was asked. */
export interface Refusal {
  /** In words for a person. */
  problem: string;
  /** Its code, such as `INSTALL_UNKNOWN`; "" where the answer names none. */
  reason: string;
  /** Whether asking again later can succeed. */
  retryable: boolean;
  /** Of an install that was erased before. */
  receipt: unknown;
}

const AGAIN = "The collector cannot answer at the moment. Try again in a minute.";

const WORDS: Readonly<Record<string, string>> = {
  INSTALL_KEY_MISSING:
    "The collector never got this install's key and cannot tell that it is you. Ask its administrator.",
  INSTALL_UNKNOWN: "The collector has nothing about this install.",
  INSTALL_ERASED: "The collector has erased this install.",
  SIGNATURE_BAD:
    "The collector does not accept this install's signature: the first key that it got was another one, or the request was changed on its way.",
  SIGNATURE_EXPIRED: "This computer's clock and the collector's are more than five minutes apart.",
  NONCE_USED: AGAIN,
  RATE_LIMITED: AGAIN,
  STORE_UNAVAILABLE: AGAIN,
};

const RETRYABLE_STATUS = new Set([429, 500, 502, 503, 504]);

/** Reads an answer other than 200. */
export function readRefusal(status: number, text: string): Refusal {
  const details = detailsIn(text);
  const info = details.find((detail) => detail.domain === "rollcall");
  const reason = typeof info?.reason === "string" ? info.reason : "";
  const receipt = details.find((detail) => detail["@type"] === "rollcall/ErasureReceipt") ?? null;
  const retryable = RETRYABLE_STATUS.has(status) || reason === "NONCE_USED";
  const problem = WORDS[reason] ?? (retryable ? AGAIN : general(status));
  return { problem, reason, retryable, receipt };
}

function general(status: number): string {
  if (status === 401 || status === 403) return "The collector does not accept the token.";
  if (status === 404 || status === 405) {
    return "This collector cannot show or erase what it has about an install. Ask its administrator.";
  }
  return `The collector answered with status ${status}.`;
}

/** The details of a `google.rpc.Status` in JSON. */
function detailsIn(text: string): Record<string, unknown>[] {
  const details = (parsed(text) as { details?: unknown } | null)?.details;
  return Array.isArray(details) ? details.filter(isObject) : [];
}

/** Everything about an install, or null where the text is something else. */
export function readMyData(text: string, installId: string): MyData | null {
  const found = parsed(text);
  if (!isObject(found) || found.install_id !== installId.toLowerCase()) return null;
  if (typeof found.app !== "string" || typeof found.exported_at !== "string") return null;
  return isObject(found.rows) && isObject(found.tables) ? (found as unknown as MyData) : null;
}

/** A receipt, or null where what was found is something else. */
export function readReceipt(
  found: unknown,
  sink: SinkName,
  installId: string,
): ErasureReceipt | null {
  if (!isObject(found) || found.install_id !== installId.toLowerCase()) return null;
  const { app, erased_at, rows, remains } = found;
  if (typeof app !== "string" || typeof erased_at !== "string") return null;
  if (!isObject(rows) || !Array.isArray(remains)) return null;
  return {
    sink,
    app,
    install_id: installId.toLowerCase(),
    erased_at,
    rows: Object.fromEntries(Object.entries(rows).map(([table, count]) => [table, Number(count)])),
    remains: remains.map(String),
  };
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isObject(found: unknown): found is Record<string, unknown> {
  return typeof found === "object" && found !== null && !Array.isArray(found);
}

import { addressProblem } from "./address.ts";
import { signatureOf } from "./signature.ts";
import type { Message } from "./state.ts";

const TIMEOUT_MS = 10_000;

/** What became of one try. */
export interface Tried {
  ok: boolean;
  /** HTTP status; null where no answer came. */
  status: number | null;
  message: string;
}

export interface DeliverParts {
  url: string;
  secret: string;
  message: Message;
  now: Date;
  userAgent: string;
  timeoutMs?: number;
}

/**
 * Sends one message once. Never throws for what the receiver or the network does. The answer's body is
 * not read, redirects are not followed.
 */
export async function deliver(parts: DeliverParts): Promise<Tried> {
  const { url, secret, message, now, userAgent, timeoutMs = TIMEOUT_MS } = parts;
  const problem = addressProblem(url);
  if (problem !== null) return { ok: false, status: null, message: `not sent: ${problem}` };
  const body = JSON.stringify(message);
  try {
    const response = await fetch(url, {
      method: "POST",
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        "content-type": "application/json",
        "user-agent": userAgent,
        "rollcall-delivery": message.id,
        "rollcall-signature": signatureOf(secret, body, now),
      },
      body,
    });
    await response.body?.cancel();
    const { status, ok } = response;
    if (ok) return { ok, status, message: "accepted" };
    const redirects = status >= 300 && status < 400;
    return {
      ok,
      status,
      message: redirects ? `answered ${status}; redirects are not followed` : `answered ${status}`,
    };
  } catch (error) {
    return { ok: false, status: null, message: reasonOf(error, timeoutMs) };
  }
}

/** The kind of failure, never a text that may repeat the address. */
function reasonOf(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && error.name === "TimeoutError") {
    return `no answer within ${timeoutMs / 1000} s`;
  }
  const cause =
    error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined;
  return `no connection (${typeof cause?.code === "string" ? cause.code : "network error"})`;
}

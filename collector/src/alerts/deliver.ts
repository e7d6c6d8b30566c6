import { addressProblem } from "./address.ts";
import type { WebhookNetworks } from "./network.ts";
import { AddressRefused, post } from "./post.ts";
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
  networks: WebhookNetworks;
  timeoutMs?: number;
  resolve?: Parameters<typeof post>[0]["resolve"];
}

/** Sends one message once. Never throws for what the receiver or the network does. */
export async function deliver(parts: DeliverParts): Promise<Tried> {
  const { url, secret, message, now, userAgent, networks, timeoutMs = TIMEOUT_MS, resolve } = parts;
  const problem = addressProblem(url, networks);
  if (problem !== null) return { ok: false, status: null, message: `not sent: ${problem}` };
  const body = JSON.stringify(message);
  const headers = {
    "content-type": "application/json",
    "user-agent": userAgent,
    "rollcall-delivery": message.id,
    "rollcall-signature": signatureOf(secret, body, now),
  };
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const status = await post({
      url,
      headers,
      body,
      networks,
      signal,
      ...(resolve && { resolve }),
    });
    if (status >= 200 && status < 300) return { ok: true, status, message: "accepted" };
    const redirects = status >= 300 && status < 400;
    return {
      ok: false,
      status,
      message: redirects ? `answered ${status}; redirects are not followed` : `answered ${status}`,
    };
  } catch (error) {
    return { ok: false, status: null, message: reasonOf(error, timeoutMs) };
  }
}

/** The kind of failure, never a text that may repeat the address. */
function reasonOf(error: unknown, timeoutMs: number): string {
  if (error instanceof AddressRefused) {
    return "not sent: the name stands for an address that ROLLCALL_WEBHOOK_PRIVATE does not name";
  }
  if (error instanceof Error && error.name === "TimeoutError") {
    return `no answer within ${timeoutMs / 1000} s`;
  }
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return `no connection (${typeof code === "string" ? code : "network error"})`;
}

import { randomUUID } from "node:crypto";
import type { SinkTest } from "../api.ts";
import type { Journal } from "../journal/types.ts";
import { CLIENT_VERSION } from "../version.ts";
import { createHttpTransport, endpointUrl, type SendResult } from "./transport.ts";
import type { Destination, SinkName } from "./types.ts";

export interface TestInput {
  destination: Destination;
  /** Whether anything at all may be sent there now. */
  allowed: () => boolean;
  journal: Pick<Journal, "sending" | "outcome">;
  timeoutMs: number | undefined;
  beforeSending: (sink: SinkName) => void;
}

/**
 * Sends an OTLP request without records, which says nothing about the install but tells whether
 * address and token are good. One try. While telemetry is off nothing is sent: off means that no
 * connection is made, not even by hand.
 */
export async function testDestination(input: TestInput): Promise<SinkTest> {
  const { destination, allowed, journal, timeoutMs, beforeSending } = input;
  const { token, base, name } = destination;
  const url = endpointUrl(base, "logs");
  const preview = describeRequest(url, token);
  const kept = (why: string): SinkTest => ({
    ok: false,
    result: `nothing was sent: ${why}`,
    preview,
  });
  if (!allowed()) return kept("telemetry is off");
  const batch = randomUUID();
  const item = { signal: "test" as const, name: "no records", time: Date.now(), content: {} };
  const logged = await journal.sending(name, batch, [item]).catch(() => false);
  if (!logged) return kept("the transparency log cannot be written");
  if (!allowed()) {
    journal.outcome(name, batch, { kind: "failure", reason: "cancelled" });
    return kept("telemetry is off");
  }
  beforeSending(name);
  const transport = createHttpTransport({ url, token, timeoutMs });
  const result = await transport.send(new Uint8Array(0));
  transport.shutdown();
  journal.outcome(name, batch, result);
  return { ok: result.kind === "success", result: inWords(result), preview };
}

function describeRequest(url: URL, token: string): string {
  return [
    `POST ${url.href}`,
    "content-type: application/x-protobuf",
    `user-agent: rollcall-client/${CLIENT_VERSION}`,
    ...(token === "" ? [] : ["authorization: (the token, which is not shown)"]),
    "content-length: 0",
    "",
    "(no records)",
  ].join("\n");
}

function inWords(result: SendResult): string {
  if (result.kind === "success") return "accepted";
  const { reason } = result;
  if (reason === "status 401" || reason === "status 403")
    return `${reason}: the token is not accepted`;
  if (reason === "status 404") return `${reason}: no collector answers at this address`;
  return result.kind === "retryable" ? `${reason}; another try may succeed` : reason;
}

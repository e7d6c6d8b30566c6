import * as Sentry from "@sentry/node";
import { afterEach } from "vitest";
import { createSmallClient, type SmallClient } from "../test/internals.ts";
import type { TestServer } from "../test/server.ts";
import { createSentry, type RollcallSentry, type SentryOptions } from "./index.ts";

type Parts = Parameters<typeof createSmallClient>[0];
type Sent = Record<string, never> & { type?: string };

let client: SmallClient | null = null;
// One SDK in a process: each test leaves it stopped.
afterEach(() => client?.close(0));

/** Sentry on a small client, with a server as the host of its DSN. */
export async function started(
  server: TestServer,
  parts: Parts = {},
  settings: SentryOptions = {},
): Promise<{ client: SmallClient; sentry: RollcallSentry }> {
  const dsn = server.endpoint.replace("http://", "http://publickey@");
  client = createSmallClient({
    sentryDsn: { dsn: `${dsn}/1`, source: "options" },
    ...parts,
  });
  const sentry = createSentry(client.rollcall, { sdk: Sentry, ...settings });
  await sentry.settled();
  return { client, sentry };
}

/** The items of all envelopes that arrived, and what stands in front of them. */
export function itemsOf(server: TestServer): { head: object; type: string; event: Sent }[] {
  return server.requests.flatMap(({ body }) => {
    const [head, ...rest] = body
      .toString("utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const items = [];
    for (let at = 0; at < rest.length; at += 2) {
      items.push({ head, type: rest[at].type, event: rest[at + 1] });
    }
    return items;
  });
}

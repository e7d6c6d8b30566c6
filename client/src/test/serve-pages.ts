import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readPageRequest, writeReply } from "../adapters/page-request.ts";
import type { PageHandler } from "../admin/types.ts";

/** Page handlers on a real port of 127.0.0.1, for a real browser. */
export async function servePages(...handlers: PageHandler[]) {
  const server = createServer(async (incoming, response) => {
    const url = incoming.url ?? "/";
    const read = await readPageRequest({ incoming, url, body: undefined, raw: incoming });
    if (!read.ok) return writeReply(response, read.reply);
    for (const handle of handlers) {
      const reply = await handle(read.request);
      if (reply !== null) return writeReply(response, reply);
    }
    response.writeHead(404).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
// The engine of the collector, alone: it stands in for a server that no collector owns.
import { superviseEngine } from "../../collector/src/engine/supervise.ts";
import { freePort } from "./collector.ts";

export interface OwnStore {
  clickhouseUrl: string;
  close(): Promise<void>;
}

/** A store that lives apart from the collectors that use it. */
export async function openOwnStore(): Promise<OwnStore> {
  const directory = mkdtempSync(join(tmpdir(), "rollcall-store-"));
  const log = { info: () => {}, warn: () => {}, error: console.error };
  const memoryBytes = 1024 ** 3;
  const engine = await superviseEngine({ directory, memoryBytes, log, lockWaitMs: 5_000 });
  const url = new URL(engine.url);
  url.username = engine.username;
  url.password = engine.password;
  return {
    clickhouseUrl: url.href,
    async close() {
      await engine.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The same store behind a port that refuses connections until it is opened. */
export async function openAbsentStore(): Promise<OwnStore & { appear(): Promise<void> }> {
  const store = await openOwnStore();
  const url = new URL(store.clickhouseUrl);
  const target = Number(url.port);
  const port = await freePort();
  url.port = String(port);
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy()).once("close", () => sockets.delete(socket));
  };
  const relay: Server = createServer((inner) => {
    const outer = connect(target, "127.0.0.1");
    keep(inner);
    keep(outer);
    inner.pipe(outer).pipe(inner);
  });
  return {
    clickhouseUrl: url.href,
    async appear() {
      relay.listen(port, "127.0.0.1");
      await once(relay, "listening");
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      if (relay.listening) await new Promise((resolve) => relay.close(resolve));
      await store.close();
    },
  };
}

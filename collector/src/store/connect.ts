import { type ClickHouseClient, ClickHouseLogLevel, createClient } from "@clickhouse/client";
import type { Engine } from "../engine/supervise.ts";

/** The embedded engine, or a server by its address: `http://user:password@host:8123/database`. */
export type StoreTarget = { clickhouseUrl: string } | { engine: Engine };

export interface Connection {
  /** The client for the address and password of now; null while there is no engine to ask. */
  owner(): ClickHouseClient | null;
  reader(): ClickHouseClient | null;
  close(): Promise<void>;
}

const COMMON = {
  // A statement may be silent for as long as it runs. A peer that died is noticed by TCP
  // keep-alive, an engine that hangs is killed by its supervisor.
  request_timeout: 60 * 60 * 1000,
  max_open_connections: 32,
  keep_alive: { enabled: true, idle_socket_ttl: 2_000, eagerly_destroy_stale_sockets: true },
  // Every failure is reported to the caller, who logs it once.
  log: { level: ClickHouseLogLevel.OFF },
} as const;

/** Clients for a target. Those of an engine follow it when a restart gives it a new address. */
export function connectTo(target: StoreTarget): Connection {
  if ("clickhouseUrl" in target) {
    const client = createClient({ ...COMMON, url: target.clickhouseUrl });
    return { owner: () => client, reader: () => client, close: () => client.close() };
  }
  const { engine } = target;
  let password = "";
  let clients: { owner: ClickHouseClient; reader: ClickHouseClient } | null = null;

  async function close(): Promise<void> {
    const old = clients;
    clients = null;
    await Promise.all([old?.owner.close(), old?.reader.close()]);
  }

  function current(): { owner: ClickHouseClient; reader: ClickHouseClient } | null {
    if (engine.state() !== "ready") return null;
    if (clients === null || password !== engine.password) {
      void close();
      password = engine.password;
      const { url, username, readerUsername, readerPassword } = engine;
      clients = {
        owner: createClient({ ...COMMON, url, username, password }),
        reader: createClient({
          ...COMMON,
          ...{ url, username: readerUsername, password: readerPassword },
        }),
      };
    }
    return clients;
  }

  return { owner: () => current()?.owner ?? null, reader: () => current()?.reader ?? null, close };
}

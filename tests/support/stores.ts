import { randomBytes } from "node:crypto";
import { createClient } from "@clickhouse/client";
import { GenericContainer, getContainerRuntimeClient, Wait } from "testcontainers";

/** A store that a suite runs against: started for it, and left as it was found. */
export interface StoreUnderTest {
  name: string;
  /** Why it cannot be had here; null when it can. */
  missing: string | null;
  start(): Promise<StartedStore>;
}

export interface StartedStore {
  /** `CLICKHOUSE_URL` of the collector; undefined for the embedded engine. */
  clickhouseUrl: string | undefined;
  stop(): Promise<void>;
}

const IMAGE = "clickhouse/clickhouse-server:26.7";

const embedded: StoreUnderTest = {
  name: "the embedded engine",
  missing: null,
  start: async () => ({ clickhouseUrl: undefined, stop: async () => {} }),
};

/**
 * The embedded engine always; a server when `CLICKHOUSE_URL` names one; the official image when a
 * Docker engine is there.
 *
 * @example
 * for (const store of await stores()) {
 *   if (store.missing !== null) test.skip(`the same on ${store.name}: ${store.missing}`);
 *   else describe(`on ${store.name}`, () => {});
 * }
 */
export async function stores(): Promise<StoreUnderTest[]> {
  const url = process.env.CLICKHOUSE_URL;
  const docker = await getContainerRuntimeClient().then(
    () => null,
    (error: Error) => `no Docker engine (${error.message})`,
  );
  return [
    embedded,
    {
      name: "the server at CLICKHOUSE_URL",
      missing: url ? null : "CLICKHOUSE_URL is not set",
      start: async () => ownDatabase(url ?? ""),
    },
    { name: IMAGE, missing: docker, start: startContainer },
  ];
}

/** A database of its own on a server that others may use too. */
async function ownDatabase(server: string): Promise<StartedStore> {
  const database = `rollcall_test_${randomBytes(6).toString("hex")}`;
  const own = new URL(server);
  own.pathname = `/${database}`;
  const client = createClient({ url: new URL("/default", server).href });
  await client.command({ query: `CREATE DATABASE ${database}` });
  return {
    clickhouseUrl: own.href,
    async stop() {
      await client.command({ query: `DROP DATABASE ${database} SYNC` });
      await client.close();
    },
  };
}

async function startContainer(): Promise<StartedStore> {
  const password = randomBytes(12).toString("hex");
  const container = await new GenericContainer(IMAGE)
    .withEnvironment({ CLICKHOUSE_USER: "rollcall", CLICKHOUSE_PASSWORD: password })
    .withExposedPorts(8123)
    .withWaitStrategy(Wait.forHttp("/ping", 8123))
    .withStartupTimeout(120_000)
    .start();
  const address = `${container.getHost()}:${container.getMappedPort(8123)}`;
  const store = await ownDatabase(`http://rollcall:${password}@${address}`);
  return {
    clickhouseUrl: store.clickhouseUrl,
    async stop() {
      await container.stop();
    },
  };
}

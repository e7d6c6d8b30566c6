import dgram from "node:dgram";
import { promises as dnsPromises, lookup, resolve4 } from "node:dns";
import { Agent, createServer, get } from "node:http";
import { type AddressInfo, connect, createConnection, Socket } from "node:net";
import { connect as tlsConnect } from "node:tls";
import { expect, it, onTestFinished } from "vitest";
import { temporaryDirectory } from "../test/support.ts";
import { assertNothingLeft } from "./assertions.ts";
import { startFakeCollector } from "./collector.ts";
import { type EgressWatch, watchEgress } from "./watch.ts";

/** Nothing listens there: the try is what counts. */
const CLOSED = 1;

function watching(): EgressWatch {
  const watch = watchEgress();
  onTestFinished(() => watch.stop());
  return watch;
}

/** Starts something that will fail, and waits for that. */
const failed = (socket: { once(event: "error", done: () => void): unknown }) =>
  new Promise<void>((resolve) => void socket.once("error", () => resolve()));

it.each<[string, () => Promise<unknown>]>([
  ["net.connect(port, host)", () => failed(connect(CLOSED, "127.0.0.1"))],
  ["net.connect(options)", () => failed(connect({ port: CLOSED, host: "127.0.0.1" }))],
  ["createConnection", () => failed(createConnection(CLOSED, "127.0.0.1"))],
  ["a socket of its own", () => failed(new Socket().connect(CLOSED, "127.0.0.1"))],
  ["tls.connect", () => failed(tlsConnect({ port: CLOSED, host: "127.0.0.1" }))],
  ["http.get", () => failed(get({ port: CLOSED, host: "127.0.0.1" }))],
])("sees a connection made by %s", async (_, act) => {
  const watch = watching();
  await act();
  expect(watch.connections()).toContainEqual({ host: "127.0.0.1", port: CLOSED });
  expect(() => assertNothingLeft(watch)).toThrow("a connection to 127.0.0.1:1");
});

it("sees what fetch does", async () => {
  const watch = watching();
  const collector = await startFakeCollector();
  onTestFinished(() => collector.close());
  await fetch(`${collector.endpoint}/v1/logs`);
  const to = { host: "127.0.0.1", port: collector.port };
  expect(watch.connections()).toEqual([to]);
  expect(watch.requests()).toEqual([to]);
});

it("sees a request over a connection that was open before", async () => {
  const collector = await startFakeCollector();
  onTestFinished(() => collector.close());
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const ask = () =>
    new Promise<void>((resolve) => {
      get(collector.endpoint, { agent }, (reply) => reply.resume().on("close", () => resolve()));
    });
  await ask();
  const watch = watching();
  await ask();
  expect(watch.connections()).toEqual([]);
  expect(() => assertNothingLeft(watch)).toThrow(`a request to 127.0.0.1:${collector.port}`);
});

it("sees UDP datagrams, connected or not", async () => {
  const watch = watching();
  const socket = dgram.createSocket("udp4");
  onTestFinished(() => void socket.close());
  const done = (act: (callback: () => void) => void) =>
    new Promise<void>((resolve) => act(resolve));
  await done((callback) => socket.send("leak", 8125, "127.0.0.1", callback));
  await done((callback) => socket.send(Buffer.from("leak"), 0, 4, 8126, "127.0.0.1", callback));
  await done((callback) => socket.connect(8127, "127.0.0.1", callback));
  await done((callback) => socket.send("leak", callback));
  await done((callback) => socket.send(Buffer.from("leak"), 0, 4, callback));
  // Node calls `send` again by itself once a new socket is bound.
  const ports = new Set(watch.connections().map(({ port }) => port));
  expect([...ports]).toEqual([8125, 8126, 8127]);
});

it("sees a socket in the file system", async () => {
  const watch = watching();
  await failed(connect(`${temporaryDirectory()}/none.sock`));
  expect(watch.connections()).toEqual([{ host: expect.stringMatching(/^unix:.*none/), port: 0 }]);
});

it("sees look-ups of names, also by functions that were imported one by one", async () => {
  const watch = watching();
  await new Promise<void>((resolve) => lookup("leak.invalid", () => resolve()));
  await new Promise<void>((resolve) => resolve4("four.invalid", () => resolve()));
  await dnsPromises.lookup("promised.invalid").catch(() => {});
  await new dnsPromises.Resolver({ timeout: 1, tries: 1 })
    .resolveTxt("text.invalid")
    .catch(() => {});
  const names = ["leak.invalid", "four.invalid", "promised.invalid", "text.invalid"];
  expect(watch.lookups()).toEqual(expect.arrayContaining(names));
  expect(() => assertNothingLeft(watch)).toThrow("a look-up of leak.invalid");
});

it("sees the look-up and the connection of a request by name", async () => {
  const watch = watching();
  await fetch("http://telemetry.invalid/").catch(() => {});
  expect(watch.connections()).toEqual([{ host: "telemetry.invalid", port: 80 }]);
  expect(watch.lookups()).toContain("telemetry.invalid");
});

it("leaves out what never leaves: a request to a server of the same process", async () => {
  const watch = watching();
  const server = createServer((_, response) => void response.end("ok"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("ok");
  expect(await (await fetch(`http://localhost:${port}/`)).text()).toBe("ok");
  assertNothingLeft(watch);
});

it("leaves out what the app says is its own business", async () => {
  const watch = watching();
  await failed(connect(CLOSED, "127.0.0.1"));
  assertNothingLeft(watch, { except: (host, port) => host === "127.0.0.1" && port === CLOSED });
});

it("can be taken off again, and put on twice", async () => {
  const plain = Socket.prototype.connect;
  const watch = watchEgress();
  watch.stop();
  expect(Socket.prototype.connect).toBe(plain);
  expect(Object.hasOwn(Socket.prototype, "connect")).toBe(true);
  await failed(connect(CLOSED, "127.0.0.1"));
  expect(watch.connections()).toEqual([]);

  const [outer, inner] = [watching(), watching()];
  await failed(connect(CLOSED, "127.0.0.1"));
  expect(outer.connections()).toEqual(inner.connections());
  inner.reset();
  expect(inner.connections()).toEqual([]);
});

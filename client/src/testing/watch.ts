import dgram from "node:dgram";
import diagnostics from "node:diagnostics_channel";
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";

/** Somewhere that the process connected to, or tried to. */
export interface Outgoing {
  /** Name or address as the code gave it; `unix:<path>` for a socket in the file system. */
  host: string;
  /** 0 for a socket in the file system. */
  port: number;
}

/** What `watchEgress` has seen. */
export interface EgressWatch {
  /** Every TCP, TLS and Unix connect and every UDP datagram, also those that failed. */
  connections(): Outgoing[];
  /** Every name that was looked up. */
  lookups(): string[];
  /** HTTP requests, also those over connections that were open before the watch began. */
  requests(): Outgoing[];
  /** Forgets what was seen so far. */
  reset(): void;
  /** Takes the watch off again. */
  stop(): void;
}

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;
type Patchable = Record<string, AnyFunction>;

/** Servers in this process that stand for somebody else's: connections to them count. */
const outside = new Set<number>();

/** @returns how to forget the port again */
export function countAsOutside(port: number): () => void {
  outside.add(port);
  return () => void outside.delete(port);
}

/**
 * Records what this process sends out from now on, below any library: `net`, `tls`, `http`, `fetch`,
 * `dgram`, `dns`. A connection to a server that this process itself opened since is not counted: it
 * leaves nothing. Start it before the app, so that the app's own copies of these functions are the
 * watched ones. It does not see child processes, worker threads and native code.
 *
 * @example
 * const watch = watchEgress();
 * await startApp({ DO_NOT_TRACK: "1" });
 * assertNothingLeft(watch);
 * watch.stop();
 */
export function watchEgress(): EgressWatch {
  const connections: Outgoing[] = [];
  const requests: Outgoing[] = [];
  const lookups: string[] = [];
  const undo: (() => void)[] = [];
  const servers = new Set<net.Server>();

  function before(
    target: object,
    name: string,
    note: (self: unknown, args: unknown[]) => void,
  ): void {
    const own = Object.getOwnPropertyDescriptor(target, name);
    const original = (target as Patchable)[name];
    if (typeof original !== "function") return;
    const watched: AnyFunction = function (...args) {
      try {
        note(this, args);
      } catch {
        // Arguments that the original refuses: it says so itself.
      }
      return original.apply(this, args);
    };
    // `util.promisify` and the like look at what hangs on the function.
    Object.defineProperties(watched, Object.getOwnPropertyDescriptors(original));
    (target as Patchable)[name] = watched;
    undo.push(() => {
      if (own === undefined) delete (target as Patchable)[name];
      else Object.defineProperty(target, name, own);
    });
  }

  const isOwn = ({ host, port }: Outgoing) =>
    !outside.has(port) &&
    [...servers].some((server) => {
      const address = server.address();
      return typeof address === "string"
        ? `unix:${address}` === host
        : address !== null && address.port === port && LOOPBACK.test(host);
    });
  const connect = (to: Outgoing) => void (isOwn(to) || connections.push(to));
  const request = (to: Outgoing) => void (isOwn(to) || requests.push(to));

  before(net.Server.prototype, "listen", (self) => servers.add(self as net.Server));
  before(net.Socket.prototype, "connect", (_, args) => connect(targetOf(args)));
  before(dgram.Socket.prototype, "send", (_, args) => {
    const to = datagramTarget(args);
    // A connected socket names its target in `connect`.
    if (to !== null) connect(to);
  });
  before(dgram.Socket.prototype, "connect", (_, [port, host]) =>
    connect({ host: typeof host === "string" ? host : "127.0.0.1", port: Number(port) }),
  );
  const lookUp = (_: unknown, [name]: unknown[]) => {
    // An address needs no look-up, `net` asks only to have it normalised; and `localhost` is never
    // asked of anybody (RFC 6761).
    if (typeof name !== "string" || net.isIP(name) !== 0 || name === "localhost") return;
    lookups.push(name);
  };
  for (const target of [
    dns,
    dns.promises,
    dns.Resolver.prototype,
    dns.promises.Resolver.prototype,
  ]) {
    for (const name of namesOf(target)) before(target, name, lookUp);
  }
  // Code that imported single functions sees the watched ones too.
  syncBuiltinESMExports();

  const channels: [string, (message: unknown) => void][] = [
    ["http.client.request.start", (message) => request(httpTarget(message))],
    ["undici:request:create", (message) => request(fetchTarget(message))],
  ];
  for (const [name, listener] of channels) {
    diagnostics.subscribe(name, listener);
    undo.push(() => diagnostics.unsubscribe(name, listener));
  }

  return {
    connections: () => [...connections],
    requests: () => [...requests],
    lookups: () => [...lookups],
    reset() {
      connections.length = 0;
      requests.length = 0;
      lookups.length = 0;
    },
    stop() {
      for (const restore of undo.splice(0).reverse()) restore();
      syncBuiltinESMExports();
    },
  };
}

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+|\[::1\])$/;

/** `lookup`, `lookupService`, `resolve`, `resolve4` …, `reverse`. */
function namesOf(target: object): string[] {
  const own = [...Object.getOwnPropertyNames(target)];
  const above = Object.getOwnPropertyNames(Object.getPrototypeOf(target) ?? {});
  return [...new Set([...own, ...above])].filter((name) =>
    /^(?:lookup|resolve|reverse)/.test(name),
  );
}

/** The arguments of `net.connect` in all their shapes, also as `net` has normalised them. */
function targetOf(args: unknown[]): Outgoing {
  const [first, second] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (typeof first === "object" && first !== null) {
    const { path, host, port } = first as { path?: unknown; host?: unknown; port?: unknown };
    if (typeof path === "string" && port === undefined) return { host: `unix:${path}`, port: 0 };
    return { host: String(host ?? "localhost"), port: Number(port) };
  }
  if (typeof first === "string" && Number.isNaN(Number(first))) {
    return { host: `unix:${first}`, port: 0 };
  }
  return { host: typeof second === "string" ? second : "localhost", port: Number(first) };
}

/** `send(msg[, offset, length][, port][, address][, callback])`; null where no target is given. */
function datagramTarget(args: unknown[]): Outgoing | null {
  const given = args.filter((arg) => typeof arg !== "function").slice(1);
  const at = given.length >= 3 && typeof given[2] === "number" ? 2 : 0;
  const [port, address] = given.slice(at);
  if (typeof port !== "number" && typeof port !== "string") return null;
  // `send(msg, offset, length)` of a connected socket.
  if (typeof address === "number") return null;
  return { host: typeof address === "string" ? address : "127.0.0.1", port: Number(port) };
}

function httpTarget(message: unknown): Outgoing {
  const { request } = message as {
    request: {
      host?: string;
      protocol?: string;
      socketPath?: string;
      getHeader(n: string): unknown;
    };
  };
  if (typeof request.socketPath === "string")
    return { host: `unix:${request.socketPath}`, port: 0 };
  const [, port] = /:(\d+)$/.exec(String(request.getHeader("host") ?? "")) ?? [];
  const usual = request.protocol === "https:" ? 443 : 80;
  return { host: String(request.host ?? "localhost"), port: Number(port ?? usual) };
}

function fetchTarget(message: unknown): Outgoing {
  const { request } = message as { request: { origin?: string | URL } };
  const url = new URL(String(request.origin));
  return { host: url.hostname, port: Number(url.port || (url.protocol === "https:" ? 443 : 80)) };
}

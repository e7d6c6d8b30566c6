import { lookup } from "node:dns";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { mayConnect } from "./address.ts";
import type { WebhookNetworks } from "./network.ts";

/** The name stands for no address that a webhook may go to. */
export class AddressRefused extends Error {
  override name = "AddressRefused";
}

interface Post {
  url: string;
  headers: Record<string, string>;
  body: string;
  networks: WebhookNetworks;
  /** Ends the try, whatever it is waiting for. */
  signal: AbortSignal;
  /** What a name stands for; the system's own by default. */
  resolve?: typeof lookup;
}

/**
 * Posts once and gives the status of the answer. A name is looked up once, and what was judged is what
 * is connected to: a name that stands for something else a moment later changes nothing. The answer's
 * body is not read, redirects are not followed.
 *
 * @throws AddressRefused, the signal's reason, and errors of the network with a `code`
 */
export function post({ url, headers, body, networks, signal, resolve = lookup }: Post) {
  const { protocol, hostname } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  // Node asks for no look-up of what is an address already.
  if (isIP(host) !== 0 && !mayConnect(host, protocol, networks)) {
    return Promise.reject(new AddressRefused());
  }
  const judged: LookupFunction = (name, options, done) =>
    resolve(name, { ...options, all: true }, (error, found) => {
      if (error) return done(error, "", 0);
      const [first, ...rest] = found.filter(({ address }) =>
        mayConnect(address, protocol, networks),
      );
      if (first === undefined) return done(new AddressRefused(), "", 0);
      if (options.all) return done(null, [first, ...rest]);
      done(null, first.address, first.family);
    });
  return new Promise<number>((answered, failed) => {
    const request = (protocol === "https:" ? requestHttps : requestHttp)(url, {
      method: "POST",
      headers: { ...headers, "content-length": Buffer.byteLength(body) },
      // A connection of its own, so that none is reused that was judged for another webhook.
      agent: false,
      lookup: judged,
      signal,
    });
    request.once("response", (response) => {
      answered(response.statusCode ?? 0);
      response.destroy();
    });
    // What happens to the connection after the answer is nobody's business any more.
    request.on("error", (error) => failed(signal.aborted ? signal.reason : error));
    request.end(body);
  });
}

import type { IncomingMessage } from "node:http";
import type { Logger } from "pino";
import type { FrontHandler } from "../front.ts";
import { answerInFront, type StreamedReply } from "../front-route.ts";
import type { TokenBook } from "../ingest/authenticate.ts";
import { isProblem, type Problem } from "../ingest/problem.ts";
import type { Reply } from "../ingest/reply.ts";
import { refuse } from "../ingest/status.ts";
import type { Metrics } from "../metrics.ts";
import { createRate } from "../rate.ts";
import type { Store } from "../store/client.ts";
import { firstKey } from "./key.ts";
import type { Export, MyData } from "./my-data.ts";
import { createNonces } from "./nonces.ts";
import type { Receipt } from "./receipt.ts";
import { refuseAsJson } from "./refuse.ts";
import type { Settle } from "./settle.ts";
import { isSignedBy, readSigned, WINDOW_SECONDS } from "./signature.ts";

export interface InstallRouteDeps {
  store: Store;
  tokens: TokenBook;
  myData: MyData;
  settle: Settle;
  metrics: Metrics;
  log: Logger;
  /** Unix milliseconds. */
  now?: () => number;
}

const PATH = /^(\/otlp)?\/v1\/installs\/([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$/;
const ORIGIN = /^https?:\/\/[^/]*/;
const MOST_AT_ONCE = 16;
const MOST_UNKNOWN = 8;
/** Each searches whole tables twice, and anybody with the public token can make installs up. */
const ERASURES = { perSecond: 1 / 10, burst: 50 };
const JSON_HEADERS = ["content-type", "application/json", "cache-control", "no-store"];

/**
 * `GET` and `DELETE /v1/installs/{id}`: an install asks for what is stored about it, or for its
 * erasure, and signs the request with its key. No page of any origin may ask.
 *
 * @returns a handler for in front of Fastify; it leaves every other path alone
 */
export function createInstallRoute(deps: InstallRouteDeps): FrontHandler {
  const { store, tokens, myData, settle } = deps;
  const now = deps.now ?? Date.now;
  // A request may be dated up to the window ahead, and then be repeated until the window behind.
  const nonces = createNonces(2 * WINDOW_SECONDS * 1000);
  const mayErase = createRate(ERASURES);
  let running = 0;
  /** Of these, those that wait for an install that is not in the store. */
  let unknown = 0;

  /** The journey of one request, in order. Nothing is looked up before the token is known. */
  async function receive(
    request: IncomingMessage,
    path: string,
    installId: string,
  ): Promise<Reply | StreamedReply> {
    const sender = tokens.lookup(request.headers.authorization);
    if (sender === "missing") return refuse(request, { fault: "token_missing" });
    if (sender === "unknown") return refuse(request, { fault: "token_unknown" });
    const { method } = request;
    if (method !== "GET" && method !== "DELETE") {
      return refuseAsJson({ fault: "method_not_allowed", allow: "GET, DELETE" });
    }
    if (running >= MOST_AT_ONCE) return refuseAsJson({ fault: "rate_limited" });
    running += 1;
    try {
      const proved = await prove(request, { method, path, app: sender.app, installId });
      if (isProblem(proved)) return refuseAsJson(proved);
      if ("receipt" in proved) return gone(proved.receipt);
      if (method === "GET") return answer(await myData.export(sender.app, installId));
      if (!mayErase()) return refuseAsJson({ fault: "rate_limited" });
      return answer(await myData.erase(sender.app, installId, "install"));
    } finally {
      running -= 1;
    }
  }

  /** Whether the install itself asks. One that was erased has no key left to ask it by. */
  async function prove(
    { headers }: IncomingMessage,
    asked: { method: string; path: string; app: string; installId: string },
  ): Promise<Problem | { receipt: Receipt } | { proved: true }> {
    const signed = readSigned({ ...asked, headers }, now());
    if (typeof signed === "string") return { fault: signed };
    const { app, installId } = asked;
    const erased = await myData.erased(app, installId);
    if (erased?.kind === "already") return { receipt: erased.receipt };
    if (erased?.kind === "busy") return UNDER_WAY;
    let key = await firstKey(store, app, installId);
    if (!key) {
      // Ids that are made up must leave room for those that are known.
      if (unknown >= MOST_UNKNOWN) return { fault: "rate_limited" };
      unknown += 1;
      try {
        // Its first report may still be in the spool.
        if (!(await settle())) return { fault: "store_unavailable" };
        key = await firstKey(store, app, installId);
      } finally {
        unknown -= 1;
      }
    }
    if (key === null) return { fault: "install_unknown" };
    if (key === "") return { fault: "install_key_missing" };
    if (!isSignedBy(key, signed)) return { fault: "signature_bad" };
    // Only now, so that nobody but the install can use its nonces up.
    const use = nonces.use(installId, signed.nonce, now());
    if (use === "used") return { fault: "nonce_used" };
    return use === "full" ? { fault: "rate_limited" } : { proved: true };
  }

  return (request, response) => {
    const url = request.url as string;
    if (!url.includes("/v1/installs/")) return false;
    const path = url.replace(ORIGIN, "").split(/[?#]/, 1)[0] as string;
    const [, prefix = "", id] = PATH.exec(path) ?? [];
    if (id === undefined) return false;
    const route = `${prefix}/v1/installs/{install_id}`;
    void answerInFront(request, response, { ...deps, route }, () =>
      receive(request, path, id.toLowerCase()),
    );
    return true;
  };
}

const UNDER_WAY: Problem = {
  fault: "store_unavailable",
  description: "the erasure is under way; ask again",
};

function answer(done: Export | Awaited<ReturnType<MyData["erase"]>>): Reply | StreamedReply {
  if (done.kind === "stream") return { status: 200, headers: JSON_HEADERS, stream: done.stream };
  if (done.kind === "erased") {
    return { status: 200, headers: JSON_HEADERS, body: JSON.stringify(done.receipt) };
  }
  if (done.kind === "already") return gone(done.receipt);
  if (done.kind === "unknown") return refuseAsJson({ fault: "install_unknown" });
  return refuseAsJson({ fault: done.kind === "too_many" ? "rate_limited" : "store_unavailable" });
}

/** The receipt of then, for whoever lost the reply. */
function gone(receipt: Receipt): Reply {
  const details = [{ "@type": "rollcall/ErasureReceipt", ...receipt }];
  return refuseAsJson({ fault: "install_erased" }, details);
}

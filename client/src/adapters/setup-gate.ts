import type { PageReply } from "../admin/types.ts";

export interface GateOptions {
  /** Where setup happens. */
  setupPath: string;
  /** Whether it is done. Asked until the first yes. */
  complete: () => boolean;
  /** What is served before: exact paths, or everything under one that ends in `/`. */
  open?: readonly string[];
}

export interface GateRequest {
  method: string;
  path: string;
  /** The `Accept` header. */
  accept: string | undefined;
}

/** Whoever watches over the app must not take an install that waits for its administrator for dead. */
const HEALTH_PATHS = ["/health", "/healthz", "/livez", "/readyz"];

/**
 * Until setup is complete, sends people to the wizard and tells programs why they are not served.
 *
 * @returns the reply that ends a request, or null for one that may pass
 * @example
 * const gate = createSetupGate({ setupPath: "/setup", complete, open: ["/static/", "/logo.svg"] });
 * gate({ method: "GET", path: "/projects", accept: "text/html" }); // 303 to /setup
 */
export function createSetupGate(options: GateOptions): (request: GateRequest) => PageReply | null {
  const { setupPath, complete } = options;
  const exact = new Set<string>([setupPath, `${setupPath}/`, ...HEALTH_PATHS]);
  const under = [`${setupPath}/`];
  for (const path of options.open ?? []) path.endsWith("/") ? under.push(path) : exact.add(path);
  let done = false;

  function isOpen(path: string): boolean {
    if (exact.has(path)) return true;
    // `/static/../admin` may be another page to the host's router than it is to this list.
    return isPlain(path) && under.some((prefix) => path.startsWith(prefix));
  }

  return ({ method, path, accept }) => {
    done ||= complete();
    if (done || isOpen(path)) return null;
    const wantsPage =
      (method === "GET" || method === "HEAD") && /\btext\/html\b/.test(accept ?? "");
    return wantsPage ? toSetup(setupPath) : notYet(setupPath);
  };
}

function isPlain(path: string): boolean {
  return !/%2e|%2f|%5c|\\|\/\/|\/\.\.?(?:\/|$)/i.test(path);
}

function toSetup(setupPath: string): PageReply {
  return { status: 303, headers: { location: setupPath, "cache-control": "no-store" }, body: "" };
}

function notYet(setupPath: string): PageReply {
  const message = `this app is not set up yet: open ${setupPath} in a browser to finish its setup`;
  return {
    status: 503,
    headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" },
    body: JSON.stringify({ error: "setup_incomplete", message, setup: setupPath }),
  };
}

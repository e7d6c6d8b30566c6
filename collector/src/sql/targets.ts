import { readerLimits } from "../engine/reader.ts";
import type { Engine } from "../engine/supervise.ts";
import type { Target } from "./door.ts";

/** Memory of one statement on an external server. */
const SERVER_MEMORY_BYTES = 8 * 1024 ** 3;

/** The embedded engine, whose reader has its limits by itself; null while it restarts. */
export function engineTarget(engine: Engine): Target | null {
  if (engine.state() !== "ready") return null;
  const { url } = engine;
  return {
    owner: { url, username: engine.username, password: engine.password },
    reader: { url, username: engine.readerUsername, password: engine.readerPassword },
    database: "",
    limits: null,
  };
}

/** A server by its address, with read-only and the limits as settings of each statement. */
export function serverTarget(clickhouseUrl: string): Target {
  const { username, password, pathname, origin, searchParams } = new URL(clickhouseUrl);
  const us = {
    url: origin,
    username: decodeURIComponent(username) || "default",
    password: decodeURIComponent(password),
  };
  const database = decodeURIComponent(pathname.slice(1)) || searchParams.get("database") || "";
  return { owner: us, reader: us, database, limits: readerLimits(SERVER_MEMORY_BYTES) };
}

import type { Logger } from "../log.ts";
import type { Authorize } from "./types.ts";

/**
 * Asks the host who sends a request. Only an object with an id is somebody: `false`, `true` and
 * whatever else a host without types may return lets nobody in, nor does a check that fails.
 *
 * @returns the administrator with the id as text, or null
 */
export async function administratorOf(
  authorize: Authorize,
  raw: unknown,
  log?: Logger,
): Promise<{ id: string } | null> {
  try {
    const id: unknown = ((await authorize(raw)) as { id?: unknown } | null | undefined)?.id;
    return typeof id === "string" || typeof id === "number" ? { id: String(id) } : null;
  } catch (error) {
    // Who cannot be told apart is nobody.
    log?.error({ code: (error as { code?: unknown })?.code ?? "thrown" }, "authorize failed");
    return null;
  }
}

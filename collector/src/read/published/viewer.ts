import type { FastifyRequest } from "fastify";
import { createAuth } from "../auth.ts";
import { createSessions } from "../session.ts";

type AuthDeps = Parameters<typeof createAuth>[0];

/**
 * Tells whose cookie opens the report and not the dashboard, so that the address `/` gives the right
 * page. It protects nothing: what each page asks is checked where it is answered.
 */
export function viewerCheck(
  deps: Omit<AuthDeps, "sessions"> & { sessionKey: Buffer },
): (request: FastifyRequest) => boolean {
  const sessions = createSessions(deps.sessionKey, deps.adminToken);
  const auth = createAuth({ ...deps, sessions });
  return (request) => {
    const caller = auth.identify(request, new Date());
    return caller.kind === "known" && !caller.scopes.has("read") && caller.scopes.has("restricted");
  };
}

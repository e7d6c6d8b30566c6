import { ingestFaults } from "../errors.ts";
import type { Problem } from "../ingest/problem.ts";
import type { Reply } from "../ingest/reply.ts";
import { refuse } from "../ingest/status.ts";

/**
 * A `google.rpc.Status` in JSON whose details name the fault, so that a program can tell why: as
 * `google.rpc.ErrorInfo`, whose reasons are in capitals (google/rpc/error_details.proto).
 *
 * @param details what else belongs to it
 */
export function refuseAsJson(problem: Problem, details: object[] = []): Reply {
  const reply = refuse({ headers: {} }, problem);
  const status = JSON.parse(String(reply.body)) as { details?: object[] };
  const info = {
    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
    reason: problem.fault.toUpperCase(),
    domain: "rollcall",
  };
  const body = JSON.stringify({
    ...status,
    details: [info, ...(status.details ?? []), ...details],
  });
  const noStore = ingestFaults[problem.fault].status === 410 ? ["cache-control", "no-store"] : [];
  return { ...reply, headers: [...reply.headers, ...noStore], body };
}

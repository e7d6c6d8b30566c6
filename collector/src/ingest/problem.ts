import type { IngestFault } from "../errors.ts";

/** Why a whole request is answered with an error. Holds names and places, never values. */
export interface Problem {
  fault: IngestFault;
  /** For a 400: the field at fault, as a path; "" or absent for the whole body. */
  field?: string;
  /** One more sentence for the sender. */
  description?: string;
  /** Where it is known better than the fault says, in seconds. */
  retryAfterSeconds?: number;
  /** For a 405: the methods that the path takes; POST where absent. */
  allow?: string;
}

export function isProblem(result: object): result is Problem {
  return "fault" in result;
}

import { lookAtJson, plainText, quoteLongIntegers } from "./json-guard.ts";
import type { Fields } from "./json-values.ts";
import { type DecodeFault, MAX_NESTING } from "./limits.ts";

/** Ten levels lead to a record's attribute, four to each level of nested maps inside it. */
const MAX_DEPTH = 10 + 4 * (MAX_NESTING + 2);
/**
 * Objects, arrays and members in one body: 20 MiB of real records have 1.6 million; as many bytes of
 * nothing but brackets would have 10 million, and every other sender waits for the parser.
 */
const MAX_PARTS = 2_000_000;

const tooManyParts: DecodeFault = Object.freeze({
  fault: "body_too_large",
  field: "",
  description: `at most ${MAX_PARTS} JSON objects, arrays and members in one request`,
});

const malformed = (description: string): DecodeFault => ({
  fault: "body_malformed",
  field: "",
  description,
});

/**
 * Parses a JSON body that is neither too deep nor too many-parted; long integers are kept as text, so
 * that none loses its last digits.
 *
 * @example
 * const parsed = parseBody(body);
 * if ("fault" in parsed) return parsed;
 */
export function parseBody(body: Buffer): { request: Fields } | DecodeFault {
  let text = plainText(body, MAX_DEPTH);
  if (text === null) {
    const { depth, parts, longIntegers } = lookAtJson(body, MAX_DEPTH, MAX_PARTS);
    if (depth > MAX_DEPTH) return malformed(`the body is nested deeper than ${MAX_DEPTH}`);
    if (parts > MAX_PARTS) return tooManyParts;
    const exact = longIntegers.length > 0;
    text = exact ? quoteLongIntegers(body, longIntegers) : body.toString("utf8");
  }
  let request: unknown;
  try {
    request = JSON.parse(text);
  } catch (error) {
    return malformed(syntaxFault(error));
  }
  if (typeof request === "object" && request !== null && !Array.isArray(request)) {
    return { request: request as Fields };
  }
  return malformed("the body is not an object");
}

/** V8's message quotes the text; only the position in it may go back to the sender. */
function syntaxFault(error: unknown): string {
  const position = /at position (\d+)/.exec(String(error))?.[1];
  return position ? `${NOT_JSON} (at character ${position})` : NOT_JSON;
}
const NOT_JSON = "the body is not valid JSON";

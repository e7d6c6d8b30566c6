/** A ClickHouse error: what the protocol carries as status, header and text. */
export interface EngineException {
  code: number;
  /** `Code: 62. DB::Exception: … (SYNTAX_ERROR)` */
  text: string;
}

export function exception(code: number, name: string, message: string): EngineException {
  return { code, text: `Code: ${code}. DB::Exception: ${message}. (${name})` };
}

/** Codes with the status that a ClickHouse server gives them; all others are 500. */
const STATUS: Record<number, number> = {
  42: 400,
  43: 400,
  46: 404,
  47: 404,
  48: 501,
  53: 400,
  60: 404,
  62: 400,
  81: 404,
  115: 400,
  159: 408,
  164: 403,
  202: 503,
  210: 503,
  236: 503,
  241: 500,
  271: 400,
  307: 413,
  394: 500,
  456: 400,
  457: 400,
  497: 403,
  516: 401,
};

export function statusOf(code: number): number {
  return STATUS[code] ?? 500;
}

/** An exception that the embedded engine threw, in the protocol's words. */
export function fromThrown(error: unknown): EngineException {
  const text = error instanceof Error ? error.message : String(error);
  const code = /^Code: (\d+)\./.exec(text)?.[1];
  if (code !== undefined) return { code: Number(code), text };
  return exception(1001, "STD_EXCEPTION", text);
}

export const unsupported = (message: string): EngineException =>
  exception(48, "NOT_IMPLEMENTED", message);

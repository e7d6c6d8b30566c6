/*
 * The 64-bit numbers of protobuf's JSON mapping (https://protobuf.dev/programming-guides/json/):
 * a decimal string, or a bare number, which JSON.parse would round past 2^53.
 */

const SIGNED = /^-?\d{1,19}$/;
const UNSIGNED = /^\d{1,20}$/;
const DOUBLE = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;
const INTEGER_LITERAL = /^-?\d{16,20}$/;
const MAX_UINT64 = 2n ** 64n - 1n;
const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);
const NANOS_DIGITS = 6;

type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;

const keepLongIntegers: Reviver = (_key, value, context) => {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  const { source } = context;
  return source !== undefined && INTEGER_LITERAL.test(source) ? BigInt(source) : value;
};

/** JSON.parse that gives integer literals outside ±(2^53 − 1) as bigints. Several times slower. */
export function parseWithLongIntegers(text: string): unknown {
  return JSON.parse(text, keepLongIntegers as Parameters<typeof JSON.parse>[1]);
}

/** An int64: a number where that is exact, else a bigint; null where it is neither. */
export function readInt64(sent: unknown): number | bigint | null {
  let exact: bigint;
  if (typeof sent === "number") {
    if (Number.isSafeInteger(sent)) return sent === 0 ? 0 : sent;
    if (!Number.isInteger(sent)) return null;
    exact = BigInt(sent);
  } else if (typeof sent === "string") {
    if (!SIGNED.test(sent)) return null;
    const rounded = Number(sent);
    if (Number.isSafeInteger(rounded)) return rounded === 0 ? 0 : rounded;
    exact = BigInt(sent);
  } else if (typeof sent === "bigint") exact = sent;
  else return null;
  return exact >= MIN_INT64 && exact <= MAX_INT64 ? exact : null;
}

/** Unsigned 64-bit nanoseconds as whole milliseconds; null where it is no such number. */
export function readNanoseconds(sent: unknown): number | null {
  if (typeof sent === "string") {
    if (!UNSIGNED.test(sent) || (sent.length === 20 && BigInt(sent) > MAX_UINT64)) return null;
    return sent.length > NANOS_DIGITS ? Number(sent.slice(0, -NANOS_DIGITS)) : 0;
  }
  if (typeof sent === "number") {
    const whole = Number.isInteger(sent) && sent >= 0 && sent < 2 ** 64;
    return whole ? Math.floor(sent / 1e6) : null;
  }
  if (typeof sent === "bigint") {
    return sent >= 0n && sent <= MAX_UINT64 ? Number(sent / 1_000_000n) : null;
  }
  return null;
}

/** A double, which may also come as a string, as NaN and the infinities must. */
export function readDoubleValue(sent: unknown): number | null {
  if (typeof sent === "number") return sent;
  if (typeof sent === "bigint") return Number(sent);
  if (typeof sent !== "string") return null;
  if (sent === "NaN" || sent === "Infinity" || sent === "-Infinity" || DOUBLE.test(sent)) {
    return Number(sent);
  }
  return null;
}

/*
 * The 64-bit numbers of protobuf's JSON mapping (https://protobuf.dev/programming-guides/json/):
 * a decimal string, or a bare number. Long bare ones come here as strings, see json-guard.ts.
 */

const SIGNED = /^-?\d{1,19}$/;
const UNSIGNED = /^\d{1,20}$/;
const DOUBLE = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;
const MAX_UINT64 = 2n ** 64n - 1n;
const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);
const NANOS_DIGITS = 6;

/** An int64: a number where that is exact, else a bigint; null where it is no such number. */
export function readInt64(sent: unknown): number | bigint | null {
  const rounded = typeof sent === "string" && SIGNED.test(sent) ? Number(sent) : sent;
  if (typeof rounded !== "number" || !Number.isInteger(rounded)) return null;
  // -0 is 0.
  if (Number.isSafeInteger(rounded)) return rounded === 0 ? 0 : rounded;
  const exact = BigInt(sent as string | number);
  return exact >= MIN_INT64 && exact <= MAX_INT64 ? exact : null;
}

/**
 * Unsigned 64-bit nanoseconds as whole milliseconds; null where it is no such number. Only no time
 * at all is 0: the first millisecond of 1970 is 1, a time and out of bounds.
 */
export function readNanoseconds(sent: unknown): number | null {
  if (typeof sent === "string") {
    if (!UNSIGNED.test(sent) || (sent.length === 20 && BigInt(sent) > MAX_UINT64)) return null;
    if (sent.length > NANOS_DIGITS) return Number(sent.slice(0, -NANOS_DIGITS));
    return Number(sent) > 0 ? 1 : 0;
  }
  if (typeof sent !== "number") return null;
  const whole = Number.isInteger(sent) && sent >= 0 && sent < 2 ** 64;
  if (!whole) return null;
  return sent > 0 && sent < 1e6 ? 1 : Math.floor(sent / 1e6);
}

/** A double, which may also come as a string, as NaN and the infinities must. */
export function readDoubleValue(sent: unknown): number | null {
  if (typeof sent === "number") return sent;
  if (typeof sent !== "string") return null;
  if (sent === "NaN" || sent === "Infinity" || sent === "-Infinity" || DOUBLE.test(sent)) {
    return Number(sent);
  }
  return null;
}

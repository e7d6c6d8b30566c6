/**
 * Nanoseconds since 1970, or between two times, as two unsigned 32-bit halves: a double cannot hold
 * today's, and a bigint would be an allocation for each time of each record.
 */
export interface Nanos {
  low: number;
  high: number;
}

const TWO_16 = 65_536;
const TWO_32 = 4_294_967_296;
const MILLION = 1_000_000;
const BILLION = 1_000_000_000;

export const createNanos = (): Nanos => ({ low: 0, high: 0 });

export function copyNanos(into: Nanos, from: Nanos): void {
  into.low = from.low;
  into.high = from.high;
}

export const isZero = (nanos: Nanos): boolean => nanos.low === 0 && nanos.high === 0;

export function isBefore(a: Nanos, b: Nanos): boolean {
  return a.high === b.high ? a.low < b.low : a.high < b.high;
}

/** `a + b` modulo 2^64, as differences that go back in time need it; `into` may be either of them. */
export function addNanos(into: Nanos, a: Nanos, b: Nanos): void {
  const low = a.low + b.low;
  into.high = (a.high + b.high + (low >= TWO_32 ? 1 : 0)) % TWO_32;
  into.low = low % TWO_32;
}

/** `a − b` modulo 2^64; `into` may be either of them. */
export function subtractNanos(into: Nanos, a: Nanos, b: Nanos): void {
  const low = a.low - b.low;
  into.high = (a.high - b.high - (low < 0 ? 1 : 0) + TWO_32) % TWO_32;
  into.low = (low + TWO_32) % TWO_32;
}

/**
 * Whole milliseconds. The million is divided out of the high half first; every step is exact. Only
 * no time at all is 0: the first millisecond of 1970 is 1, a time and out of bounds.
 */
export function toMilliseconds({ low, high }: Nanos): number {
  const quotient = Math.floor(high / MILLION);
  const rest = high % MILLION;
  const ms = quotient * TWO_32 + Math.floor((rest * TWO_32 + low) / MILLION);
  return ms === 0 && low > 0 ? 1 : ms;
}

/** Whole Unix milliseconds as nanoseconds. */
export function fromMilliseconds(into: Nanos, ms: number): void {
  fromSeconds(into, Math.floor(ms / 1_000), (ms % 1_000) * MILLION);
}

/** False where it is beyond 64 bits. Every step stays below 2^53. */
function fromSeconds(into: Nanos, seconds: number, nanoseconds: number): boolean {
  const upper = Math.floor(seconds / TWO_16) * BILLION;
  const lower = (seconds % TWO_16) * BILLION + (upper % TWO_16) * TWO_16 + nanoseconds;
  const high = Math.floor(upper / TWO_16) + Math.floor(lower / TWO_32);
  if (high >= TWO_32) return false;
  into.high = high;
  into.low = lower % TWO_32;
  return true;
}

const DECIMAL = /^\d{1,20}$/;
const NANOS_DIGITS = 9;

/** Unsigned 64-bit nanoseconds of protobuf's JSON mapping; false where it is no such number. */
export function readJsonNanos(into: Nanos, sent: unknown): boolean {
  if (typeof sent === "string") {
    if (!DECIMAL.test(sent)) return false;
    const seconds = Number(sent.slice(0, -NANOS_DIGITS));
    return fromSeconds(into, seconds, Number(sent.slice(-NANOS_DIGITS)));
  }
  if (typeof sent !== "number" || !Number.isInteger(sent)) return false;
  if (sent < 0 || sent >= TWO_32 * TWO_32) return false;
  into.low = sent % TWO_32;
  into.high = Math.floor(sent / TWO_32);
  return true;
}

import { describe, expect, it } from "vitest";
import { createRandom } from "../random.fixture.ts";
import {
  addNanos,
  createNanos,
  fromMilliseconds,
  isBefore,
  type Nanos,
  readJsonNanos,
  subtractNanos,
  toMilliseconds,
} from "./nanos.ts";

const MAX = 2n ** 64n - 1n;
const EDGES = [0n, 1n, 999_999n, 1_000_000n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 63n, MAX - 1n, MAX];
const exact = ({ low, high }: Nanos) => (BigInt(high) << 32n) | BigInt(low);
const halves = (value: bigint): Nanos => ({
  low: Number(value & 0xffffffffn),
  high: Number(value >> 32n),
});

function samples(): bigint[] {
  const random = createRandom(64);
  const any = () => (BigInt(random.below(2 ** 32)) << 32n) | BigInt(random.below(2 ** 32));
  return [...EDGES, ...Array.from({ length: 300 }, any)];
}

describe("nanoseconds in two halves", () => {
  it("add, subtract and compare as 64-bit integers do", () => {
    const into = createNanos();
    const all = samples();
    for (const [at, a] of all.entries()) {
      for (const b of [...EDGES, all[(at * 7) % all.length] as bigint]) {
        addNanos(into, halves(a), halves(b));
        expect(exact(into)).toBe(BigInt.asUintN(64, a + b));
        subtractNanos(into, halves(a), halves(b));
        expect(exact(into)).toBe(BigInt.asUintN(64, a - b));
        expect(isBefore(halves(a), halves(b))).toBe(a < b);
      }
    }
  });

  it("may be written over while they are added", () => {
    const a = halves(2n ** 40n + 5n);
    addNanos(a, a, a);
    expect(exact(a)).toBe(2n ** 41n + 10n);
    subtractNanos(a, a, a);
    expect(exact(a)).toBe(0n);
  });

  it("are whole milliseconds and come from them", () => {
    for (const value of samples()) {
      const ms = value > 0n && value < 1_000_000n ? 1n : value / 1_000_000n;
      expect(toMilliseconds(halves(value))).toBe(Number(ms));
    }
    const into = createNanos();
    for (const ms of [0, 1, 999, 1_000, 1_700_000_000_123, 18_446_744_073_709]) {
      fromMilliseconds(into, ms);
      expect(exact(into)).toBe(BigInt(ms) * 1_000_000n);
    }
  });

  it("are read from decimal text and from numbers, exactly", () => {
    const into = createNanos();
    for (const value of samples()) {
      expect(readJsonNanos(into, String(value))).toBe(true);
      expect(exact(into)).toBe(value);
      const double = Number(value);
      if (double >= 2 ** 64) continue;
      expect(readJsonNanos(into, double)).toBe(true);
      expect(exact(into)).toBe(BigInt(double));
    }
  });

  it.each([
    String(MAX + 1n),
    "99999999999999999999",
    "123456789012345678901",
    "-1",
    "1.5",
    " 1",
    "",
    -1,
    0.5,
    2 ** 64,
    Number.NaN,
    true,
    {},
  ])("are not read from %j", (sent) => {
    expect(readJsonNanos(createNanos(), sent)).toBe(false);
  });
});

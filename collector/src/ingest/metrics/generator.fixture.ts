import { createParts } from "../otlp/generator.fixture.ts";
import {
  bytesField,
  doubleField,
  fixed64Field,
  message,
  tag,
  varint,
  varintField,
} from "../otlp/wire-writer.fixture.ts";
import type { Random } from "../random.fixture.ts";

/** The members of a metric's oneof, by field number. */
export const DATA = { GAUGE: 5, SUM: 7, HISTOGRAM: 9, EXPONENTIAL: 10, SUMMARY: 11 };
const { GAUGE, SUM, HISTOGRAM, EXPONENTIAL, SUMMARY } = DATA;

/** Values of a packed field. */
export const packed = (number: number, ...values: Buffer[]) =>
  bytesField(number, Buffer.concat(values));
export const fixed64 = (value: bigint) => fixed64Field(1, value).subarray(1);
export const double = (value: number) => doubleField(1, value).subarray(1);

/** Requests as no library writes them: fields in any order, messages split, noise in between. */
export function createGenerator(random: Random) {
  const parts = createParts(random);
  const { bytes, integer, keyValue, maybe, mixed, pieces, word } = parts;
  const number = () => random.pick([0, -0.5, 1e300, Number.NaN, Number.NEGATIVE_INFINITY]);
  const times = () => [
    ...maybe(0.5, () => fixed64Field(2, integer())),
    ...maybe(0.8, () => fixed64Field(3, integer())),
  ];
  const totals = () => [
    ...times(),
    ...maybe(0.7, () => fixed64Field(4, integer())),
    ...maybe(0.7, () => doubleField(5, number())),
  ];
  /** A list of numbers, packed, one by one, or both. */
  const list = (id: number, one: () => Buffer, wire: number): Buffer[] =>
    random.times(3, () =>
      random.chance(0.5)
        ? packed(id, ...random.times(4, one))
        : Buffer.concat([tag(id, wire), one()]),
    );
  const exemplar = (id: number) =>
    message(
      id,
      ...mixed([
        ...random.times(2, () => keyValue(7)),
        ...maybe(0.5, () => fixed64Field(2, integer())),
        ...maybe(0.5, () => doubleField(3, number())),
        ...maybe(0.5, () => bytesField(4, parts.spanId())),
        ...maybe(0.5, () => bytesField(5, parts.traceId())),
        ...maybe(0.5, () => fixed64Field(6, integer())),
      ]),
    );
  const flags = (id: number) => maybe(0.3, () => varintField(id, random.below(2 ** 32)));
  const extremes = (id: number) => [
    ...maybe(0.5, () => doubleField(id, number())),
    ...maybe(0.5, () => doubleField(id + 1, number())),
  ];
  const numberPoint = () => [
    ...times(),
    ...random.times(3, () => keyValue(7)),
    ...maybe(0.6, () => doubleField(4, number())),
    ...maybe(0.6, () => fixed64Field(6, integer())),
    ...random.times(2, () => exemplar(5)),
    ...flags(8),
  ];
  const buckets = (id: number) =>
    pieces(id, [
      ...maybe(0.7, () => varintField(1, random.below(2 ** 32))),
      ...list(2, () => varint(BigInt.asUintN(64, integer())), 0),
    ]);
  const POINTS: Record<number, () => Buffer[]> = {
    [GAUGE]: numberPoint,
    [SUM]: numberPoint,
    [HISTOGRAM]: () => [
      ...totals(),
      ...random.times(3, () => keyValue(9)),
      ...list(6, () => fixed64(integer()), 1),
      ...list(7, () => double(number()), 1),
      ...random.times(2, () => exemplar(8)),
      ...flags(10),
      ...extremes(11),
    ],
    [EXPONENTIAL]: () => [
      ...totals(),
      ...random.times(3, () => keyValue(1)),
      ...maybe(0.7, () => varintField(6, random.below(2 ** 32))),
      ...maybe(0.7, () => fixed64Field(7, integer())),
      ...maybe(0.7, () => buckets(8)),
      ...maybe(0.7, () => buckets(9)),
      ...random.times(2, () => exemplar(11)),
      ...flags(10),
      ...extremes(12),
      ...maybe(0.3, () => doubleField(14, number())),
    ],
    [SUMMARY]: () => [
      ...totals(),
      ...random.times(3, () => keyValue(7)),
      ...random.times(3, () =>
        message(
          6,
          ...mixed([
            ...maybe(0.8, () => doubleField(1, number())),
            ...maybe(0.8, () => doubleField(2, number())),
          ]),
        ),
      ),
      ...flags(8),
    ],
  };
  const data = (id: number): Buffer[] =>
    pieces(id, [
      ...random.times(3, () => message(1, ...mixed(POINTS[id]!()))),
      ...maybe(0.6, () => varintField(2, random.pick([0, 1, 2, 7, -1n]))),
      ...maybe(0.6, () => varintField(3, random.below(2))),
    ]);
  const kind = () => random.pick([GAUGE, SUM, HISTOGRAM, EXPONENTIAL, SUMMARY]);
  const metric = () =>
    message(
      2,
      ...mixed([
        ...maybe(0.9, () => bytesField(1, word())),
        ...maybe(0.5, () => bytesField(2, bytes(3))),
        ...maybe(0.5, () => bytesField(3, word())),
        ...maybe(0.95, () => data(kind())),
        ...maybe(0.05, () => data(kind())),
      ]),
    );
  const url = () => maybe(0.3, () => bytesField(3, word()));
  const scopeMetrics = () =>
    message(2, ...mixed([...parts.scope(), ...url(), ...random.times(3, metric)]));
  const resourceMetrics = () =>
    message(1, ...mixed([...parts.resource(), ...url(), ...random.times(2, scopeMetrics)]));
  return () => Buffer.concat(mixed(random.times(3, resourceMetrics)));
}

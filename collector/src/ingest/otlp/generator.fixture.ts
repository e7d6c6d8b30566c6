import type { Random } from "../random.fixture.ts";
import {
  bytesField,
  doubleField,
  fixed32Field,
  fixed64Field,
  group,
  message,
  text,
  varintField,
} from "./wire-writer.fixture.ts";

/** Parts of requests as no library writes them: fields in any order, messages split, noise in between. */
export function createParts(random: Random) {
  const word = () =>
    random.pick(["", "timer.started", "k", "identity", "Grüße", "名前", "x".repeat(70), "a\0b"]);
  const integer = () => (BigInt(random.below(2 ** 32)) << BigInt(random.below(33))) - 5n;
  const bytes = (length: number) =>
    Buffer.from(Array.from({ length }, () => random.below(random.pick([1, 256]))));
  /** Unknown fields, and known numbers of another wire type. */
  const noise = (): Buffer =>
    random.pick([
      () => varintField(20 + random.below(200), integer()),
      () => fixed64Field(20 + random.below(9), integer()),
      () => bytesField(20 + random.below(9), bytes(random.below(9))),
      () => fixed32Field(20 + random.below(9), random.below(2 ** 32)),
      () => group(20 + random.below(9), ...random.times(2, noise)),
      () => fixed32Field(1 + random.below(12), 1),
    ])();
  const mixed = (fields: Buffer[]) => random.shuffle([...fields, ...random.times(1, noise)]);
  /** One message in one or two pieces. */
  const pieces = (number: number, fields: Buffer[]): Buffer[] => {
    const at = random.chance(0.2) ? random.below(fields.length + 1) : fields.length;
    const parts = [fields.slice(0, at), fields.slice(at)];
    return (at === fields.length ? parts.slice(0, 1) : parts).map((part) =>
      message(number, ...mixed(part)),
    );
  };
  const anyFields = (depth: number): Buffer[] =>
    random.times(2, () =>
      random.pick([
        () => text(word()),
        () => varintField(2, random.below(3)),
        () => varintField(3, integer()),
        () => doubleField(4, random.pick([0, -0.5, 1e300, Number.NaN, Number.POSITIVE_INFINITY])),
        () =>
          message(
            5,
            ...(depth > 0 ? random.times(2, () => message(1, ...anyFields(depth - 1))) : []),
          ),
        () => message(6, ...(depth > 0 ? random.times(2, () => keyValue(1, depth - 1)) : [])),
        () => bytesField(7, bytes(random.below(5))),
      ])(),
    );
  const keyValue = (number: number, depth = 2): Buffer =>
    message(
      number,
      ...mixed([
        ...(random.chance(0.9) ? [bytesField(1, word())] : []),
        ...(random.chance(0.9) ? pieces(2, anyFields(depth)) : []),
      ]),
    );
  /** A field that is there with this probability. */
  const maybe = (probability: number, ...make: (() => Buffer | Buffer[])[]): Buffer[] =>
    random.chance(probability) ? make.flatMap((one) => one()) : [];
  /** A message of an InstrumentationScope or a Resource, whose attributes are field `attributes`. */
  const described = (number: number, attributes: number, ...more: Buffer[]) =>
    pieces(number, [...more, ...random.times(3, () => keyValue(attributes))]);
  return {
    ...{ word, integer, bytes, mixed, pieces, anyFields, keyValue, maybe },
    resource: () => described(1, 1),
    scope: () =>
      described(
        1,
        3,
        ...maybe(0.6, () => bytesField(1, word())),
        ...maybe(0.4, () => bytesField(2, word())),
      ),
    traceId: () => bytes(random.pick([0, 15, 16, 16])),
    spanId: () => bytes(random.pick([0, 8, 8, 9])),
  };
}

/** One bit, byte or length of a request is no more what it was. */
export function damage(random: Random, body: Buffer): Buffer {
  if (body.length === 0) return body;
  const at = random.below(body.length);
  const changed = Buffer.from(body);
  switch (random.below(4)) {
    case 0:
      return changed.subarray(0, at);
    case 1:
      changed[at] = random.below(256);
      return changed;
    case 2:
      changed[at] = (changed[at] as number) ^ (1 << random.below(8));
      return changed;
    default:
      return Buffer.concat([
        changed.subarray(0, at),
        Buffer.from([random.below(256)]),
        changed.subarray(at),
      ]);
  }
}

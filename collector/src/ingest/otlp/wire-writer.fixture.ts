/** Protobuf bytes by hand, so that tests can write what no library would. */

export function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

export const tag = (number: number, wireType: number) => varint(number * 8 + wireType);

export const varintField = (number: number, value: number | bigint) =>
  Buffer.concat([tag(number, 0), varint(value)]);

export function bytesField(number: number, content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content as string);
  return Buffer.concat([tag(number, 2), varint(bytes.length), bytes]);
}

export function fixed64Field(number: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  return Buffer.concat([tag(number, 1), bytes]);
}

export function doubleField(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([tag(number, 1), bytes]);
}

export const fixed32Field = (number: number, value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return Buffer.concat([tag(number, 5), bytes]);
};

export const group = (number: number, ...content: Buffer[]) =>
  Buffer.concat([tag(number, 3), ...content, tag(number, 4)]);

export const message = (number: number, ...content: Buffer[]) =>
  bytesField(number, Buffer.concat(content));

/** A KeyValue as field `number`, its AnyValue given as encoded fields. */
export const pair = (number: number, key: string, ...anyValue: Buffer[]) =>
  message(number, bytesField(1, key), message(2, ...anyValue));

export const text = (value: string) => bytesField(1, value);

/** ExportLogsServiceRequest with one resource, one scope and these encoded LogRecord contents. */
export const logsRequest = (resource: Buffer[], ...records: Buffer[][]) =>
  message(
    1,
    message(1, ...resource),
    message(2, ...records.map((record) => message(2, ...record))),
  );

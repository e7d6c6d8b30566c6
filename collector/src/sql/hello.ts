/**
 * What clickhouse-go (Grafana's plugin) asks first on HTTP. It reads the answer as a server of its own
 * protocol version writes Native: with block info and a byte for the serialization of each column.
 */
export const HELLO = "SELECT displayName(), version(), revision(), timezone()";

/**
 * The answer to it. The embedded engine writes Native as revision 0 has it, without either, so that is
 * the revision it is said to have: from then on the client reads Native as it comes.
 */
export function helloAnswer(version: string): Buffer {
  const revision = Buffer.alloc(4);
  const columns: [name: string, type: string, value: Buffer][] = [
    ["displayName()", "String", text("Rollcall")],
    ["version()", "String", text(version)],
    ["revision()", "UInt32", revision],
    ["timezone()", "String", text("UTC")],
  ];
  // Block info: 1 is_overflows = 0, 2 bucket_num = -1, 0 the end; then columns and rows.
  const head = Buffer.from([1, 0, 2, 255, 255, 255, 255, 0, columns.length, 1]);
  const withoutCustomSerialization = Buffer.from([0]);
  return Buffer.concat([
    head,
    ...columns.flatMap(([name, type, value]) => [
      text(name),
      text(type),
      withoutCustomSerialization,
      value,
    ]),
  ]);
}

/** Shorter than 128 bytes, so that its length is one byte. */
function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([Buffer.byteLength(value)]), Buffer.from(value)]);
}

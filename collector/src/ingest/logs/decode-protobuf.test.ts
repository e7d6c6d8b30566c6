import { Kind } from "@rollcall/schemas";
import { describe, expect, it } from "vitest";
import { createParts, damage } from "../otlp/generator.fixture.ts";
import { MAX_ATTRIBUTES, MAX_RECORDS } from "../otlp/limits.ts";
import { isLongNumber } from "../otlp/oracle.fixture.ts";
import {
  bytesField,
  doubleField,
  fixed32Field,
  fixed64Field,
  group,
  logsRequest,
  message,
  pair,
  tag,
  text,
  varint,
  varintField,
} from "../otlp/wire-writer.fixture.ts";
import { createRandom, type Random } from "../random.fixture.ts";
import { createProtobufDecoder } from "./decode-protobuf.ts";
import { createIncomingLog } from "./incoming.ts";
import { decodeAll, oracleDecode } from "./oracle.fixture.ts";

const decode = createProtobufDecoder();
const logsOf = (body: Buffer) => decodeAll(decode, body);
const first = (body: Buffer) => {
  const { fault, logs } = logsOf(body);
  expect(fault).toBeNull();
  return logs[0];
};
const attribute = (...anyValue: Buffer[]) =>
  first(logsRequest([], [pair(6, "key", ...anyValue)]))?.attributes[0];

describe("a protobuf request", () => {
  it("gives each record with its resource, times and ids", () => {
    const record = [
      fixed64Field(1, 1_700_000_000_123_999_999n),
      varintField(2, 13),
      bytesField(3, "warning"),
      message(5, text("a body")),
      pair(6, "project_id", varintField(3, 42)),
      fixed32Field(8, 0x101),
      bytesField(9, Buffer.from("00112233445566778899AABBCCDDEEFF", "hex")),
      bytesField(10, Buffer.from("0011223344556677", "hex")),
      fixed64Field(11, 1_700_000_000_124_000_000n),
      bytesField(12, "timer.started"),
    ];
    expect(first(logsRequest([pair(1, "service.name", text("timetracker"))], record))).toEqual({
      eventName: "timer.started",
      body: "a body",
      hasOtherBody: false,
      attributes: [["project_id", Kind.Integer, 42]],
      resource: [["service.name", Kind.String, "timetracker"]],
      resourceSchemaUrl: "",
      scope: { name: "", version: "", attributes: [] },
      scopeSchemaUrl: "",
      severityNumber: 13,
      severityText: "warning",
      flags: 1,
      traceId: "00112233445566778899aabbccddeeff",
      spanId: "0011223344556677",
      time: 1_700_000_000_123_999_999n,
      observed: 1_700_000_000_124_000_000n,
      timeMs: 1_700_000_000_123,
      observedMs: 1_700_000_000_124,
    });
  });

  it("of no bytes is valid and holds nothing", () => {
    expect(logsOf(Buffer.alloc(0))).toEqual({ fault: null, logs: [] });
  });

  it("keeps nothing of one record for the next", () => {
    const full = [bytesField(12, "a.b"), message(5, text("x")), pair(6, "k", text("v"))];
    const { logs } = logsOf(logsRequest([], full, []));
    expect(logs[1]).toMatchObject({ eventName: "", body: null, attributes: [], timeMs: 0 });
  });

  it("may name its resource in pieces and after the records it describes", () => {
    const body = message(
      1,
      message(1, pair(1, "a", text("1"))),
      message(2, message(2, bytesField(12, "x.y"))),
      message(1, pair(1, "b", text("2"))),
    );
    expect(first(body)?.resource).toEqual([
      ["a", Kind.String, "1"],
      ["b", Kind.String, "2"],
    ]);
  });

  it("may name its scope after the records that it describes, and forgets it for the next", () => {
    const scopeLogs = (...fields: Buffer[]) => message(2, ...fields);
    const record = message(2, bytesField(12, "x.y"));
    const body = message(
      1,
      scopeLogs(record, message(1, bytesField(1, "express")), bytesField(3, "url")),
      scopeLogs(record),
      bytesField(3, "resource-url"),
    );
    const { logs } = logsOf(body);
    expect(logs.map(({ scope, scopeSchemaUrl }) => [scope.name, scopeSchemaUrl])).toEqual([
      ["express", "url"],
      ["", ""],
    ]);
    expect(logs.map((log) => log.resourceSchemaUrl)).toEqual(["resource-url", "resource-url"]);
  });

  it("lets the last member of a oneof win, across the pieces of a split value", () => {
    expect(attribute(text("text"), varintField(2, 1))).toEqual(["key", Kind.Boolean, true]);
    const split = message(6, bytesField(1, "key"), message(2, text("text")), message(2));
    expect(first(logsRequest([], [split]))?.attributes).toEqual([["key", Kind.String, "text"]]);
  });

  it("steps over unknown fields of every wire type and known numbers of another", () => {
    const noise = [
      varintField(99, -1n),
      fixed64Field(98, 7n),
      bytesField(97, "noise"),
      group(96, group(95, varintField(1, 1)), bytesField(2, "x")),
      fixed32Field(94, 1),
      varintField(12, 3),
      fixed32Field(6, 1),
    ];
    expect(first(logsRequest([], [...noise, bytesField(12, "a.b"), ...noise]))?.eventName).toBe(
      "a.b",
    );
  });

  it("keeps 64-bit integers exact", () => {
    const int = (value: bigint) => attribute(varintField(3, value))?.[2];
    expect(int(2n ** 53n - 1n)).toBe(2 ** 53 - 1);
    expect(int(2n ** 53n + 1n)).toBe(2n ** 53n + 1n);
    expect(int(2n ** 63n - 1n)).toBe(2n ** 63n - 1n);
    expect(int(-(2n ** 63n))).toBe(-(2n ** 63n));
    expect(int(-(2n ** 53n))).toBe(-(2n ** 53n));
    expect(int(-1n)).toBe(-1);
  });

  it("reads doubles, NaN among them, and never the content of arrays, maps and bytes", () => {
    expect(attribute(doubleField(4, 0.25))).toEqual(["key", Kind.Double, 0.25]);
    expect(attribute(doubleField(4, Number.NaN))?.[2]).toBeNaN();
    expect(attribute(message(5, message(1, text("secret"))))).toEqual(["key", Kind.Array, null]);
    expect(attribute(message(6, pair(1, "k", text("v"))))).toEqual(["key", Kind.Map, null]);
    expect(attribute(bytesField(7, "secret"))).toEqual(["key", Kind.Bytes, null]);
  });

  it("replaces what is not UTF-8", () => {
    expect(attribute(bytesField(1, Buffer.from([0x61, 0xff, 0x62])))?.[2]).toBe("a\ufffdb");
  });

  it("treats an id of the wrong length or of zeros as absent", () => {
    const ids = (trace: Buffer) => first(logsRequest([], [bytesField(9, trace)]))?.traceId;
    expect(ids(Buffer.alloc(16))).toBe("");
    expect(ids(Buffer.alloc(15, 1))).toBe("");
    expect(ids(Buffer.alloc(17, 1))).toBe("");
  });

  it("tells strings apart that fall on the same place in the string memory", () => {
    const random = createRandom(7);
    const names = Array.from({ length: 20_000 }, () => `n${random.below(1e9).toString(36)}`);
    const { logs } = logsOf(logsRequest([], ...names.map((name) => [bytesField(12, name)])));
    expect(logs.map(({ eventName }) => eventName)).toEqual(names);
  });
});

describe("a malformed protobuf request", () => {
  const record = (...content: Buffer[]) => logsRequest([], content);
  const nested = (levels: number): Buffer => {
    let value = text("x");
    for (let level = 0; level < levels; level++) value = message(5, message(1, value));
    return record(pair(6, "k", value));
  };
  const endless = Buffer.alloc(11, 0xff);

  it.each([
    ["a length that runs past the end", Buffer.from([0x0a, 0x05, 0x00])],
    ["a length of four gigabytes", Buffer.concat([tag(1, 2), varint(2 ** 32 - 1)])],
    ["a length of 2^63", Buffer.concat([tag(1, 2), varint(2n ** 63n)])],
    ["a varint of eleven bytes", record(Buffer.concat([tag(50, 0), endless]))],
    ["a varint cut off", record(Buffer.concat([tag(50, 0), Buffer.from([0x80])]))],
    ["a fixed64 cut off", record(Buffer.concat([tag(1, 1), Buffer.alloc(7)]))],
    ["field number 0", record(varintField(0, 1))],
    ["wire type 6", record(tag(50, 6))],
    ["a group that does not end", record(tag(50, 3))],
    ["a group that did not begin", record(tag(50, 4))],
    ["a group that ends under another number", record(tag(50, 3), tag(51, 4))],
    [
      "groups 1,000 deep",
      record(...Array(1_000).fill(tag(50, 3)), ...Array(1_000).fill(tag(50, 4))),
    ],
    ["values nested 33 deep", nested(33)],
    ["values nested 10,000 deep", nested(10_000)],
    ["too many attributes", record(...Array(MAX_ATTRIBUTES + 1).fill(pair(6, "k", text("v"))))],
  ])("is refused for %s", (_name, body) => {
    expect(logsOf(body).fault).toMatchObject({ fault: "body_malformed" });
  });

  it("is fine up to the limits", () => {
    expect(logsOf(nested(32)).fault).toBeNull();
    const most = Array(MAX_ATTRIBUTES).fill(pair(6, "k", text("v")));
    expect(first(record(...most))?.attributes).toHaveLength(MAX_ATTRIBUTES);
  });

  it("with too many records says so", () => {
    const records = Buffer.concat(Array(MAX_RECORDS + 1).fill(message(2)));
    const body = message(1, message(2, records));
    expect(decode(body, createIncomingLog(), () => {})).toMatchObject({
      fault: "too_many_records",
    });
  });

  it("names the message at fault and the byte, never a value", () => {
    const body = record(pair(6, "secret-key", text("secret-value")), tag(50, 6));
    const { fault } = logsOf(body);
    expect(fault?.field).toBe("resource_logs.scope_logs.log_records");
    expect(fault?.description).toMatch(/at byte \d+/);
    expect(JSON.stringify(fault)).not.toContain("secret");
  });
});

/** Requests as no library writes them: fields in any order, submessages split, noise in between. */
function createGenerator(random: Random) {
  const parts = createParts(random);
  const { integer, keyValue, maybe, mixed, word } = parts;
  const record = (): Buffer =>
    message(
      2,
      ...mixed([
        ...random.times(5, () => keyValue(6)),
        ...maybe(0.7, () => fixed64Field(1, integer())),
        ...maybe(0.4, () => varintField(2, random.pick([0n, 9n, 24n, 99n, -1n]))),
        ...maybe(0.4, () => bytesField(3, word())),
        ...maybe(0.4, () => fixed32Field(8, random.below(2 ** 32))),
        ...maybe(0.4, () => parts.pieces(5, parts.anyFields(2))),
        ...maybe(0.4, () => bytesField(9, parts.traceId())),
        ...maybe(0.4, () => bytesField(10, parts.spanId())),
        ...maybe(0.4, () => fixed64Field(11, integer())),
        ...maybe(0.7, () => bytesField(12, word())),
      ]),
    );
  const url = () => maybe(0.4, () => bytesField(3, word()));
  const scopeLogs = () =>
    message(2, ...mixed([...parts.scope(), ...random.times(3, record), ...url()]));
  const resourceLogs = () =>
    message(1, ...mixed([...parts.resource(), ...random.times(2, scopeLogs), ...url()]));
  return () => Buffer.concat(mixed(random.times(3, resourceLogs)));
}

describe("compared with protobufjs", () => {
  it("reads 2,000 generated requests alike", () => {
    const random = createRandom(20_261_120);
    const generate = createGenerator(random);
    let records = 0;
    for (let round = 0; round < 2_000; round++) {
      const body = generate();
      const { fault, logs } = logsOf(body);
      expect(fault).toBeNull();
      expect(logs, `round ${round}`).toEqual(oracleDecode(body));
      records += logs.length;
    }
    expect(records).toBeGreaterThan(2_000);
  });

  it("accepts and refuses 6,000 damaged requests alike, and never crashes", () => {
    const random = createRandom(42);
    const generate = createGenerator(random);
    const seen = { accepted: 0, refused: 0 };
    for (let round = 0; round < 6_000; round++) {
      const body = damage(random, generate());
      const expected = oracleDecode(body);
      const { fault, logs } = logsOf(body);
      if (isLongNumber(fault)) continue;
      if (expected === null) {
        expect(fault, `round ${round}: ${body.toString("hex")}`).not.toBeNull();
        seen.refused++;
      } else {
        expect(fault, `round ${round}: ${body.toString("hex")}`).toBeNull();
        expect(logs, `round ${round}: ${body.toString("hex")}`).toEqual(expected);
        seen.accepted++;
      }
    }
    expect(seen.accepted).toBeGreaterThan(500);
    expect(seen.refused).toBeGreaterThan(500);
  });

  it("survives bytes that were never a request", () => {
    const random = createRandom(1);
    for (let round = 0; round < 5_000; round++) {
      const body = Buffer.from(random.times(64, () => random.below(256)));
      logsOf(body);
    }
  });
});

import { Kind } from "@rollcall/schemas";
import { describe, expect, it } from "vitest";
import { MAX_ATTRIBUTES, MAX_RECORDS } from "../otlp/limits.ts";
import {
  bytesField,
  fixed32Field,
  fixed64Field,
  message,
  pair,
  text,
  varintField,
} from "../otlp/wire-writer.fixture.ts";
import { createJsonDecoder } from "./decode-json.ts";
import { createProtobufDecoder } from "./decode-protobuf.ts";
import { createIncomingLog } from "./incoming.ts";
import { decodeAll } from "./oracle.fixture.ts";

const decode = createJsonDecoder();
const logsOf = (json: string) => decodeAll(decode, Buffer.from(json));
const recordJson = (record: string) =>
  `{"resourceLogs":[{"scopeLogs":[{"logRecords":[${record}]}]}]}`;
const first = (record: string) => {
  const { fault, logs } = logsOf(recordJson(record));
  expect(fault).toBeNull();
  return logs[0];
};
const value = (anyValue: string) =>
  first(`{"attributes":[{"key":"k","value":${anyValue}}]}`)?.attributes[0]?.slice(1);
const faultOf = (record: string) => logsOf(recordJson(record)).fault;

describe("a JSON request", () => {
  it("gives the same record as the same request in protobuf", () => {
    const json = JSON.stringify({
      resourceLogs: [
        {
          resource: { attributes: [{ key: "service.name", value: { stringValue: "tt" } }] },
          schemaUrl: "https://opentelemetry.io/schemas/1.37.0",
          scopeLogs: [
            {
              scope: { name: "express", version: "5.0.0", attributes: [] },
              schemaUrl: "https://opentelemetry.io/schemas/1.36.0",
              logRecords: [
                {
                  timeUnixNano: "1700000000123999999",
                  observedTimeUnixNano: 1700000000124000000,
                  severityNumber: 13,
                  severityText: "warning",
                  flags: 257,
                  body: { stringValue: "timer.started" },
                  attributes: [
                    { key: "project_id", value: { intValue: "42" } },
                    { key: "billable", value: { boolValue: true } },
                  ],
                },
              ],
            },
          ],
        },
      ],
    });
    const record = message(
      2,
      fixed64Field(1, 1_700_000_000_123_999_999n),
      varintField(2, 13),
      bytesField(3, "warning"),
      message(5, text("timer.started")),
      pair(6, "project_id", varintField(3, 42)),
      pair(6, "billable", varintField(2, 1)),
      fixed32Field(8, 257),
      fixed64Field(11, 1_700_000_000_124_000_000n),
    );
    const scope = message(1, bytesField(1, "express"), bytesField(2, "5.0.0"));
    const protobuf = message(
      1,
      message(1, pair(1, "service.name", text("tt"))),
      message(2, scope, record, bytesField(3, "https://opentelemetry.io/schemas/1.36.0")),
      bytesField(3, "https://opentelemetry.io/schemas/1.37.0"),
    );
    const { logs } = logsOf(json);
    expect(logs).toHaveLength(1);
    expect(logs).toEqual(decodeAll(createProtobufDecoder(), protobuf).logs);
  });

  it("takes a severity as its number or its name, and flags as a number or a string", () => {
    expect(first('{"severityNumber":9}')?.severityNumber).toBe(9);
    expect(first('{"severityNumber":"SEVERITY_NUMBER_WARN2"}')?.severityNumber).toBe(14);
    expect(first('{"severityNumber":"SEVERITY_NUMBER_UNSPECIFIED"}')?.severityNumber).toBe(0);
    expect(first('{"flags":"1"}')?.flags).toBe(1);
    expect(faultOf('{"severityNumber":"LOUD"}')?.description).toContain("severityNumber");
    expect(faultOf('{"flags":-1}')?.description).toContain("flags");
  });

  it("takes 64-bit integers as strings and as numbers, exactly", () => {
    expect(value('{"intValue":"42"}')).toEqual([Kind.Integer, 42]);
    expect(value('{"intValue":42}')).toEqual([Kind.Integer, 42]);
    expect(value('{"intValue":-0}')).toEqual([Kind.Integer, 0]);
    expect(value('{"intValue":9007199254740993}')).toEqual([Kind.Integer, 9_007_199_254_740_993n]);
    expect(value('{"intValue":"9007199254740993"}')).toEqual([
      Kind.Integer,
      9_007_199_254_740_993n,
    ]);
    expect(value('{"intValue":9223372036854775807}')).toEqual([Kind.Integer, 2n ** 63n - 1n]);
    expect(value('{"intValue":"-9223372036854775808"}')).toEqual([Kind.Integer, -(2n ** 63n)]);
  });

  it("takes times as strings and as bare 19-digit numbers, exactly", () => {
    expect(first('{"timeUnixNano":"1700000000123000000"}')?.timeMs).toBe(1_700_000_000_123);
    expect(first('{"timeUnixNano":1700000000123000000}')?.timeMs).toBe(1_700_000_000_123);
    expect(first('{"observedTimeUnixNano":1.7e18}')?.observedMs).toBe(1_700_000_000_000);
    expect(first('{"timeUnixNano":"999999"}')?.timeMs).toBe(1);
    expect(first('{"timeUnixNano":"18446744073709551615"}')?.timeMs).toBe(18_446_744_073_709);
  });

  it("finds long bare numbers next to anything, and none inside strings", () => {
    const long = "9007199254740993";
    const record = first(
      `{"ignored":[-${long},${long}.5,${long}e3,1${long}${long}],"eventName":"${long}",` +
        `"timeUnixNano" : 1700000000123000000 ,"attributes":[{"key":"\\\\\\"${long}",` +
        `"value":{"intValue":-${long}}},{"key":"d","value":{"doubleValue":${long}.5}}]}`,
    );
    expect(record).toMatchObject({ eventName: long, timeMs: 1_700_000_000_123 });
    expect(record?.attributes).toEqual([
      [`\\"${long}`, Kind.Integer, -9_007_199_254_740_993n],
      ["d", Kind.Double, Number(`${long}.5`)],
    ]);
  });

  it("takes doubles as numbers and strings, NaN and the infinities by name", () => {
    expect(value('{"doubleValue":0.5}')).toEqual([Kind.Double, 0.5]);
    expect(value('{"doubleValue":"1e3"}')).toEqual([Kind.Double, 1000]);
    expect(value('{"doubleValue":"NaN"}')).toEqual([Kind.Double, Number.NaN]);
    expect(value('{"doubleValue":"-Infinity"}')).toEqual([Kind.Double, Number.NEGATIVE_INFINITY]);
    expect(value('{"doubleValue":12345678901234567890}')).toEqual([
      Kind.Double,
      Number("12345678901234567890"),
    ]);
  });

  it("treats null as absent everywhere", () => {
    expect(value("null")).toEqual([Kind.Empty, null]);
    expect(value('{"stringValue":null,"intValue":"7"}')).toEqual([Kind.Integer, 7]);
    expect(
      first('{"body":null,"attributes":null,"traceId":null,"timeUnixNano":null,"eventName":null}'),
    ).toMatchObject({ body: null, attributes: [], timeMs: 0, eventName: "" });
    expect(logsOf('{"resourceLogs":null}')).toEqual({ fault: null, logs: [] });
    expect(logsOf('{"resourceLogs":[{"resource":null,"scopeLogs":null}]}').fault).toBeNull();
  });

  it("ignores unknown fields, snake_case names and enum names in fields it does not read", () => {
    const record = first(
      '{"event_name":"no","eventName":"yes","severityNumber":"SEVERITY_NUMBER_INFO","new":{"a":[1]}}',
    );
    expect(record?.eventName).toBe("yes");
  });

  it("takes keys such as __proto__ and constructor as plain data", () => {
    const record = first(
      '{"__proto__":{"eventName":"polluted"},"constructor":{"prototype":{"a":1}},"attributes":' +
        '[{"key":"__proto__","value":{"stringValue":"x"}},{"key":"constructor","value":{"boolValue":true}}]}',
    );
    expect(record).toMatchObject({ eventName: "", body: null });
    expect(record?.attributes.map(([key]) => key)).toEqual(["__proto__", "constructor"]);
    expect(({} as Record<string, unknown>).eventName).toBeUndefined();
  });

  it("lets the last of two equal keys win", () => {
    expect(first('{"eventName":"a.b","eventName":"c.d"}')?.eventName).toBe("c.d");
  });

  it("replaces half a surrogate pair and keeps a whole one", () => {
    expect(value('{"stringValue":"a\\ud800b"}')).toEqual([Kind.String, "a\ufffdb"]);
    expect(value('{"stringValue":"\\ud83d\\ude00"}')).toEqual([Kind.String, "😀"]);
    expect(value('{"stringValue":"a\\u0000b"}')).toEqual([Kind.String, "a\0b"]);
  });

  it("takes ids in hex of any case and treats what is no id as absent", () => {
    const trace = (id: string) => first(`{"traceId":"${id}"}`)?.traceId;
    expect(trace("00112233445566778899AABBCCDDEEFF")).toBe("00112233445566778899aabbccddeeff");
    expect(trace("0".repeat(32))).toBe("");
    expect(trace("")).toBe("");
    expect(trace("ABEiM0RVZneImaq7zN3u/w==")).toBe("");
    expect(first('{"spanId":"0011223344556677"}')?.spanId).toBe("0011223344556677");
  });

  it("takes bytes in both base64 alphabets, padded or not, and never looks into them", () => {
    for (const bytes of ["", "AA==", "AA", "-_8", "+/8="]) {
      expect(value(`{"bytesValue":"${bytes}"}`)).toEqual([Kind.Bytes, null]);
    }
  });

  it("never hands over the content of arrays and maps", () => {
    expect(value('{"arrayValue":{"values":[{"stringValue":"x"}]}}')).toEqual([Kind.Array, null]);
    expect(value('{"kvlistValue":{"values":[{"key":"k","value":{"intValue":1}}]}}')).toEqual([
      Kind.Map,
      null,
    ]);
  });

  it("keeps a body that is no string apart", () => {
    expect(first('{"body":{"intValue":"5"}}')).toMatchObject({ body: null, hasOtherBody: true });
    expect(first('{"body":{}}')).toMatchObject({ body: null, hasOtherBody: false });
  });
});

describe("a malformed JSON request", () => {
  it.each([
    ["nothing", ""],
    ["blank lines", "\n\n"],
    ["no object", "[]"],
    ["null", "null"],
    ["a bare NaN", '{"a":NaN}'],
    ["a text cut off", '{"resourceLogs":['],
    ["two texts", "{}{}"],
    ["10,000 arrays", "[".repeat(10_000) + "]".repeat(10_000)],
    ["10,000 objects", `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`],
    ["a million open brackets", "[".repeat(1_000_000)],
  ])("is refused for %s", (_name, json) => {
    expect(logsOf(json).fault).toMatchObject({ fault: "body_malformed" });
  });

  it.each([
    ["records that are no objects", "5"],
    ["attributes that are no array", '{"attributes":{}}'],
    ["a key that is no string", '{"attributes":[{"key":5}]}'],
    ["a string value that is a number", '{"body":{"stringValue":5}}'],
    ["a boolean value that is a word", '{"body":{"boolValue":"true"}}'],
    ["an integer value with a fraction", '{"body":{"intValue":1.5}}'],
    ["an integer value in words", '{"body":{"intValue":"five"}}'],
    ["an integer value of 2^63", '{"body":{"intValue":"9223372036854775808"}}'],
    ["a double value in words", '{"body":{"doubleValue":"half"}}'],
    ["bytes that are no base64", '{"body":{"bytesValue":"a b"}}'],
    ["a time before 1970", '{"timeUnixNano":"-1"}'],
    ["a time of 2^64", '{"timeUnixNano":"18446744073709551616"}'],
    ["an event name that is an object", '{"eventName":{}}'],
    ["a value that is an array", '{"body":[]}'],
  ])("is refused for %s", (_name, record) => {
    expect(faultOf(record)).toMatchObject({ fault: "body_malformed" });
  });

  it("is refused for values nested too deep, and fine up to the limit", () => {
    const nested = (levels: number) =>
      '{"body":' +
      '{"kvlistValue":{"values":[{"value":'.repeat(levels) +
      '{"stringValue":"x"}' +
      "}]}}".repeat(levels) +
      "}";
    expect(faultOf(nested(32))).toBeNull();
    expect(faultOf(nested(33))?.description).toContain("nested deeper");
    expect(faultOf(nested(2_000))?.description).toContain("nested deeper");
  });

  it("is not confused by brackets and quotes inside strings", () => {
    const tricky = JSON.stringify(`${"[{".repeat(500)}\\"${"1".repeat(30)}`);
    expect(first(`{"eventName":${tricky}}`)?.eventName).toContain("[{[{");
  });

  it("is refused for too many attributes and for too many records", () => {
    const attributes = Array(MAX_ATTRIBUTES + 1)
      .fill('{"key":"k"}')
      .join(",");
    expect(faultOf(`{"attributes":[${attributes}]}`)?.description).toContain("attributes");
    const records = Buffer.from(
      recordJson(
        Array(MAX_RECORDS + 1)
          .fill("{}")
          .join(","),
      ),
    );
    expect(decode(records, createIncomingLog(), () => {})?.fault).toBe("too_many_records");
  });

  it("is too large where it would take the parser seconds", () => {
    const body = Buffer.from(`{"a":[${"{},".repeat(2_000_001)}{}]}`);
    expect(decode(body, createIncomingLog(), () => {})?.fault).toBe("body_too_large");
  });

  it("never repeats what was sent", () => {
    const faults = [
      logsOf('{"resourceLogs": person@example.com }').fault,
      faultOf('{"body":{"intValue":"person@example.com"}}'),
      faultOf('{"timeUnixNano":"person@example.com"}'),
    ];
    for (const fault of faults) expect(fault).not.toBeNull();
    expect(JSON.stringify(faults)).not.toContain("person");
  });
});

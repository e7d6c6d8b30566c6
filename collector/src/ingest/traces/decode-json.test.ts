import { Kind, MAX_SPAN_PARTS } from "@rollcall/schemas";
import { describe, expect, it } from "vitest";
import { MAX_ATTRIBUTES, MAX_RECORDS } from "../otlp/limits.ts";
import {
  bytesField,
  fixed64Field,
  message,
  pair,
  text,
  varintField,
} from "../otlp/wire-writer.fixture.ts";
import { createJsonDecoder } from "./decode-json.ts";
import { createProtobufDecoder } from "./decode-protobuf.ts";
import { createIncomingSpan } from "./incoming.ts";
import { decodeAll } from "./oracle.fixture.ts";

const decode = createJsonDecoder();
const spansOf = (json: string) => decodeAll(decode, Buffer.from(json));
const spanJson = (span: string) => `{"resourceSpans":[{"scopeSpans":[{"spans":[${span}]}]}]}`;
const first = (span: string) => {
  const { fault, spans } = spansOf(spanJson(span));
  expect(fault).toBeNull();
  return spans[0];
};
const faultOf = (span: string) => spansOf(spanJson(span)).fault;
const TRACE = "00112233445566778899aabbccddeeff";
const SPAN = "0011223344556677";

describe("a JSON request", () => {
  it("gives the same spans as the same request in protobuf", () => {
    const json = {
      resourceSpans: [
        {
          resource: { attributes: [{ key: "service.name", value: { stringValue: "tt" } }] },
          scopeSpans: [
            {
              scope: {
                ...{ name: "http", version: "1.2.3" },
                attributes: [{ key: "k", value: { boolValue: true } }],
              },
              spans: [
                {
                  ...{ traceId: TRACE.toUpperCase(), spanId: SPAN, parentSpanId: SPAN },
                  ...{ traceState: "a=b", name: "GET /projects/42", kind: 3 },
                  startTimeUnixNano: "1700000000123456789",
                  endTimeUnixNano: "18446744073709551615",
                  attributes: [{ key: "http.status_code", value: { intValue: "200" } }],
                  events: [
                    {
                      ...{ timeUnixNano: "1700000000123456790", name: "exception" },
                      attributes: [{ key: "exception.type", value: { stringValue: "E" } }],
                    },
                    {},
                  ],
                  links: [
                    {
                      ...{ traceId: TRACE, spanId: SPAN, traceState: "c=d" },
                      attributes: [{ key: "k", value: { intValue: 1 } }],
                    },
                    {},
                  ],
                  status: { code: 2, message: "broken" },
                },
                {},
              ],
            },
            {},
            { spans: [{ name: "of no scope" }] },
          ],
        },
        { scopeSpans: [{ spans: [{ name: "of no resource" }] }] },
      ],
    };
    const hex = (number: number, digits: string) => bytesField(number, Buffer.from(digits, "hex"));
    const full = [
      ...[hex(1, TRACE), hex(2, SPAN), bytesField(3, "a=b"), hex(4, SPAN)],
      ...[bytesField(5, "GET /projects/42"), varintField(6, 3)],
      ...[fixed64Field(7, 1_700_000_000_123_456_789n), fixed64Field(8, 2n ** 64n - 1n)],
      pair(9, "http.status_code", varintField(3, 200)),
      message(
        11,
        ...[fixed64Field(1, 1_700_000_000_123_456_790n), bytesField(2, "exception")],
        pair(3, "exception.type", text("E")),
      ),
      message(11),
      message(
        13,
        hex(1, TRACE),
        hex(2, SPAN),
        bytesField(3, "c=d"),
        pair(4, "k", varintField(3, 1)),
      ),
      message(13),
      message(15, bytesField(2, "broken"), varintField(3, 2)),
    ];
    const scope = message(
      1,
      ...[bytesField(1, "http"), bytesField(2, "1.2.3"), pair(3, "k", varintField(2, 1))],
    );
    const protobuf = Buffer.concat([
      message(
        1,
        message(1, pair(1, "service.name", text("tt"))),
        message(2, scope, message(2, ...full), message(2)),
        message(2),
        message(2, message(2, bytesField(5, "of no scope"))),
      ),
      message(1, message(2, message(2, bytesField(5, "of no resource")))),
    ]);
    const { spans } = spansOf(JSON.stringify(json));
    expect(spans).toHaveLength(4);
    expect(spans).toEqual(decodeAll(createProtobufDecoder(), protobuf).spans);
  });

  it("takes times as strings and as bare 19-digit numbers, exactly", () => {
    const start = (sent: string) => first(`{"startTimeUnixNano":${sent}}`)?.start;
    expect(start('"1700000000123456789"')).toBe(1_700_000_000_123_456_789n);
    expect(start("1700000000123456789")).toBe(1_700_000_000_123_456_789n);
    expect(start("1.7e18")).toBe(1_700_000_000_000_000_000n);
    expect(start("9007199254740993")).toBe(2n ** 53n + 1n);
    expect(start('"9223372036854775807"')).toBe(2n ** 63n - 1n);
    expect(start("18446744073709551615")).toBe(2n ** 64n - 1n);
    expect(start("0")).toBe(0n);
  });

  it("takes 64-bit integers in attributes of spans and events, exactly", () => {
    const attribute = '[{"key":"k","value":{"intValue":9007199254740993}}]';
    const span = first(`{"attributes":${attribute},"events":[{"attributes":${attribute}}]}`);
    const exact = [["k", Kind.Integer, 2n ** 53n + 1n]];
    expect([span?.attributes, span?.events[0]?.attributes]).toEqual([exact, exact]);
  });

  it("takes enums as numbers and by name", () => {
    const kinds = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];
    for (const [number, name] of kinds.entries()) {
      expect(first(`{"kind":"SPAN_KIND_${name}"}`)?.kind).toBe(number);
      expect(first(`{"kind":${number}}`)?.kind).toBe(number);
    }
    expect(first('{"status":{"code":"STATUS_CODE_ERROR"}}')?.statusCode).toBe(2);
    expect(first('{"kind":77}')?.kind).toBe(77);
  });

  it("treats null as absent everywhere", () => {
    expect(
      first(
        '{"traceId":null,"spanId":null,"parentSpanId":null,"traceState":null,"name":null,"kind":null,' +
          '"startTimeUnixNano":null,"endTimeUnixNano":null,"attributes":null,"events":null,"links":null,' +
          '"status":null}',
      ),
    ).toEqual(first("{}"));
    expect(
      first(
        '{"events":[{"name":null,"timeUnixNano":null,"attributes":null}],"links":[{"traceId":null,' +
          '"spanId":null,"traceState":null,"attributes":null}],"status":{"code":null,"message":null}}',
      ),
    ).toEqual(first('{"events":[{}],"links":[{}]}'));
    expect(spansOf('{"resourceSpans":null}')).toEqual({ fault: null, spans: [] });
    expect(spansOf('{"resourceSpans":[{"resource":null,"scopeSpans":null}]}').fault).toBeNull();
    expect(spansOf('{"resourceSpans":[{"scopeSpans":[{"scope":null}]}]}').fault).toBeNull();
  });

  it("takes keys such as __proto__ as plain data, and the last of two equal keys", () => {
    const span = first(
      '{"__proto__":{"name":"polluted"},"constructor":{"a":1},"attributes":[{"key":"__proto__",' +
        '"value":{"stringValue":"x"}}],"kind":1,"kind":2}',
    );
    expect(span).toMatchObject({
      name: "",
      kind: 2,
      attributes: [["__proto__", Kind.String, "x"]],
    });
    expect(({} as Record<string, unknown>).name).toBeUndefined();
  });

  it("replaces half a surrogate pair and keeps a whole one, in names too", () => {
    expect(first('{"name":"a\\ud800b"}')?.name).toBe("a\ufffdb");
    expect(first('{"events":[{"name":"\\ud83d\\ude00"}]}')?.events[0]?.name).toBe("😀");
    expect(first('{"name":"a\\u0000b"}')?.name).toBe("a\0b");
  });

  it("treats what is no id as absent", () => {
    const ids = (id: string) => first(`{"traceId":"${id}"}`)?.traceId;
    expect([ids("0".repeat(32)), ids(""), ids("ABEiM0RVZneImaq7zN3u/w=="), ids(SPAN)]).toEqual(
      Array(4).fill(""),
    );
  });

  it("counts events and links beyond the limit and does not read them", () => {
    const many = Array(MAX_SPAN_PARTS + 2).fill("{}");
    const span = createIncomingSpan();
    const counted: number[] = [];
    const body = Buffer.from(spanJson(`{"events":[${many}],"links":[${many}]}`));
    expect(decode(body, span, (it) => counted.push(it.eventCount, it.linkCount))).toBeNull();
    expect(counted).toEqual([MAX_SPAN_PARTS + 2, MAX_SPAN_PARTS + 2]);
    expect([span.events.length, span.links.length]).toEqual([MAX_SPAN_PARTS, MAX_SPAN_PARTS]);
  });
});

describe("a malformed JSON request", () => {
  it.each([
    ["nothing", ""],
    ["no object", "[]"],
    ["a text cut off", '{"resourceSpans":['],
    ["resource spans that are no array", '{"resourceSpans":{}}'],
    ["scope spans that are no array", '{"resourceSpans":[{"scopeSpans":{}}]}'],
    ["a resource that is no object", '{"resourceSpans":[{"resource":[]}]}'],
    ["a scope that is no object", '{"resourceSpans":[{"scopeSpans":[{"scope":5}]}]}'],
    ["10,000 objects", `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`],
    ["a span that is no object", spanJson("5")],
    ["attributes that are no array", spanJson('{"attributes":{}}')],
    ["an event that is no object", spanJson('{"events":[[]]}')],
    ["events that are no array", spanJson('{"events":{}}')],
    ["links that are no array", spanJson('{"links":"x"}')],
    ["a status that is no object", spanJson('{"status":[]}')],
    ["a kind in other words", spanJson('{"kind":"server"}')],
    ["a kind with a fraction", spanJson('{"kind":1.5}')],
    ["a status code in other words", spanJson('{"status":{"code":"OK"}}')],
    ["a name that is a number", spanJson('{"name":5}')],
    ["a trace id that is a number", spanJson('{"traceId":5}')],
    ["a trace state that is a list", spanJson('{"traceState":[]}')],
    ["a start before 1970", spanJson('{"startTimeUnixNano":"-1"}')],
    ["an end of 2^64", spanJson('{"endTimeUnixNano":"18446744073709551616"}')],
    ["an event's time in words", spanJson('{"events":[{"timeUnixNano":"now"}]}')],
  ])("is refused for %s", (_name, json) => {
    expect(spansOf(json).fault).toMatchObject({ fault: "body_malformed" });
  });

  it("is refused for values nested too deep, and fine up to the limit, in events too", () => {
    const nested = (levels: number) =>
      '{"events":[{"attributes":[{"key":"k","value":' +
      '{"kvlistValue":{"values":[{"value":'.repeat(levels) +
      '{"stringValue":"x"}' +
      "}]}}".repeat(levels) +
      "}]}]}";
    expect(faultOf(nested(32))).toBeNull();
    expect(faultOf(nested(33))?.description).toContain("nested deeper");
    expect(faultOf(nested(2_000))?.description).toContain("nested deeper");
  });

  it("is refused for too many attributes and for too many spans", () => {
    const attributes = Array(MAX_ATTRIBUTES + 1).fill('{"key":"k"}');
    expect(faultOf(`{"events":[{"attributes":[${attributes}]}]}`)?.description).toContain(
      "attributes",
    );
    const spans = Buffer.from(
      spanJson(
        Array(MAX_RECORDS + 1)
          .fill("{}")
          .join(","),
      ),
    );
    expect(decode(spans, createIncomingSpan(), () => {})?.fault).toBe("too_many_records");
  });

  it("names the place at fault and never repeats what was sent", () => {
    const faults = [
      spansOf('{"resourceSpans":[{"resource":{"attributes":["person@example.com"]}}]}').fault,
      spansOf('{"resourceSpans":[{"scopeSpans":[{"scope":{"name":["person@example.com"]}}]}]}')
        .fault,
      faultOf('{"kind":"person@example.com"}'),
    ];
    expect(faults.map((fault) => fault?.field)).toEqual([
      "resourceSpans.resource",
      "resourceSpans.scopeSpans.scope",
      "resourceSpans.scopeSpans.spans",
    ]);
    expect(JSON.stringify(faults)).not.toContain("person");
  });
});

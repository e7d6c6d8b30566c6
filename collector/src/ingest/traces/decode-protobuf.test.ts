import { Kind, MAX_SPAN_PARTS } from "@rollcall/schemas";
import { describe, expect, it } from "vitest";
import { createParts, damage } from "../otlp/generator.fixture.ts";
import { MAX_ATTRIBUTES, MAX_RECORDS } from "../otlp/limits.ts";
import { isLongNumber } from "../otlp/oracle.fixture.ts";
import {
  bytesField,
  logsRequest as exportRequest,
  fixed32Field,
  fixed64Field,
  group,
  message,
  pair,
  tag,
  text,
  varintField,
} from "../otlp/wire-writer.fixture.ts";
import { createRandom, type Random } from "../random.fixture.ts";
import { createProtobufDecoder } from "./decode-protobuf.ts";
import { createIncomingSpan } from "./incoming.ts";
import { decodeAll, oracleDecode } from "./oracle.fixture.ts";

const decode = createProtobufDecoder();
const spansOf = (body: Buffer) => decodeAll(decode, body);
const first = (body: Buffer) => {
  const { fault, spans } = spansOf(body);
  expect(fault).toBeNull();
  return spans[0];
};
const TRACE = "00112233445566778899aabbccddeeff";
const SPAN = "0011223344556677";
const hex = (number: number, digits: string) => bytesField(number, Buffer.from(digits, "hex"));

describe("a protobuf request", () => {
  it("gives each span with its resource, scope, times, events and links", () => {
    const body = message(
      1,
      message(1, pair(1, "service.name", text("timetracker"))),
      message(
        2,
        message(1, bytesField(1, "http"), bytesField(2, "1.2.3"), pair(3, "k", text("v"))),
        message(
          2,
          hex(1, TRACE),
          hex(2, SPAN),
          bytesField(3, "vendor=x"),
          hex(4, "8877665544332211"),
          bytesField(5, "GET /projects/42"),
          varintField(6, 2),
          fixed64Field(7, 1_700_000_000_123_456_789n),
          fixed64Field(8, 2n ** 64n - 1n),
          pair(9, "http.method", text("GET")),
          message(11, fixed64Field(1, 5n), bytesField(2, "exception"), pair(3, "a", text("b"))),
          message(13, hex(1, TRACE), hex(2, SPAN), bytesField(3, "x=y"), pair(4, "c", text("d"))),
          message(15, bytesField(2, "it broke"), varintField(3, 2)),
        ),
      ),
    );
    expect(first(body)).toEqual({
      resource: [["service.name", Kind.String, "timetracker"]],
      scope: { name: "http", version: "1.2.3", attributes: [["k", Kind.String, "v"]] },
      traceId: TRACE,
      spanId: SPAN,
      parentSpanId: "8877665544332211",
      hasTraceState: true,
      name: "GET /projects/42",
      kind: 2,
      statusCode: 2,
      hasStatusMessage: true,
      start: 1_700_000_000_123_456_789n,
      end: 2n ** 64n - 1n,
      attributes: [["http.method", Kind.String, "GET"]],
      events: [{ name: "exception", time: 5n, attributes: [["a", Kind.String, "b"]] }],
      links: [
        {
          ...{ traceId: TRACE, spanId: SPAN, hasTraceState: true },
          attributes: [["c", Kind.String, "d"]],
        },
      ],
    });
  });

  it("of no bytes is valid and holds nothing", () => {
    expect(spansOf(Buffer.alloc(0))).toEqual({ fault: null, spans: [] });
  });

  it("keeps nothing of one span for the next, nor of one scope or resource", () => {
    const event = message(11, fixed64Field(1, 5n), bytesField(2, "e"), pair(3, "a", text("b")));
    const link = message(13, hex(1, TRACE), hex(2, SPAN), bytesField(3, "s"), pair(4, "a"));
    const full = [
      ...[hex(1, TRACE), hex(2, SPAN), hex(4, SPAN), bytesField(3, "s"), bytesField(5, "n")],
      ...[varintField(6, 1), fixed64Field(7, 1n), fixed64Field(8, 2n), pair(9, "a", text("b"))],
      ...[event, link, message(15, bytesField(2, "m"), varintField(3, 1))],
    ];
    const scope = message(1, bytesField(1, "s"), bytesField(2, "1"), pair(3, "a", text("b")));
    const resource = message(1, pair(1, "a", text("b")));
    const body = Buffer.concat([
      message(
        1,
        resource,
        message(2, scope, message(2, ...full), message(2, event.subarray(0, 0))),
      ),
      message(1, message(2, message(2), message(2, message(11), message(13)))),
    ]);
    const { spans } = spansOf(body);
    expect(spans).toEqual(oracleDecode(body));
    expect(spans[1]).toMatchObject({ name: "", attributes: [], events: [], links: [], start: 0n });
    expect(spans[2]).toMatchObject({ resource: [], scope: { name: "", attributes: [] } });
    expect(spans[3]?.events).toEqual([{ name: "", time: 0n, attributes: [] }]);
    expect(spans[3]?.links[0]).toMatchObject({ traceId: "", hasTraceState: false, attributes: [] });
  });

  it("may name its scope and resource in pieces and after the spans they describe", () => {
    const scopeSpans = message(
      2,
      message(2, bytesField(5, "x")),
      message(1, bytesField(1, "lib")),
      message(1, bytesField(2, "2.0.0")),
    );
    const body = message(1, scopeSpans, message(1, pair(1, "a", text("1"))), message(1));
    expect(first(body)).toMatchObject({
      resource: [["a", Kind.String, "1"]],
      scope: { name: "lib", version: "2.0.0" },
    });
  });

  it("says of each resource and scope that it is a new one, also in the next request", () => {
    const scope = (...spans: Buffer[]) => message(2, ...spans);
    const body = Buffer.concat([
      message(1, scope(message(2), message(2)), scope(message(2))),
      message(1, scope(message(2))),
    ]);
    const span = createIncomingSpan();
    const turns: [number, number][] = [];
    for (let request = 0; request < 2; request++) {
      decode(body, span, ({ resourceTurn, scopeTurn }) => turns.push([resourceTurn, scopeTurn]));
    }
    expect(turns).toEqual([
      ...[[1, 1] as const, [1, 1] as const, [1, 2] as const, [2, 3] as const],
      ...[[3, 4] as const, [3, 4] as const, [3, 5] as const, [4, 6] as const],
    ]);
  });

  it("steps over events and links beyond the limit, and counts them", () => {
    const many = (number: number) => Array(MAX_SPAN_PARTS + 3).fill(message(number));
    const counted: number[] = [];
    const span = createIncomingSpan();
    decode(exportRequest([], [...many(11), ...many(13)]), span, (read) =>
      counted.push(read.eventCount, read.linkCount),
    );
    expect(counted).toEqual([MAX_SPAN_PARTS + 3, MAX_SPAN_PARTS + 3]);
    expect([span.events.length, span.links.length]).toEqual([MAX_SPAN_PARTS, MAX_SPAN_PARTS]);
  });

  it("treats an id of the wrong length or of zeros as absent", () => {
    for (const wrong of [Buffer.alloc(16), Buffer.alloc(15, 1), Buffer.alloc(17, 1)]) {
      expect(first(exportRequest([], [bytesField(1, wrong)]))?.traceId).toBe("");
    }
    for (const wrong of [Buffer.alloc(8), Buffer.alloc(7, 1), Buffer.alloc(16, 1)]) {
      const span = first(exportRequest([], [bytesField(2, wrong), bytesField(4, wrong)]));
      expect([span?.spanId, span?.parentSpanId]).toEqual(["", ""]);
    }
  });

  it("takes any number for an enum", () => {
    const span = [varintField(6, 2n ** 64n - 1n), message(15, varintField(3, 2 ** 31))];
    expect(first(exportRequest([], span))).toMatchObject({ kind: -1, statusCode: -(2 ** 31) });
  });

  it("steps over unknown fields of every wire type and known numbers of another", () => {
    const noise = [
      ...[varintField(99, -1n), fixed64Field(98, 7n), bytesField(97, "noise")],
      group(96, group(95, varintField(1, 1)), bytesField(2, "x")),
      ...[fixed32Field(94, 1), varintField(5, 3), fixed32Field(16, 1), varintField(10, 4)],
    ];
    expect(first(exportRequest([], [...noise, bytesField(5, "a.b"), ...noise]))?.name).toBe("a.b");
  });
});

describe("a malformed protobuf request", () => {
  const span = (...content: Buffer[]) => exportRequest([], content);
  const nested = (levels: number): Buffer => {
    let value = text("x");
    for (let level = 0; level < levels; level++) value = message(5, message(1, value));
    return span(message(11, pair(3, "k", value)));
  };
  const tooMany = Array(MAX_ATTRIBUTES + 1);

  it.each([
    ["a length that runs past the end", Buffer.from([0x0a, 0x05, 0x00])],
    ["a trace id cut off", span(Buffer.from([0x0a, 0x10, 1, 2]))],
    ["a trace state cut off", span(Buffer.from([0x1a, 0x10, 1, 2]))],
    ["a time cut off", span(Buffer.concat([tag(7, 1), Buffer.alloc(7)]))],
    ["a kind cut off", span(Buffer.concat([tag(6, 0), Buffer.from([0x80])]))],
    ["an event's time cut off", span(message(11, tag(1, 1), Buffer.alloc(7)))],
    ["wire type 6 in a link", span(message(13, tag(50, 6)))],
    ["wire type 7 in a status", span(message(15, tag(50, 7)))],
    ["a scope cut off", message(1, message(2, message(1, Buffer.from([0x0a, 0x10]))))],
    ["values nested 33 deep", nested(33)],
    ["values nested 10,000 deep", nested(10_000)],
    ["too many attributes", span(...tooMany.fill(pair(9, "k", text("v"))))],
    ["too many attributes of an event", span(message(11, ...tooMany.fill(pair(3, "k"))))],
    ["too many attributes of a link", span(message(13, ...tooMany.fill(pair(4, "k"))))],
  ])("is refused for %s", (_name, body) => {
    expect(spansOf(body).fault).toMatchObject({ fault: "body_malformed" });
  });

  it("is fine up to the limits", () => {
    expect(spansOf(nested(32)).fault).toBeNull();
    const most = Array(MAX_ATTRIBUTES).fill(pair(3, "k", text("v")));
    expect(first(span(message(11, ...most)))?.events[0]?.attributes).toHaveLength(MAX_ATTRIBUTES);
  });

  it("with too many spans says so", () => {
    const spans = Buffer.concat(Array(MAX_RECORDS + 1).fill(message(2)));
    const fault = decode(message(1, message(2, spans)), createIncomingSpan(), () => {});
    expect(fault).toMatchObject({ fault: "too_many_records" });
  });

  it("names the message at fault and the byte, never a value", () => {
    const { fault } = spansOf(span(pair(9, "secret-key", text("secret-value")), tag(50, 6)));
    expect(fault?.field).toBe("resource_spans.scope_spans.spans");
    expect(fault?.description).toMatch(/at byte \d+/);
    expect(JSON.stringify(fault)).not.toContain("secret");
  });
});

/** Requests as no library writes them: fields in any order, submessages split, noise in between. */
function createGenerator(random: Random) {
  const parts = createParts(random);
  const { integer, keyValue, maybe, mixed, word } = parts;
  const event = () =>
    message(
      11,
      ...mixed([
        ...maybe(0.8, () => fixed64Field(1, integer())),
        ...maybe(0.8, () => bytesField(2, word())),
        ...random.times(3, () => keyValue(3)),
      ]),
    );
  const link = () =>
    message(
      13,
      ...mixed([
        ...maybe(0.8, () => bytesField(1, parts.traceId())),
        ...maybe(0.8, () => bytesField(2, parts.spanId())),
        ...maybe(0.4, () => bytesField(3, word())),
        ...random.times(2, () => keyValue(4)),
      ]),
    );
  const status = () =>
    parts.pieces(15, [
      ...maybe(0.5, () => bytesField(2, word())),
      ...maybe(0.7, () => varintField(3, random.below(4))),
    ]);
  const span = (): Buffer =>
    message(
      2,
      ...mixed([
        ...random.times(4, () => keyValue(9)),
        ...maybe(0.8, () => bytesField(1, parts.traceId())),
        ...maybe(0.8, () => bytesField(2, parts.spanId())),
        ...maybe(0.3, () => bytesField(3, word())),
        ...maybe(0.5, () => bytesField(4, parts.spanId())),
        ...maybe(0.8, () => bytesField(5, word())),
        ...maybe(0.7, () => varintField(6, random.pick([0n, 1n, 5n, 6n, integer()]))),
        ...maybe(0.8, () => fixed64Field(7, integer())),
        ...maybe(0.8, () => fixed64Field(8, integer())),
        ...random.times(2, event),
        ...random.times(2, link),
        ...maybe(0.5, status),
      ]),
    );
  const scopeSpans = () => message(2, ...mixed([...parts.scope(), ...random.times(3, span)]));
  const resourceSpans = () =>
    message(1, ...mixed([...parts.resource(), ...random.times(2, scopeSpans)]));
  return () => Buffer.concat(mixed(random.times(3, resourceSpans)));
}

describe("compared with protobufjs", () => {
  it("reads 2,000 generated requests alike", () => {
    const random = createRandom(20_261_121);
    const generate = createGenerator(random);
    const seen = { spans: 0, events: 0, links: 0 };
    for (let round = 0; round < 2_000; round++) {
      const body = generate();
      const { fault, spans } = spansOf(body);
      expect(fault).toBeNull();
      expect(spans, `round ${round}`).toEqual(oracleDecode(body));
      seen.spans += spans.length;
      for (const { events, links } of spans) {
        seen.events += events.length;
        seen.links += links.length;
      }
    }
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(2_000);
  });

  it("accepts and refuses 6,000 damaged requests alike, and never crashes", () => {
    const random = createRandom(43);
    const generate = createGenerator(random);
    const seen = { accepted: 0, refused: 0 };
    for (let round = 0; round < 6_000; round++) {
      const body = damage(random, generate());
      const expected = oracleDecode(body);
      const { fault, spans } = spansOf(body);
      if (isLongNumber(fault)) continue;
      const what = `round ${round}: ${body.toString("hex")}`;
      if (expected === null) {
        expect(fault, what).not.toBeNull();
        seen.refused++;
      } else {
        expect(fault, what).toBeNull();
        expect(spans, what).toEqual(expected);
        seen.accepted++;
      }
    }
    expect(seen.accepted).toBeGreaterThan(500);
    expect(seen.refused).toBeGreaterThan(500);
  });

  it("survives bytes that were never a request", () => {
    const random = createRandom(2);
    for (let round = 0; round < 5_000; round++) {
      spansOf(Buffer.from(random.times(64, () => random.below(256))));
    }
  });
});

import { describe, expect, it } from "vitest";
import { type AttributeList, type AttributeValue, Kind, pushAttribute } from "../attributes.ts";
import type { Catalogue } from "../catalogue.ts";
import { compileTable } from "../table.ts";
import { type Drops, type KeptAttributes, keptValue } from "./enforce-attributes.ts";
import { createEnforcedResource, enforceResource } from "./enforce-resource.ts";
import { createEnforcedScope, enforceScope } from "./enforce-scope.ts";
import { enforceSpan } from "./enforce-span.ts";
import {
  createEnforcedSpan,
  createSpanContent,
  type EnforcedSpan,
  MAX_SPAN_PARTS,
  type SpanContent,
} from "./span.ts";

const TRACE = "00112233445566778899aabbccddeeff";
const SPAN = "0011223344556677";
const table = compileTable("timetracker", null);
const nobody = createEnforcedResource();

function list(attributes: Record<string, string | number | boolean>): AttributeList {
  const made: AttributeList = { length: 0, keys: [], kinds: [], values: [] };
  for (const [key, value] of Object.entries(attributes)) {
    const kinds = { string: Kind.String, number: Kind.Integer, boolean: Kind.Boolean };
    const kind = kinds[typeof value as "string" | "number" | "boolean"];
    pushAttribute(made, key, kind, value as AttributeValue);
  }
  return made;
}

const content = (more: Partial<SpanContent> = {}): SpanContent => ({
  ...createSpanContent(),
  ...{ traceId: TRACE, spanId: SPAN },
  ...more,
});

function enforced(more: Partial<SpanContent>, out = createEnforcedSpan()): EnforcedSpan {
  expect(enforceSpan(table, content(more), nobody, out)).toBeNull();
  return out;
}

const kept = ({ keys, values, length }: KeptAttributes) =>
  Object.fromEntries(keys.slice(0, length).map((key, at) => [key, values[at]]));
const dropped = ({ droppedFields, droppedReasons, dropped: count }: Drops) =>
  droppedFields.slice(0, count).map((field, at) => `${field} ${droppedReasons[at]}`);

describe("a span", () => {
  it("keeps ids, kind, status, its name as a template, and allowed attributes under current names", () => {
    const span = enforced({
      ...{ parentSpanId: SPAN, name: "GET /projects/42", kind: 2, statusCode: 2 },
      attributes: list({ "http.method": "get", "http.status_code": 404, "user.email": "a@b.co" }),
    });
    expect(span).toMatchObject({
      ...{ traceId: TRACE, spanId: SPAN, parentSpanId: SPAN },
      ...{ name: "GET /projects/{id}", kind: "Server", statusCode: "Error" },
    });
    expect(kept(span.attributes)).toEqual({
      "http.request.method": "GET",
      "http.response.status_code": "404",
    });
    expect(dropped(span)).toEqual(["user.email field_name_pii"]);
  });

  it("takes its name's path from its route, whatever was asked for under the same name before", () => {
    const named = (route: string) =>
      enforced({ name: "GET /u/ann", attributes: list({ "http.route": route }) }).name;
    expect(named("/u/:name")).toBe("GET /u/{name}");
    expect(named("/u/<slug>")).toBe("GET /u/{slug}");
    expect(enforced({ name: "GET /u/ann" }).name).toBe("GET /u/{id}");
    expect(named("/u/:name")).toBe("GET /u/{name}");
  });

  it("names unknown kinds and codes as unset", () => {
    const kinds = [0, 1, 3, 4, 5, 6, -1].map((kind) => enforced({ kind }).kind);
    expect(kinds).toEqual([
      ...["Unspecified", "Internal", "Client", "Producer", "Consumer"],
      ...["Unspecified", "Unspecified"],
    ]);
    const codes = [0, 1, 2, 3, -1].map((statusCode) => enforced({ statusCode }).statusCode);
    expect(codes).toEqual(["Unset", "Ok", "Error", "Unset", "Unset"]);
  });

  it("keeps events in their places, with names that are words of a program", () => {
    const span = enforced({
      events: [
        {
          name: "exception",
          attributes: list({
            "exception.type": "RangeError",
            "exception.message": "Ann's invoice is missing",
            "exception.stacktrace":
              "RangeError: Ann\n    at pay (/home/ann/app/src/pay.ts:3:9)\n    at /home/ann/run.ts:1:1",
          }),
        },
        { name: "Mailed ann@example.org", attributes: list({ "message.type": "SENT" }) },
      ],
      eventCount: 2,
    });
    expect(span.eventCount).toBe(2);
    expect(span.events.map(({ name }) => name)).toEqual(["exception", "(other)"]);
    const [exception, other] = span.events.map(({ attributes }) => attributes);
    expect(keptValue(exception as KeptAttributes, "exception.type")).toBe("RangeError");
    expect(keptValue(exception as KeptAttributes, "exception.stacktrace")).toBe(
      "at pay (src/pay.ts:3:9)\nat <anonymous> (run.ts:1:1)",
    );
    expect(kept(other as KeptAttributes)).toEqual({ "message.type": "SENT" });
    expect(dropped(span)).toEqual([expect.stringMatching(/^exception\.message /)]);
  });

  it("keeps of links their ids alone, and none that lead nowhere", () => {
    const link = { traceId: TRACE, spanId: SPAN, hasTraceState: false, attributes: list({}) };
    const span = enforced({
      links: [
        { ...link, spanId: "" },
        { ...link, hasTraceState: true, attributes: list({ "http.route": "/a", "x y": 1 }) },
        { ...link, traceId: "" },
      ],
      linkCount: 3,
    });
    expect(span.links.slice(0, span.linkCount)).toEqual([{ traceId: TRACE, spanId: SPAN }]);
    expect(dropped(span)).toEqual([
      "(link) value_malformed",
      expect.stringMatching(/^(http\.route|\(malformed\)) /),
      "(malformed) field_unknown",
      "(trace_state) field_unknown",
      "(link) value_malformed",
    ]);
  });

  it("counts a trace state and a status message that it leaves out", () => {
    const span = enforced({ hasTraceState: true, hasStatusMessage: true });
    expect(dropped(span)).toEqual([
      "(trace_state) field_unknown",
      "(status_message) field_unknown",
    ]);
  });

  it("keeps 128 events and 128 links, and counts once that there were more", () => {
    const event = { name: "e", attributes: list({}) };
    const link = { traceId: TRACE, spanId: SPAN, hasTraceState: false, attributes: list({}) };
    const most = {
      ...{ events: Array(MAX_SPAN_PARTS).fill(event), links: Array(MAX_SPAN_PARTS).fill(link) },
      ...{ eventCount: MAX_SPAN_PARTS, linkCount: MAX_SPAN_PARTS },
    };
    expect(dropped(enforced(most))).toEqual([]);
    const more = enforced({ ...most, eventCount: 1_000, linkCount: 129 });
    expect([more.eventCount, more.linkCount]).toEqual([MAX_SPAN_PARTS, MAX_SPAN_PARTS]);
    expect(dropped(more)).toEqual(["(limit) field_limit"]);
  });

  it("holds nothing of the span that was enforced before it", () => {
    const out = createEnforcedSpan();
    const event = { name: "exception", attributes: list({ "exception.type": "E" }) };
    const link = { traceId: TRACE, spanId: SPAN, hasTraceState: true, attributes: list({}) };
    const full = {
      ...{ parentSpanId: SPAN, name: "a", kind: 1, statusCode: 1, hasTraceState: true },
      ...{ events: [event], eventCount: 1, links: [link], linkCount: 1 },
      attributes: list({ "http.method": "GET" }),
    };
    enforced(full, out);
    enforced({ events: [{ name: "b", attributes: list({}) }], eventCount: 1 }, out);
    expect(out).toMatchObject({
      ...{ parentSpanId: "", kind: "Unspecified", statusCode: "Unset", name: "(other)" },
      ...{ linkCount: 0, dropped: 0, attributes: { length: 0 } },
    });
    expect(out.events[0]).toMatchObject({ name: "b", attributes: { length: 0 } });
  });

  it("is refused without valid ids, or with an install id that is none", () => {
    const out = createEnforcedSpan();
    const refused = (more: Partial<SpanContent>) => enforceSpan(table, content(more), nobody, out);
    const why = (reason: string, field: string) => ({ reason, event: "(span)", field });
    expect(refused({ traceId: "" })).toEqual(why("trace_id_malformed", "trace_id"));
    expect(refused({ spanId: "" })).toEqual(why("span_id_malformed", "span_id"));
    const resource = createEnforcedResource();
    enforceResource(table.signal, list({ install_id: "ann" }), resource);
    expect(enforceSpan(table, content(), resource, out)).toEqual(
      why("install_id_malformed", "install_id"),
    );
  });

  it("may have attributes that the app's catalogue lists, on its events too", () => {
    const catalogue = {
      ...{ app: "timetracker", version: 1, events: [] },
      attributes: { plan_id: { type: "id", description: "Which plan." } },
    } satisfies Catalogue;
    const own = compileTable("timetracker", catalogue);
    const out = createEnforcedSpan();
    const attributes = list({ plan_id: 7, other_id: 8 });
    enforceSpan(
      own,
      content({ attributes, events: [{ name: "e", attributes }], eventCount: 1 }),
      nobody,
      out,
    );
    expect(kept(out.attributes)).toEqual({ plan_id: "7" });
    expect(kept(out.events[0]?.attributes as KeptAttributes)).toEqual({ plan_id: "7" });
    expect(dropped(out)).toEqual(["other_id field_unknown", "other_id field_unknown"]);
  });
});

describe("a scope", () => {
  it("is a library's name and version; all else is dropped and counted", () => {
    const out = createEnforcedScope();
    const name = "@opentelemetry/instrumentation-http";
    enforceScope(table.signal, { name, version: "0.301.0", attributes: list({}) }, out);
    expect(out).toMatchObject({ name, version: "0.301.0", dropped: 0 });
    const attributes = list({ "service.name": "x", "ann@example.org": "y" });
    enforceScope(table.signal, { name: "Ann's laptop", version: "by Ann", attributes }, out);
    expect(out).toMatchObject({ name: "", version: "" });
    expect(dropped(out)).toEqual([
      "(scope_name) value_malformed",
      "(scope_version) value_malformed",
      "service.name field_unknown",
      "(malformed) field_unknown",
    ]);
  });
});

/** Each has a mark that occurs nowhere else. */
const PLANTED = [
  "ann.zebrafish@quokka.example",
  "203.0.113.77",
  "[2001:db8:7e57::77]:8443",
  "ann-grackle.local",
  "https://axolotl.example.org/p/wombat?key=narwhal",
  "/clients/capybara-and-sons/edit?name=pangolin",
  "SELECT * FROM users WHERE name = 'okapi'",
  "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Tapir/131.0",
  "Call Hoatzin on +44 20 7946 0958",
  "/home/kakapo/app/secret.key",
  "4111 1111 1111 1111",
  "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJkdWdvbmcifQ.c2lnbmF0dXJl",
];
const MARKS =
  /zebrafish|quokka|203\.0\.113|7e57|grackle|axolotl|wombat|narwhal|capybara|pangolin|okapi|tapir|hoatzin|7946|kakapo|4111|eyJ|dugong/i;
/**
 * Attributes of the conventions that carry such data, old and current, and those that are kept. Not
 * among them are versions: digits and dots are one, whatever else they may be.
 */
const KEYS = [
  ..."client.address server.address net.peer.ip net.peer.name network.peer.address url.full url.query".split(
    " ",
  ),
  ..."http.url http.target http.host user.id user.email enduser.id db.statement db.query.text".split(
    " ",
  ),
  ..."user_agent.original http.user_agent host.name exception.message process.command_line".split(
    " ",
  ),
  ..."http.route http.method url.template error.type db.system db.operation rpc.service rpc.method".split(
    " ",
  ),
  ..."messaging.destination.name code.function code.function.name exception.type exception.stacktrace".split(
    " ",
  ),
  ..."service.name telemetry.sdk.name process.runtime.name os.type message.id".split(" "),
];

describe("data planted in every text of a span", () => {
  const everything = (text: string) => {
    const attributes = list({
      ...Object.fromEntries(KEYS.map((key) => [key, text])),
      [text]: text,
    });
    const resource = createEnforcedResource();
    const scope = createEnforcedScope();
    const span = createEnforcedSpan();
    enforceResource(table.signal, attributes, resource);
    enforceScope(table.signal, { name: text, version: `by ${text}`, attributes }, scope);
    const names = [text, `GET ${text}`, `${text} GET`, `HTTP GET ${text}`, `pay ${text}`];
    return names.map((name) => {
      const link = { traceId: TRACE, spanId: SPAN, hasTraceState: true, attributes };
      enforceSpan(
        table,
        content({
          ...{ name, attributes, hasTraceState: true, hasStatusMessage: true },
          ...{ events: [{ name, attributes }], eventCount: 1, links: [link], linkCount: 1 },
        }),
        resource,
        span,
      );
      return JSON.stringify([resource, scope, span]);
    });
  };

  it.each(PLANTED)("is nowhere in what is kept: %s", (text) => {
    expect(text).toMatch(MARKS);
    for (const output of everything(text)) expect(output).not.toMatch(MARKS);
  });

  it("is searched for where allowed text is found", () => {
    for (const output of everything("zebrafish")) expect(output).toMatch(MARKS);
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiErrors } from "../errors.ts";
import { openTestStore, type TestStore } from "../store/testing.ts";
import { beat, install, send, startApi, type TestApi } from "./testing.ts";

type Schema = Record<string, unknown>;
interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  security?: object[];
  parameters?: {
    name: string;
    in: string;
    required?: boolean;
    description?: string;
    schema: Schema;
  }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>;
}
interface Document {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; securitySchemes: object };
}

let stored: TestStore;
let api: TestApi;
let document: Document;
beforeAll(async () => {
  stored = await openTestStore();
  await beat(stored.store, [{ install: 1, at: "2026-11-20", app_version: "2.3.1" }]);
  await send(stored.store, [
    {
      install: 1,
      at: "2026-11-20",
      event: "timer.started",
      properties: { project_id: "42" },
      numbers: { seconds: 1.5 },
    },
  ]);
  await stored.store.command(
    "INSERT INTO refusals (app, day, outcome, reason, event, field, count) VALUES ('timetracker', '2026-11-20', 'refused', 'install_id_missing', 'a.b', '', 1)",
  );
  api = await startApi(stored.store);
  document = (await api.app.inject("/api/openapi.json")).json();
});
afterAll(async () => {
  await api?.close();
  await stored?.close();
});

const resolve = (schema: Schema): Schema => {
  const name = typeof schema.$ref === "string" ? schema.$ref.split("/").at(-1) : undefined;
  return name === undefined ? schema : (document.components.schemas[name] ?? {});
};

/** What is wrong with a value by the part of JSON Schema that the document uses, or null. */
function mismatch(value: unknown, given: Schema, place = "$"): string | null {
  const schema = resolve(given);
  if (Array.isArray(schema.anyOf)) {
    const wrong = schema.anyOf.map((option: Schema) => mismatch(value, option, place));
    return wrong.includes(null) ? null : wrong.join(" or ");
  }
  if ("const" in schema && schema.const !== value) return `${place} is not ${schema.const}`;
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) return `${place}: ${value}`;
  const found =
    value === null
      ? "null"
      : Array.isArray(value)
        ? "array"
        : Number.isInteger(value)
          ? "integer"
          : typeof value;
  const types = [schema.type ?? []].flat();
  if (
    types.length > 0 &&
    !types.includes(found) &&
    !(found === "integer" && types.includes("number"))
  ) {
    return `${place} is ${found}, documented is ${types}`;
  }
  if (Array.isArray(value)) {
    return (
      value
        .map((item, at) => mismatch(item, schema.items as Schema, `${place}[${at}]`))
        .find(Boolean) ?? null
    );
  }
  if (typeof value === "object" && value !== null && "properties" in schema) {
    const properties = (schema.properties ?? {}) as Record<string, Schema>;
    for (const name of (schema.required ?? []) as string[]) {
      if (!(name in value)) return `${place}.${name} is missing`;
    }
    for (const [name, inner] of Object.entries(value)) {
      const known = properties[name] ?? schema.additionalProperties;
      if (known === undefined || known === false) return `${place}.${name} is not documented`;
      const wrong =
        typeof known === "object" ? mismatch(inner, known as Schema, `${place}.${name}`) : null;
      if (wrong !== null) return wrong;
    }
  }
  return null;
}

describe("the OpenAPI document", () => {
  it("is version 3.1.0 and needs no credentials", () => {
    expect(document.openapi).toBe("3.1.0");
    expect(document.info).toMatchObject({ title: "Rollcall read API", version: "0.0.0" });
  });

  it("lists every route, and none besides", () => {
    const routes = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes.sort()).toEqual([
      "DELETE /api/v1/installs/{install_id}",
      "DELETE /api/v1/session",
      "DELETE /api/v1/settings/annotations/{id}",
      "DELETE /api/v1/settings/api-tokens/{id}",
      "DELETE /api/v1/settings/catalogue",
      "DELETE /api/v1/settings/ingest-tokens/{id}",
      "DELETE /api/v1/settings/releases",
      "DELETE /api/v1/settings/share-links/{id}",
      "DELETE /api/v1/settings/users/{name}",
      "DELETE /api/v1/settings/webhooks/{id}",
      "GET /api/v1/annotations",
      "GET /api/v1/apps",
      "GET /api/v1/catalogue/draft",
      "GET /api/v1/errors",
      "GET /api/v1/errors/stacks",
      "GET /api/v1/errors/versions",
      "GET /api/v1/events",
      "GET /api/v1/events/adoption",
      "GET /api/v1/events/explore",
      "GET /api/v1/events/properties",
      "GET /api/v1/events/trend",
      "GET /api/v1/export/{table}",
      "GET /api/v1/funnels",
      "GET /api/v1/funnels/listed",
      "GET /api/v1/health/alerts",
      "GET /api/v1/health/arrivals",
      "GET /api/v1/health/ingest",
      "GET /api/v1/health/system",
      "GET /api/v1/health/unlisted",
      "GET /api/v1/installs/active",
      "GET /api/v1/installs/adoption",
      "GET /api/v1/installs/age",
      "GET /api/v1/installs/breakdown",
      "GET /api/v1/installs/droppable",
      "GET /api/v1/installs/lag",
      "GET /api/v1/installs/lifecycle",
      "GET /api/v1/installs/retention",
      "GET /api/v1/installs/rolling",
      "GET /api/v1/installs/stuck",
      "GET /api/v1/installs/summary",
      "GET /api/v1/installs/survival",
      "GET /api/v1/installs/upgrades",
      "GET /api/v1/installs/versions",
      "GET /api/v1/installs/{install_id}",
      "GET /api/v1/pages",
      "GET /api/v1/paths",
      "GET /api/v1/published",
      "GET /api/v1/published/apps",
      "GET /api/v1/published/breakdown",
      "GET /api/v1/published/report",
      "GET /api/v1/refusals",
      "GET /api/v1/releases",
      "GET /api/v1/retention/event",
      "GET /api/v1/session",
      "GET /api/v1/settings/alerts",
      "GET /api/v1/settings/api-tokens",
      "GET /api/v1/settings/apps",
      "GET /api/v1/settings/audit",
      "GET /api/v1/settings/catalogue",
      "GET /api/v1/settings/ingest-tokens",
      "GET /api/v1/settings/public-page",
      "GET /api/v1/settings/share-links",
      "GET /api/v1/settings/users",
      "GET /api/v1/settings/webhooks",
      "GET /api/v1/signals/metric",
      "GET /api/v1/signals/metrics",
      "GET /api/v1/signals/requests",
      "GET /api/v1/signals/slowest",
      "GET /api/v1/signals/status",
      "GET /api/v1/signals/trace",
      "POST /api/v1/session",
      "POST /api/v1/settings/annotations",
      "POST /api/v1/settings/api-tokens",
      "POST /api/v1/settings/apps/{app}/retention/preview",
      "POST /api/v1/settings/catalogue/preview",
      "POST /api/v1/settings/ingest-tokens",
      "POST /api/v1/settings/ingest-tokens/{id}/rotate",
      "POST /api/v1/settings/share-links",
      "POST /api/v1/settings/users",
      "POST /api/v1/settings/webhooks",
      "POST /api/v1/settings/webhooks/{id}/secret",
      "POST /api/v1/settings/webhooks/{id}/test",
      "POST /api/v1/sql",
      "PUT /api/v1/session/password",
      "PUT /api/v1/settings/alerts/{rule}",
      "PUT /api/v1/settings/annotations/{id}",
      "PUT /api/v1/settings/apps/{app}",
      "PUT /api/v1/settings/apps/{app}/retention",
      "PUT /api/v1/settings/catalogue",
      "PUT /api/v1/settings/ingest-tokens/{id}",
      "PUT /api/v1/settings/public-page",
      "PUT /api/v1/settings/releases",
      "PUT /api/v1/settings/users/{name}",
      "PUT /api/v1/settings/users/{name}/password",
      "PUT /api/v1/settings/webhooks/{id}",
    ]);
  });

  it("names each operation once, and describes it, its parameters and its answers", () => {
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
    const names = operations.map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const operation of operations) {
      expect(operation.summary, operation.operationId).toBeTruthy();
      for (const parameter of operation.parameters ?? []) {
        expect(parameter.description, `${operation.operationId} ${parameter.name}`).toBeTruthy();
      }
      for (const [status, reply] of Object.entries(operation.responses)) {
        expect(reply.description, `${operation.operationId} ${status}`).toBeTruthy();
      }
    }
  });

  it("has an example in every named schema, and each fits its schema", () => {
    const schemas = Object.entries(document.components.schemas);
    expect(schemas.length).toBeGreaterThan(10);
    for (const [name, schema] of schemas) {
      const example = schema.example ?? (schema.examples as unknown[] | undefined)?.[0];
      expect(example, name).toBeDefined();
      expect(mismatch(example, schema), name).toBeNull();
    }
  });

  it("points to nothing that is not there", () => {
    const references = JSON.stringify(document).match(/#\/components\/schemas\/\w+/g) ?? [];
    expect(references.length).toBeGreaterThan(10);
    for (const reference of references) {
      expect(document.components.schemas).toHaveProperty([reference.split("/").at(-1) ?? ""]);
    }
  });

  it("documents every error code", () => {
    const code = (resolve({ $ref: "/Error" }).properties as Record<string, Schema>).code;
    expect(code?.enum).toEqual(Object.keys(apiErrors));
  });

  it("says which parameters are needed", () => {
    const parameters = document.paths["/api/v1/events/trend"]?.get?.parameters ?? [];
    const needed = parameters.filter(({ required }) => required).map(({ name }) => name);
    expect(needed.sort()).toEqual(["app", "event"]);
  });
});

describe("every documented GET", () => {
  it("answers what it documents, with numbers as numbers", async () => {
    const parameters: Record<string, string | string[]> = {
      app: "timetracker",
      step: ["auth.login", "timer.started"],
      event: "timer.started",
      field: "platform",
      metric: "http.server.request.duration",
      trace_id: "4bf92f3577b34da6a3ce929d0e0e4736",
    };
    for (const [path, { get }] of Object.entries(document.paths)) {
      if (get === undefined) continue;
      const known = (get.parameters ?? []).map(({ name }) => name);
      const query = Object.fromEntries(
        Object.entries(parameters).filter(([name]) => known.includes(name)),
      );
      const address = path
        .replace("/api", "")
        .replace("{install_id}", install(1))
        .replace("{table}", "events");
      const reply = await api.get(address, query);
      expect(reply.statusCode, `${path} ${reply.body}`).toBe(200);
      const schema = get.responses["200"]?.content?.["application/json"]?.schema;
      // A file of rows has its own tests.
      if (path.includes("/export/")) continue;
      expect(mismatch(reply.json(), schema ?? {}), path).toBeNull();
      // An install's own rows are shown as they were sent and stored, ids as text among them.
      if (path.endsWith("{install_id}")) continue;
      // Values of properties are text, also where that is an id in digits.
      expect(reply.body, path).not.toMatch(/"(?!value")\w+":"\d+"/);
    }
  });

  it("answers an error as documented", async () => {
    for (const reply of [
      await api.app.inject("/api/v1/apps"),
      await api.get("/v1/events", { app: "nobody" }),
      await api.get("/v1/events"),
      await api.sql("DROP TABLE events"),
    ]) {
      expect(mismatch(reply.json(), { $ref: "#/components/schemas/Error" })).toBeNull();
    }
  });
});

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, brotliDecompressSync } from "node:zlib";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { registerStatic } from "./static.ts";

const SCRIPT = "console.log('dashboard')\n".repeat(50);
let root: string;
let app: FastifyInstance;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "rollcall-static-"));
  app = Fastify();
  app.post("/v1/logs", async () => ({}));
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ code: "not_found" }));
  await registerStatic(app, {
    root: join(root, "dist"),
    doors: {
      publicCharts: (of) => (of === "timetracker" ? ["summary"] : []),
      shared: () => null,
    },
    isViewer: (request) => request.cookies.rollcall_session === "viewer",
  });
});
afterEach(async () => {
  await app.close();
  await rm(root, { recursive: true, force: true });
});

async function build() {
  await mkdir(join(root, "dist/assets"), { recursive: true });
  await writeFile(join(root, "dist/index.html"), "<!doctype html><title>Rollcall</title>");
  await writeFile(join(root, "dist/report.html"), "<!doctype html><title>Report</title>");
  await writeFile(join(root, "dist/favicon.svg"), "<svg/>");
  await writeFile(join(root, "dist/.env"), "SECRET=1");
  await writeFile(join(root, "dist/assets/index-B1xq7kZ2.js"), SCRIPT);
  await writeFile(join(root, "dist/assets/index-B1xq7kZ2.js.br"), brotliCompressSync(SCRIPT));
  await writeFile(join(root, "secret.txt"), "outside");
}

describe("the dashboard's files", () => {
  it("says what to run while the dashboard is not built", async () => {
    const reply = await app.inject("/");
    expect(reply.statusCode).toBe(503);
    expect(reply.headers["content-type"]).toContain("text/plain");
    expect(reply.body).toContain("npm run build");
    await build();
    expect((await app.inject("/")).statusCode).toBe(200);
  });

  it("serves the report to viewers, on public pages and for share links, and the dashboard's pages else", async () => {
    await build();
    const get = async (url: string, headers = {}) => {
      const reply = await app.inject({ url, headers });
      return [reply.statusCode, /<title>(.*)<\/title>/.exec(reply.body)?.[1]];
    };
    expect(await get("/", { cookie: "rollcall_session=viewer" })).toEqual([200, "Report"]);
    expect(await get("/", { cookie: "rollcall_session=other" })).toEqual([200, "Rollcall"]);
    expect(await get("/features", { cookie: "rollcall_session=viewer" })).toEqual([
      200,
      "Rollcall",
    ]);
    expect(await get("/public/timetracker")).toEqual([200, "Report"]);
    // The page says that there is nothing; its status says so, too.
    expect(await get("/public/private")).toEqual([404, "Report"]);
    expect(await get("/share/rcs_revoked")).toEqual([404, "Report"]);
    const report = await app.inject("/public/timetracker");
    expect(report.headers["content-security-policy"]).toContain("default-src 'none'");
    expect((await app.inject("/")).headers.vary).toMatch(/^cookie\b/);
  });

  it("serves the page with a policy that lets nothing in from elsewhere", async () => {
    await build();
    const reply = await app.inject("/");
    expect(reply.body).toContain("<title>Rollcall</title>");
    expect(reply.headers["cache-control"]).toBe("no-cache");
    expect(reply.headers["content-security-policy"]).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
    expect(reply.headers["x-content-type-options"]).toBe("nosniff");
    expect(reply.headers["referrer-policy"]).toBe("no-referrer");
    expect(reply.headers["permissions-policy"]).toContain("geolocation=()");
  });

  it("serves the same page at every address of the dashboard", async () => {
    await build();
    for (const url of ["/versions", "/installs/active?app=timetracker", "/v1x"]) {
      expect((await app.inject(url)).body, url).toContain("<title>Rollcall</title>");
    }
  });

  it("lets browsers keep hashed assets for good, and compressed where they can", async () => {
    await build();
    const url = "/assets/index-B1xq7kZ2.js";
    const plain = await app.inject(url);
    expect(plain.body).toBe(SCRIPT);
    expect(plain.headers["content-type"]).toContain("javascript");
    expect(plain.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    const small = await app.inject({ url, headers: { "accept-encoding": "gzip, br" } });
    expect(small.headers["content-encoding"]).toBe("br");
    expect(small.headers["content-type"]).toContain("javascript");
    expect(small.headers["cache-control"]).toContain("immutable");
    expect(small.headers.vary).toMatch(/accept-encoding/i);
    expect(brotliDecompressSync(small.rawPayload).toString()).toBe(SCRIPT);
    expect((await app.inject("/favicon.svg")).headers["cache-control"]).toBe("no-cache");
  });

  it("answers with 304 for a page that the browser still has", async () => {
    await build();
    const { etag } = (await app.inject("/")).headers;
    const again = await app.inject({ url: "/", headers: { "if-none-match": String(etag) } });
    expect(again.statusCode).toBe(304);
  });

  it("serves nothing outside the build and no hidden files", async () => {
    await build();
    for (const url of [
      "/../secret.txt",
      "/..%2fsecret.txt",
      "/assets/..%2f..%2fsecret.txt",
      "/%2e%2e/secret.txt",
      "/.env",
      "/assets/missing-00000000.js",
      "/assets//index-B1xq7kZ2.js",
    ]) {
      const reply = await app.inject(url);
      expect([403, 404], url).toContain(reply.statusCode);
      expect(reply.body).not.toMatch(/outside|SECRET/);
    }
  });

  it("leaves the addresses of the APIs to their own answers", async () => {
    await build();
    for (const url of ["/v1/logs", "/v1/unknown", "/api/v1/unknown", "/otlp/v1/logs", "/api"]) {
      expect((await app.inject(url)).json(), url).toEqual({ code: "not_found" });
    }
  });
});

import { once } from "node:events";
import { createServer } from "node:http";
import { expect, inject, test } from "vitest";
import { openBrowser } from "../support/browser.ts";
import { openVisit } from "../support/page.ts";

/** The control for the other browser tests: what they find none of is found where it is planted. */
test("a violation, a console error, an exception and a foreign request are each noticed", async () => {
  const server = createServer((_request, reply) => {
    reply.setHeader("content-type", "text/html");
    reply.end(`<html lang="en"><title>x</title><main><h1>x</h1>
      <img src="http://127.0.0.1:9/pixel.png"></main>
      <script>console.error("planted"); throw new Error("thrown");</script></html>`);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const browser = await openBrowser(inject("chromium"));
  try {
    const { port } = server.address() as { port: number };
    const url = `http://127.0.0.1:${port}`;
    const visit = await openVisit(browser, { url }, { width: 390, scheme: "light" });
    await visit.page.goto(url);
    expect(await visit.violations()).toEqual([expect.stringContaining("image-alt")]);
    const complaints = visit.complaints().join("\n");
    for (const planted of ["console: planted", "exception: thrown", "http://127.0.0.1:9/"]) {
      expect(complaints).toContain(planted);
    }
  } finally {
    await browser.close();
    server.close();
  }
});

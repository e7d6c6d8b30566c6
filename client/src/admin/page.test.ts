import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Catalogue } from "@rollcall/schemas";
import { expect, test } from "vitest";
import { ask } from "../test/pages.ts";
import { type Stub, stubOf, stubRollcall } from "../test/rollcall-stub.ts";
import { createAdminHandler } from "./handler.ts";

const timetracker = JSON.parse(
  readFileSync(new URL("../../../schemas/catalogues/timetracker.json", import.meta.url), "utf8"),
) as Catalogue;

async function page(change: (stub: Stub) => void = () => {}, query = "") {
  const stub = stubOf();
  change(stub);
  const handler = createAdminHandler(stubRollcall(stub), { authorize: () => ({ id: "4" }) });
  return ask(handler, "GET", `/admin/telemetry${query}`);
}

function busy(stub: Stub): void {
  const { events, common = {}, version } = timetracker;
  stub.state.catalogue = { version, acceptedVersion: 1, events, common, gained: [] };
  stub.state.consent = { ...stub.state.consent, detailed: true, recording: "send" };
  const items = Array.from({ length: 200 }, (_, index) => ({
    signal: "event" as const,
    name: events[index % events.length]!.name,
    time: Date.now(),
    content: { project_id: index, install_id: "x", "log.record.uid": crypto.randomUUID() },
  }));
  stub.would.queued = items;
  stub.would.queuedTotal = 900;
  const at = new Date().toISOString();
  stub.sent = items.map((item) => {
    const batch = crypto.randomUUID();
    return {
      ...item,
      at,
      batch,
      sink: "maintainer",
      to: "https://telemetry.example.org",
      result: "delivered",
      reason: "",
    };
  });
  stub.unsent = items.map((item) => ({ kind: "held", at, ...item }));
}

test.each(["", "?tab=sent", "?tab=sent&page=3", "?tab=never"])(
  "with 169 events, a full queue and a long log the page %s is at most 25 KiB gzip",
  async (query) => {
    const { body } = await page(busy, query);
    expect(gzipSync(body).byteLength).toBeLessThan(25 * 1024);
  },
);

test("the policy allows the page's own style and script by hash, and nothing else", async () => {
  const { body, headers } = await page();
  const policy = headers["content-security-policy"] ?? "";
  for (const tag of ["style", "script"]) {
    const inline = new RegExp(`<${tag}[^>]*>([\\s\\S]*?)</${tag}>`).exec(body)?.[1] ?? "";
    const hash = createHash("sha256").update(inline).digest("base64");
    expect(policy).toContain(`${tag}-src 'sha256-${hash}'`);
  }
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain("unsafe");
  expect(body).not.toMatch(/ style="| on[a-z]+="/);
  expect(headers).toMatchObject({
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  });
});

test("what comes from outside is text and not markup", async () => {
  const evil = `<img src=x onerror="alert(1)">`;
  const { body } = await page(
    (stub) => {
      stub.state.problems = [evil];
      stub.state.history = [{ at: evil, who: evil, what: "mode", mode: "on" }];
      stub.sent = [
        {
          signal: "event",
          name: evil,
          time: 0,
          content: { [evil]: evil },
          sink: evil,
          to: evil,
          batch: "b",
          at: evil,
          result: "refused",
          reason: evil,
        },
      ];
    },
    `?tab=sent&done=${encodeURIComponent(evil)}`,
  );
  expect(body).not.toContain("<img");
});

test("a message is a code: a word in the address that is none shows nothing", async () => {
  expect((await page(() => {}, "?done=mode")).body).toContain("Saved. It holds from now on");
  for (const code of ["toString", "__proto__", "Pay%20here"]) {
    expect((await page(() => {}, `?done=${code}`)).body).not.toContain('role="status"');
  }
});

test("every base field stands there with this install's value, why and how long", async () => {
  const { body } = await page();
  for (const [name, value] of Object.entries(stubOf().would.report ?? {})) {
    expect(body).toContain(`<code>${name}</code>`);
    expect(body).toContain(`<code>${value}</code>`);
  }
  expect(body).toContain("Which versions are still in use?");
  expect(body).toContain("25 months");
});

test("under a kill switch the control is disabled and names the variable", async () => {
  const { body } = await page((stub) => {
    const by = { decidedBy: "DO_NOT_TRACK", baseDecidedBy: "DO_NOT_TRACK" } as const;
    stub.state.consent = { ...stub.state.consent, ...by, base: false, locked: true };
  });
  expect(body).toContain("Locked: DO_NOT_TRACK is set");
  expect(body).toMatch(/<fieldset class="modes" disabled/);
  expect(body).toMatch(/value="on" disabled[^>]*>Turn detailed telemetry on/);
});

test("a choice that a kill switch overrules can still be withdrawn", async () => {
  const { body } = await page((stub) => {
    const by = { decidedBy: "ROLLCALL", baseDecidedBy: "ROLLCALL" } as const;
    stub.state.consent = { ...stub.state.consent, ...by, base: false, locked: true, choice: "on" };
  });
  expect(body).toMatch(/value="off">Withdraw that choice/);
});

test("with ENABLE_TELEMETRY=false only Detailed is locked", async () => {
  const { body } = await page((stub) => {
    const by = { decidedBy: "ENABLE_TELEMETRY" } as const;
    stub.state.consent = { ...stub.state.consent, ...by, locked: true };
  });
  expect(body).toMatch(/value="on" disabled/);
  expect(body).not.toMatch(/value="off" disabled|<fieldset class="modes" disabled/);
});

test("what the catalogue gained waits with a button; without a gain there is none", async () => {
  const gained = [{ event: "quote.sent", property: "", what: "new event" }];
  const { body } = await page((stub) => {
    stub.state.catalogue = { ...stub.state.catalogue!, gained };
  });
  expect(body).toContain("quote.sent");
  expect(body).toContain("Accept these additions");
  expect((await page()).body).not.toContain("Accept these additions");
});

test("a long log comes in pages, newest first", async () => {
  const first = (await page(busy, "?tab=sent")).body;
  expect(first).toContain("page=2#records");
  const last = (await page(busy, "?tab=sent&page=8")).body;
  expect(last).toContain("page=7#records");
  expect(last).not.toContain("page=9#records");
  expect((await page(busy, "?tab=sent&page=-1")).status).toBe(200);
});

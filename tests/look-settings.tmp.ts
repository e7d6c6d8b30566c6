import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { openBrowser } from "./support/browser.ts";
import { unpackChromium } from "./support/chromium.ts";
import { startWithFleet } from "./support/demo-collector.ts";
import { openVisit, settled, signIn } from "./support/page.ts";

const DIST = "/tmp/dash-settings";
const TYPES: Record<string, string> = { ".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml" };
const browser = await openBrowser(await unpackChromium());
const { collector } = await startWithFleet({ installs: 60, days: 20, seed: 5 });
const admin = { authorization: `Bearer ${collector.tokens.admin}`, "content-type": "application/json" };
const post = (path: string, body: unknown, method = "POST") => fetch(`${collector.url}/api/v1/${path}`, { method, headers: admin, body: JSON.stringify(body) }).then(async (r) => { if (!r.ok) console.log(path, r.status, await r.text()); });
await post("settings/ingest-tokens", { app: "timetracker", name: "build server" });
await post("settings/api-tokens", { name: "Grafana", scopes: ["read", "sql"] });
await post("settings/users", { name: "maria", password: "correct horse battery", role: "viewer", apps: ["timetracker"] });
await post("settings/releases", { app: "timetracker", version: "9.0.0", day: "2026-11-01", note: "The big one" }, "PUT");
await post("settings/annotations", { app: "timetracker", day: "2026-11-02", text: "Announced on the forum" });
const sections = (process.argv[2] ?? "apps,ingest-tokens,api-tokens,users,releases,catalogue,sharing,alerts,audit").split(",");
for (const look of [{ width: 1440, scheme: "light" as const }, { width: 390, scheme: "dark" as const }]) {
  const visit = await openVisit(browser, collector, look);
  await visit.page.route((url) => !url.pathname.startsWith("/api"), async (route) => {
    const path = new URL(route.request().url()).pathname;
    const file = extname(path) ? path : "/index.html";
    await route.fulfill({ body: await readFile(join(DIST, file)), contentType: TYPES[extname(file)] ?? "text/plain" });
  });
  await visit.page.goto(collector.url);
  await visit.page.getByRole("button", { name: "Name and password" }).click();
  await visit.page.screenshot({ path: `/tmp/look/sign-in-${look.width}.png` });
  console.log("sign-in", await visit.violations());
  await signIn(visit.page, collector, "/settings");
  for (const section of sections) {
    await visit.page.goto(`${collector.url}/settings?app=timetracker&section=${section}${section === "apps" ? "&edit=timetracker" : ""}`);
    await settled(visit.page).catch((e) => console.log(section, String(e).slice(0, 200)));
    await visit.page.screenshot({ path: `/tmp/look/${section}-${look.width}.png`, fullPage: true });
    const wide = await visit.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth");
    console.log(look.width, section, wide ? "WIDE" : "", (await visit.violations()).join("\n   "));
  }
  console.log(visit.complaints());
  await visit.close();
}
await browser.close();
await collector.stop();

import { readFileSync } from "node:fs";

/*
 * What a browser without a cache fetches, held to the budgets. The dashboard's files are named by the
 * manifest of its build: what opens first is the entry, the Overview and the chart library.
 */
const DIST = "dashboard/dist";
const manifest = JSON.parse(readFileSync(`${DIST}/.vite/manifest.json`, "utf8"));
const UPLOT = Object.keys(manifest).find((name) => name.endsWith("uPlot.esm.js"));

/** The scripts and styles that a module needs before it runs. */
function filesOf(name, found = new Set()) {
  const { file, css = [], imports = [] } = manifest[name];
  if (found.has(file)) return found;
  for (const each of [file, ...css]) found.add(each);
  for (const each of imports) filesOf(each, found);
  return found;
}

const first = new Set(
  ["index.html", "src/pages/overview/index.tsx", UPLOT].flatMap((name) => [...filesOf(name)]),
);
const scripts = (files) => [...files].filter((file) => file.endsWith(".js"));
const budget = (name, limit, files) => ({
  name,
  limit,
  path: [...files].map((file) => `${DIST}/${file}`),
  gzip: true,
  rolldown: false,
});

const pages = Object.keys(manifest).filter((name) => /^src\/pages\/[^/]+\/index\.tsx$/.test(name));
const lazy = pages.filter((name) => !name.includes("/overview/"));

export default [
  budget("dashboard, opening it", "60 KiB", scripts(first)),
  ...lazy.map((name) =>
    budget(
      `dashboard, ${name.split("/")[2]}`,
      "20 KiB",
      scripts(filesOf(name)).filter((file) => !first.has(file)),
    ),
  ),
  budget("dashboard, all styles", "12 KiB", ["assets/*.css"]),
  budget("public page, in total", "45 KiB", [...filesOf("report.html"), "report.html"]),
  {
    name: "client, core without dependencies",
    path: "client/dist/index.js",
    limit: "30 KiB",
    gzip: true,
    ignore: [
      "@opentelemetry/api",
      "@opentelemetry/otlp-transformer",
      "@opentelemetry/resources",
      "@rollcall/schemas",
      "node-cron",
      "pino",
      "node:crypto",
      "node:fs",
      "node:fs/promises",
      "node:http",
      "node:https",
      "node:os",
      "node:path",
      "node:util",
      "node:zlib",
      "node:async_hooks",
      "node:url",
      "node:stream",
      "node:events",
      "node:timers/promises",
    ],
  },
];

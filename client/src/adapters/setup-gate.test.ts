import { expect, it } from "vitest";
import { createSetupGate } from "./setup-gate.ts";

const open = ["/static/", "/logo.svg"];
const gate = createSetupGate({ setupPath: "/setup", complete: () => false, open });
const passes = (path: string, method = "GET") =>
  gate({ method, path, accept: "text/html" }) === null;

it.each(["/setup", "/setup/", "/setup/x", "/livez", "/healthz", "/static/a/b.css", "/logo.svg"])(
  "leaves %s open",
  (path) => {
    expect([passes(path), passes(path, "POST")]).toEqual([true, true]);
  },
);

it.each([
  "/",
  "",
  "/setups",
  "/Setup",
  "/static",
  "/logo.svg/x",
  "/livez/x",
  "//setup",
  "/setup/../admin",
  "/setup/./x",
  "/setup/..",
  "/static/%2E%2e/admin",
  "/static/..%2fadmin",
  "/static/..\\admin",
  "/static//admin",
])("keeps %j closed", (path) => expect(passes(path)).toBe(false));

it("answers by what is asked for", () => {
  const status = (method: string, accept?: string) => gate({ method, path: "/", accept })?.status;
  expect(status("GET", "text/html;q=0.9,*/*")).toBe(303);
  expect(status("HEAD", "text/html")).toBe(303);
  expect(status("POST", "text/html")).toBe(503);
  expect(status("GET", "application/json")).toBe(503);
  expect(status("GET", "*/*")).toBe(503);
  expect(status("GET")).toBe(503);
});

it("asks until the first yes, and then no more", () => {
  const answers = [false, true];
  const once = createSetupGate({ setupPath: "/setup", complete: () => answers.shift() ?? false });
  const ask = () => once({ method: "GET", path: "/", accept: undefined })?.status ?? null;
  expect([ask(), ask(), ask()]).toEqual([503, null, null]);
});

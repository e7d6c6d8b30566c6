import { describe, expect, it } from "vitest";
import { parseView, printView, toggleFilter } from "./view.ts";

function open(address: string, stored = {}) {
  const url = new URL(address, "http://rollcall.example");
  return parseView(url.pathname, url.search, stored);
}

describe("the address bar", () => {
  it("gives back exactly the view it was written from", () => {
    const address =
      "/features?app=timetracker&range=2026-10-01..2026-10-31&version=5.10.0&version=5.9.2" +
      "&platform=Linux&timezone=Europe%2FBerlin&admitted=all&lifetime=day_or_more" +
      "&compare=weekdays&interval=week&zoom=2026-10-05..2026-10-12" +
      "&events=timer.started,auth.login&sort=-installs";
    expect(printView(open(address))).toBe(address);
  });

  it("keeps values with commas, ampersands and spaces apart", () => {
    const view = open("/");
    view.filters = toggleFilter(view.filters, "platform", "Linux, ARM & more");
    view.filters = toggleFilter(view.filters, "platform", "Windows");
    expect(open(printView(view)).filters.platform).toEqual(["Linux, ARM & more", "Windows"]);
  });

  it("opens the defaults: overview, 28 days, admitted installs, no filter", () => {
    expect(open("/")).toMatchObject({
      page: "overview",
      range: { kind: "28d" },
      admitted: "admitted",
      lifetime: "all",
      compare: "off",
      interval: null,
      zoom: null,
      choices: {},
    });
  });

  it("prefers the address over what was stored, and that over the default", () => {
    const stored = { app: "other", range: "91d" };
    expect(open("/?app=timetracker&range=7d", stored)).toMatchObject({
      app: "timetracker",
      range: { kind: "7d" },
    });
    expect(open("/", stored)).toMatchObject({ app: "other", range: { kind: "91d" } });
  });

  it("opens a mistyped link with the defaults instead of failing", () => {
    expect(open("/nowhere?range=soon&interval=hour&zoom=x&admitted=maybe")).toMatchObject({
      page: "overview",
      range: { kind: "28d" },
      interval: null,
      zoom: null,
      admitted: "admitted",
    });
  });

  it("takes a filter out when it is chosen again", () => {
    const once = toggleFilter(open("/").filters, "version", "5.10.0");
    expect(toggleFilter(once, "version", "5.10.0").version).toEqual([]);
  });

  it("lets a card name its choice itself, and keeps what no card could have chosen out", () => {
    expect(open("/?funnel-steps=a,b&x1=2").choices).toEqual({ "funnel-steps": "a,b", x1: "2" });
    const strange = `/?Steps=1&__proto__=x&a%20b=1&empty=&${"n".repeat(33)}=1&long=${"v".repeat(2001)}`;
    expect(open(strange).choices).toEqual({});
  });

  it("takes no more than 24 choices from a link", () => {
    const many = Array.from({ length: 40 }, (_, at) => `c${at}=1`).join("&");
    expect(Object.keys(open(`/?${many}`).choices)).toHaveLength(24);
  });

  it("does not take the view's own parameters for choices", () => {
    expect(open("/?platform=Linux&compare=previous&lifetime=all&range=7d").choices).toEqual({});
  });
});

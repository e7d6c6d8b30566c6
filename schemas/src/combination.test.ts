import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { combinationHash } from "./combination.ts";

const canonical = {
  app_version: "5.10.0",
  platform: "Linux",
  os_version: "6.1.0-18",
  locale: "en_US",
  timezone: "Europe/Berlin",
};

it("a combination is the hash of app, version, platform, OS, locale and time zone", () => {
  const text = "timetracker\x005.10.0\0Linux\x006.1.0-18\0en_US\0Europe/Berlin";
  const expected = createHash("sha256").update(text).digest("hex");
  expect(combinationHash("timetracker", canonical)).toBe(expected);
});

it("the same values in another spelling make the same combination", () => {
  const spelled = {
    app_version: "5.10.0",
    platform: "linux2",
    os_version: "6.1.0-18-amd64",
    locale: "en-US",
    timezone: "europe/berlin",
  };
  expect(combinationHash("timetracker", spelled)).toBe(combinationHash("timetracker", canonical));
});

it("another app, and each other value, make another combination", () => {
  const others = [
    combinationHash("sandbox", canonical),
    ...Object.keys(canonical).map((field) =>
      combinationHash("timetracker", { ...canonical, [field]: "" }),
    ),
  ];
  expect(new Set([combinationHash("timetracker", canonical), ...others]).size).toBe(7);
});

it("a value that the schema would drop counts as absent", () => {
  const odd = { ...canonical, locale: "jane's", timezone: 7 };
  const { locale: _, timezone: __, ...rest } = canonical;
  expect(combinationHash("timetracker", odd)).toBe(combinationHash("timetracker", rest));
});

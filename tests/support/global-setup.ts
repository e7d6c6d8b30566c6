import type { TestProject } from "vitest/node";
import { type Chromium, unpackChromium } from "./chromium.ts";

declare module "vitest" {
  interface ProvidedContext {
    chromium: Chromium | null;
  }
}

/** Unpacked here and not in the tests: two processes that unpack at once run into ETXTBSY. */
export default async function setup(project: TestProject): Promise<void> {
  project.provide("chromium", process.platform === "linux" ? await unpackChromium() : null);
}

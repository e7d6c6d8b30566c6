import { defineConfig } from "vitest/config";

const conditions = ["rollcall-source", "module", "node", "development|production"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // chDB in the test process would crash in worker threads; forks also keep a crash to one file.
    pool: "forks",
    // A file of browser or process tests waits much of its time; two at once use what it leaves idle.
    maxWorkers: 2,
    include: ["{schemas,client,collector,dashboard}/src/**/*.test.{ts,tsx}", "tests/**/*.test.ts"],
    globalSetup: ["tests/support/global-setup.ts"],
    reporters: ["default", "./tests/support/reporter.ts"],
    // Longer than the 30 seconds of the browser driver, so that what is waited for in vain is named.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});

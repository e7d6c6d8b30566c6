import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRollcall } from "@rollcall/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildOtelcol, type Otelcol, startOtelcol } from "../support/otelcol.ts";
import { waitFor } from "../support/processes.ts";

const missing = await buildOtelcol();

if (missing !== null) {
  test.skip(`an OpenTelemetry Collector takes what the client sends: ${missing}`, () => {});
} else {
  describe("an OpenTelemetry Collector", () => {
    let otelcol: Otelcol;
    const dataDir = mkdtempSync(join(tmpdir(), "rollcall-otelcol-"));
    beforeAll(async () => {
      otelcol = await startOtelcol();
    });
    afterAll(async () => {
      await otelcol?.stop();
      rmSync(dataDir, { recursive: true, force: true });
    });

    test("takes the base layer and detailed events of the client", async () => {
      const rollcall = createRollcall({
        app: "timetracker",
        version: "5.10.0",
        dataDir,
        endpoint: otelcol.endpoint,
        env: {},
      });
      rollcall.optIn("17");
      rollcall.track("timer.started", { project_id: 4, billable: true }, { user: 17 });
      await waitFor("the heartbeat and the event are there", 20_000, () => {
        const seen = otelcol.output();
        return (
          seen.includes("EventName: base_telemetry.heartbeat") && seen.includes("timer.started")
        );
      });
      await rollcall.close();
      const seen = otelcol.output();
      expect(seen).toContain("EventName: base_telemetry.first_seen");
      expect(seen).toContain("-> project_id: Int(4)");
      expect(seen).toContain("-> billable: Bool(true)");
      expect(seen).toContain(`-> install_id: Str(${rollcall.state().identity?.installId})`);
      expect(rollcall.state().sinks[0]?.last).toMatchObject({ kind: "success", reason: "" });
    });
  });
}

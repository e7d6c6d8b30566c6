import { expect, test } from "vitest";
import { detectDeployment } from "./base-report.ts";

test("a cluster is told from what it puts into the environment, anything else from the system", () => {
  expect(detectDeployment({ KUBERNETES_SERVICE_HOST: "10.0.0.1" })).toBe("kubernetes");
  expect(["docker", "native"]).toContain(detectDeployment({}));
});

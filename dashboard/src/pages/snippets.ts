/** Code that sends a first heartbeat, shown to whoever has just set up an app. */

/** @param app its name here; @param endpoint the collector's address: "http://127.0.0.1:4318" */
export function clientSnippet(app: string, endpoint: string): string {
  return `npm install @rollcall/client

import { createRollcall } from "@rollcall/client";

const rollcall = createRollcall({
  app: "${app}",
  version: "1.0.0",
  dataDir: "/var/lib/${app}",
  endpoint: "${endpoint}",
  token: "<ingest token>",
});`;
}

/**
 * One base heartbeat by hand, as OTLP/HTTP JSON.
 * @param installId a random UUID that stands for the install
 */
export function curlLine(endpoint: string, installId: string): string {
  const attributes: [string, string][] = [
    ["install_id", installId],
    ["app_version", "1.0.0"],
    ["platform", "Linux"],
    ["deployment_type", "docker"],
  ];
  const body = {
    resourceLogs: [
      {
        scopeLogs: [
          {
            logRecords: [
              {
                eventName: "base_telemetry.heartbeat",
                attributes: attributes.map(([key, stringValue]) => ({
                  key,
                  value: { stringValue },
                })),
              },
            ],
          },
        ],
      },
    ],
  };
  return `curl ${endpoint}/v1/logs \\
  -H 'Authorization: Bearer <ingest token>' \\
  -H 'Content-Type: application/json' \\
  -d '${JSON.stringify(body)}'`;
}

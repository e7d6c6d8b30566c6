/** Every word of the page that waits for an app's first heartbeat. */
export const waitingText = {
  title: (app: string) => `Waiting for the first heartbeat of ${app}`,
  lead: "This page changes by itself when it arrives.",
  listening: "Listening",
  client: "From your app",
  clientHint: "With the TypeScript client:",
  curl: "From a shell",
  curlHint: "Or send one by hand, with the ingest token of this app:",
  copy: "Copy",
  copied: "Copied",
  endpointHint:
    "The address is the one of this page. Use the collector's own if they are not the same.",
} as const;

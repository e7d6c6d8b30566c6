import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

interface Exporter<Items> {
  export(items: Items, done: () => void): void;
  shutdown(): Promise<void>;
}

/** The bodies that OpenTelemetry's own exporters send of the same items, in the exporters' order. */
export async function exportedBy<Items>(
  items: Items,
  exporters: readonly (new (to: { url: string }) => Exporter<Items>)[],
): Promise<Buffer[]> {
  const bodies: Buffer[] = [];
  const server = createServer(async (request, response) => {
    bodies.push(await buffer(request));
    response.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const SdkExporter of exporters) {
    const exporter = new SdkExporter({ url });
    await new Promise<void>((resolve) => exporter.export(items, resolve));
    await exporter.shutdown();
  }
  server.closeAllConnections();
  server.close();
  if (bodies.length !== exporters.length) throw new Error(`${bodies.length} bodies were sent`);
  return bodies;
}

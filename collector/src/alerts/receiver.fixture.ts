import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** A webhook's receiver: keeps what it is sent, and answers as it is told. */
export async function startReceiver() {
  const received: { headers: IncomingHttpHeaders; body: string }[] = [];
  let answer: { status: number; headers?: Record<string, string> } | "silence" = { status: 204 };
  const waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      received.push({ headers: request.headers, body });
      for (const arrived of waiting.splice(0)) arrived();
      if (answer !== "silence") response.writeHead(answer.status, answer.headers).end("x");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    /** Resolves when the next message has arrived. */
    next: () => new Promise<void>((resolve) => waiting.push(resolve)),
    answers(next: typeof answer) {
      answer = next;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Checks a signature with the browser's cryptography, as a receiver in another language would. */
export async function isSigned(secret: string, header: unknown, body: string): Promise<boolean> {
  const [, time = "", hex = ""] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(header)) ?? [];
  const encode = (text: string) => new TextEncoder().encode(text);
  const key = await crypto.subtle.importKey(
    ...(["raw", encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]] as const),
  );
  const signature = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return crypto.subtle.verify("HMAC", key, signature, encode(`${time}.${body}`));
}

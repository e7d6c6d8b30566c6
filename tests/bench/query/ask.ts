import type { Door } from "./stage.ts";

export interface Reply {
  milliseconds: number;
  body: string;
}

/** Asks one question and waits for the whole answer. */
export async function ask(
  { url, token }: Door,
  path: string,
  parameters: Record<string, string | string[]>,
): Promise<Reply> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const each of [value].flat()) search.append(name, each);
  }
  const began = performance.now();
  const reply = await fetch(`${url}/api/v1/${path}?${search}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const body = await reply.text();
  const milliseconds = performance.now() - began;
  if (!reply.ok) throw new Error(`${path}?${search}: ${reply.status} ${body}`);
  return { milliseconds, body };
}

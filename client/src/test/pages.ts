import type { PageHandler, PageReply } from "../admin/types.ts";

/** What a browser on the app's own page sends along. */
const sameOrigin = { host: "app.test", "sec-fetch-site": "same-origin" };

/** Asks a page handler as a browser would; fails where the path is not the handler's. */
export async function ask(
  handler: PageHandler,
  method: string,
  url: string,
  {
    form = {},
    headers = sameOrigin,
  }: { form?: Record<string, string>; headers?: Record<string, string | undefined> } = {},
): Promise<PageReply> {
  const [path = "", query = ""] = url.split("?", 2);
  const reply = await handler({
    method,
    path,
    query: new URLSearchParams(query),
    headers,
    form: new URLSearchParams(form),
    raw: null,
  });
  if (reply === null) throw new Error(`${path} belongs to nobody`);
  return reply;
}

/** The token in the forms of a page. */
export function tokenIn({ body }: PageReply): string {
  return /name="csrf" value="([^"]+)"/.exec(body)?.[1] ?? "";
}

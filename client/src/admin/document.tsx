import { createHash } from "node:crypto";
import type { ComponentChildren } from "preact";
import { renderToString } from "preact-render-to-string";
import type { PageReply } from "./types.ts";

export interface DocumentParts {
  status?: number;
  title: string;
  style: string;
  /** Inline script; "" for a page that needs none. */
  script: string;
  body: ComponentChildren;
}

/**
 * A whole page as a reply. Style and script stand in it and are allowed by their hash, so that
 * nothing else runs and nothing is loaded, from here or from anywhere.
 */
export function documentReply({
  status = 200,
  title,
  style,
  script,
  body,
}: DocumentParts): PageReply {
  const policy = [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    `script-src ${script === "" ? "'none'" : hashOf(script)}`,
    "connect-src 'self'",
    "img-src data:",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  const page = renderToString(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{title}</title>
        <link rel="icon" href="data:," />
        <style dangerouslySetInnerHTML={{ __html: style }} />
      </head>
      <body>
        {body}
        {script === "" ? null : (
          <script type="module" dangerouslySetInnerHTML={{ __html: script }} />
        )}
      </body>
    </html>,
  );
  return {
    status,
    headers: {
      ...plainHeaders,
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy.join("; "),
    },
    body: `<!doctype html>${page}`,
  };
}

/** On every reply, whatever it is. */
export const plainHeaders = {
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** The browser asks for `to` with a GET. */
export function redirectReply(to: string): PageReply {
  return { status: 303, headers: { ...plainHeaders, location: to }, body: "" };
}

function hashOf(inline: string): string {
  return `'sha256-${createHash("sha256").update(inline).digest("base64")}'`;
}

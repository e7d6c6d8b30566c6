import { useContext, useEffect, useMemo, useState } from "preact/hooks";
import { LiveContext } from "../state/live.ts";
import { waitingText } from "../text/waiting.ts";
import { clientSnippet, curlLine } from "./snippets.ts";

const LOOK_EVERY_MS = 3000;

/** An app that nobody has reported to yet: how to send, and a live look-out for the first. */
export function Waiting({ app }: { app: string }) {
  const live = useContext(LiveContext);
  useEffect(() => live.hurry(LOOK_EVERY_MS), [live]);
  const installId = useMemo(randomUuid, []);
  return (
    <section class="card waiting" data-testid="waiting">
      <h1>{waitingText.title(app)}</h1>
      <p class="waiting-live" role="status">
        <span class="pulse" aria-hidden="true" />
        {waitingText.listening}. {waitingText.lead}
      </p>
      <h2>{waitingText.client}</h2>
      <p class="quiet">{waitingText.clientHint}</p>
      <Snippet code={clientSnippet(app, location.origin)} label={waitingText.client} />
      <h2>{waitingText.curl}</h2>
      <p class="quiet">{waitingText.curlHint}</p>
      <Snippet code={curlLine(location.origin, installId)} label={waitingText.curl} />
      <p class="quiet small">{waitingText.endpointHint}</p>
    </section>
  );
}

function Snippet({ code, label }: { code: string; label: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <div class="snippet">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable */}
      <section class="snippet-code" tabIndex={0} aria-label={label}>
        <pre>
          <code>{code}</code>
        </pre>
      </section>
      {navigator.clipboard && (
        <button
          type="button"
          class="button"
          onClick={() => void navigator.clipboard.writeText(code).then(() => setCopied(true))}
        >
          {copied ? waitingText.copied : waitingText.copy}
        </button>
      )}
    </div>
  );
}

/** `crypto.randomUUID` exists only on secure origins; a collector on a local network has none. */
function randomUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}

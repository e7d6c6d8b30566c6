import type { SignalStatus } from "../../api/signals.ts";
import { formatInstant } from "../../format/dates.ts";
import { Notice } from "../../shell/notice.tsx";
import { useScope } from "../../state/scope.ts";
import { operationsText } from "../../text/operations.ts";

const words = operationsText.empty;

/** Instead of the page while nothing arrived: how to send, or when the last did. */
export function Empty({ status }: { status: SignalStatus }) {
  const { view } = useScope();
  const last = status.rows
    .flatMap((row) => row.last ?? [])
    .sort()
    .at(-1);
  if (last !== undefined) {
    const at = formatInstant(last, new Date());
    return <Notice title={words.quietTitle} lead={words.quietLead(at)} />;
  }
  return (
    <div data-testid="operations-empty">
      <Notice title={words.title} lead={words.lead}>
        <div class="snippet">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable */}
          <section class="snippet-code" tabIndex={0} aria-label={words.snippet}>
            <pre>
              <code>{otelEnvironment(view.app, location.origin)}</code>
            </pre>
          </section>
        </div>
        <p>{words.token}</p>
        <p class="quiet">{words.docs}</p>
      </Notice>
    </div>
  );
}

/** What a stock SDK reads from its environment. Values of headers are percent-encoded there. */
const otelEnvironment = (app: string, endpoint: string) => `OTEL_SERVICE_NAME=${app}
OTEL_EXPORTER_OTLP_ENDPOINT=${endpoint}
OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer%20<ingest token>"`;

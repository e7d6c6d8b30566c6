import { DownloadIcon } from "../../shell/icons.tsx";
import { useScope } from "../../state/scope.ts";
import { healthText } from "../../text/health.ts";

const words = healthText.raw;
const TABLES = Object.entries(words.table);
const FORMATS = Object.entries(words.format);

/** Links to the stored rows themselves: the browser saves them while they come. */
export function RawCard() {
  const { view, days } = useScope();
  return (
    <section class="card half" aria-labelledby="raw-title" data-testid="card-raw">
      <div class="card-head">
        <h2 id="raw-title">{words.title}</h2>
      </div>
      <p class="summary above">{words.lead}</p>
      <dl class="health-raw">
        {TABLES.map(([table, name]) => (
          <div key={table}>
            <dt>{name}</dt>
            <dd>
              {FORMATS.map(([format, label]) => (
                <a
                  key={format}
                  class="button"
                  href={`/api/v1/export/${table}?${new URLSearchParams({ app: view.app, from: days.from, to: days.to, format })}`}
                  download=""
                  aria-label={words.download(name, label)}
                >
                  <DownloadIcon /> {label}
                </a>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

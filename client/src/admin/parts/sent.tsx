import type { SentEntry } from "../../journal/types.ts";
import { when } from "../format.ts";
import type { PageModel } from "../model.ts";
import { text } from "../text.ts";
import { RecordFields } from "./field-table.tsx";
import { Json } from "./json.tsx";

/** What left the process, as it left. */
export function SentTab({ model, entries }: { model: PageModel; entries: readonly SentEntry[] }) {
  const { sent } = text;
  return (
    <>
      <p class="intro">{sent.intro}</p>
      {entries.length === 0 ? <p>{sent.empty}</p> : null}
      {entries.map((entry) => (
        <details key={`${entry.batch}${entry.time}${entry.name}`}>
          <summary>
            <code>{entry.name}</code>{" "}
            <span class="quiet">
              {when(entry.at, model.now)} {sent.to} {sent.sinks[entry.sink] ?? entry.sink}{" "}
              {entry.to}
            </span>{" "}
            <span class={`result ${entry.result}`}>{sent.result[entry.result]}</span>
          </summary>
          {entry.reason === "" ? null : <p class="note">{entry.reason}</p>}
          <RecordFields item={entry} catalogue={model.state.catalogue} />
          <Json of={entry.content} open />
        </details>
      ))}
    </>
  );
}

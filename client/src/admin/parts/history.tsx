import type { ConsentEntry } from "../../installation/history.ts";
import { when } from "../format.ts";
import type { PageModel } from "../model.ts";
import { text } from "../text.ts";
import { Card } from "./card.tsx";
import { Table } from "./table.tsx";

/** Shown at once; the rest folds away. */
const SHOWN = 10;

/** Who decided what, and when. */
export function History({ model: { state, now } }: { model: PageModel }) {
  const words = text.history;
  const head = [words.at, words.who, words.what];
  const rows = state.history.map((entry) => [
    <time key="at" dateTime={entry.at}>
      {when(entry.at, now)}
    </time>,
    entry.who === "" ? <span class="quiet">{words.nobody}</span> : entry.who,
    whatOf(entry),
  ]);
  const older = rows.slice(SHOWN);
  return (
    <Card id="history" title={words.title} intro={words.intro}>
      {rows.length === 0 ? (
        <p>{words.empty}</p>
      ) : (
        <Table label={words.title} head={head} rows={rows.slice(0, SHOWN)} />
      )}
      {older.length === 0 ? null : (
        <details>
          <summary>{text.catalogue.more(older.length)}</summary>
          <Table label={`${words.title}, ${text.records.older}`} head={head} rows={older} />
        </details>
      )}
    </Card>
  );
}

function whatOf({ what, mode }: ConsentEntry): string {
  const word = text.history.entries[what];
  return what === "mode" && mode !== null ? `${word} ${text.control.modes[mode][0]}` : word;
}

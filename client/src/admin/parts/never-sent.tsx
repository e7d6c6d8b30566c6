import { DROP_REASONS, REFUSAL_REASONS } from "@rollcall/schemas";
import type { UnsentEntry } from "../../journal/types.ts";
import { when } from "../format.ts";
import type { PageModel } from "../model.ts";
import { text } from "../text.ts";

const rules: Readonly<Record<string, string>> = { ...REFUSAL_REASONS, ...DROP_REASONS };

/** What is never collected at all, and what was stopped before it could leave. */
export function NeverSentTab({
  model,
  entries,
}: {
  model: PageModel;
  entries: readonly UnsentEntry[];
}) {
  const { never } = text;
  return (
    <>
      <h3>{never.standing}</h3>
      <ul class="plain">
        {never.list.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <h3>{never.held}</h3>
      <p class="intro">{never.heldIntro}</p>
      {entries.length === 0 ? <p>{never.empty}</p> : null}
      {entries.map((entry, index) => (
        <Entry key={index} entry={entry} now={model.now} />
      ))}
    </>
  );
}

function Entry({ entry, now }: { entry: UnsentEntry; now: number }) {
  const { never } = text;
  const kind = <b>{never.kind[entry.kind]}</b>;
  const at = <span class="quiet">{when(entry.at, now)}</span>;
  if (entry.kind === "held") {
    return (
      <details>
        <summary>
          {kind} <code>{entry.name}</code> {at} {never.local}
        </summary>
        <pre>{JSON.stringify(entry.content, null, 1)}</pre>
      </details>
    );
  }
  if (entry.kind === "withheld") {
    return (
      <p class="line">
        {kind} {never.records(entry.records)} {at} {never.reasons[entry.reason]}
      </p>
    );
  }
  const { field, event, count, reason } = entry;
  return (
    <p class="line">
      {kind} <code>{field === "" ? never.event(event) : never.field(field, event)}</code>
      {count > 1 ? ` × ${count}` : ""} {at} {rules[reason] ?? reason}
    </p>
  );
}

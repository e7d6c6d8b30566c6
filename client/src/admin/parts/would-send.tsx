import type { WouldSend } from "../../api.ts";
import { when } from "../format.ts";
import type { PageModel } from "../model.ts";
import { text } from "../text.ts";
import { BaseFields, DetailedFields } from "./field-table.tsx";
import { Json } from "./json.tsx";

/** Waiting events that are shown with their fields. */
const SHOWN = 20;

/** The next report and the queue, made by the code that sends. */
export function WouldSendTab({ model, would }: { model: PageModel; would: WouldSend }) {
  const { next } = text;
  const { base, baseHeldBy, report } = would;
  const content = base?.content ?? report;
  return (
    <>
      <h3>{next.base}</h3>
      {base === null ? (
        <p class="note">{next.held(next.heldBy[baseHeldBy] ?? baseHeldBy)}</p>
      ) : (
        <p class="intro">{next.baseIntro}</p>
      )}
      {base === null && report !== null ? <p>{next.wouldBe}</p> : null}
      {content === null ? null : (
        <>
          <BaseFields label={next.base} content={content} />
          <p class="intro">{text.records.keptNote}</p>
          <Json of={content} />
        </>
      )}
      <h3>{next.queue}</h3>
      <Queue model={model} would={would} />
    </>
  );
}

function Queue({ model, would }: { model: PageModel; would: WouldSend }) {
  const { consent, catalogue } = model.state;
  const { next, records } = text;
  if (would.queued.length === 0) {
    const { queueEmptyOn, queueEmptyOff, queueEmptyLocal } = next;
    const local = consent.recording === "local";
    return <p>{consent.detailed ? queueEmptyOn : local ? queueEmptyLocal : queueEmptyOff}</p>;
  }
  const shown = would.queued.slice(0, SHOWN);
  return (
    <>
      <p class="intro">{next.queueMore(shown.length, would.queuedTotal)}</p>
      {shown.map(({ name, time, content }) => (
        <details key={`${name}${time}`}>
          <summary>
            <code>{name}</code> <span class="quiet">{when(time, model.now)}</span>
          </summary>
          <DetailedFields
            label={name}
            content={content}
            event={catalogue?.events.find((event) => event.name === name)}
            common={catalogue?.common ?? {}}
          />
          <Json of={content} label={records.json} />
        </details>
      ))}
    </>
  );
}

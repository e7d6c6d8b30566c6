import type { WouldSend } from "../../api.ts";
import { when } from "../format.ts";
import type { PageModel } from "../model.ts";
import { recordsLocally } from "../status.ts";
import { text } from "../text.ts";
import { BaseFields, RecordFields } from "./field-table.tsx";
import { Json } from "./json.tsx";

/** Waiting events that are shown with their fields. */
const SHOWN = 20;

/** The next report and the queue, made by the code that sends. */
export function WouldSendTab({ model, would }: { model: PageModel; would: WouldSend }) {
  const { next } = text;
  const { base, baseHeldBy, report } = would;
  const content = base?.content ?? report;
  const local = recordsLocally(model.state.consent);
  return (
    <>
      <h3>{next.base}</h3>
      {base === null ? (
        <p class="note">
          {local ? next.heldLocal : next.held(next.heldBy[baseHeldBy] ?? baseHeldBy)}
        </p>
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
  const { next } = text;
  if (would.queued.length === 0) {
    const { queueEmptyOn, queueEmptyOff, queueEmptyLocal } = next;
    const local = consent.recording === "local";
    return <p>{consent.detailed ? queueEmptyOn : local ? queueEmptyLocal : queueEmptyOff}</p>;
  }
  const shown = would.queued.slice(0, SHOWN);
  return (
    <>
      <p class="intro">{next.queueMore(shown.length, would.queuedTotal)}</p>
      {shown.map((item) => (
        <details key={`${item.name}${item.time}`}>
          <summary>
            <code>{item.name}</code> <span class="quiet">{when(item.time, model.now)}</span>
          </summary>
          <RecordFields item={item} catalogue={catalogue} />
          <Json of={item.content} open />
        </details>
      ))}
    </>
  );
}

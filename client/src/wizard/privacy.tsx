import { when } from "../admin/format.ts";
import { lockOf } from "../admin/mode.ts";
import { text as adminText } from "../admin/text.ts";
import type { RollcallState } from "../api.ts";
import { DetailedList, exampleRecord } from "./detailed.tsx";
import type { WizardModel } from "./model.ts";
import { text } from "./text.ts";

/** The last step, which the client adds itself: what leaves the server, and how to stop it. */
export function Privacy({ model }: { model: WizardModel }) {
  const { state, options, report, detailed } = model;
  const { privacy } = text;
  const { links } = options;
  const lock = lockOf(state);
  const example = exampleRecord(state.catalogue, report);
  return (
    <>
      <p class="intro">{privacy.intro}</p>
      <section class="card layer">
        <h3>
          {privacy.baseTitle} <span class="tag">{baseWord(state)}</span>
        </h3>
        <p>{privacy.baseSays}</p>
        <BaseState state={state} telemetryPath={options.telemetryPath ?? "/admin/telemetry"} />
        {report === null ? null : (
          <details open={baseComes(state)}>
            <summary>{baseComes(state) ? privacy.jsonTitle : privacy.jsonOffTitle}</summary>
            <pre>{JSON.stringify(report, null, 1)}</pre>
          </details>
        )}
      </section>
      <section class="card layer">
        <h3>
          {privacy.detailedTitle} <span class="tag">{detailedWord(state, lock.detailed)}</span>
        </h3>
        <p>{privacy.detailedSays}</p>
        {lock.detailed ? <p class="note">{lockWords(state)}</p> : null}
        <label class="choice">
          <input
            type="checkbox"
            name="telemetry_detailed"
            value="yes"
            checked={detailed}
            disabled={lock.detailed}
          />
          <b>{privacy.box}</b>
        </label>
        {example === null ? null : (
          <div class="example">
            <p>{privacy.exampleTitle}</p>
            <pre>{JSON.stringify(example, null, 1)}</pre>
          </div>
        )}
        <DetailedList catalogue={state.catalogue} />
      </section>
      <p class="quiet">
        {privacy.end} {privacy.links} <a href={links.privacyPolicy}>{privacy.policy}</a>{" "}
        {privacy.and} <a href={links.licence}>{privacy.licence}</a>.
      </p>
    </>
  );
}

/** Whether base reports are sent, now or once setup is complete. */
function baseComes({ consent }: RollcallState): boolean {
  return consent.base || consent.baseDecidedBy === "setup";
}

function baseWord({ consent }: RollcallState): string {
  const { baseOn, baseOff, baseAfter } = text.privacy;
  if (consent.base) return baseOn;
  return consent.baseDecidedBy === "setup" ? baseAfter : baseOff;
}

function detailedWord({ consent }: RollcallState, locked: boolean): string {
  const { detailedOff, detailedLocked, detailedByEnvironment } = text.privacy;
  if (locked) return detailedLocked;
  return consent.detailed && consent.choice === null ? detailedByEnvironment : detailedOff;
}

function BaseState({ state, telemetryPath }: { state: RollcallState; telemetryPath: string }) {
  const { consent, sinks } = state;
  const { privacy } = text;
  if (!baseComes(state)) {
    const by = adminText.next.heldBy[consent.baseDecidedBy] ?? consent.baseDecidedBy;
    return <p class="note">{privacy.baseHeld(by)}</p>;
  }
  const first = sinks.map(({ base }) => base.firstSeenSentAt).find((at) => at !== null);
  return (
    <p>
      {first ? `${privacy.baseSent(when(first))} ` : ""}
      <b>{privacy.stopTitle}:</b> {privacy.stop.lead.toLowerCase()} <code>DO_NOT_TRACK=1</code>{" "}
      {privacy.stop.or} <code>ROLLCALL=off</code> {privacy.stop.env} <code>{telemetryPath}</code>.
    </p>
  );
}

function lockWords({ consent }: RollcallState): string {
  const { locked } = text.privacy;
  switch (consent.decidedBy) {
    case "DO_NOT_TRACK":
    case "ROLLCALL":
    case "ENABLE_TELEMETRY":
    case "storage":
      return locked[consent.decidedBy];
    default:
      return locked.other;
  }
}

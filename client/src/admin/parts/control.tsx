import { checkedMode, effectiveMode, lockOf, MODES } from "../mode.ts";
import type { PageModel } from "../model.ts";
import { text } from "../text.ts";
import { Card } from "./card.tsx";
import { Form } from "./form.tsx";

/** Off, Local only, Base or Detailed, and the toggle for detailed alone. */
export function Control({ model }: { model: PageModel }) {
  const { control } = text;
  const lock = lockOf(model.state);
  const checked = checkedMode(model.state);
  const current = effectiveMode(model.state);
  return (
    <Card id="control" title={control.title}>
      {lock.why === "" ? null : <p class="note">{lock.why}</p>}
      <Form model={model} to="mode">
        <fieldset class="modes" disabled={lock.all}>
          <legend class="hidden">{control.legend}</legend>
          {MODES.map((mode) => {
            const [name, sentence] = control.modes[mode];
            return (
              <label class="choice" key={mode}>
                <input
                  type="radio"
                  name="mode"
                  value={mode}
                  checked={mode === checked}
                  disabled={mode === "on" && lock.detailed}
                />
                <span>
                  <b>{name}</b>
                  {mode === current ? <em class="tag">{control.current}</em> : null}
                  <span class="says">{sentence}</span>
                </span>
              </label>
            );
          })}
        </fieldset>
        <button type="submit" class="button" disabled={lock.all}>
          {control.save}
        </button>
      </Form>
      <Toggle model={model} />
    </Card>
  );
}

function Toggle({ model }: { model: PageModel }) {
  const { consent } = model.state;
  const { control } = text;
  const lock = lockOf(model.state);
  const waiting = lock.detailed && consent.choice === "on";
  const off = consent.detailed || waiting;
  const alsoBase = consent.choice === "off" || consent.choice === "local-only";
  const disabled = lock.detailed && !off;
  const note = waiting
    ? control.waiting
    : off
      ? control.turnOffNote
      : `${control.turnOnNote}${alsoBase ? ` ${control.turnOnAlsoBase}` : ""}`;
  return (
    <Form model={model} to="toggle" kind="toggle">
      <button
        type="submit"
        class="button"
        name="detailed"
        value={off ? "off" : "on"}
        disabled={disabled}
      >
        {waiting ? control.withdraw : off ? control.turnOff : control.turnOn}
      </button>
      {disabled ? null : <span class="quiet">{note}</span>}
    </Form>
  );
}

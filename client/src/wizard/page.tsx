import type { ComponentChildren } from "preact";
import { documentReply } from "../admin/document.tsx";
import { style as adminStyle } from "../admin/style.ts";
import type { PageReply } from "../admin/types.ts";
import { Field } from "./field.tsx";
import { startOf, type WizardModel } from "./model.ts";
import { Privacy } from "./privacy.tsx";
import { script } from "./script.ts";
import { style } from "./style.ts";
import { text } from "./text.ts";

/**
 * The wizard: one form whose steps are sections that the address picks (`#step-company`), so that
 * back and next are links and nothing is lost on the way.
 */
export function wizardReply(model: WizardModel, status = 200): PageReply {
  const { options, path, csrf } = model;
  const start = startOf(model);
  const steps = [...options.steps, { id: text.privacy.id, title: text.privacy.title }];
  return documentReply({
    status,
    title: options.title,
    style: adminStyle + style,
    script,
    body: (
      <main class="body single">
        <h1>{options.title}</h1>
        <form method="post" action={path} novalidate>
          {/* Enter in a field would send the form from any step: a disabled first button forbids it. */}
          <button type="submit" disabled hidden />
          <input type="hidden" name="csrf" value={csrf} />
          <Problems model={model} />
          {steps.map(({ id, title }, index) => (
            <section
              key={id}
              id={`step-${id}`}
              class={index === start ? "card step start" : "card step"}
              aria-labelledby={`title-${id}`}
            >
              <Progress step={index + 1} of={steps.length} />
              <h2 id={`title-${id}`} tabIndex={-1}>
                {title}
              </h2>
              <StepBody model={model} index={index} />
              <Buttons back={steps[index - 1]?.id} next={steps[index + 1]?.id} />
            </section>
          ))}
        </form>
      </main>
    ),
  });
}

function StepBody({ model, index }: { model: WizardModel; index: number }): ComponentChildren {
  const step = model.options.steps[index];
  if (step === undefined) return <Privacy model={model} />;
  return (
    <>
      {step.intro === undefined ? null : <p class="intro">{step.intro}</p>}
      {step.fields.map((field) => (
        <Field
          key={field.name}
          field={field}
          value={model.values[field.name] ?? ""}
          error={errorOf(model, field.name)}
        />
      ))}
    </>
  );
}

function errorOf({ errors }: WizardModel, name: string): string {
  return Object.hasOwn(errors, name) ? (errors[name] ?? "") : "";
}

/** The two buttons weigh the same. */
function Buttons({ back, next }: { back: string | undefined; next: string | undefined }) {
  return (
    <p class="buttons">
      {back === undefined ? null : (
        <a class="button" href={`#step-${back}`}>
          {text.back}
        </a>
      )}
      {next === undefined ? (
        <button type="submit" class="button" name="finish" value="yes">
          {text.finish}
        </button>
      ) : (
        <a class="button next" href={`#step-${next}`}>
          {text.next}
        </a>
      )}
    </p>
  );
}

function Progress({ step, of }: { step: number; of: number }) {
  return (
    <div class="progress">
      <span class="quiet">{text.step(step, of)}</span>
      <span class="segments" aria-hidden="true">
        {Array.from({ length: of }, (_, index) => (
          <span key={index} class={index < step ? "past" : ""} />
        ))}
      </span>
    </div>
  );
}

/** What is wrong, above every step, with a way to each. */
function Problems({ model: { options, errors, problem } }: { model: WizardModel }) {
  const wrong = options.steps.flatMap(({ id, title, fields }) =>
    fields
      .filter(({ name }) => Object.hasOwn(errors, name))
      .map((field) => ({ step: id, title, field })),
  );
  if (wrong.length === 0 && problem === "") return null;
  return (
    <div class="note error" role="alert">
      {problem === "" ? null : <p>{problem}</p>}
      {wrong.length === 0 ? null : (
        <>
          <strong>{text.errors.title(wrong.length)}.</strong> {text.errors.kept}
          <ul>
            {wrong.map(({ step, title, field }) => (
              <li key={field.name}>
                <a href={`#step-${step}`}>
                  {title}: {field.label}
                </a>{" "}
                {errors[field.name]}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

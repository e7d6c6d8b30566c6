import { documentReply } from "./document.tsx";
import type { PageModel } from "./model.ts";
import { CataloguePart } from "./parts/catalogue.tsx";
import { Control } from "./parts/control.tsx";
import { GainedPart } from "./parts/gained.tsx";
import { History } from "./parts/history.tsx";
import { IdentityPart } from "./parts/identity.tsx";
import { Meter } from "./parts/meter.tsx";
import { MyDataPart } from "./parts/my-data.tsx";
import { RecordsPart } from "./parts/records.tsx";
import { SentryPart } from "./parts/sentry.tsx";
import { Sinks } from "./parts/sinks.tsx";
import { Status } from "./parts/status.tsx";
import { script } from "./script.ts";
import { style } from "./style.ts";
import { text } from "./text.ts";
import type { PageReply } from "./types.ts";

const SECTIONS: readonly (readonly [string, string])[] = [
  ["status", text.status.title],
  ["control", text.control.title],
  ["identity", text.identity.title],
  ["meter", text.meter.short],
  ["records", text.records.title],
  ["sinks", text.sinks.title],
  ["sentry", text.sentry.title],
  ["my-data", text.mine.title],
  ["history", text.history.title],
  ["catalogue", text.catalogue.title],
];

/** The telemetry page, complete without JavaScript. */
export function pageReply(model: PageModel): PageReply {
  const { state } = model;
  return documentReply({
    title: `${text.page.title} · ${state.app}`,
    style,
    script: script(text.identity.copied),
    body: (
      <>
        <a class="skip" href="#status">
          {text.page.skip}
        </a>
        <header class="top">
          <h1>{text.page.title}</h1>
          <span class="quiet">{text.page.of(state.app, state.appVersion)}</span>
          <a href={model.links.back ?? "/"}>{text.page.back}</a>
        </header>
        <div class="body">
          <nav class="side" aria-label={text.page.sections}>
            {SECTIONS.map(([id, name]) => (
              <a key={id} href={`#${id}`}>
                {name}
              </a>
            ))}
          </nav>
          <main>
            <Done code={model.done} />
            <Status model={model} />
            <Control model={model} />
            <GainedPart model={model} />
            <IdentityPart model={model} />
            <Meter meter={state.meter} />
            <RecordsPart model={model} />
            <Sinks model={model} />
            <SentryPart sentry={state.sentry} />
            <MyDataPart model={model} />
            <History model={model} />
            <CataloguePart catalogue={state.catalogue} />
          </main>
        </div>
        <Foot links={model.links} />
      </>
    ),
  });
}

/** What became of the last form. The address holds a code, never words. */
function Done({ code }: { code: string }) {
  if (!Object.hasOwn(text.done, code)) return null;
  return (
    <p class={DONE_WELL.has(code) ? "note done" : "note error"} role="status">
      {text.done[code]}
    </p>
  );
}

const DONE_WELL = new Set(["mode", "accepted", "rotated"]);

function Foot({ links }: { links: PageModel["links"] }) {
  return (
    <footer class="foot">
      <span>{text.page.foot}</span>
      {links.privacyPolicy ? <a href={links.privacyPolicy}>{text.page.privacyPolicy}</a> : null}
      {links.licence ? <a href={links.licence}>{text.page.licence}</a> : null}
    </footer>
  );
}

import { useRef, useState } from "preact/hooks";
import { useQuestion } from "../../api/query.ts";
import type { CatalogueInForce, CataloguePreview } from "../../api/settings.ts";
import { Card } from "../../card/card.tsx";
import { formatExact } from "../../format/numbers.ts";
import { settingsText as words } from "../../text/settings.ts";
import { useChange } from "./change.ts";
import { ConfirmButton } from "./confirm.tsx";
import { Difference, Problems } from "./difference.tsx";
import { ErrorLine } from "./form.tsx";

const t = words.catalogue;

/** The catalogue in force, and another one in its place. */
export default function Catalogue({ app }: { app: string }) {
  const query = useQuestion<CatalogueInForce>("settings/catalogue", { app });
  return (
    <>
      <Card id="catalogue" title={t.inForce} query={query}>
        {(inForce) => <InForce app={app} {...inForce} />}
      </Card>
      <Take app={app} />
    </>
  );
}

function InForce({ app, source, catalogue }: { app: string } & CatalogueInForce) {
  if (source === null || catalogue === null) return <p class="settings-lead">{t.learning}</p>;
  const { version, events } = catalogue;
  return (
    <>
      <p class="settings-lead">
        {t.version(formatExact(version), formatExact(events.length), events.length === 1)},{" "}
        {t.source[source]}.
      </p>
      <div class="row">
        <button type="button" class="button" onClick={() => download(app, catalogue)}>
          {t.download}
        </button>
        {source === "settings" && (
          <ConfirmButton
            {...{ id: "catalogue-back", label: t.back, title: t.backTitle, lead: t.backLead }}
            change={() => ({
              method: "DELETE",
              path: `settings/catalogue?${new URLSearchParams({ app })}`,
            })}
          />
        )}
      </div>
    </>
  );
}

function download(app: string, catalogue: object): void {
  const text = `${JSON.stringify(catalogue, null, 2)}\n`;
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${app}.json`;
  link.click();
  URL.revokeObjectURL(url);
}

/** First the difference, then the catalogue: what was compared is what is taken. */
function Take({ app }: { app: string }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [wrong, setWrong] = useState("");
  const [shown, setShown] = useState<{ catalogue: unknown; preview: CataloguePreview } | null>(
    null,
  );
  const [taken, setTaken] = useState(false);
  const { busy, error, send } = useChange();
  const query = new URLSearchParams({ app });

  async function compare(): Promise<void> {
    setTaken(false);
    setShown(null);
    const read = readJson(field.current?.value ?? "");
    setWrong("problem" in read ? t.notJson(read.problem) : "");
    if ("problem" in read) return field.current?.focus();
    const { catalogue } = read;
    const path = `settings/catalogue/preview?${query}`;
    const result = await send<CataloguePreview>({ method: "POST", path, body: { catalogue } });
    if (result.ok) setShown({ catalogue, preview: result.value });
  }

  async function readFile(file: File | undefined): Promise<void> {
    if (file === undefined || field.current === null) return;
    field.current.value = await file.text();
    await compare();
  }

  return (
    <section class="card" aria-labelledby="take-title">
      <div class="card-head">
        <h2 id="take-title">{t.upload}</h2>
      </div>
      <p class="settings-lead">{t.lead}</p>
      <form
        class="settings-form"
        onSubmit={(event) => {
          event.preventDefault();
          void compare();
        }}
      >
        <div class="settings-field">
          <label for="catalogue-file">{t.file}</label>
          <input
            id="catalogue-file"
            class="field"
            type="file"
            accept=".json,application/json"
            onChange={(event) => void readFile(event.currentTarget.files?.[0])}
          />
        </div>
        <div class="settings-field">
          <label for="catalogue-json">{t.json}</label>
          <textarea
            ref={field}
            id="catalogue-json"
            class="field settings-json"
            spellcheck={false}
            aria-invalid={wrong !== ""}
            aria-describedby="catalogue-wrong"
          />
          <p id="catalogue-wrong" class="field-error" role="alert">
            {wrong}
          </p>
        </div>
        {error && <ErrorLine error={error} />}
        <button type="submit" class="button primary" disabled={busy}>
          {busy ? t.previewing : t.preview}
        </button>
      </form>
      <p role="status">{taken ? t.taken : ""}</p>
      {shown && shown.preview.difference === null && <Problems {...shown.preview} />}
      {shown?.preview.difference && (
        <Difference difference={shown.preview.difference} refused={shown.preview.refused}>
          <ConfirmButton
            {...{
              id: "catalogue-take",
              label: t.take,
              title: t.take,
              lead: takenLead(shown.preview),
            }}
            change={() => ({
              ...{ method: "PUT", path: `settings/catalogue?${query}` },
              body: { catalogue: shown.catalogue },
            })}
            onDone={() => {
              setShown(null);
              setTaken(true);
            }}
          />
        </Difference>
      )}
    </section>
  );
}

const takenLead = ({ refused }: CataloguePreview) =>
  refused.length === 0
    ? t.nothingRefused
    : `${t.refusedLead} ${refused.map(({ event }) => event).join(", ")}`;

function readJson(text: string): { catalogue: unknown } | { problem: string } {
  try {
    return { catalogue: JSON.parse(text) };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

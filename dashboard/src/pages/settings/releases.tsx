import { useQuestion } from "../../api/query.ts";
import type { Annotations, Releases as Answer } from "../../api/settings.ts";
import { Card } from "../../card/card.tsx";
import { DataTable } from "../../card/data-table.tsx";
import { formatDayAndYear } from "../../format/dates.ts";
import { settingsText as words } from "../../text/settings.ts";
import { ConfirmButton, DialogButton } from "./confirm.tsx";
import { ChangeForm, TextField, textOf } from "./form.tsx";

const t = words.releases;
/** As far back as a range may go. */
const LONGEST_DAYS = 3659;
const DAY_MS = 86_400_000;

/** Releases and notes, which charts mark. */
export default function Releases({ app }: { app: string }) {
  return (
    <>
      <ReleaseCard app={app} />
      <NoteCard app={app} />
    </>
  );
}

const today = () => new Date().toISOString().slice(0, 10);

function ReleaseCard({ app }: { app: string }) {
  const query = useQuestion<Answer>("releases", { app });
  return (
    <Card id="releases" title={t.title} query={query}>
      {({ rows }) => (
        <>
          <p class="settings-lead">{t.lead}</p>
          {rows.length === 0 ? (
            <p class="card-empty">{t.empty}</p>
          ) : (
            <DataTable
              label={t.title}
              rows={rows}
              keyOf={({ version }) => version}
              columns={[
                { id: "version", label: t.version, heads: true, cell: ({ version }) => version },
                {
                  id: "day",
                  label: t.day,
                  cell: ({ day, known }) =>
                    known ? formatDayAndYear(day) : t.before(formatDayAndYear(day)),
                },
                { id: "by", label: t.source, cell: ({ listed }) => (listed ? t.listed : t.seen) },
                { id: "note", label: t.note, class: "settings-wrap", cell: ({ note }) => note },
                {
                  ...{ id: "do", label: words.actions },
                  cell: ({ version, listed }) =>
                    listed && (
                      <ConfirmButton
                        {...{ id: `unlist-${version}`, label: words.remove, lead: t.removeLead }}
                        name={words.removeOf(version)}
                        title={t.removeTitle(version)}
                        change={() => ({
                          method: "DELETE",
                          path: `settings/releases?${new URLSearchParams({ app, version })}`,
                        })}
                      />
                    ),
                },
              ]}
            />
          )}
          <section class="settings-part" aria-labelledby="new-release-title">
            <h3 id="new-release-title">{t.add}</h3>
            <ChangeForm
              id="release"
              fields={["version", "day", "note"]}
              button={t.add}
              change={(data) => {
                const note = textOf(data, "note");
                return {
                  ...{ method: "PUT", path: "settings/releases" },
                  body: {
                    ...{ app, version: textOf(data, "version"), day: textOf(data, "day") },
                    ...(note && { note }),
                  },
                };
              }}
            >
              <div class="settings-pair">
                <TextField name="version" label={t.version} />
                <TextField name="day" type="date" label={t.day} value={today()} />
              </div>
              <TextField name="note" label={t.note} hint={t.noteHint} />
            </ChangeForm>
          </section>
        </>
      )}
    </Card>
  );
}

function NoteCard({ app }: { app: string }) {
  const from = new Date(Date.now() - LONGEST_DAYS * DAY_MS).toISOString().slice(0, 10);
  const query = useQuestion<Annotations>("annotations", { app, from });
  return (
    <Card id="annotations" title={t.notesTitle} query={query}>
      {({ rows }) => (
        <>
          <p class="settings-lead">{t.notesLead}</p>
          {rows.length === 0 ? (
            <p class="card-empty">{t.noNotes}</p>
          ) : (
            <DataTable
              label={t.notesTitle}
              rows={[...rows].reverse()}
              keyOf={({ id }) => id}
              columns={[
                { id: "day", label: t.day, heads: true, cell: ({ day }) => formatDayAndYear(day) },
                { id: "text", label: t.text, class: "settings-wrap", cell: ({ text }) => text },
                { id: "do", label: words.actions, cell: (note) => <NoteActions {...note} /> },
              ]}
            />
          )}
          <section class="settings-part" aria-labelledby="new-note-title">
            <h3 id="new-note-title">{t.addNote}</h3>
            <ChangeForm
              id="note"
              fields={["day", "text"]}
              button={t.addNote}
              change={(data) => ({
                ...{ method: "POST", path: "settings/annotations" },
                body: { app, day: textOf(data, "day"), text: textOf(data, "text") },
              })}
            >
              <NoteFields day={today()} text="" />
            </ChangeForm>
          </section>
        </>
      )}
    </Card>
  );
}

const NoteFields = ({ day, text }: { day: string; text: string }) => (
  <>
    <TextField name="day" type="date" label={t.day} value={day} />
    <TextField name="text" label={t.text} value={text} />
  </>
);

function NoteActions(note: Annotations["rows"][number]) {
  const path = `settings/annotations/${note.id}`;
  return (
    <div class="settings-actions">
      <DialogButton
        {...{ id: `note-${note.id}`, label: words.edit }}
        name={words.editOf(note.text)}
        title={t.noteTitle(formatDayAndYear(note.day))}
      >
        {(close) => (
          <ChangeForm
            id={`edit-note-${note.id}`}
            fields={["day", "text"]}
            button={words.save}
            onCancel={close}
            onDone={close}
            change={(data) => ({
              ...{ method: "PUT", path },
              body: { day: textOf(data, "day"), text: textOf(data, "text") },
            })}
          >
            <NoteFields {...note} />
          </ChangeForm>
        )}
      </DialogButton>
      <ConfirmButton
        {...{ id: `remove-${note.id}`, label: words.remove, lead: t.removeNoteLead }}
        name={words.removeOf(note.text)}
        title={t.removeNote(note.text)}
        change={() => ({ method: "DELETE", path })}
      />
    </div>
  );
}

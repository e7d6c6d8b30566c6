import { useState } from "preact/hooks";
import { useQuestion } from "../../api/query.ts";
import { settingsText as words } from "../../text/settings.ts";
import { ChangeForm, TextField } from "./form.tsx";

const t = words.users;

/** For a user who is signed in; whoever came with the administrator's token has no password. */
export function OwnPassword() {
  const { data } = useQuestion<{ name: string }>("session", {});
  const [changed, setChanged] = useState(false);
  if (data === null || data === undefined || data.name.startsWith("(")) return null;
  return (
    <section class="settings-part" aria-labelledby="own-password-title">
      <h3 id="own-password-title">{t.own}</h3>
      <p class="settings-lead">{t.ownLead(data.name)}</p>
      <ChangeForm
        id="own-password"
        fields={["current", "password"]}
        button={t.changeOwn}
        onDone={() => setChanged(true)}
        change={(data) => ({
          ...{ method: "PUT", path: "session/password" },
          body: { current: String(data.get("current")), password: String(data.get("password")) },
        })}
      >
        <TextField
          {...{ name: "current", type: "password", label: t.current }}
          autocomplete="current-password"
        />
        <TextField
          {...{ name: "password", type: "password", label: t.newPassword, hint: t.passwordHint }}
          autocomplete="new-password"
        />
      </ChangeForm>
      <p class="small" role="status">
        {changed ? t.changedOwn : ""}
      </p>
    </section>
  );
}

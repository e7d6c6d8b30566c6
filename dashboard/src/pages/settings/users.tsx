import { useState } from "preact/hooks";
import { useQuestion } from "../../api/query.ts";
import type { Users as Answer, Role, User } from "../../api/settings.ts";
import { Card } from "../../card/card.tsx";
import { DataTable } from "../../card/data-table.tsx";
import { settingsText as words } from "../../text/settings.ts";
import { ConfirmButton, DialogButton } from "./confirm.tsx";
import { ChangeForm, CheckList, listOf, SelectField, TextField, textOf } from "./form.tsx";
import { OwnPassword } from "./own-password.tsx";
import { When } from "./when.tsx";

const t = words.users;
const ROLES: readonly Role[] = ["viewer", "administrator"];

/** Users: listed, added, changed, removed. */
export function Users({ apps }: { apps: string[] }) {
  const query = useQuestion<Answer>("settings/users", {});
  return (
    <Card id="users" title={words.section.users} query={query}>
      {({ rows }) => (
        <>
          <p class="settings-lead">{t.lead}</p>
          {rows.length === 0 ? (
            <p class="card-empty">{t.empty}</p>
          ) : (
            <DataTable
              label={words.section.users}
              rows={rows}
              keyOf={({ name }) => name}
              columns={[
                { id: "name", label: t.name, heads: true, cell: ({ name }) => name },
                { id: "role", label: t.role, cell: ({ role }) => t.roles[role] },
                {
                  ...{ id: "apps", label: words.section.apps },
                  cell: (user) => user.apps?.join(", ") ?? words.everyApp,
                },
                {
                  ...{ id: "changed", label: t.changed },
                  cell: (user) => (
                    <>
                      <When at={user.changedAt} /> {words.by(user.changedBy)}
                    </>
                  ),
                },
                { id: "do", label: words.actions, cell: (user) => <Actions {...{ user, apps }} /> },
              ]}
            />
          )}
          <Create apps={apps} />
          <OwnPassword />
        </>
      )}
    </Card>
  );
}

function Actions({ user, apps }: { user: User; apps: string[] }) {
  const { name } = user;
  const path = `settings/users/${encodeURIComponent(name)}`;
  return (
    <div class="settings-actions">
      <DialogButton
        {...{ id: `edit-${name}`, label: words.edit }}
        name={words.editOf(name)}
        title={t.editTitle(name)}
      >
        {(close) => (
          <>
            <p>{t.roleLead}</p>
            <ChangeForm
              id={`access-${name}`}
              fields={["role", "apps"]}
              button={words.save}
              onCancel={close}
              onDone={close}
              change={(data) => ({ method: "PUT", path, body: accessOf(data) })}
            >
              <AccessFields apps={apps} user={user} />
            </ChangeForm>
          </>
        )}
      </DialogButton>
      <DialogButton
        {...{ id: `password-${name}`, label: t.setPassword }}
        name={t.passwordOf(name)}
        title={t.passwordOf(name)}
      >
        {(close) => (
          <>
            <p>{t.passwordLead}</p>
            <ChangeForm
              id={`new-password-${name}`}
              fields={["password"]}
              button={t.setPassword}
              onCancel={close}
              onDone={close}
              change={(data) => ({
                ...{ method: "PUT", path: `${path}/password` },
                body: { password: String(data.get("password")) },
              })}
            >
              <PasswordField label={t.newPassword} />
            </ChangeForm>
          </>
        )}
      </DialogButton>
      <ConfirmButton
        {...{ id: `remove-${name}`, label: words.remove, lead: t.removeLead }}
        name={words.removeOf(name)}
        title={t.removeTitle(name)}
        change={() => ({ method: "DELETE", path })}
      />
    </div>
  );
}

function Create({ apps }: { apps: string[] }) {
  const [round, setRound] = useState(0);
  return (
    <section class="settings-part" aria-labelledby="new-user-title">
      <h3 id="new-user-title">{t.create}</h3>
      <ChangeForm
        key={round}
        id="user"
        onDone={() => setRound(round + 1)}
        fields={["name", "password", "role", "apps"]}
        button={t.create}
        change={(data) => ({
          ...{ method: "POST", path: "settings/users" },
          body: {
            name: textOf(data, "name"),
            password: String(data.get("password")),
            ...accessOf(data),
          },
        })}
      >
        <TextField name="name" label={t.name} hint={t.nameHint} />
        <PasswordField label={t.password} />
        <AccessFields apps={apps} />
      </ChangeForm>
    </section>
  );
}

const PasswordField = ({ label }: { label: string }) => (
  <TextField
    {...{ name: "password", type: "password", label, hint: t.passwordHint }}
    autocomplete="new-password"
  />
);

function AccessFields({ apps, user }: { apps: string[]; user?: User }) {
  const [role, setRole] = useState<Role>(user?.role ?? "viewer");
  return (
    <>
      <SelectField
        {...{ name: "role", label: t.role, hint: t.roleHint[role], value: role }}
        onChange={(value) => setRole(value === "administrator" ? value : "viewer")}
        options={ROLES.map((value) => ({ value, label: t.roles[value] }))}
      />
      {role === "viewer" && (
        <CheckList
          {...{ name: "apps", label: t.apps, hint: t.appsHint }}
          checked={user?.apps ?? []}
          options={apps.map((value) => ({ value, label: value }))}
        />
      )}
    </>
  );
}

/** An administrator sees every app. */
function accessOf(data: FormData): { role: string; apps: string[] | null } {
  const chosen = listOf(data, "apps");
  return { role: textOf(data, "role"), apps: chosen.length === 0 ? null : chosen };
}

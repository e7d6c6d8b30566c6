import { useState } from "preact/hooks";
import { useQuestion } from "../../api/query.ts";
import type { AlertRules, Webhook, Webhooks } from "../../api/settings.ts";
import { Card } from "../../card/card.tsx";
import { DataTable } from "../../card/data-table.tsx";
import { settingsText as words } from "../../text/settings.ts";
import { useChange } from "./change.ts";
import { ConfirmButton, DialogButton } from "./confirm.tsx";
import {
  ChangeForm,
  CheckField,
  CheckList,
  ErrorLine,
  listOf,
  numberOf,
  SelectField,
  TextField,
  textOf,
} from "./form.tsx";
import { ShownOnce } from "./shown-once.tsx";
import { When } from "./when.tsx";

const t = words.alerts;
const DIGESTS = ["off", "daily", "weekly"] as const;
type Rule = AlertRules["rows"][number];
interface Option {
  value: string;
  label: string;
}

/** What is watched, and who is told. */
export default function Alerts({ app }: { app: string }) {
  const query = useQuestion<AlertRules>("settings/alerts", { app });
  const options = query.data?.rows.map(({ rule, title }) => ({ value: rule, label: title })) ?? [];
  return (
    <>
      <Card id="alert-rules" title={t.rules} query={query}>
        {({ rows }) => (
          <>
            <p class="settings-lead">{t.rulesLead}</p>
            <div class="settings-rules">
              {rows.map((rule) => (
                <RuleForm key={rule.rule} app={app} rule={rule} />
              ))}
            </div>
          </>
        )}
      </Card>
      <WebhookCard options={options} />
    </>
  );
}

function RuleForm({ app, rule }: { app: string; rule: Rule }) {
  const title = `rule-${rule.rule}`;
  return (
    <section class="settings-part" aria-labelledby={title}>
      <h3 id={title}>{rule.title}</h3>
      <p class="settings-lead">{rule.description}</p>
      <p class={`settings-lead settings-state ${rule.state}`}>
        {t.state[rule.state]}
        {rule.state === "firing" && rule.since && (
          <>
            {" "}
            <When at={rule.since} />
          </>
        )}
        . {rule.sentence}
      </p>
      <ChangeForm
        id={rule.rule}
        fields={["threshold"]}
        button={words.save}
        keep
        change={(data) => ({
          method: "PUT",
          path: `settings/alerts/${rule.rule}?${new URLSearchParams({ app })}`,
          body: { enabled: data.has("enabled"), threshold: numberOf(data, "threshold") },
        })}
      >
        <CheckField name="enabled" label={t.on} checked={rule.enabled} />
        <TextField
          {...{ name: "threshold", type: "number", value: rule.threshold }}
          label={`${t.threshold} (${rule.unit}, ${rule.min} to ${rule.max})`}
        />
      </ChangeForm>
    </section>
  );
}

function WebhookCard({ options }: { options: Option[] }) {
  const query = useQuestion<Webhooks>("settings/webhooks", {});
  const [secret, setSecret] = useState("");
  const show = (made: { secret: string }) => setSecret(made.secret);
  return (
    <Card id="webhooks" title={t.webhooks} query={query}>
      {({ rows }) => (
        <>
          <p class="settings-lead">{t.webhooksLead}</p>
          {secret && <ShownOnce label={t.secret} value={secret} onDone={() => setSecret("")} />}
          {rows.length === 0 ? (
            <p class="card-empty">{t.empty}</p>
          ) : (
            <DataTable
              label={t.webhooks}
              rows={rows}
              keyOf={({ id }) => id}
              columns={[
                { id: "name", label: t.name, heads: true, cell: nameOf },
                { id: "url", label: t.url, class: "settings-wrap", cell: ({ url }) => url },
                { id: "rules", label: t.which, cell: (hook) => rulesOf(hook, options) },
                { id: "last", label: t.last, class: "settings-wrap", cell: lastOf },
                {
                  ...{ id: "do", label: words.actions },
                  cell: (hook) => <HookActions {...{ hook, options }} onSecret={show} />,
                },
              ]}
            />
          )}
          <section class="settings-part" aria-labelledby="new-hook-title">
            <h3 id="new-hook-title">{t.create}</h3>
            <ChangeForm<{ secret: string }>
              id="hook"
              fields={["name", "url", "events"]}
              button={t.create}
              onDone={show}
              change={(data) => ({
                ...{ method: "POST", path: "settings/webhooks" },
                body: hookOf(data),
              })}
            >
              <HookFields options={options} />
            </ChangeForm>
          </section>
        </>
      )}
    </Card>
  );
}

const nameOf = ({ name, disabledAt }: Webhook) =>
  disabledAt === null ? name : `${name} (${t.off})`;
const rulesOf = ({ events }: Webhook, options: Option[]) =>
  events.map((rule) => options.find(({ value }) => value === rule)?.label ?? rule).join(", ") ||
  t.all;

function lastOf({ deliveries: [last] }: Webhook) {
  if (last === undefined) return t.nothing;
  return (
    <>
      <When at={last.at} />: {last.ok ? t.delivered : t.failed(last.message)}
    </>
  );
}

const hookOf = (data: FormData) => ({
  ...{ name: textOf(data, "name"), url: textOf(data, "url") },
  ...{ events: listOf(data, "events"), digest: textOf(data, "digest") },
});

function HookFields({ options, hook }: { options: Option[]; hook?: Webhook }) {
  return (
    <>
      <TextField name="name" label={t.name} value={hook?.name ?? ""} />
      <TextField name="url" type="url" label={t.url} hint={t.urlHint} value={hook?.url ?? ""} />
      <CheckList
        {...{ name: "events", label: t.which, hint: t.whichHint, options }}
        checked={hook?.events ?? []}
      />
      <SelectField
        {...{ name: "digest", label: t.digest, hint: t.digestHint, value: hook?.digest ?? "off" }}
        options={DIGESTS.map((value) => ({ value, label: t.digests[value] }))}
      />
    </>
  );
}

function HookActions(props: {
  hook: Webhook;
  options: Option[];
  onSecret: (made: { secret: string }) => void;
}) {
  const { hook } = props;
  const { id, name } = hook;
  const path = `settings/webhooks/${id}`;
  return (
    <div class="settings-actions">
      <TestButton path={`${path}/test`} />
      <DialogButton
        {...{ id: `hook-${id}`, label: words.edit }}
        name={words.editOf(name)}
        title={t.editTitle(name)}
      >
        {(close) => (
          <ChangeForm
            id={`edit-hook-${id}`}
            fields={["name", "url", "events"]}
            button={words.save}
            onCancel={close}
            onDone={close}
            change={(data) => ({
              ...{ method: "PUT", path },
              body: { ...hookOf(data), enabled: data.has("enabled") },
            })}
          >
            <HookFields options={props.options} hook={hook} />
            <CheckField name="enabled" label={t.enabled} checked={hook.disabledAt === null} />
          </ChangeForm>
        )}
      </DialogButton>
      <ConfirmButton<{ secret: string }>
        {...{ id: `secret-${id}`, label: t.newSecret }}
        {...{ title: t.secretTitle, lead: t.secretLead }}
        change={() => ({ method: "POST", path: `${path}/secret` })}
        onDone={props.onSecret}
      />
      <ConfirmButton
        {...{ id: `remove-${id}`, label: words.remove, lead: t.removeLead }}
        name={words.removeOf(name)}
        title={t.removeTitle(name)}
        change={() => ({ method: "DELETE", path })}
      />
    </div>
  );
}

/** Says what came of it beside the button. */
function TestButton({ path }: { path: string }) {
  const { busy, error, send } = useChange();
  const [said, setSaid] = useState("");
  async function test(): Promise<void> {
    const result = await send<{ ok: boolean; message: string }>({ method: "POST", path });
    if (result.ok) setSaid(result.value.ok ? t.tested : t.testFailed(result.value.message));
  }
  return (
    <>
      <button type="button" class="button" disabled={busy} onClick={() => void test()}>
        {t.test}
      </button>
      <span class="small" role="status">
        {said}
      </span>
      {error && <ErrorLine error={error} />}
    </>
  );
}

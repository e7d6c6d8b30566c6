import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useApi } from "../api/query.ts";
import { recall, remember } from "../state/remember.ts";
import { text } from "../text/shell.ts";
import { signInText } from "../text/sign-in.ts";
import { Mark } from "./icons.tsx";
import { Segmented } from "./segmented.tsx";

type By = "token" | "name";
const WAYS: readonly By[] = ["token", "name"];
const words = signInText;

/**
 * Asks for the admin token, or a user's name and password; the way chosen is remembered. `note` says
 * why it is asked again, `error` what went wrong before.
 */
export function SignIn(props: { note: string; error: string; onSignedIn: () => void }) {
  const api = useApi();
  const form = useRef<HTMLFormElement>(null);
  const [by, setBy] = useState<By>(recall("sign-in") === "name" ? "name" : "token");
  const [error, setError] = useState(props.error);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = `${words.button} · ${text.product}`;
  }, []);
  // Before the browser paints: later it would take the focus from somebody who types already.
  useLayoutEffect(() => form.current?.querySelector("input")?.focus(), [by]);

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (!form.current) return;
    const data = new FormData(form.current);
    const token = String(data.get("token") ?? "").trim();
    const name = String(data.get("name") ?? "").trim();
    const password = String(data.get("password") ?? "");
    if (by === "token" && token === "") return fail(words.empty);
    if (by === "name" && (name === "" || password === "")) return fail(words.emptyName);
    setBusy(true);
    const sent = by === "token" ? { token } : { name, password };
    const result = await api.send("POST", "session", sent);
    setBusy(false);
    if (result.ok) {
      remember("sign-in", by);
      return props.onSignedIn();
    }
    const refused = by === "token" ? words.wrong : words.wrongPassword;
    fail(result.error.status === 401 ? refused : result.error.message);
  }

  function fail(message: string): void {
    setError(message);
    const [first, second] = form.current?.querySelectorAll("input") ?? [];
    const wrong = second ?? first;
    wrong?.focus();
    wrong?.select();
  }

  const described = error ? "sign-in-error sign-in-hint" : "sign-in-hint";
  const field = { class: "field", "aria-invalid": error !== "", "aria-describedby": described };
  return (
    <main class="sign-in">
      <form ref={form} class="card" onSubmit={submit} noValidate>
        <Mark size={40} />
        <h1>{words.title}</h1>
        {props.note && <p class="note">{props.note}</p>}
        <div>
          <Segmented
            label={words.with}
            value={by}
            options={WAYS.map((value) => ({ value, label: words.by[value] }))}
            onChange={(way) => {
              setError("");
              setBy(way);
            }}
          />
        </div>
        {by === "token" ? (
          <>
            <label for="token">{words.field}</label>
            <input
              {...field}
              id="token"
              name="token"
              class="field mono"
              type="password"
              autocomplete="current-password"
              spellcheck={false}
            />
          </>
        ) : (
          <>
            <label for="name">{words.name}</label>
            <input
              {...field}
              id="name"
              name="name"
              autocomplete="username"
              autocapitalize="none"
              spellcheck={false}
            />
            <label for="password">{words.password}</label>
            <input
              {...field}
              id="password"
              name="password"
              type="password"
              autocomplete="current-password"
            />
          </>
        )}
        <p id="sign-in-error" class="field-error" role="alert">
          {error}
        </p>
        <button type="submit" class="button primary" disabled={busy}>
          {busy ? words.busy : words.button}
        </button>
        <p id="sign-in-hint" class="quiet small">
          {by === "token" ? words.hint : words.nameHint}
        </p>
      </form>
    </main>
  );
}

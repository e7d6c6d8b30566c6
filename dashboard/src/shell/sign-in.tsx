import { useEffect, useRef, useState } from "preact/hooks";
import { useApi } from "../api/query.ts";
import { text } from "../text/shell.ts";
import { Mark } from "./icons.tsx";

/** Asks for the admin token; `note` says why it is asked again, `error` what went wrong before. */
export function SignIn(props: { note: string; error: string; onSignedIn: () => void }) {
  const api = useApi();
  const field = useRef<HTMLInputElement>(null);
  const [error, setError] = useState(props.error);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = `${text.signIn.button} · ${text.product}`;
    field.current?.focus();
  }, []);

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const token = field.current?.value.trim() ?? "";
    if (token === "") return fail(text.signIn.empty);
    setBusy(true);
    const result = await api.send("POST", "session", { token });
    setBusy(false);
    if (result.ok) return props.onSignedIn();
    fail(result.error.status === 401 ? text.signIn.wrong : result.error.message);
  }

  function fail(message: string): void {
    setError(message);
    field.current?.focus();
    field.current?.select();
  }

  return (
    <main class="sign-in">
      <form class="card" onSubmit={submit} noValidate>
        <Mark size={40} />
        <h1>{text.signIn.title}</h1>
        {props.note && <p class="note">{props.note}</p>}
        <label for="token">{text.signIn.field}</label>
        <input
          ref={field}
          id="token"
          class="field mono"
          type="password"
          autocomplete="current-password"
          spellcheck={false}
          aria-invalid={error !== ""}
          aria-describedby={error ? "token-error token-hint" : "token-hint"}
        />
        <p id="token-error" class="field-error" role="alert">
          {error}
        </p>
        <button type="submit" class="button primary" disabled={busy}>
          {busy ? text.signIn.busy : text.signIn.button}
        </button>
        <p id="token-hint" class="quiet small">
          {text.signIn.hint}
        </p>
      </form>
    </main>
  );
}

import { useEffect, useMemo, useState } from "preact/hooks";
import { type Api, type ApiError, createApi } from "../api/api.ts";
import type { Session } from "../api/shell.ts";
import { text } from "../text/shell.ts";

/** Whether somebody is signed in; `note` and `error` are for the sign-in page. */
export type SessionState =
  | { state: "checking" }
  | { state: "in" }
  | { state: "out"; note: string; error: string };

const CHECKING: SessionState = { state: "checking" };
const out = (note = "", error = ""): SessionState => ({ state: "out", note, error });

/**
 * Opens the session: with the token of a sign-in link when there is one, else with the cookie the
 * browser may still have. Any answer of "not signed in" later brings the sign-in page back.
 */
export function useSession() {
  const [session, setSession] = useState<SessionState>(CHECKING);
  const api = useMemo(() => createApi(() => setSession(out(text.signIn.ended))), []);
  useEffect(() => {
    void open(api).then(setSession);
  }, [api]);
  return {
    api,
    session,
    /** The cookie is new: whose it is decides what is shown. */
    signedIn: () => void resume(api, true).then(setSession),
    async signOut() {
      const result = await api.send("DELETE", "session");
      if (result.ok || result.error.status === 401) setSession(out(text.signIn.signedOut));
      return result.ok;
    },
  };
}

async function open(api: Api): Promise<SessionState> {
  const token = takeTokenFromAddress();
  if (token === null) return resume(api, false);
  const result = await api.send("POST", "session", { token });
  if (result.ok) return { state: "in" };
  return refused(result.error, text.signIn.wrongLink);
}

/** Goes on with the session of the cookie. */
async function resume(api: Api, fresh: boolean): Promise<SessionState> {
  const result = await api.ask<Session>("session", {});
  if (!result.ok) return refused(result.error, "");
  if (result.value.scopes.includes("read")) return { state: "in" };
  // Viewers have a page of their own at the root, which the collector gives by the cookie.
  if (!fresh && location.pathname === "/") return out("", text.signIn.viewer);
  location.assign("/");
  return CHECKING;
}

const refused = (error: ApiError, unauthorized: string): SessionState =>
  out("", error.status === 401 ? unauthorized : error.message);

/** The token of `/#token=…`; it leaves the address bar and the history before anything else happens. */
function takeTokenFromAddress(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token === null) return null;
  history.replaceState(null, "", `${location.pathname}${location.search}`);
  return token === "" ? null : token;
}

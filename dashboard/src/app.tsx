import { useEffect, useMemo } from "preact/hooks";
import { type Answers, AnswersContext, ApiContext } from "./api/query.ts";
import { loadPage } from "./pages/load.ts";
import { Dashboard } from "./shell/dashboard.tsx";
import { fetched } from "./shell/fetched.tsx";
import { useSession } from "./shell/session.ts";
import { createLive, LiveContext } from "./state/live.ts";
import { parseView } from "./state/view.ts";

const SignIn = fetched(() => import("./shell/sign-in.tsx").then((part) => part.SignIn), null);

/** The sign-in page or the dashboard behind it. */
export function App() {
  useEffect(() => {
    // The page's code comes while the session is asked for, not after it.
    void loadPage(parseView(location.pathname, "", {}).page);
  }, []);
  const { api, session, signedIn, signOut } = useSession();
  const live = useMemo(createLive, []);
  const answers = useMemo((): Answers => new Map(), [session.state]);
  if (session.state === "checking") return null;
  return (
    <ApiContext.Provider value={api}>
      <LiveContext.Provider value={live}>
        <AnswersContext.Provider value={answers}>
          {session.state === "in" ? (
            <Dashboard onSignOut={signOut} />
          ) : (
            <SignIn
              key={session.note + session.error}
              note={session.note}
              error={session.error}
              onSignedIn={signedIn}
            />
          )}
        </AnswersContext.Provider>
      </LiveContext.Provider>
    </ApiContext.Provider>
  );
}

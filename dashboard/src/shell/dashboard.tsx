import { useContext, useEffect, useState } from "preact/hooks";
import { useQuestion } from "../api/query.ts";
import type { Apps } from "../api/shell.ts";
import { LiveContext } from "../state/live.ts";
import { NavigationContext, useAddressBar } from "../state/navigation.ts";
import { recall, remember } from "../state/remember.ts";
import { text } from "../text/shell.ts";
import { Content } from "./content.tsx";
import { fetched } from "./fetched.tsx";
import type { OpenMenu } from "./filter-bar.tsx";
import { useKeys } from "./keys.ts";
import { Sidebar } from "./sidebar.tsx";

const HelpDialog = fetched(() => import("./help-dialog.tsx").then((part) => part.HelpDialog), null);

/** Everything behind the sign-in: the frame, the keys, and the page of the view. */
export function Dashboard({ onSignOut }: { onSignOut: () => Promise<boolean> }) {
  const navigation = useAddressBar();
  const { view, change } = navigation;
  const live = useContext(LiveContext);
  const apps = useQuestion<Apps>("apps", {});
  const [menu, setMenu] = useState<OpenMenu>(null);
  const [help, setHelp] = useState(false);
  const [keys, setKeys] = useState(recall("keys") !== "off");
  const [problem, setProblem] = useState("");

  useEffect(() => live.start(), [live]);
  useEffect(() => {
    document.title = `${text.page[view.page]} · ${text.product}`;
  }, [view.page]);
  useEffect(() => {
    const [largest] = [...(apps.data?.rows ?? [])].sort((a, b) => b.installs - a.installs);
    if (view.app === "" && largest) change({ app: largest.app }, true);
  }, [apps.data, view.app]);
  useKeys(keys, {
    range: (kind) => change({ range: { kind }, zoom: null }),
    custom: () => setMenu("custom"),
    filter: () => setMenu("filter"),
    compare: () => change({ compare: view.compare === "off" ? "previous" : "off" }),
    help: () => setHelp(true),
    page: (page) => change({ page, choices: {} }),
  });

  return (
    <NavigationContext.Provider value={navigation}>
      <a class="skip" href="#content">
        {text.skip}
      </a>
      <div class="shell">
        <Sidebar
          apps={apps.data?.rows ?? []}
          onHelp={() => setHelp(true)}
          onSignOut={() =>
            void onSignOut().then((done) => setProblem(done ? "" : text.signIn.signOutFailed))
          }
        />
        <main id="content" tabIndex={-1}>
          {problem && (
            <p class="banner" role="alert">
              {problem}
            </p>
          )}
          <Content apps={apps} menu={menu} onMenu={setMenu} />
        </main>
      </div>
      {help && (
        <HelpDialog
          onClose={() => setHelp(false)}
          keys={keys}
          onKeys={(on) => {
            remember("keys", on ? "on" : "off");
            setKeys(on);
          }}
        />
      )}
    </NavigationContext.Provider>
  );
}

import type { Apps } from "../api/types.ts";
import { useNavigation } from "../state/navigation.ts";
import { PAGES, printView } from "../state/view.ts";
import { text } from "../text.ts";
import { AppPicker } from "./app-picker.tsx";
import { DarkIcon, KeyboardIcon, LightIcon, Mark, SignOutIcon, SystemIcon } from "./icons.tsx";
import { Segmented } from "./segmented.tsx";
import { useTheme } from "./theme.ts";

/** Brand, app and pages; on narrow screens it lies across the top. */
export function Sidebar(props: { apps: Apps["rows"]; onHelp: () => void; onSignOut: () => void }) {
  const [theme, setTheme] = useTheme();
  return (
    <header class="sidebar">
      <div class="brand">
        <Mark />
        <span>{text.product}</span>
      </div>
      <AppPicker apps={props.apps} />
      <PageLinks />
      <div class="tools">
        <Segmented
          label={text.theme.label}
          value={theme}
          onChange={setTheme}
          options={[
            { value: "system", label: text.theme.system, face: <SystemIcon /> },
            { value: "light", label: text.theme.light, face: <LightIcon /> },
            { value: "dark", label: text.theme.dark, face: <DarkIcon /> },
          ]}
        />
        <button
          type="button"
          class="button icon-button"
          aria-label={text.help.open}
          title={`${text.help.open} (?)`}
          onClick={props.onHelp}
        >
          <KeyboardIcon />
        </button>
        <button
          type="button"
          class="button icon-button"
          aria-label={text.signIn.signOut}
          title={text.signIn.signOut}
          onClick={props.onSignOut}
        >
          <SignOutIcon />
        </button>
      </div>
    </header>
  );
}

function PageLinks() {
  const { view, change } = useNavigation();
  return (
    <nav class="pages" aria-label={text.navigation}>
      {PAGES.map((page) => (
        <a
          key={page}
          href={printView({ ...view, page, choices: {} })}
          aria-current={view.page === page ? "page" : undefined}
          onClick={(event) => {
            // A modified click opens a tab, as everywhere.
            if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
            event.preventDefault();
            change({ page, choices: {} });
          }}
        >
          {text.page[page]}
        </a>
      ))}
    </nav>
  );
}

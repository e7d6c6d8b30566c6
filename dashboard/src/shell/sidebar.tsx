import { useEffect, useRef, useState } from "preact/hooks";
import type { Apps } from "../api/shell.ts";
import { loadPage } from "../pages/load.ts";
import { useNavigation } from "../state/navigation.ts";
import { type Page, printView } from "../state/view.ts";
import { text } from "../text/shell.ts";
import { AppPicker } from "./app-picker.tsx";
import {
  ChevronIcon,
  DarkIcon,
  KeyboardIcon,
  LightIcon,
  Mark,
  SignOutIcon,
  SystemIcon,
} from "./icons.tsx";
import { PAGE_GROUPS } from "./page-list.ts";
import { reveal } from "./reveal.ts";
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

/** All pages in their groups; on a phone behind one button, which says where one is. */
function PageLinks() {
  const { view } = useNavigation();
  const [open, setOpen] = useState(false);
  return (
    <nav class="pages" aria-label={text.navigation.label}>
      <button
        type="button"
        class="button pages-button"
        aria-expanded={open}
        aria-label={text.navigation.open(text.page[view.page])}
        onClick={() => setOpen(!open)}
      >
        {text.page[view.page]}
        <ChevronIcon />
      </button>
      <div class={open ? "page-groups open" : "page-groups"}>
        {PAGE_GROUPS.map((group) => (
          <div key={group.id} class="page-group">
            <p class="page-group-name" id={`pages-${group.id}`}>
              {text.navigation.group[group.id]}
            </p>
            <ul aria-labelledby={`pages-${group.id}`}>
              {group.pages.map((page) => (
                <li key={page}>
                  <PageLink page={page} onGone={() => setOpen(false)} />
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
    </nav>
  );
}

function PageLink({ page, onGone }: { page: Page; onGone: () => void }) {
  const { view, change } = useNavigation();
  const link = useRef<HTMLAnchorElement>(null);
  const current = view.page === page;
  useEffect(() => {
    // In the strip of a narrow screen the page one is on may be out of sight.
    if (current && link.current) reveal(link.current.closest("nav"), link.current);
  }, [current]);
  return (
    <a
      ref={link}
      href={printView({ ...view, page, choices: {} })}
      aria-current={current ? "page" : undefined}
      onPointerEnter={() => void loadPage(page)}
      onClick={(event) => {
        // A modified click opens a tab, as everywhere.
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        onGone();
        change({ page, choices: {} });
      }}
    >
      {text.page[page]}
    </a>
  );
}

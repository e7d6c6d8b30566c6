import type { ComponentChildren, ComponentType } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useQuestion } from "../../api/query.ts";
import type { Apps as AppsAnswer } from "../../api/shell.ts";
import { Loading, Notice } from "../../shell/notice.tsx";
import { reveal } from "../../shell/reveal.ts";
import { useChoice, useNavigation } from "../../state/navigation.ts";
import { printView } from "../../state/view.ts";
import { settingsText as words } from "../../text/settings.ts";
import { ApiTokens } from "./api-tokens.tsx";
import { Apps } from "./apps.tsx";
import { Audit } from "./audit.tsx";
import { IngestTokens } from "./ingest-tokens.tsx";
import { Lazy } from "./lazy.tsx";
import "./settings.css";
import { Users } from "./users.tsx";

type Section = keyof typeof words.section;
/** Sections about one app have it as a property; the others do without. */
type Part = ComponentType<{ apps: string[] }>;
type AppPart = ComponentType<{ app: string }>;

const PARTS: Partial<Record<Section, Part>> = {
  apps: Apps,
  "ingest-tokens": IngestTokens,
  "api-tokens": ApiTokens,
  users: Users,
  audit: Audit,
};
const APP_PARTS: Partial<Record<Section, () => Promise<{ default: AppPart }>>> = {
  releases: () => import("./releases.tsx"),
  catalogue: () => import("./catalogue.tsx"),
  sharing: () => import("./sharing.tsx"),
  alerts: () => import("./alerts.tsx"),
};
const SECTIONS = Object.keys(words.section) as Section[];

/** Everything that is set at run time, one section at a time. */
export default function Settings() {
  const [chosen] = useChoice("section", "apps");
  const section = SECTIONS.find((known) => known === chosen) ?? "apps";
  const known = useQuestion<AppsAnswer>("apps", {});
  const apps = known.data?.rows.map(({ app }) => app);
  const Plain = PARTS[section];
  return (
    <div class="settings">
      <Sections current={section} />
      <div class="settings-body">
        {Plain ? (
          <Plain apps={apps ?? []} />
        ) : (
          <OfApp apps={apps}>
            {(app) => <Lazy key={section} load={APP_PARTS[section]} app={app} />}
          </OfApp>
        )}
      </div>
    </div>
  );
}

function Sections({ current }: { current: Section }) {
  const { view, change } = useNavigation();
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone the row of sections is wider than the screen.
    const link = nav.current?.querySelector<HTMLElement>("[aria-current]");
    if (link) reveal(nav.current, link);
  }, [current]);
  return (
    <nav ref={nav} class="settings-nav" aria-label={words.sections}>
      <ul>
        {SECTIONS.map((section) => {
          const choices: Record<string, string> = section === "apps" ? {} : { section };
          return (
            <li key={section}>
              <a
                href={printView({ ...view, choices })}
                aria-current={section === current ? "page" : undefined}
                onClick={(event) => {
                  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                  event.preventDefault();
                  change({ choices });
                }}
              >
                {words.section[section]}
              </a>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** What is about one app: which one is chosen above it. */
function OfApp(props: {
  apps: string[] | undefined;
  children: (app: string) => ComponentChildren;
}) {
  const { view, change } = useNavigation();
  const { apps } = props;
  if (apps === undefined) return <Loading />;
  const [first] = apps;
  if (first === undefined) return <Notice title={words.section.apps} lead={words.noApp} />;
  const app = apps.includes(view.app) ? view.app : first;
  return (
    <>
      <label class="settings-app">
        {words.app}
        <select
          class="field inline-field"
          value={app}
          onChange={(event) => change({ app: event.currentTarget.value })}
        >
          {apps.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {props.children(app)}
    </>
  );
}

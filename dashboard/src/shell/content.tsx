import type { ComponentChildren } from "preact";
import type { Query } from "../api/query.ts";
import type { Apps } from "../api/shell.ts";
import { AllPending } from "../pages/all-pending.tsx";
import { useNavigation } from "../state/navigation.ts";
import { type Scope, ScopeContext, useScopeOfView } from "../state/scope.ts";
import { hasFilters } from "../state/view.ts";
import { text } from "../text/shell.ts";
import { Denominator } from "./denominator.tsx";
import { fetched } from "./fetched.tsx";
import { FilterBar, type OpenMenu } from "./filter-bar.tsx";
import { LazyPage } from "./lazy-page.tsx";
import { Loading, Notice } from "./notice.tsx";
import { frameOf } from "./page-list.ts";

/** Only a new app has to wait. */
const Waiting = fetched(() => import("../pages/waiting.tsx").then((part) => part.Waiting));

interface ContentProps {
  apps: Query<Apps>;
  menu: OpenMenu;
  onMenu: (menu: OpenMenu) => void;
}

/** The page, or why there is none: no app, an unknown app, nothing received yet. */
export function Content(props: ContentProps) {
  const { view } = useNavigation();
  const { apps } = props;
  const frame = frameOf(view.page);
  if (frame === "none") return <PlainPage />;
  if (!apps.data) {
    if (!apps.error) return <Titled children={<Loading />} />;
    return (
      <Titled>
        <Notice title={text.error.title} lead={apps.error.message}>
          {apps.error.requestId && (
            <p class="mono small">{text.error.request(apps.error.requestId)}</p>
          )}
          <button type="button" class="button primary" onClick={apps.retry}>
            {text.error.retry}
          </button>
        </Notice>
      </Titled>
    );
  }
  if (apps.data.rows.length === 0) {
    return <Titled children={<Notice title={text.app.none} lead={text.app.noneHint} />} />;
  }
  if (view.app === "") return <Titled children={<Loading />} />;
  const app = apps.data.rows.find((row) => row.app === view.app);
  if (!app) {
    const title = text.error.noSuchApp(view.app);
    return <Titled children={<Notice title={title} lead={text.error.pickApp} />} />;
  }
  if (frame === "app") return <AppPage {...props} />;
  if (app.installs === 0) return <Waiting app={app.app} />;
  return <FleetPage {...props} />;
}

/** A page about the collector itself. */
function PlainPage() {
  const { view } = useNavigation();
  return (
    <>
      <div class="page-head spaced">
        <h1>{text.page[view.page]}</h1>
      </div>
      <LazyPage page={view.page} />
    </>
  );
}

/** A page about an app that may have no installs at all. */
function AppPage({ menu, onMenu }: ContentProps) {
  const scope = useScopeOfView();
  if (!scope) return <Titled children={<Loading />} />;
  return (
    <ScopeContext.Provider value={scope}>
      <div class="page-head">
        <h1>{text.page[scope.view.page]}</h1>
      </div>
      <FilterBar open={menu} onOpen={onMenu} rangeOnly />
      <LazyPage page={scope.view.page} />
    </ScopeContext.Provider>
  );
}

/** A page about an app's installs, with what every number on it is a number of. */
function FleetPage({ menu, onMenu }: ContentProps) {
  const scope = useScopeOfView();
  if (!scope) return <Titled children={<Loading />} />;
  // The first record is there before what the counts are made of is.
  if (isNobody(scope)) return <Waiting app={scope.view.app} />;
  const pending = pendingOnly(scope);
  return (
    <ScopeContext.Provider value={scope}>
      <div class="page-head">
        <h1 class={pending === null ? "" : "visually-hidden"}>{text.page[scope.view.page]}</h1>
        <Denominator />
      </div>
      <FilterBar open={menu} onOpen={onMenu} />
      {pending === null ? <LazyPage page={scope.view.page} /> : <AllPending count={pending} />}
    </ScopeContext.Provider>
  );
}

/** Whether no install is counted at all, not for lack of one that the filters let through. */
function isNobody({ view, summary }: Scope): boolean {
  const narrowed = hasFilters(view.filters) || view.lifetime !== "all";
  return summary.data?.total === 0 && !summary.outdated && !narrowed;
}

/** How many installs wait for admission when there are no others; null otherwise. */
function pendingOnly({ view, summary }: Scope): number | null {
  const counts = summary.data;
  if (!counts || summary.outdated || view.admitted === "all" || hasFilters(view.filters)) {
    return null;
  }
  return counts.admitted === 0 && counts.pending > 0 ? counts.pending : null;
}

/** Every state of a page has its heading, for those who move by headings. */
function Titled({ children }: { children: ComponentChildren }) {
  const { view } = useNavigation();
  return (
    <>
      <h1 class="visually-hidden">{text.page[view.page]}</h1>
      {children}
    </>
  );
}

import type { ComponentChildren } from "preact";
import type { Query } from "../api/query.ts";
import type { Apps } from "../api/types.ts";
import { AllPending } from "../pages/all-pending.tsx";
import { Features } from "../pages/features/features.tsx";
import { Overview } from "../pages/overview/overview.tsx";
import { Waiting } from "../pages/waiting.tsx";
import { useNavigation } from "../state/navigation.ts";
import { type Scope, ScopeContext, useScopeOfView } from "../state/scope.ts";
import { hasFilters, type Page } from "../state/view.ts";
import { text } from "../text.ts";
import { Denominator } from "./denominator.tsx";
import { FilterBar, type OpenMenu } from "./filter-bar.tsx";

const PAGE_PARTS: Record<Page, () => ComponentChildren> = {
  overview: Overview,
  features: Features,
};

/** The page, or why there is none: no app, an unknown app, nothing received yet. */
export function Content(props: {
  apps: Query<Apps>;
  menu: OpenMenu;
  onMenu: (menu: OpenMenu) => void;
}) {
  const { view } = useNavigation();
  const { apps } = props;
  if (!apps.data) {
    if (!apps.error) return <Loading />;
    return (
      <Notice title={text.error.title} lead={apps.error.message}>
        {apps.error.requestId && (
          <p class="mono small">{text.error.request(apps.error.requestId)}</p>
        )}
        <button type="button" class="button primary" onClick={apps.retry}>
          {text.error.retry}
        </button>
      </Notice>
    );
  }
  if (apps.data.rows.length === 0) return <Notice title={text.app.none} lead={text.app.noneHint} />;
  if (view.app === "") return <Loading />;
  const app = apps.data.rows.find((row) => row.app === view.app);
  if (!app) return <Notice title={text.error.noSuchApp(view.app)} lead={text.error.pickApp} />;
  if (app.installs === 0) return <Waiting app={app.app} />;
  return <ScopedPage {...props} />;
}

function ScopedPage(props: { menu: OpenMenu; onMenu: (menu: OpenMenu) => void }) {
  const scope = useScopeOfView();
  if (!scope) return <Loading />;
  const pending = pendingOnly(scope);
  const PagePart = PAGE_PARTS[scope.view.page];
  return (
    <ScopeContext.Provider value={scope}>
      <div class="page-head">
        <h1 class={pending === null ? "" : "visually-hidden"}>{text.page[scope.view.page]}</h1>
        <Denominator />
      </div>
      <FilterBar open={props.menu} onOpen={props.onMenu} />
      {pending === null ? <PagePart /> : <AllPending count={pending} />}
    </ScopeContext.Provider>
  );
}

/** How many installs wait for admission when there are no others; null otherwise. */
function pendingOnly({ view, summary }: Scope): number | null {
  const counts = summary.data;
  if (!counts || summary.outdated || view.admitted === "all" || hasFilters(view.filters)) {
    return null;
  }
  return counts.admitted === 0 && counts.pending > 0 ? counts.pending : null;
}

function Loading() {
  return (
    <div class="loading" aria-busy="true">
      <span class="visually-hidden">{text.card.loading}</span>
      <div class="skeleton tall" />
    </div>
  );
}

function Notice(props: { title: string; lead: string; children?: ComponentChildren }) {
  return (
    <section class="card notice">
      <h1>{props.title}</h1>
      <p>{props.lead}</p>
      {props.children}
    </section>
  );
}

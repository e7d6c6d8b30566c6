import { useEffect, useState } from "preact/hooks";
import { loadedPage, loadPage } from "../pages/load.ts";
import type { Page } from "../state/view.ts";
import { text } from "../text/shell.ts";
import { Loading, Notice } from "./notice.tsx";

/** A page whose code is fetched when it is first opened. */
export function LazyPage({ page }: { page: Page }) {
  const [failed, setFailed] = useState<Page | null>(null);
  const [, setArrived] = useState<Page | null>(null);
  const [attempt, setAttempt] = useState(0);
  const Part = loadedPage(page);
  useEffect(() => {
    if (loadedPage(page)) return;
    let wanted = true;
    void loadPage(page).then((there) => {
      if (!wanted) return;
      if (there) setArrived(page);
      else setFailed(page);
    });
    return () => {
      wanted = false;
    };
  }, [page, attempt]);

  if (Part) return <Part />;
  if (failed !== page) return <Loading />;
  return (
    <Notice title={text.pageLoad.title(text.page[page])} lead={text.pageLoad.lead}>
      <div class="row">
        <button
          type="button"
          class="button primary"
          onClick={() => {
            setFailed(null);
            setAttempt(attempt + 1);
          }}
        >
          {text.error.retry}
        </button>
        <button type="button" class="button" onClick={() => location.reload()}>
          {text.pageLoad.reload}
        </button>
      </div>
    </Notice>
  );
}

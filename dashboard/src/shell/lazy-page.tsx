import { useEffect, useState } from "preact/hooks";
import { loadedPage, loadPage } from "../pages/load.ts";
import type { Page } from "../state/view.ts";
import { text } from "../text/shell.ts";
import { Loading, Notice } from "./notice.tsx";

/** A page whose code is fetched when it is first opened. */
export function LazyPage({ page }: { page: Page }) {
  const [failed, setFailed] = useState<Page | null>(null);
  const [, setArrived] = useState<Page | null>(null);
  const load = async () => {
    const there = await loadPage(page);
    if (there) setArrived(page);
    else setFailed(page);
    return there;
  };
  const Part = loadedPage(page);
  useEffect(() => {
    if (!loadedPage(page)) void load();
  }, [page]);

  if (Part) return <Part />;
  if (failed !== page) return <Loading />;
  const retry = async () => {
    setFailed(null);
    // A browser may remember that a file failed, and an update of the collector renames files: the
    // view is in the address bar, so that loading everything anew loses nothing.
    if (!(await load()) && (await answers())) location.reload();
  };
  return (
    <Notice title={text.pageLoad.title(text.page[page])} lead={text.pageLoad.lead}>
      <button type="button" class="button primary" onClick={() => void retry()}>
        {text.error.retry}
      </button>
    </Notice>
  );
}

/** Whether the collector serves the dashboard just now. */
async function answers(): Promise<boolean> {
  try {
    return (await fetch("/", { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

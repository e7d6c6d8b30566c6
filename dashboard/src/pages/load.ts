import type { ComponentChildren } from "preact";
import type { Page } from "../state/view.ts";

/** A page's part of the bundle: `pages/<page>/index.tsx`. */
interface PageModule {
  default: () => ComponentChildren;
}

const LOADERS: Record<Page, () => Promise<PageModule>> = {
  overview: () => import("./overview/index.tsx"),
  installs: () => import("./installs/index.tsx"),
  versions: () => import("./versions/index.tsx"),
  environments: () => import("./environments/index.tsx"),
  features: () => import("./features/index.tsx"),
  funnels: () => import("./funnels/index.tsx"),
  retention: () => import("./retention/index.tsx"),
  errors: () => import("./errors/index.tsx"),
  operations: () => import("./operations/index.tsx"),
  health: () => import("./health/index.tsx"),
  settings: () => import("./settings/index.tsx"),
};

const loaded = new Map<Page, PageModule["default"]>();

/** The page's component when it is there already. */
export function loadedPage(page: Page): PageModule["default"] | null {
  return loaded.get(page) ?? null;
}

/** Fetches a page's code; false when it did not arrive. Asking again tries again. */
export async function loadPage(page: Page): Promise<boolean> {
  try {
    loaded.set(page, (await LOADERS[page]()).default);
    return true;
  } catch {
    return false;
  }
}

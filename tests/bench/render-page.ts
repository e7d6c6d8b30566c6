import type { Page } from "playwright-core";

/** How long after the click the answer was there, and the frame that shows it. */
export interface Painted {
  answeredMs: number;
  paintedMs: number;
}

/**
 * Watches a page from inside: its clicks, the answers to one question, and the drawing of one canvas.
 *
 * @param watched.canvas a selector; the canvas may be another one each time
 * @param watched.answer a part of the question's address
 */
export async function watchPainting(
  page: Page,
  watched: { canvas: string; answer: string },
): Promise<{ after(press: () => Promise<void>): Promise<Painted> }> {
  await page.evaluate(`(${instrument.toString()})(${JSON.stringify(watched)})`);
  return {
    async after(press) {
      const painted = page.evaluate<Painted>("window.nextPainting()");
      await press();
      return painted;
    },
  };
}

/**
 * Runs in the page. A plot begins each drawing by clearing its canvas; the first one after the answer
 * shows it, and is on the screen when the frame it was made in is over.
 */
function instrument(watched: { canvas: string; answer: string }): void {
  const page = globalThis as unknown as BrowserWindow;
  let clicked = 0;
  let answered = 0;
  let resolve: ((painted: Painted) => void) | null = null;
  page.addEventListener(
    "click",
    () => {
      [clicked, answered] = [page.performance.now(), 0];
    },
    { capture: true },
  );
  const ask = page.fetch;
  page.fetch = async (...request) => {
    const response = await ask.apply(page, request);
    const asked = String(request[0]).includes(watched.answer);
    if (asked && clicked > 0) answered = page.performance.now();
    return response;
  };
  const context = page.CanvasRenderingContext2D.prototype;
  const clear = context.clearRect;
  context.clearRect = function (...area) {
    if (answered > 0 && resolve && this.canvas.matches(watched.canvas)) {
      const done = resolve;
      resolve = null;
      // A frame's callbacks run before it is painted, a task after them once it is.
      page.requestAnimationFrame(() =>
        page.setTimeout(() => {
          const now = page.performance.now();
          done({ answeredMs: answered - clicked, paintedMs: now - clicked });
        }),
      );
    }
    clear.apply(this, area);
  };
  page.nextPainting = () =>
    new Promise((settle) => {
      [clicked, answered, resolve] = [0, 0, settle];
    });
}

/** The parts of a browser's window that are used above; the tests are compiled without its types. */
interface BrowserWindow {
  performance: { now(): number };
  addEventListener(type: string, listener: () => void, options: { capture: boolean }): void;
  fetch: (...request: unknown[]) => Promise<unknown>;
  requestAnimationFrame(callback: () => void): void;
  setTimeout(callback: () => void): void;
  nextPainting: () => Promise<Painted>;
  CanvasRenderingContext2D: { prototype: Context };
}

interface Context {
  canvas: { matches(selector: string): boolean };
  clearRect(this: Context, ...area: number[]): void;
}

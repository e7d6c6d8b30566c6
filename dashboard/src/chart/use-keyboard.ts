import type { RefObject } from "preact";
import { useRef } from "preact/hooks";
import type uPlot from "uplot";
import { countPoints, type PlotModel, placeOf } from "./model.ts";

/**
 * Moves the plot's cursor with the keyboard: arrows by one bucket, Home and End to the ends of what
 * is shown, Escape leaves.
 * @param onRead called with the bucket the cursor is on, and with null when it leaves
 */
export function useKeyboard(
  plot: RefObject<uPlot | null>,
  model: PlotModel,
  onRead: (at: number | null) => void,
) {
  const at = useRef<number | null>(null);

  function shown(): number[] {
    const { min, max } = plot.current?.scales.x ?? {};
    return Array.from({ length: countPoints(model) }, (_, at) => at).filter((at) => {
      const x = placeOf(model, at);
      return x >= (min ?? x) && x <= (max ?? x);
    });
  }

  function moveTo(index: number | undefined): void {
    const instance = plot.current;
    if (!instance || index === undefined) return;
    at.current = index;
    const left = instance.valToPos(placeOf(model, index), "x");
    instance.setCursor({ left, top: instance.over.clientHeight / 2 });
    onRead(index);
  }

  function leave(): void {
    at.current = null;
    plot.current?.setCursor({ left: -10, top: -10 });
    onRead(null);
  }

  return {
    onFocus(event: FocusEvent): void {
      // A click focuses too; only the keyboard starts reading.
      if ((event.currentTarget as HTMLElement).matches(":focus-visible")) moveTo(shown().at(-1));
    },
    onBlur: leave,
    onKeyDown(event: KeyboardEvent): void {
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      const range = shown();
      const place = range.indexOf(at.current ?? -1);
      const target = {
        ArrowRight: () => moveTo(range[place < 0 ? 0 : Math.min(place + 1, range.length - 1)]),
        ArrowLeft: () => moveTo(range[place < 0 ? range.length - 1 : Math.max(place - 1, 0)]),
        Home: () => moveTo(range[0]),
        End: () => moveTo(range.at(-1)),
        Escape: () => (event.currentTarget as HTMLElement).blur(),
      }[event.key];
      if (!target) return;
      event.preventDefault();
      target();
    },
  };
}

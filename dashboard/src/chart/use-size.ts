import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

const HEIGHT = 280;
const HEIGHT_ON_A_PHONE = 200;
const PHONE = "(max-width: 639.98px)";

/**
 * The size a plot is to have: its frame's width, followed frame by frame, and the set height.
 * @param fixed a height that is the same on a phone
 */
export function useSize(
  frame: RefObject<HTMLElement | null>,
  fixed?: number,
): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: fixed ?? HEIGHT });
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    let request = 0;
    const measure = () => {
      const width = Math.floor(element.clientWidth);
      const height = fixed ?? (matchMedia(PHONE).matches ? HEIGHT_ON_A_PHONE : HEIGHT);
      setSize((old) => (old.width === width && old.height === height ? old : { width, height }));
    };
    const observer = new ResizeObserver(() => {
      cancelAnimationFrame(request);
      request = requestAnimationFrame(measure);
    });
    observer.observe(element);
    measure();
    return () => {
      cancelAnimationFrame(request);
      observer.disconnect();
    };
  }, []);
  return size;
}

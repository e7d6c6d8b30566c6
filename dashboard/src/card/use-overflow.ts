import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

/**
 * Whether the element's content is larger than the element, and whether there is more of its rows to
 * the right; followed as either changes and as it scrolls.
 */
export function useOverflow(element: RefObject<HTMLElement | null>): {
  overflows: boolean;
  more: boolean;
} {
  const [overflows, setOverflows] = useState(false);
  const [more, setMore] = useState(false);
  useEffect(() => {
    const frame = element.current;
    if (!frame) return;
    const measure = () => {
      const hidden = frame.scrollWidth - frame.clientWidth;
      setOverflows(hidden > 0 || frame.scrollHeight > frame.clientHeight);
      setMore(hidden - Math.abs(frame.scrollLeft) > 1);
    };
    const observer = new ResizeObserver(measure);
    frame.addEventListener("scroll", measure);
    observer.observe(frame);
    for (const child of frame.children) observer.observe(child);
    return () => {
      observer.disconnect();
      frame.removeEventListener("scroll", measure);
    };
  }, []);
  return { overflows, more };
}

import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

/** Whether the element's content is larger than the element, followed as either changes. */
export function useOverflow(element: RefObject<HTMLElement | null>): boolean {
  const [overflows, setOverflows] = useState(false);
  useEffect(() => {
    const frame = element.current;
    if (!frame) return;
    const observer = new ResizeObserver(() => {
      const wider = frame.scrollWidth > frame.clientWidth;
      setOverflows(wider || frame.scrollHeight > frame.clientHeight);
    });
    observer.observe(frame);
    for (const child of frame.children) observer.observe(child);
    return () => observer.disconnect();
  }, []);
  return overflows;
}

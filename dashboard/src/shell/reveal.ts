/**
 * Scrolls a link into sight of the strip it stands in, and no further. `scrollIntoView` would also move
 * the place from which the next Tab goes on, past everything before the link.
 * @param strip what scrolls, or holds what does
 */
export function reveal(strip: HTMLElement | null, link: HTMLElement): void {
  for (let box = link.parentElement; box && strip?.contains(box); box = box.parentElement) {
    const outer = box.getBoundingClientRect();
    const inner = link.getBoundingClientRect();
    // What does not overflow stays where it is.
    box.scrollLeft += beyond(inner.left - outer.left, inner.right - outer.right);
    box.scrollTop += beyond(inner.top - outer.top, inner.bottom - outer.bottom);
  }
}

/** How far something reaches out at its start (negative) or, if not there, at its end. */
function beyond(start: number, end: number): number {
  return start < 0 ? start : Math.max(0, end);
}

/** What a span's place in its trace follows from. */
export interface TraceSpan {
  spanId: string;
  /** "" for a trace's first span. */
  parentSpanId: string;
  /** Nanoseconds since 1970. */
  start: bigint;
}

/** A span with how deep it stands under the first. */
export interface Placed<T> {
  span: T;
  depth: number;
  /** True where its parent was not received: it stands as a first span does. */
  orphan: boolean;
}

/**
 * The spans of a trace in the order of a waterfall: each under its parent, siblings as they began.
 * What names itself or its descendant as its parent is no child of it.
 *
 * @example placeSpans(spans).map(({ span, depth }) => " ".repeat(depth) + span.name)
 */
export function placeSpans<T extends TraceSpan>(spans: readonly T[]): Placed<T>[] {
  const byStart = [...spans].sort(earlier);
  const ids = new Set(byStart.map(({ spanId }) => spanId));
  const children = Map.groupBy(byStart, ({ parentSpanId }) => parentSpanId);
  const placed: Placed<T>[] = [];
  const seen = new Set<T>();
  const place = (first: T) => {
    const stack = [{ span: first, depth: 0 }];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const { span, depth } = next;
      if (seen.has(span)) continue;
      seen.add(span);
      const orphan = depth === 0 && span.parentSpanId !== "";
      placed.push({ span, depth, orphan });
      const below = children.get(span.spanId) ?? [];
      stack.push(...below.map((child) => ({ span: child, depth: depth + 1 })).reverse());
    }
  };
  for (const span of byStart) if (!ids.has(span.parentSpanId)) place(span);
  // What is left goes round in circles.
  for (const span of byStart) if (!seen.has(span)) place(span);
  return placed;
}

function earlier(a: TraceSpan, b: TraceSpan): number {
  if (a.start !== b.start) return a.start < b.start ? -1 : 1;
  return a.spanId < b.spanId ? -1 : 1;
}

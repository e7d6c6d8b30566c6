/*
 * What somebody can work out about a table of counts: for any sum of its cells the least and the
 * greatest value that fits everything that is known. The table is a network that its installs flow
 * through: from the whole to the rows, by the cells to the columns, and back to the whole. Known
 * bounds are the capacities, so every question is one of maximum flow, and flows of whole numbers
 * give whole answers (Ford and Fulkerson, 1956).
 */

/** One count: installs flow from one node to another. */
export interface Edge {
  from: number;
  to: number;
  /** What is known of it. */
  least: number;
  most: number;
  /** A value that fits, together with those of all others. */
  flow: number;
}

/** Pushes up to `wanted` from a node to another, by every edge but one. Returns how much went. */
function push(
  around: readonly (readonly Edge[])[],
  from: number,
  to: number,
  wanted: number,
  without: Edge,
): number {
  let pushed = 0;
  while (pushed < wanted) {
    // The shortest path first (Edmonds and Karp), so that it ends.
    const reached = new Map<number, Edge | null>([[from, null]]);
    const queue = [from];
    for (let next = 0; next < queue.length && !reached.has(to); next += 1) {
      const node = queue[next] as number;
      for (const edge of around[node] as readonly Edge[]) {
        const other = edge.from === node ? edge.to : edge.from;
        if (edge === without || reached.has(other) || room(edge, node) <= 0) continue;
        reached.set(other, edge);
        queue.push(other);
      }
    }
    if (!reached.has(to)) break;
    const path: [Edge, number][] = [];
    for (let node = to; node !== from; ) {
      const edge = reached.get(node) as Edge;
      node = edge.from === node ? edge.to : edge.from;
      path.push([edge, node]);
    }
    const amount = Math.min(wanted - pushed, ...path.map(([edge, node]) => room(edge, node)));
    for (const [edge, node] of path) edge.flow += edge.from === node ? amount : -amount;
    pushed += amount;
  }
  return pushed;
}

/** How much more can go through an edge, seen from one of its ends. */
const room = (edge: Edge, node: number) =>
  edge.from === node ? edge.most - edge.flow : edge.flow - edge.least;

/** Edges by the nodes that they touch. */
function byNode(edges: readonly Edge[]): Edge[][] {
  const around: Edge[][] = [];
  for (const edge of edges) {
    for (const node of [edge.from, edge.to]) {
      around[node] ??= [];
      around[node].push(edge);
    }
  }
  return around;
}

/**
 * Moves flows until each is within its bounds.
 *
 * @param edges as much flows into every node as out of it, before and after
 * @returns false where no values fit what is known
 */
export function settle(edges: readonly Edge[]): boolean {
  const around = byNode(edges);
  for (const edge of edges) {
    const { from, to, least, most } = edge;
    if (least > most) return false;
    const short = least - edge.flow;
    const over = edge.flow - most;
    if (short > 0) {
      const went = push(around, to, from, short, edge);
      edge.flow += went;
      if (went < short) return false;
    } else if (over > 0) {
      const went = push(around, from, to, over, edge);
      edge.flow -= went;
      if (went < over) return false;
    }
  }
  return true;
}

/**
 * True when everything that fits what is known has this count between two numbers.
 *
 * @param edges settled
 * @example surelyBetween(edges, cell, 1, 9) // somebody can tell that the cell holds 1 to 9 installs
 */
export function surelyBetween(
  edges: readonly Edge[],
  edge: Edge,
  least: number,
  most: number,
): boolean {
  if (edge.flow < least || edge.flow > most) return false;
  const around = byNode(edges);
  // Undone afterwards: a question leaves the flows as they were.
  const before = edges.map(({ flow }) => flow);
  const restore = () => {
    for (const [at, each] of edges.entries()) each.flow = before[at] as number;
  };
  const up = Math.min(edge.most, most + 1) - edge.flow;
  const above = edge.flow + push(around, edge.to, edge.from, up, edge) > most;
  restore();
  if (above) return false;
  const down = edge.flow - Math.max(edge.least, least - 1);
  const below = edge.flow - push(around, edge.from, edge.to, down, edge) < least;
  restore();
  return !below;
}

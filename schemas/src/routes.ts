/** What a path that no template describes is kept as. */
const OTHER_ROUTE = "(other)";

interface Node {
  readonly fixed: Map<string, Node>;
  parameter: Node | null;
  template: string | null;
}

const createNode = (): Node => ({ fixed: new Map(), parameter: null, template: null });

const SEGMENT = "(?:[A-Za-z][A-Za-z0-9_-]{0,39}|:[a-z][a-z0-9_]{0,39})";
const TEMPLATE = new RegExp(`^/(?:${SEGMENT}(?:/${SEGMENT}){0,9})?$`);

/** Whether a text is a route template: `/`, `/projects`, `/projects/:id/tasks`; ten segments at most. */
export function isRouteTemplate(text: string): boolean {
  return text.length <= 120 && TEMPLATE.test(text);
}

/**
 * A function from a path to the template that describes it. Only templates ever come out, so ids and
 * names in a path are lost here; query and fragment are cut off first.
 *
 * @example
 * const match = compileRoutes(["/projects", "/projects/:id"]);
 * match("/projects/42?tab=notes"); // "/projects/:id"
 * match("/~ann"); // "(other)"
 */
export function compileRoutes(templates: readonly string[]): (path: string) => string {
  const root = createNode();
  for (const template of templates) insert(root, template);
  return (path) => {
    if (path.charCodeAt(0) !== 47) return OTHER_ROUTE;
    const end = path.search(/[?#]/);
    const segments = (end < 0 ? path : path.slice(0, end)).split("/", 12).slice(1);
    if (segments.at(-1) === "") segments.pop();
    return find(root, segments, 0) ?? OTHER_ROUTE;
  };
}

function insert(root: Node, template: string): void {
  let node = root;
  for (const segment of template.split("/").filter((part) => part !== "")) {
    let next = segment.startsWith(":") ? node.parameter : node.fixed.get(segment);
    if (next === undefined || next === null) {
      next = createNode();
      if (segment.startsWith(":")) node.parameter = next;
      else node.fixed.set(segment, next);
    }
    node = next;
  }
  node.template ??= template;
}

/** A fixed segment wins over a parameter; at most ten segments deep, so at most 2^10 steps. */
function find(node: Node, segments: readonly string[], at: number): string | null {
  const segment = segments[at];
  if (segment === undefined) return node.template;
  if (segment === "") return null;
  const fixed = node.fixed.get(segment);
  const found = fixed === undefined ? null : find(fixed, segments, at + 1);
  if (found !== null || node.parameter === null) return found;
  return find(node.parameter, segments, at + 1);
}

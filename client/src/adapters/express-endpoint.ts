/** What Express leaves on a request about the route that served it. */
export interface RoutedRequest {
  /** Where the router is mounted, as sent: `/orgs/42` for a router at `/orgs/:org`. */
  baseUrl?: string;
  route?: { path?: unknown };
  app?: { router?: unknown };
}

interface Layer {
  route?: unknown;
  /** As the host wrote it; since router 2.3. */
  rawPath?: unknown;
  handle?: { stack?: Layer[] };
  /** Since router 2.1 the match itself; before it true, with the match left on the layer. */
  match(path: string): boolean | Match;
  path?: string;
  params?: Record<string, unknown>;
}
interface Match {
  path: string;
  params: Record<string, unknown>;
  pattern?: unknown;
}

/**
 * The template of the route that served a request, such as `/orgs/:org/projects/:id`; "" where none
 * did. Never a path as sent, which would put ids and names into the metrics' labels: where a part
 * cannot be known by its template, it is `*`.
 *
 * @param app the app that the middleware was given to; a mounted app sets its own on the request
 */
export function expressEndpoint(request: RoutedRequest, app: RoutedRequest["app"]): string {
  const path = request.route?.path;
  if (path === undefined) return "";
  const base = request.baseUrl ?? "";
  const mounted = base === "" ? "" : (mountTemplate(stackOf(app?.router), base) ?? "/*");
  if (typeof path !== "string") {
    return `${mounted}${Array.isArray(path) ? path.map(String).join("|") : String(path)}`;
  }
  const whole = `${mounted}${path}`.replace(/\/+/g, "/");
  return whole === "/" ? whole : whole.replace(/\/$/, "");
}

/** Walks the routers that are mounted under each other down to the one at this base. */
function mountTemplate(stack: readonly Layer[], base: string): string | null {
  for (const layer of stack) {
    if (layer.route !== undefined) continue;
    const match = matchOf(layer, base);
    if (match === null) continue;
    const rest = base.slice(match.path.length);
    const own = match.path === "" ? "" : templateOf(layer, match);
    if (own !== "" && rest === "") return own;
    const inner = mountTemplate(stackOf(layer.handle), rest);
    if (inner !== null) return `${own}${inner}`;
  }
  return null;
}

function stackOf(router: unknown): readonly Layer[] {
  const stack = (router as { stack?: unknown } | undefined)?.stack;
  return Array.isArray(stack) ? (stack as Layer[]) : [];
}

function matchOf(layer: Layer, path: string): Match | null {
  try {
    const found = layer.match(path);
    if (typeof found === "object") return found;
    return found ? { path: layer.path ?? "", params: layer.params ?? {} } : null;
  } catch {
    // A path that cannot be decoded: Express has answered 400.
    return null;
  }
}

function templateOf({ rawPath }: Layer, { path, params, pattern }: Match): string {
  for (const template of [rawPath, pattern]) if (typeof template === "string") return template;
  // What a pattern matches is a path as sent.
  if ([rawPath].flat().some((part) => part instanceof RegExp)) return "/*";
  const names = new Map(
    Object.entries(params).flatMap(([name, values]) =>
      [values].flat().map((value) => [String(value), name] as const),
    ),
  );
  const segment = (text: string) => {
    const name = names.get(decoded(text));
    // Routes match in any case, and each spelling would be a label of its own.
    return name === undefined ? text.toLowerCase() : `:${name}`;
  };
  return path.split("/").map(segment).join("/");
}

/** A pattern of the host's may match what is no URL encoding, and nobody but us decodes it. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
